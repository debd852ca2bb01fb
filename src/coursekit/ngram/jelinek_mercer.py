"""Jelinek–Mercer: all orders mixed, with weights learned on sentences that were not counted."""

import numpy as np

from coursekit.ngram.counting import count_ngrams
from coursekit.ngram.counting.text import START_ID, read
from coursekit.ngram.model import NGram
from coursekit.ngram.scorer import find_ngrams, shift

BUCKETS = 16
ROUNDS = 50


class JelinekMercer(NGram):
    """Each order as often as it deserves, which depends on how often its context was seen.

        p(w | h) = lambda c(h w) / c(h) + (1 - lambda) p(w | h'),    lambda = lambda_k[floor(log2 c(h))]

    h' is h without its first word. The weights are those under which held-out sentences are likeliest, by EM.

    Args:
        order, end: as in `NGram`.

    Attributes:
        weights: (n, BUCKETS), lambda of each order and bucket; contexts of 2^15 and more share the last.
        history: mean log2 P of a held-out word before each round of EM, bits; it never falls.

    Source: Jelinek & Mercer 1980; buckets and EM: Chen & Goodman 1999, section 2.3.
    Taught in: 01-historia
    """

    def fit(self, sentences, vocabulary=None, held_out=None):
        """Learn from sentences, and the weights from others.

        Args:
            sentences, vocabulary: as in `NGram.fit`.
            held_out: sentences for the weights; None = the last tenth of `sentences`, while the rest is counted. Then
                all are counted.

        Returns: the model.
        Raises: ValueError as in `NGram.fit`, or when there is one sentence alone and none is held out.
        """
        counted = sentences = list(sentences)
        if held_out is None:
            if len(sentences) == 1:
                raise ValueError("sentences: expected at least 2, so that one can be held out, got 1")
            cut = len(sentences) - max(1, len(sentences) // 10)
            counted, held_out = sentences[:cut], sentences[cut:]
        self.counts = count_ngrams(counted, self.order, self.end, vocabulary)
        self.weights, self.history = learn_weights(self.counts, held_out)
        return super().fit(sentences, vocabulary)

    def _tables(self):
        below = 1
        for level, weights in zip(self.counts.levels, self.weights):
            total = np.bincount(level.context, level.count, below)
            weight = np.where(total > 0, weights[buckets(total)], 0.0)
            yield (weight / np.maximum(total, 1))[level.context] * level.count, 1 - weight
            below = len(level.keys)


def buckets(total):
    """floor(log2 total), at most BUCKETS - 1; 0 for a context that was never seen."""
    return np.clip(np.frexp(total)[1] - 1, 0, BUCKETS - 1)


def learn_weights(counts, sentences, rounds=ROUNDS):
    """Expectation maximisation: how often did each order say a word, and what share of its chances is that?

        E:  s_k(t) = R_k(t) lambda c(h w) / c(h) / p_k(w_t | h),   R_n = 1,   R_(k-1)(t) = R_k(t) - s_k(t)
        M:  lambda_k[b] = sum of s_k / sum of R_k,  over the words whose context at order k lies in bucket b

    R is the probability that the word was not said by a longer order. Weights begin at 1/2, and stay so where no
    held-out context lies in the bucket; they end at 1 - 10^-9 at most, so that no word becomes impossible.

    Args:
        counts: a `Counts`.
        sentences: lists of str, held out.
        rounds: of EM.

    Returns: weights (n, BUCKETS), and the list of mean log2 P before each round.

    Source: Dempster, Laird & Rubin 1977, section 4.3 (mixtures).
    Taught in: 01-historia
    """
    text = read(sentences, counts.ids.closed())
    predicted = text.tokens != START_ID
    found = find_ngrams(counts, text.tokens)
    ranks = [rank[predicted] for rank in found]
    contexts = [ranks[0], *(shift(rank)[predicted] for rank in found[1:-1])]
    # 1. what each order says of each word, and the bucket of its context; -1 where it says nothing
    said, chosen, below = [], [], 1
    for level, rank, context in zip(counts.levels, ranks[1:], contexts):
        total = np.append(np.bincount(level.context, level.count, below), 0)  # the last is found by rank -1
        seen = total[context]
        said.append(np.append(level.count, 0)[rank] / np.maximum(seen, 1))
        chosen.append(np.where(seen > 0, buckets(seen), -1))
        below = len(level.keys)
    # 2. EM
    weights, history = np.full((counts.order, BUCKETS), 0.5), []
    for _ in range(rounds):
        p, stages = np.full(len(ranks[0]), 1 / (len(counts.ids) - 1)), []
        for mine, share, bucket in zip(weights, said, chosen):
            weight = np.where(bucket >= 0, mine[bucket], 0.0)
            p = weight * share + (1 - weight) * p
            stages.append((weight * share, p))
        history.append(float(np.log2(p).mean()))
        reached = np.ones(len(p))
        for k in range(counts.order - 1, -1, -1):
            part, p = stages[k]
            spoken, known = reached * part / p, chosen[k] >= 0
            chances = np.bincount(chosen[k][known], reached[known], BUCKETS)
            taken = np.bincount(chosen[k][known], spoken[known], BUCKETS)
            weights[k] = np.where(chances > 0, np.minimum(taken / np.maximum(chances, 1e-300), 1 - 1e-9), weights[k])
            reached = reached - spoken
    return weights, history
