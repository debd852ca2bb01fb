"""Tokens as readable Spanish, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_OPENING, _CLOSING = set("¿¡«“(["), set(".,:;!?…»”)]")
TOKEN = re.compile(r"\w+|[^\w\s]")  # a word or a punctuation mark


def text(story: Sequence[str], end: str) -> str:
    """Readable text: spaces as Spanish puts them, a capital at the start of each sentence, a line for each story.

    Args:
        story: tokens; each `end` closes a story and starts a new line.

    Returns:
        the text; a last `end` leaves no trace, `tokens` puts it back.
    """
    stories, pieces, capital, glued = [], [], True, True
    for word in story:
        if word == end:
            stories.append("".join(pieces))
            pieces, capital, glued = [], True, True
            continue
        if not (glued or word in _CLOSING):
            pieces.append(" ")
        pieces.append(word[0].upper() + word[1:] if capital else word)
        glued = word in _OPENING
        if word in (".", "?", "!", "…", "«", "“"):
            capital = True
        elif word not in _OPENING | _CLOSING or word == ",":
            capital = False
    return "\n".join([*stories, "".join(pieces)] if pieces else stories)


def tokens(text: str, vocabulary: Iterable[str], end: str) -> list[str]:
    """The inverse of `text`: tokens in lower case but for proper names, each line closed by `end`.

    Raises:
        ValueError: a word that is not in the vocabulary.
    """
    known, story = set(vocabulary), []
    for line in text.splitlines():
        for word in TOKEN.findall(line):
            token = word if word in known else word.lower()
            if token not in known:
                raise ValueError(f"expected words of the vocabulary ({len(known)} of them), got {word!r}")
            story.append(token)
        if line.strip():
            story.append(end)
    return story
