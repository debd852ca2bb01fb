"""A model that counts, under the protocol: the same stories and the same test, and no size to choose."""

import time
from itertools import islice

from coursekit.corpus import cuentos
from coursekit.liga.protocol import PROTOCOL
from coursekit.scoring.excess import paired_excess


def play_counted(build, protocol=PROTOCOL, corpus=cuentos):
    """Fit one n-gram model to the stories of each seed, at every point of the learning curve; score it.

    What the protocol fixes of trained models does not apply: there is no learning rate, and the numbers that are kept
    grow with the text. They are counted, and stand in the row as its parameters.

    Args:
        build: no arguments -> a new `coursekit.ngram` model.
        protocol: a `Protocol`.
        corpus: has stories(seed), VOCABULARY, log2_probability.

    Returns: a row as `coursekit.liga.play` returns it; flops is 0, for nothing is multiplied by a matrix.
    Taught in: 01-historia
    """
    test = list(islice(corpus.stories(protocol.test_seed), protocol.test_stories))
    log2_p = [corpus.log2_probability(story) for story in test]
    lengths = [len(story) for story in test]
    runs = []
    for seed in protocol.seeds:
        run = {"seed": seed, "tokens": [], "excess": []}
        for point in range(1, protocol.evaluations + 1):
            stories = _first(corpus.stories(seed), protocol.tokens * point // protocol.evaluations)
            started = time.perf_counter()
            model = build().fit(stories, corpus.VOCABULARY)
            run["seconds"] = time.perf_counter() - started
            score = paired_excess(log2_p, [row.sum() for row in model.token_log2_probabilities(test)], lengths)
            run["tokens"].append(sum(map(len, stories)))
            run["excess"].append(float(score.mean))
            run["standard_error"] = float(score.standard_error)
        runs.append(run)
    kept = [array for tables in model.levels for array in tables] + [level.keys for level in model.counts.levels]
    return {
        "parameters": sum(len(array) for array in kept),
        "flops": 0.0,
        "weight_bytes": sum(array.nbytes for array in kept),
        "state_bytes": 8 * (model.order - 1),  # the last words, as ids
        "rates": {},
        "rate": None,
        "runs": runs,
    }


def _first(stories, tokens):
    """Whole stories until so many tokens are together."""
    taken, total = [], 0
    while total < tokens:
        taken.append(next(stories))
        total += len(taken[-1])
    return taken
