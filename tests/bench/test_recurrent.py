import pytest
import torch

from coursekit.bench import recurrent as bench


def test_the_bench_yields_positive_ratios_and_gives_the_threads_back():
    threads = torch.get_num_threads()
    rows = list(bench.run(width=4, length=3, batch=2, repeats=1, rounds=1))
    assert torch.get_num_threads() == threads
    kinds = ("reference-over-torch", "projected-over-torch", "torchs-own-over-torch", "time")
    expected = [
        name
        for cell in ("lstm", "gru")
        for name in (
            *(f"bench/{cell}-forward-{kind}" for kind in kinds),
            *(f"bench/{cell}-training-{kind}" for kind in kinds),
            f"bench/{cell}-step-over-torch",
            f"bench/{cell}-step-time",
        )
    ]
    assert [name for name, _, _ in rows] == expected
    assert all(value > 0 and unit == ("µs" if name.endswith("time") else "×") for name, value, unit in rows)


def test_layers_that_differ_are_no_result():
    bench._check_equal(torch.ones(3), torch.ones(3))
    for wrong in (1.1, float("nan")):
        with pytest.raises(ValueError, match=r"^expected the output of torch's layer within 1\.0e-05, got "):
            bench._check_equal(torch.full((3,), wrong), torch.ones(3))
