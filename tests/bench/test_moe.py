import pytest
import torch

from coursekit.bench import moe as bench


def test_the_bench_yields_positive_ratios_and_gives_the_threads_back():
    threads = torch.get_num_threads()
    rows = list(bench.run(tokens=9, width=8, sizes={"3-top-2": (3, 2, 4)}, batches=(1,), repeats=1))
    assert torch.get_num_threads() == threads
    kinds = (
        "sorted-over-products",
        "grouped-over-products",
        "dense-over-sorted",
        "transformers-over-sorted",
        "transformers-grouped-over-sorted",
        "time",
    )
    expected = [f"bench/moe-3-top-2{call}-{kind}" for call in ("", "-batch-1") for kind in kinds]
    expected += [f"bench/moe-3-top-2-training-{kind}" for kind in kinds[3:5]]
    assert [name for name, _, _ in rows] == expected
    assert all(value > 0 and unit == ("ms" if name.endswith("time") else "×") for name, value, unit in rows)


def test_results_that_differ_are_no_result():
    bench._check_equal({"eager": torch.ones(3), "ours": torch.ones(3)})
    for wrong in (1.1, float("nan")):
        with pytest.raises(ValueError, match=r"^ours: expected transformers' output within 1\.0e-05, got "):
            bench._check_equal({"eager": torch.ones(3), "ours": torch.full((3,), wrong)})
