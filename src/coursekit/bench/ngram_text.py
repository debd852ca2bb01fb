"""A text as long as one likes, with the frequencies of a language's words, that is never whole in memory."""

import numpy as np

from coursekit.ngram.counting.text import END

_BLOCK = 100_000  # tokens drawn at a time


def sentences(tokens, types=60_000, seed=0):
    """Sentences of words drawn by their ranks r, each of them without regard to the others.

        p(r) ~ 1 / (r + 2.7);    after every word the sentence ends with probability 1/15

    Since no word depends on another, nearly all n-grams of four and more words are different: as bad as a text can be
    for whoever counts them.

    Args:
        tokens: at least so many in all, END counted.
        types: number of words in the dictionary.
        seed: of the draws.

    Returns: iterator of lists of str, each closed by END.
    Source: Mandelbrot 1953 (Zipf's law with a shift).
    """
    generator = np.random.default_rng(seed)
    words = [f"w{i}" for i in range(types)]
    sums = np.cumsum(1 / (np.arange(1, types + 1) + 2.7))
    sentence, drawn = [], 0
    while drawn < tokens:
        ranks = np.searchsorted(sums, generator.random(_BLOCK) * sums[-1]).tolist()
        ends = (generator.random(_BLOCK) < 1 / 15).tolist()
        for rank, ends_here in zip(ranks, ends):
            sentence.append(words[rank])
            if ends_here:
                sentence.append(END)
                drawn += len(sentence)
                yield sentence
                sentence = []
                if drawn >= tokens:
                    break
