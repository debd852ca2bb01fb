"""Sentences drawn from a model, many side by side: a word is asked of the highest order, which may hand it down.

Of a context's probability, its n-grams have sum(alpha); the rest is the lower order's. So one uniform number says
whether the word is decided here and, by the sums of alpha, which it is.
"""

import numpy as np

from coursekit.ngram.counting.text import END_ID, START_ID, UNKNOWN_ID


class Sampler:
    """Draws from a model.

    Args:
        model: an `NGram` that was fitted.

    Taught in: 01-historia
    """

    def __init__(self, model):
        self.model = model
        self.sums = [np.append(0.0, alpha[:-1].cumsum()) for alpha, _ in model.levels]  # (M + 1,) each

    def sentences(self, random, count, longest):
        """`count` sentences at once.

        Args:
            random: numpy.random.Generator, moved on.
            count: how many.
            longest: words after which a sentence is closed, END counted.

        Returns: list of lists of ids, each closed by END.
        """
        drawn = [[] for _ in range(count)]
        running = np.arange(count)
        ranks = [np.zeros(count, np.int64)] + [np.full(count, -1)] * self.model.order  # of the last k words
        word = np.full(count, START_ID)
        for age in range(longest):
            # 1. the last k words are the k - 1 before, and one more
            ranks = [ranks[0], *(level.find(rank, word) for level, rank in zip(self.model.counts.levels, ranks))]
            # 2. the next word; the last place is END's
            order = min(self.model.order, age + 2)
            word = np.full(len(running), END_ID) if age == longest - 1 else self._words(random, order, ranks)
            for i, w in zip(running.tolist(), word.tolist()):
                drawn[i].append(w)
            goes_on = word != END_ID
            running, word, ranks = running[goes_on], word[goes_on], [rank[goes_on] for rank in ranks]
            if not len(running):
                break
        return drawn

    def _words(self, random, order, ranks):
        """A word for each context; UNKNOWN, which is no word, is drawn again."""
        word, open_ = np.full(len(ranks[0]), UNKNOWN_ID), np.arange(len(ranks[0]))
        while len(open_):
            word[open_] = self._order_words(random, order, [rank[open_] for rank in ranks])
            open_ = open_[word[open_] == UNKNOWN_ID]
        return word

    def _order_words(self, random, k, ranks):
        u = random.random(len(ranks[0]))
        if k == 0:
            word = (u * self.model.vocabulary_size).astype(np.int64)
            return word + (word >= START_ID)  # all ids but START's
        level, sums, context = self.model.counts.levels[k - 1], self.sums[k - 1], ranks[k - 1]
        first, last = (np.searchsorted(level.keys, (context + i) * level.words) for i in (0, 1))
        # 1. decided here
        here = u < sums[last] - sums[first]
        rank = np.searchsorted(sums, (sums[first] + u)[here], "right") - 1
        word = np.empty(len(u), np.int64)
        word[here] = level.keys[np.minimum(rank, last[here] - 1)] % level.words  # a sum may be rounded up
        # 2. or below
        if not here.all():
            word[~here] = self._order_words(random, self.model._below(k), [rank[~here] for rank in ranks])
        return word


class TableSampler(Sampler):
    """The same where the lower order does not decide alone: each word from the table of all its probabilities.

    In which START has none: it is the case of `Katz`, whose lowest order knows it as a word that was never said.
    """

    def _order_words(self, random, order, ranks):
        u, word, known = random.random(len(ranks[0])), np.empty(len(ranks[0]), np.int64), {}
        for i, state in enumerate(zip(*(rank.tolist() for rank in ranks[:order]))):
            if state not in known:
                k = max(k for k, rank in enumerate(state) if rank >= 0)
                known[state] = self.model._probabilities(self.model.counts.ids_of(k, state[k])).cumsum()
            word[i] = np.searchsorted(known[state], u[i] * known[state][-1], "right")
        return word
