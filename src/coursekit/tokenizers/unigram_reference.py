"""The unigram language model of a word's segmentations, one word at a time.

Leaves out every economy: each word is gone through anew, and each sum of exponentials is taken in plain Python.
"""

from math import exp, inf, log


def forward(word, log_probs):
    """The probability of each beginning of a word, summed over all its segmentations.

        alpha(0) = 1,   alpha(t) = sum_s alpha(s) p(word[s:t])

    Args:
        word: str of n characters.
        log_probs: dict from piece to log p, nats.

    Returns: list of n + 1 floats, log alpha; the last is the log probability of the word.

    Source: Kudo 2018, section 3.2, equations 3 and 4 (the marginal likelihood).
    Taught in: 02-transformer
    """
    alpha = [0.0]
    for t in range(1, len(word) + 1):
        alpha.append(_log_sum_exp([alpha[s] + log_probs.get(word[s:t], -inf) for s in range(t)]))
    return alpha


def expected_counts(words, log_probs):
    """The E step of EM: how often each piece is used, over all segmentations, each as likely as it is.

        c(x) = sum_words n(word) sum_{word[s:t] = x} alpha(s) p(x) beta(t) / alpha(end)

    Args:
        words: dict from word to its count n.
        log_probs: dict from piece to log p, nats; the characters of the words among them.

    Returns: dict from piece to its expected count, and the log likelihood of the words, nats.
    Raises: ValueError when a word cannot be segmented.

    Source: Kudo 2018, section 3.2.
    Taught in: 02-transformer
    """
    counts, likelihood = dict.fromkeys(log_probs, 0.0), 0.0
    for word, n in words.items():
        alpha, beta = forward(word, log_probs), _backward(word, log_probs)
        if alpha[-1] == -inf:
            raise ValueError(f"expected pieces that spell every word, got none for {word!r:.80}")
        for s in range(len(word)):
            for t in range(s + 1, len(word) + 1):
                if word[s:t] in log_probs:
                    counts[word[s:t]] += n * exp(alpha[s] + log_probs[word[s:t]] + beta[t] - alpha[-1])
        likelihood += n * alpha[-1]
    return counts, likelihood


def alternatives(log_probs):
    """For each piece, the log probability of its best segmentation into others.

    Args: log_probs: dict from piece to log p, nats; all single characters among them.
    Returns: dict, of the pieces with two or more characters.

    Source: Kudo 2018, section 3.2, step 2 (b).
    Taught in: 02-transformer
    """
    best = {}
    for piece in log_probs:
        if len(piece) == 1:
            continue
        delta = [0.0] + [-inf] * len(piece)
        for t in range(1, len(piece) + 1):
            for s in range(t):
                if t - s < len(piece):
                    delta[t] = max(delta[t], delta[s] + log_probs.get(piece[s:t], -inf))
        best[piece] = delta[-1]
    return best


def _backward(word, log_probs):
    """log beta(t): the probability of what follows t, summed over its segmentations."""
    return forward(word[::-1], _Mirrored(log_probs))[::-1]


class _Mirrored:
    def __init__(self, log_probs):
        self.log_probs = log_probs

    def get(self, piece, default):
        return self.log_probs.get(piece[::-1], default)


def _log_sum_exp(terms):
    highest = max(terms)
    return highest if highest == -inf else highest + log(sum(exp(term - highest) for term in terms))
