"""The most probable segmentation of a word."""


def segment(word, log_probs, longest, unknown):
    """Best path through the pieces of a word, by dynamic programming.

        delta(0) = 0,   delta(t) = max_s delta(s) + log p(word[s:t])

    A character that is no piece may stand alone, at the price `unknown`. Ties: the earliest s.

    Args:
        word: str of n characters.
        log_probs: dict from piece to log p, nats.
        longest: characters of the longest piece; n times as many look-ups.
        unknown: log probability of a character that is no piece, nats.

    Returns: list of str, which joined are the word; and delta(n), nats.

    Source: Kudo 2018, section 3.2, equation 5; Viterbi 1967.
    Taught in: 02-transformer
    """
    n = len(word)
    delta, back = [0.0] + [None] * n, [0] * (n + 1)
    for s in range(n):
        for t in range(s + 1, min(n, s + longest) + 1):
            log_prob = log_probs.get(word[s:t], unknown if t == s + 1 else None)
            if log_prob is not None and (delta[t] is None or delta[s] + log_prob > delta[t]):
                delta[t], back[t] = delta[s] + log_prob, s
    pieces, t = [], n
    while t:
        pieces.append(word[back[t] : t])
        t = back[t]
    return pieces[::-1], delta[n]
