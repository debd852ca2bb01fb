import itertools

import pytest

from coursekit.packing import IGNORED, pack, to_batch

STORIES = [[5, 0], [6, 7, 0], [8, 0], [9, 9, 9, 0], [4, 0]]


def identity(story):
    return story


def test_by_hand():
    # rows of 6: 5 0 6 7 0 leaves one place, too few for 8 0; 8 0 9 9 9 0 is full; 4 0 waits for more
    inputs, targets = next(pack(iter(STORIES), identity, context=6, batch=2))
    assert targets.tolist() == [[5, 0, 6, 7, 0, IGNORED], [8, 0, 9, 9, 9, 0]]
    assert inputs.tolist() == [[0, 5, 0, 6, 7, 0], [0, 8, 0, 9, 9, 9]]


def test_every_story_comes_whole_and_in_order():
    batches = itertools.islice(pack(itertools.cycle(STORIES), identity, context=7, batch=3), 4)
    packed = [id for _, targets in batches for id in targets.flatten().tolist() if id != IGNORED]
    endless = itertools.chain.from_iterable(itertools.cycle(STORIES))
    assert packed == list(itertools.islice(endless, len(packed)))
    assert packed[-1] == 0


def test_encode_is_applied():
    _, targets = next(pack(itertools.cycle(["ab"]), lambda story: [ord(c) for c in story], context=2, batch=1))
    assert targets.tolist() == [[97, 98]]


def test_to_batch_pads_inputs_with_end():
    inputs, targets = to_batch([[3, 0], [4, 5, 0]], 3)
    assert inputs.tolist() == [[0, 3, 0], [0, 4, 5]]
    assert targets.tolist() == [[3, 0, IGNORED], [4, 5, 0]]


@pytest.mark.parametrize("story", [[1, 2, 3, 0], []])
def test_a_story_must_fit(story):
    with pytest.raises(ValueError, match=f"stories of 1 to 3 tokens .context., got one of {len(story)}"):
        next(pack([story], identity, context=3, batch=1))


@pytest.mark.parametrize("sizes", [(0, 1), (-3, 1), (3, 0), (3, -1), (3, 2.0), (3, True), ("3", 1)])
def test_sizes_are_whole_numbers(sizes):
    # a batch of no rows would be waited for without end
    with pytest.raises(ValueError, match="expected context and batch to be whole numbers >= 1, got"):
        next(pack(itertools.cycle(STORIES), identity, *sizes))


@pytest.mark.parametrize("rows", [[], [[]], [[1, 0], []], [[1, 2, 3, 0]]])
def test_rows_that_do_not_fit_are_refused(rows):
    with pytest.raises(ValueError, match="rows: expected at least one, each of 1 to 3 ids, got"):
        to_batch(rows, 3)
