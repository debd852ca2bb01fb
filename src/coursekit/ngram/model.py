"""What all n-gram models share: a language model whose probabilities are one sum over the orders.

    p_0(w) = 1 / |V|;    p_k(w | h) = alpha(h w) + gamma(h) p_(k-1)(w | h without its first word),   k = 1 .. n

alpha(h w) is 0 where the k-gram h w has not been seen, gamma(h) is 1 where nothing has been seen after h. Methods
differ in these two tables alone; each in its file.
"""

import numpy as np

from coursekit.ngram.counting import END, START, count_ngrams
from coursekit.ngram.counting.checks import check_order, check_word, check_words
from coursekit.ngram.counting.text import START_ID, UNKNOWN_ID
from coursekit.ngram.sampler import Sampler
from coursekit.ngram.scorer import token_log2_probabilities


class NGram:
    """A model of the next word by the n - 1 words before it.

    A sentence is a list of words. It opens with START, which only stands in contexts, and closes with END, a word like
    any other, added where it is missing. Every word outside the vocabulary is UNKNOWN, one word which stands for all
    of them: it has the probability of a word never seen, or its own where the text that was learned from spells it.
    So in every context the words of the vocabulary, END and UNKNOWN have probabilities that sum to 1.

    A context is the words before, the last one nearest: the n - 1 last ones count; fewer, or none, ask the lower order.
    For the start of a sentence, write START in front.

    Args:
        order: n, 1 to 7.
        end: the word that closes sentences.

    Raises: ValueError for an order that is none.
    Taught in: 01-historia
    """

    _sampler = Sampler

    def __init__(self, order, end=END):
        self.order, self.end, self.counts = check_order(order), end, None

    def fit(self, sentences, vocabulary=None):
        """Learn from sentences, and forget what was learned before.

        Args:
            sentences: iterable of lists of str.
            vocabulary: the words that there are, seen or not; others are read as UNKNOWN. None = those of the text.

        Returns: the model.
        Raises: ValueError when there is no sentence, or one is empty, no list of str, or has END or START inside.
        """
        self.counts = count_ngrams(sentences, self.order, self.end, vocabulary)
        self._make_levels()
        return self

    def prob(self, word, context=()):
        """P(word | context), by the definition: order by order, from the lowest.

        Args:
            word: str; UNKNOWN's where it is not in the vocabulary.
            context: list of str.

        Returns: float.
        Raises: ValueError for what is no str, and START as the word, or inside the context.
        """
        context, word = self._context(context), self._ids().get(check_word(word), UNKNOWN_ID)
        if word == START_ID:
            raise ValueError(f"word: expected one that is predicted, got {START!r}, which only stands in contexts")
        p = 1 / self.vocabulary_size
        for k, level in enumerate(self.counts.levels[: len(context) + 1], 1):
            before = self.counts.rank(context[len(context) + 1 - k :])  # its last k - 1 words
            p = self._combine(*self.levels[k - 1], level.find(before, word), before, p)
        return float(p)

    def distribution(self, context=()):
        """{word: P(word | context)}: every word of the vocabulary, END and UNKNOWN; they sum to 1.

        Args, Raises: as in `prob`.
        """
        p = self._probabilities(self._context(context)).tolist()
        return {word: p[i] for word, i in self._ids().items() if i != START_ID}

    def next_distribution(self, prefix):
        """{word: P(word | START, prefix)}, for the first words of a sentence, as corpora have it."""
        return self.distribution((START, *check_words(prefix, "prefix")))

    def token_log2_probabilities(self, sentences):
        """log2 P of each word of each sentence, END counted, all sentences at once.

        Args:
            sentences: as in `fit`.

        Returns: list of (words,) float64 arrays, bits (negative), one a sentence.
        Raises: ValueError as in `fit`.
        """
        self._ids()
        return token_log2_probabilities(self, sentences)

    def log2_probabilities(self, sentence):
        """log2 P(word | the words before it), bits, of each word of one sentence, END counted."""
        return self.token_log2_probabilities([sentence])[0].tolist()

    def log2_probability(self, sentence):
        """log2 P(sentence), bits, END counted."""
        return float(self.token_log2_probabilities([sentence])[0].sum())

    def perplexity(self, sentences):
        """2 to the mean bits a word, END counted.

            2^(-1/N sum_t log2 P(w_t | w_1 .. w_(t-1)))

        Only comparable between models with the same vocabulary: unknown words are scored as UNKNOWN.

        Args, Raises: as in `fit`.
        Source: Jelinek et al. 1977 (perplexity).
        """
        bits = np.concatenate(self.token_log2_probabilities(sentences))
        return float(2 ** -bits.mean())

    def stories(self, seed, longest=1000):
        """Independent sentences without end, each drawn word by word until END; the same for the same seed.

        UNKNOWN, which is no word, is never drawn.

        Args:
            seed: integer >= 0.
            longest: words after which a sentence is closed, END counted.

        Returns: iterator of lists of str.
        Raises: ValueError for a seed or a length that is none.
        """
        if type(seed) is not int or seed < 0 or type(longest) is not int or longest < 1:
            raise ValueError(f"expected a seed >= 0 and longest >= 1, whole numbers, got {seed!r} and {longest!r}")
        self._ids()
        return self._draw(self._sampler(self), np.random.default_rng(seed), longest)

    def generate(self, seed, longest=1000):
        """One sentence, the first of `stories(seed)`: list of str, closed by END."""
        return next(self.stories(seed, longest))

    @property
    def vocabulary_size(self):
        """|V|: the words that are predicted; END and UNKNOWN are among them, START is not."""
        return len(self._ids()) - 1

    def _tables(self):
        """(alpha, gamma) for each order k = 1 .. n: alpha (M_k,), gamma (M_(k-1),). Every method has its own."""
        raise NotImplementedError

    def _combine(self, alpha, gamma, rank, context, lower):
        """p_k from p_(k-1). rank, context: of the k-gram and its context, -1 = not seen; numbers or arrays."""
        return alpha[rank] + gamma[context] * lower

    def _below(self, k):
        """The order that decides where order k has not."""
        return k - 1

    def _make_levels(self):
        self.levels = []
        for alpha, gamma in self._tables():
            # rank -1, what has not been seen, finds the last number: 0 and 1
            self.levels.append((np.append(alpha, 0.0), np.append(gamma, 1.0)))

    def _ids(self):
        if self.counts is None:
            raise ValueError(f"{type(self).__name__}: expected a model that was fitted, got none; call fit(sentences)")
        return self.counts.ids

    def _context(self, context):
        words = check_words(context, "context")
        if START in words[1:]:
            raise ValueError(f"context: expected {START!r} in the first place alone, got it later")
        ids = self._ids()
        return tuple(ids.get(word, UNKNOWN_ID) for word in words[max(0, len(words) - self.order + 1) :])

    def _probabilities(self, context):
        """(V,) by id; START's means nothing."""
        p = np.full(len(self._ids()), 1 / self.vocabulary_size)
        for k, level in enumerate(self.counts.levels[: len(context) + 1], 1):
            before = self.counts.rank(context[len(context) + 1 - k :])
            after, rank = level.after(before), np.full(len(p), -1)
            rank[level.keys[after] % level.words] = np.arange(after.start, after.stop)
            p = self._combine(*self.levels[k - 1], rank, before, p)
        return p

    def _draw(self, sampler, random, longest):
        words, count = self.counts.words, 1  # the first one soon, and then many side by side
        while True:
            for ids in sampler.sentences(random, count, longest):
                yield [words[i] for i in ids]
            count = min(8 * count, 4096)
