"""n-grams: counting and scoring beside nltk and beside the sort that nothing can avoid; the memory of a long text.

CPU time of one process, on two texts: the course's stories, whose n-grams repeat, and words drawn one by one, whose
n-grams hardly ever do.
"""

import time
from collections.abc import Iterator

import numpy as np

from coursekit.bench.ngram_peak import peak
from coursekit.bench.ngram_text import sentences
from coursekit.bench.timing import interleaved
from coursekit.corpus import cuentos
from coursekit.ngram import KneserNey
from coursekit.ngram.counting import START, count_ngrams
from coursekit.ngram.counting.text import Ids, read


def run(
    tokens: int = 1_000_000, order: int = 5, repeats: int = 3, small: int = 20_000, long: int = 18_000_000
) -> Iterator[tuple[str, float, str]]:
    """Yield (name, value, unit): times in s, "a-over-b" in "×" is how many times faster a is than b; tokens/s; MiB.

    nltk gets a text of `small` tokens, and a few of them to score: it would take minutes for more. A token costs it the
    more the longer the text is; ours is fitted to the same text.

    Args:
        tokens: of the texts that are counted and scored.
        order: n.
        repeats: rounds; medians.
        small: tokens of nltk's text.
        long: tokens of the text whose memory is measured; 18 million are some 100 MB of Spanish.

    Raises: ValueError when nltk counts other n-grams.
    """
    texts = {"": _stories(tokens), "-drawn": list(sentences(tokens))}
    for end, text in texts.items():
        windows = _windows(text)
        calls = {"ours": lambda text=text: count_ngrams(text, order), "sort": lambda w=windows: _sorts(w, order)}
        seconds = _time(calls, repeats)
        yield f"bench/ngram-count{end}-time", seconds["ours"], "s"
        yield f"bench/ngram-count{end}-sorts", seconds["ours"] / seconds["sort"], "×"
    test = _stories(tokens // 4, seed=1)
    model = KneserNey(order).fit(texts[""])
    seconds = _time(
        {"fit": lambda: KneserNey(order).fit(texts[""]), "score": lambda: model.token_log2_probabilities(test)}, repeats
    )
    yield "bench/ngram-fit-time", seconds["fit"], "s"
    yield "bench/ngram-score", sum(map(len, test)) / seconds["score"], "tokens/s"
    yield from _against_nltk(_stories(small), test[:40], order, repeats)
    for work in ("count", "fit"):
        yield f"bench/ngram-{work}-peak", peak(work, long, order) / 2**20, "MiB"


def _against_nltk(text, test, order, repeats):
    from nltk.lm import KneserNeyInterpolated

    grams = [list(_all_ngrams((START, *story), order)) for story in text]
    words = [*sorted({word for story in text for word in story}), START]
    theirs, ours = KneserNeyInterpolated(order), KneserNey(order, modified=False).fit(text)
    theirs.fit(grams, words)
    found = sum(theirs.counts[k].N() for k in range(2, order + 1))
    expected = sum(int(level.count.sum()) for level in ours.counts.levels[1:])
    if found != expected:
        raise ValueError(f"expected nltk to count {expected} n-grams, got {found}")
    # contexts without a start: nltk divides by 0 where nothing stands before one
    asked = [(story[i - order + 1 : i], story[i]) for story in test for i in range(order - 1, len(story))][:5]
    calls = {
        "ours": lambda: KneserNey(order, modified=False).fit(text),
        "theirs": lambda: KneserNeyInterpolated(order).fit(grams, words),
        "our scores": lambda: ours.token_log2_probabilities(test),
        "their scores": lambda: [theirs.score(word, context) for context, word in asked],
    }
    seconds = _time(calls, repeats)
    mine = seconds["our scores"] / sum(map(len, test))
    yield "bench/ngram-fit-over-nltk", seconds["theirs"] / seconds["ours"], "×"
    yield "bench/ngram-score-over-nltk", seconds["their scores"] / len(asked) / mine, "×"


def _stories(tokens, seed=0):
    stories, count = [], 0
    for story in cuentos.stories(seed):
        stories.append(story)
        count += len(story)
        if count >= tokens:
            return stories


def _all_ngrams(row, order):
    return (row[i : i + k] for i in range(len(row)) for k in range(1, min(order, len(row) - i) + 1))


def _windows(text):
    """One whole number a token: what any sort has to put in order."""
    tokens = read(text, Ids()).tokens.astype(np.int64)
    return tokens * 2**32 + np.roll(tokens, -1)


def _sorts(windows, order):
    for _ in range(order):
        np.sort(windows)


def _time(candidates, repeats: int) -> dict[str, float]:
    return interleaved(candidates, repeats, warmup=1, clock=time.process_time)
