"""The rows without training: they bound the table from above and from below."""

from itertools import islice
from math import log2

from coursekit.corpus import cuentos
from coursekit.liga.protocol import PROTOCOL
from coursekit.scoring.excess import paired_excess


def exact_rows(protocol=PROTOCOL, corpus=cuentos):
    """Excess bits of the exact unigram, and of the grammar itself, on the protocol's stories.

        unigram: q(token) = E[count of token in a story] / E[length of a story];   the grammar: q = p, no excess

    Args:
        protocol: a `Protocol`.
        corpus: has stories, log2_probability, expected_counts.

    Returns: {"unigrama": `Excess`, "oráculo": `Excess`}; the second scores as every model does, and is 0 by definition.
    Taught in: 02-transformer
    """
    test = list(islice(corpus.stories(protocol.test_seed), protocol.test_stories))
    counts = corpus.expected_counts()
    total = sum(counts.values())
    lengths = [len(story) for story in test]
    log2_p = [corpus.log2_probability(story) for story in test]
    unigram = [sum(log2(counts[token] / total) for token in story) for story in test]
    return {
        "unigrama": paired_excess(log2_p, unigram, lengths),
        "oráculo": paired_excess(log2_p, log2_p, lengths),
    }
