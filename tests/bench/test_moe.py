import sys

import pytest
import torch

from coursekit.bench import moe as bench
from coursekit.bench.moe_peak import peak_memory


def test_the_bench_yields_positive_ratios_and_gives_the_threads_back():
    threads = torch.get_num_threads()
    rows = list(bench.run(tokens=9, width=8, sizes={"3-top-2": (3, 2, 4)}, batches=(1,), repeats=1, peak_tokens=0))
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
    expected += [f"bench/moe-3-top-2-training-{kind}" for kind in ("grouped-over-sorted", *kinds[3:5])]
    assert [name for name, _, _ in rows] == expected
    assert all(value > 0 and unit == ("ms" if name.endswith("time") else "×") for name, value, unit in rows)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no highest mark of memory")
def test_every_expert_on_every_token_needs_more_memory():
    # dense: 8 experts * 256 tokens * 3 * 1536 numbers of 4 bytes = 36 MiB and more; sorted a fraction of that
    assert peak_memory("dense", 256) > 36 > peak_memory("sorted", 256)


def test_results_that_differ_are_no_result():
    bench._check_equal({"eager": torch.ones(3), "ours": torch.ones(3)})
    for wrong in (1.1, float("nan")):
        with pytest.raises(ValueError, match=r"^ours: expected transformers' output within 1\.0e-05, got "):
            bench._check_equal({"eager": torch.ones(3), "ours": torch.full((3,), wrong)})
