"""The benchmark of state space duality, small."""

import pytest
import torch

from coursekit.bench import duality as bench_ssd


def test_the_bench_of_ssd_yields_positive_ratios_and_gives_the_threads_back():
    before = torch.get_num_threads()
    rows = list(bench_ssd.run(length=33, heads=2, size=4, states=4, chunks=(16,), repeats=1))
    assert [name for name, _, _ in rows] == [
        "bench/ssd-over-transformers-16-2t",
        "bench/ssd-over-transformers-16",
        "bench/ssd-chunked-over-transformers-16",
        "bench/ssd-training-over-transformers-16-2t",
        "bench/ssd-training-over-transformers-16",
    ]
    assert all(ratio > 0 and unit == "×" for _, ratio, unit in rows)
    assert torch.get_num_threads() == before


def test_a_wrong_candidate_is_not_timed():
    one, two = torch.ones(3), torch.tensor([1.0, 1.0, 1.1])
    bench_ssd._check_equal({"transformers": one, "lean": one})
    with pytest.raises(ValueError, match="lean: expected transformers' output"):
        bench_ssd._check_equal({"transformers": one, "lean": two})
    with pytest.raises(ValueError, match="lean"):
        bench_ssd._check_equal({"transformers": one, "lean": one * float("nan")})


def test_inputs_are_those_of_a_layer_at_its_start():
    x, dt, A, B, C = bench_ssd._inputs(length=500, heads=50, size=2, states=3)
    assert [t.shape for t in (x, dt, A, B, C)] == [(1, 500, 50, 2), (1, 500, 50), (50,), (1, 500, 1, 3), (1, 500, 1, 3)]
    # 25000 steps come within a thousandth of the ends of their two decades, 50 rates within a tenth
    assert 0.001 <= dt.min() < 0.00101
    assert 0.099 < dt.max() <= 0.1
    assert -16 <= A.min() < -14.4
    assert -2.5 < A.max() <= -1
    assert all(map(torch.equal, (x, dt, A, B, C), bench_ssd._inputs(500, 50, 2, 3)))
