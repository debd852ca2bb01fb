import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.ssm.counting import copy_accuracy, copy_bound, positional_machine


def test_three_bits_and_two_letters_of_four_by_hand():
    # 2^3 = 8 states, 4^2 = 16 sequences: half of them
    assert copy_bound(3, 4, 2) == 0.5
    assert copy_bound(10**8, 65024, 10) == 1  # more states than a float can hold
    assert copy_accuracy(3, 4, 2, *positional_machine(3, 4, 2)) == 0.5


@pytest.mark.parametrize("bits", range(9))
def test_the_machine_meets_the_bound_and_enough_bits_copy_everything(bits):
    accuracy, bound = copy_accuracy(bits, 4, 3, *positional_machine(bits, 4, 3)), copy_bound(bits, 4, 3)
    assert accuracy == pytest.approx(bound, rel=1e-12)
    assert (copy_bound(bits, 4, 3) == 1) == (bits >= 6)  # 4^3 = 2^6


@settings(derandomize=True, max_examples=40, deadline=None)
@given(bits=st.integers(0, 6), symbols=st.integers(1, 4), items=st.integers(0, 4), seed=st.integers(0, 99))
def test_no_machine_is_above_the_bound(bits, symbols, items, seed):
    chance = random.Random(seed)
    sequences = list(product(range(symbols), repeat=items))
    remembered = {sequence: chance.randrange(2**bits) for sequence in sequences}
    recited = [chance.choice(sequences) for _ in range(2**bits)]
    accuracy = copy_accuracy(bits, symbols, items, remembered.get, recited.__getitem__)
    assert accuracy <= copy_bound(bits, symbols, items) + 1e-12


def test_a_state_that_does_not_fit_and_sizes_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="expected a state of 2 bits, 0 to 3, got 4"):
        copy_accuracy(2, 2, 3, lambda sequence: 4, lambda state: (0, 0, 0))
    with pytest.raises(ValueError, match="got -1, 4 and 2"):
        copy_bound(-1, 4, 2)
    with pytest.raises(ValueError, match="got 1, 0 and 2"):
        copy_bound(1, 0, 2)
    with pytest.raises(ValueError, match="got 1, 4 and -2"):
        copy_bound(1, 4, -2)
