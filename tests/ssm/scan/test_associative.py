from math import log2

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.ssm.scan.associative_scans import blelloch, count_joins, hillis_steele, join
from coursekit.ssm.scan.reference import recurrence

SCANS = {"hillis_steele": hillis_steele, "blelloch": blelloch}


@pytest.mark.parametrize("scan", SCANS.values(), ids=SCANS)
def test_four_steps_by_hand(scan):
    # h = 1;  h = 2 * 1 + 10 = 12;  h = 3 * 12 + 100 = 136;  h = 4 * 136 + 1000 = 1544
    # decays multiply up: 5, 10, 30, 120
    decay, taken = (torch.tensor(x).reshape(1, 1, 4, 1) for x in ([5, 2, 3, 4], [1, 10, 100, 1000]))
    decays, states = scan((decay, taken))
    assert states.flatten().tolist() == [1, 12, 136, 1544]
    assert decays.flatten().tolist() == [5, 10, 30, 120]


def test_joining_is_associative_and_the_order_matters():
    a, b, c = ((torch.tensor(x), torch.tensor(y)) for x, y in ((2, 3), (5, 7), (11, 13)))
    assert join(join(a, b), c) == join(a, join(b, c))
    # first (2, 3), then (5, 7): 5 * 2 = 10 and 5 * 3 + 7 = 22
    assert join(a, b) == (10, 22)
    assert join(b, a) == (10, 17)


@given(st.integers(1, 70), st.integers(0, 999))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_both_are_the_recurrence(length, seed):
    generator = torch.Generator().manual_seed(seed)
    decay = torch.rand(2, 3, length, 2, generator=generator, dtype=torch.float64)
    taken = torch.randn(2, 3, length, 2, generator=generator, dtype=torch.float64)
    for scan in SCANS.values():
        # decays below 1: at most 70 terms of order 1, each rounded to 1e-16
        torch.testing.assert_close(scan((decay, taken))[1], recurrence(decay, taken), rtol=0, atol=1e-13)


@pytest.mark.parametrize("n", [1, 2, 4, 64, 1024])
def test_the_work_of_hillis_and_steele_is_n_log_n(n):
    # round k joins n - 2^k elements: n log2 n - (1 + 2 + .. + n/2) = n log2 n - (n - 1)
    assert count_joins(hillis_steele, n) == (n * log2(n) - (n - 1), log2(n))


@pytest.mark.parametrize("n", [1, 2, 4, 64, 1024])
def test_the_work_of_blelloch_is_linear(n):
    # n/2 joins going up and n/2 - 1 coming down, then the same with n/2: 2 n - 2 - log2 n;
    # two rounds for each halving, but one for the last, which has nothing to come down to
    assert count_joins(blelloch, n) == (2 * n - 2 - log2(n), max(0, 2 * log2(n) - 1))


def test_any_other_length_costs_no_more_than_the_next_power_of_two():
    # 5: 2 up; 2 elements: 1 up; down: t = 2 and t = 4 are 2. 5 joins in 3 rounds
    assert count_joins(blelloch, 5) == (5, 3)
    # 5 - 1, 5 - 2, 5 - 4
    assert count_joins(hillis_steele, 5) == (8, 3)
