"""Was this text written with that watermark?"""

from math import sqrt


def z_score(ids, watermark):
    """How many standard deviations more green tokens a text has than chance would give.

        z = (|s|_G - gamma T) / sqrt(T gamma (1 - gamma))

    One-sided: text without the mark has z above 4 about once in thirty thousand times, if its tokens were independent.
    A pair (previous token, token) counts once, however often it comes: repeats say nothing new.

    Args:
        ids: list of int, the text's tokens as they were drawn; the first only opens the first list.
        watermark: the `GreenList` with the key.

    Returns: float.
    Raises: ValueError for fewer than two tokens.

    Source: Kirchenbauer et al. 2023 (A Watermark for Large Language Models), equation 3; repeats: its section on them.
    Taught in: 07-despliegue
    """
    pairs = set(zip(ids[:-1], ids[1:]))
    if not pairs:
        raise ValueError(f"ids: expected at least 2 tokens, got {len(ids)}")
    lists = {previous: watermark.green(previous) for previous, _ in pairs}
    hits = sum(bool(lists[previous][token]) for previous, token in pairs)
    T, gamma = len(pairs), watermark.gamma
    return (hits - gamma * T) / sqrt(T * gamma * (1 - gamma))
