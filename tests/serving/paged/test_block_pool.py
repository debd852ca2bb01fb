"""Blocks are taken, shared, found by name and given back; none is lost and none is held twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.serving.paged import BlockPool, OutOfBlocks


def test_a_block_is_free_again_when_its_last_reference_goes():
    pool = BlockPool(2)
    block = pool.take()
    pool.share(block)
    pool.give_back(block)
    assert (pool.available, pool.references(block)) == (1, 1)
    pool.give_back(block)
    assert pool.available == 2


def test_a_named_block_is_found_until_others_need_it():
    pool = BlockPool(2)
    first, second = pool.take(), pool.take()
    pool.name(first, "a")
    pool.name(second, "b")
    pool.give_back(second)
    pool.give_back(first)
    assert pool.available == 2
    assert pool.find("a") == first  # referred to again
    assert pool.take() == second  # the only one left: its name goes
    assert pool.find("b") is None
    with pytest.raises(OutOfBlocks, match="cache: expected a free block, got none of 2"):
        pool.take()


def test_the_longest_unused_name_goes_first():
    pool = BlockPool(3)
    blocks = [pool.take() for _ in range(3)]
    for block, name in zip(blocks, "abc"):
        pool.name(block, name)
    for block in (blocks[1], blocks[0], blocks[2]):
        pool.give_back(block)
    pool.take()
    assert [pool.find(name) is not None for name in "abc"] == [True, False, True]


def test_the_first_keeps_a_name_and_a_changed_block_loses_it():
    pool = BlockPool(2)
    first, second = pool.take(), pool.take()
    pool.name(first, "a")
    pool.name(second, "a")
    assert pool.find("a") == first
    pool.unname(first)
    assert pool.find("a") is None
    pool.give_back(second)
    assert pool.available == 1


def test_what_nobody_holds_is_not_given_back():
    pool = BlockPool(1)
    for call in (pool.give_back, pool.share, lambda block: pool.name(block, "a")):
        with pytest.raises(ValueError, match="block 0: expected one that somebody refers to"):
            call(0)
    for bad in (0, -1, 1.5):
        with pytest.raises(ValueError, match="blocks: expected a whole number >= 1"):
            BlockPool(bad)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 6), st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), max_size=60))
def test_no_block_leaks_under_any_workload(size, steps):
    pool, held = BlockPool(size), []  # one entry a reference
    for what, which in steps:
        if what == 0 and pool.available:
            held.append(pool.take())
            assert held.count(held[-1]) == 1
        elif what == 1 and (block := pool.find(which)) is not None:
            held.append(block)
        elif held:
            block = held[which % len(held)]
            if what == 2:
                held.remove(block)
                pool.give_back(block)
            elif what == 3:
                pool.share(block)
                held.append(block)
            else:
                pool.name(block, which)
        assert [pool.references(block) for block in range(size)] == [held.count(block) for block in range(size)]
        assert pool.available == size - len(set(held))
    for block in held:
        pool.give_back(block)
    assert sorted(pool.take() for _ in range(size)) == list(range(size))
