"""A model that learns from what a model has said, over and over."""

from itertools import islice


def generations(build, sentences, count, accumulate=False, seed=0, vocabulary=None):
    """Models of which each is fitted to sentences that the one before it has drawn.

        replace:      data_(g+1) = as many sentences, drawn from model_g
        accumulate:   data_(g+1) = data_g and as many sentences as there were at first, drawn from model_g

    Args:
        build: no arguments -> a new `NGram`.
        sentences: the first data, lists of str.
        count: models after the first.
        accumulate: keep all data so far.
        seed: of the draws, integer >= 0; generation g draws with seed + g.
        vocabulary: as in `NGram.fit`, for all of them; so words that are lost stay words that there are.

    Returns: iterator of count + 1 pairs (model, its data), the first of them that of the real text.
    Raises: ValueError when count is no whole number >= 0, and as `NGram.fit`.

    Source: Shumailov et al. 2024 (replacing); Gerstgrasser et al. 2024 (accumulating).
    Taught in: 01-historia
    """
    if type(count) is not int or count < 0:
        raise ValueError(f"count: expected a whole number >= 0, got {count!r}")
    return _generations(build, [list(sentence) for sentence in sentences], count, accumulate, seed, vocabulary)


def _generations(build, data, count, accumulate, seed, vocabulary):
    size = len(data)
    for generation in range(count + 1):
        model = build().fit(data, vocabulary)
        yield model, data
        drawn = list(islice(model.stories(seed + generation), size))
        data = data + drawn if accumulate else drawn
