"""What an author lets stand: ``<span data-structural="tamaño del experimento">128</span>``."""

from __future__ import annotations

import re

_REASON = 3  # words of a reason
_HELD = 6  # words that one mark may hold: a number with its unit, or the words that compare


def faults(words: str, reason: str, numbers: int) -> list[tuple[str, str]]:
    """(problem, remedy) of a mark.

    Args:
        words: what it lets stand.
        reason: why.
        numbers: how many claims of size are in `words`.
    """
    found = []
    said = len(re.findall(r"[^\W\d_]{2,}", reason))
    if not reason.strip():
        found.append(("is let stand without a reason", 'say it: data-structural="…"'))
    elif said < _REASON:
        found.append((f"is let stand because «{reason.strip()}», which is no reason", "say it in a few words"))
    if numbers > 1:
        found.append((f"is one mark around {numbers} numbers", "mark each number, with its reason"))
    elif len(words.split()) > _HELD or re.search(r"[.;:!?…]\s", words.strip()):
        found.append(("is a mark around a sentence", "mark the number alone, with its unit"))
    return found
