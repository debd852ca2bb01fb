from math import log2

import pytest
import torch

from coursekit.ssm.associative_memory import _one_bit, recall_accuracy
from coursekit.ssm.counting import recall_bound


def test_one_pair_is_always_recalled_and_a_single_state_hears_all_at_once():
    assert recall_accuracy(states=1, symbols=4, pairs=1, trials=50) == 1
    # with one state each key is +1 or -1: the value written most often with that sign answers for all of them
    assert recall_accuracy(states=1, symbols=4, pairs=64, trials=50) < 0.45


def test_more_states_recall_more_and_many_recall_all():
    shares = [recall_accuracy(n, symbols=16, pairs=32, trials=64) for n in (4, 16, 64, 256)]
    assert shares == sorted(shares)
    assert shares[-1] > 0.99


@pytest.mark.parametrize("states", [1, 2, 4, 16, 64])
@pytest.mark.parametrize(("symbols", "pairs"), [(2, 64), (16, 32), (64, 256)])
def test_one_bit_a_number_never_passes_the_bound(states, symbols, pairs):
    trials = 64
    slack = 4 * (0.25 / (trials * pairs)) ** 0.5  # four standard errors of a share
    bound = recall_bound(states * symbols / pairs, symbols)
    assert recall_accuracy(states, symbols, pairs, trials, one_bit=True) <= bound + slack


def test_one_bit_tells_less_than_the_whole_number():
    whole, signs = (recall_accuracy(32, 16, 32, 64, one_bit=one_bit) for one_bit in (False, True))
    assert 1 / 16 < signs < whole
    assert recall_accuracy(32, 16, 32, 64) == whole


def test_one_bit_has_two_values_also_where_the_number_is_zero():
    # three values would be log2(3) bits
    assert _one_bit(torch.tensor([-2.0, 0.0, 3.0])).tolist() == [-1, -1, 1]


def test_the_seed_draws_the_texts():
    one, again, two = (recall_accuracy(8, 16, 32, 8, seed=seed) for seed in (1, 1, 2))
    assert one == again != two


def test_the_bound_by_hand():
    assert recall_bound(0, 4) == pytest.approx(1 / 4)  # nothing known: a guess
    assert recall_bound(2, 4) == 1  # log2 4 bits
    # two symbols: 1 - H(a) bits for a; H(0.89) = 0.89 * 0.1681 + 0.11 * 3.1844 = 0.4999
    assert recall_bound(0.5, 2) == pytest.approx(0.89, abs=1e-3)
    for bits, symbols in ((-1, 4), (1, 1)):
        with pytest.raises(ValueError, match=f"expected bits >= 0 and symbols >= 2, got {bits} and {symbols}"):
            recall_bound(bits, symbols)


@pytest.mark.parametrize("symbols", [2, 5, 64])
def test_the_bound_grows_with_the_bits_and_needs_them_all_for_certainty(symbols):
    bounds = [recall_bound(log2(symbols) * part / 10, symbols) for part in range(12)]
    assert bounds == sorted(bounds)
    assert bounds[9] < 1 == bounds[10] == bounds[11]
