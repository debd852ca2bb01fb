"""A model beside the source that knows the truth: whole distributions of the next word, not only the word that came."""

from dataclasses import dataclass
from math import inf, log2


@dataclass(frozen=True)
class NextWord:
    """Means over contexts: what a model gives to words, by what they deserve.

    Args:
        divergence: KL(p || q) of the next word, bits; infinite where q misses a word that can come.
        tail, model_tail: what source and model give to the words that can come and are rare.
        impossible: what the model gives to words that cannot come.
        contexts: how many.
    """

    divergence: float
    tail: float
    model_tail: float
    impossible: float
    contexts: int


def compare_next_words(model, stories, corpus, rare=0.05):
    """The next word's distribution after every beginning of some stories, the model's q against the source's p.

        divergence = mean of sum_w p(w) log2 p(w) / q(w)
        tail = mean of sum p(w),   model_tail = mean of sum q(w),   over w with 0 < p(w) <= rare
        impossible = mean of 1 - sum q(w) over w with p(w) > 0

    In each context all is exact; only the contexts are a sample, from the source. The divergence has the expectation of
    `excess_bits`, and less luck in it.

    Args:
        model: has next_distribution(prefix) -> {word: probability}: an n-gram model, or a corpus.
        stories: lists of str, of the source.
        corpus: the source, with next_distribution.
        rare: a word of at most this probability belongs to the tail.

    Returns: a `NextWord`.
    Raises: ValueError without stories.

    Source: Cover and Thomas 2006, section 2.3 (divergence); tails go first: Shumailov et al. 2024.
    Taught in: 01-historia
    """
    rows = [
        _compare(corpus.next_distribution(story[:i]), model.next_distribution(story[:i]), rare)
        for story in stories
        for i in range(len(story))
    ]
    if not rows:
        raise ValueError("stories: expected at least one word, got none")
    return NextWord(*(sum(column) / len(rows) for column in zip(*rows)), len(rows))


def _compare(p, q, rare):
    possible = {word: mass for word, mass in p.items() if mass > 0}
    divergence = sum(mass * (log2(mass / q[word]) if q.get(word) else inf) for word, mass in possible.items())
    tail = [word for word, mass in possible.items() if mass <= rare]
    known = sum(q.get(word, 0.0) for word in possible)
    return divergence, sum(p[word] for word in tail), sum(q.get(word, 0.0) for word in tail), max(0.0, 1 - known)
