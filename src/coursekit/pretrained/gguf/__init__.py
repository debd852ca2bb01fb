"""Models in GGUF, the file of llama.cpp: one file holds sizes, blocks of few bits, tokenizer and chat template.

container.py     the file taken apart: metadata, and where each tensor lies
blocks.py        blocks of few bits, back to float32
llama.py         architecture `llama`: names, sizes, and the order of the rows of queries and keys
tokenizer.py     the tokenizer in the file
"""

from coursekit.pretrained.gguf import llama
from coursekit.pretrained.gguf.container import read_container
from coursekit.pretrained.gguf.tokenizer import load_tokenizer


def from_gguf(path, tokenizer=True):
    """A decoder and its tokenizer from a GGUF file.

        decoder, tokenizer = from_gguf("model.gguf")

    Args:
        path: a file of architecture `llama` (Llama, TinyLlama, Mistral, SmolLM, Falcon3 ...).
        tokenizer: read it, too? False returns None in its place.

    Returns: a `Decoder` in float32, in evaluation mode, and a `coursekit.tokenizers.published.PublishedBPE`.
    Raises: ValueError, of one line, when the file is damaged or holds what is not handled; OSError where there is none.

    Taught in: 02-transformer
    """
    container = read_container(path)
    architecture = container.get("general.architecture", str)
    if architecture != "llama":
        raise ValueError(f"{container.path}: expected architecture llama, got {architecture!r:.40}")
    if container.get("split.count", int, 1) > 1:
        raise ValueError(f"{container.path}: one of several parts: merge them with llama-gguf-split first")
    read = load_tokenizer(container) if tokenizer else None  # first: it is quick, and may be refused
    return llama.load(container), read
