"""What the tokenizers ask of their arguments, and of what they read from files, in one place."""

import re
from reprlib import Repr

_SURROGATE = re.compile("[\ud800-\udfff]")
_BRIEF = Repr()
_BRIEF.maxstring = 60


def brief(value):
    """`repr` of anything, of a few words and a few levels: what a file holds may be long and deep."""
    return _BRIEF.repr(value)


def check_text(text):
    """Return text, or raise a ValueError unless it is a str."""
    if not isinstance(text, str):
        raise ValueError(f"text: expected str, got {type(text).__name__}")
    return text


def check_characters(text):
    """Return text, or raise a ValueError unless it is a str of characters: half a pair of UTF-16 is none."""
    if found := _SURROGATE.search(check_text(text)):
        raise ValueError(lone_surrogate(found[0]))
    return text


def lone_surrogate(character):
    """The message for a surrogate in a text."""
    return f"expected text, got the lone surrogate U+{ord(character):04X}; replace it before encoding"


def documents(text, check=check_text):
    """The documents of a corpus, a str or an iterable of them, each as `check` returns it.

    Raises: ValueError at what is not a str, and where `check` does.
    """
    if isinstance(text, str):
        return [check(text)]
    if isinstance(text, bytes) or not hasattr(text, "__iter__"):
        raise ValueError(f"text: expected str, or an iterable of str, got {type(text).__name__}")
    return map(check, text)


def check_list(content, what):
    """Return what a file holds, or raise a ValueError unless it is a list."""
    if not isinstance(content, list):
        raise ValueError(f"expected a list of {what}, got {type(content).__name__}")
    return content


def check_known(pieces):
    """Raise a ValueError where there are no pieces: a tokenizer without any is not worth a file."""
    if not pieces:
        raise ValueError("vocabulary: expected pieces, got none but the unknown one")


def check_piece(piece, where):
    """Raise a ValueError unless a piece is a str of characters, and not empty."""
    if not isinstance(piece, str) or not piece:
        raise ValueError(f"{where}: expected a str that is not empty, got {brief(piece)}")
    if _SURROGATE.search(piece):
        raise ValueError(f"{where}: expected a str of characters, got a lone surrogate in {brief(piece)}")


def check_vocab_size(vocab_size, least):
    """Raise a ValueError unless vocab_size is an int that leaves room for the alphabet."""
    if type(vocab_size) is not int or vocab_size < least:
        raise ValueError(f"vocab_size: expected a whole number >= {least} (the alphabet), got {vocab_size!r}")


def lookup(ids, tokens):
    """The tokens of ids.

    Args:
        ids: sequence of int, or a tensor or array.
        tokens: dict from id to token.

    Returns: list of tokens.
    Raises: ValueError for an id that is not in the vocabulary.
    """
    ids = ids.tolist() if hasattr(ids, "tolist") else ids
    try:
        return [tokens[i] for i in ids]
    except (KeyError, TypeError):
        raise ValueError(f"ids: expected whole numbers 0 .. {len(tokens) - 1}, got {_first_bad(ids, tokens)}") from None


def _first_bad(ids, tokens):
    if not isinstance(ids, list | tuple):
        return type(ids).__name__
    return next(repr(i)[:80] for i in ids if not isinstance(i, int) or i not in tokens)
