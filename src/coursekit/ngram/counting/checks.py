"""What every rung of counting asks of its arguments, in one place."""

HIGHEST = 7


def check_order(order):
    """Return the order, or raise a ValueError unless it is a whole number from 1 to HIGHEST.

    Args:
        order: n.

    Raises: ValueError.
    Taught in: 01-historia
    """
    if type(order) is not int or not 1 <= order <= HIGHEST:
        raise ValueError(f"order: expected a whole number from 1 to {HIGHEST}, got {order!r}")
    return order


def check_word(word):
    """Return the word, or raise a ValueError unless it is a str.

    Args:
        word: anything.

    Raises: ValueError.
    Taught in: 01-historia
    """
    if not isinstance(word, str):
        raise ValueError(f"expected words that are str, got {type(word).__name__} {word!r:.60}")
    return word


def check_words(words, what):
    """Return words as a tuple, or raise a ValueError unless they are a list or tuple of str.

    Args:
        words: anything.
        what: for the message.

    Raises: ValueError.
    Taught in: 01-historia
    """
    if isinstance(words, str | bytes) or not hasattr(words, "__iter__"):
        raise ValueError(f"{what}: expected a list of words, got {type(words).__name__} {words!r:.60}")
    words = tuple(words)
    for i, word in enumerate(words):
        if not isinstance(word, str):
            raise ValueError(f"{what}: expected words that are str, got {type(word).__name__} {word!r:.60} at {i}")
    return words
