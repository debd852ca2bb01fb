"""All ways to fill the gaps of a text whose source is known, with their exact probabilities."""

from math import fsum


def fillings(template, next_distribution, limit=100_000):
    """Every text that a source can write with these tokens in these places.

        p(x | seen) = prod_t p(x_t | x_<t) / sum of the same over all that fit

    Args:
        template: tokens of a whole story, None in its gaps.
        next_distribution: prefix -> {token: probability}, as that of `coursekit.corpus.cuentos`.
        limit: beginnings to follow at most.

    Returns: list of pairs (the tokens of the gaps, a tuple; its probability), the most probable first.
    Raises: ValueError without gaps, when nothing fits, or too many beginnings do.
    Taught in: 06-difusion
    """
    gaps = [place for place, token in enumerate(template) if token is None]
    if not gaps:
        raise ValueError("template: expected gaps (None), got none")
    beginnings, seen = [((), 1.0)], 0
    for token in template:
        longer = []
        for prefix, p in beginnings:
            following = next_distribution(list(prefix))
            chosen = following if token is None else {token: following[token]} if token in following else {}
            longer += [((*prefix, word), p * q) for word, q in chosen.items()]
        beginnings, seen = longer, seen + len(longer)
        if seen > limit:
            raise ValueError(f"limit: expected at most {limit} beginnings, got {seen}; leave fewer gaps")
    if not beginnings:
        raise ValueError("template: expected some text to fit, got none")
    total = fsum(p for _, p in beginnings)
    filled = [(tuple(text[place] for place in gaps), p / total) for text, p in beginnings]
    return sorted(filled, key=lambda pair: -pair[1])
