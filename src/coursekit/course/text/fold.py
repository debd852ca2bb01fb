"""Text without accents, for patterns: «más» is found by `mas`."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """`text` without accents, character for character; ñ stays."""
    return "".join(c if c in "ñÑ" else unicodedata.normalize("NFD", c)[0] for c in text)
