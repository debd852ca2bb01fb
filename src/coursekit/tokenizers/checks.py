"""What the tokenizers ask of their arguments, in one place."""


def check_text(text):
    """Return text, or raise a ValueError unless it is a str."""
    if not isinstance(text, str):
        raise ValueError(f"text: expected str, got {type(text).__name__}")
    return text


def documents(text):
    """The documents of a corpus, a str or an iterable of them; raises a ValueError at what is not a str."""
    if isinstance(text, str):
        return [text]
    if isinstance(text, bytes) or not hasattr(text, "__iter__"):
        raise ValueError(f"text: expected str, or an iterable of str, got {type(text).__name__}")
    return map(check_text, text)


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
