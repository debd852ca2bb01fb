import pytest
import torch

from coursekit.bench import diffusion as bench


def test_the_bench_yields_positive_ratios_and_gives_the_threads_back():
    before = torch.get_num_threads()
    rows = list(bench.run(width=16, layers=2, length=16, block=4, repeats=1))
    assert [name for name, _, _ in rows] == ["bench/blocks-cached-over-anew", "bench/blocks-cached-over-whole"]
    assert all(ratio > 0 and unit == "×" for _, ratio, unit in rows)
    assert torch.get_num_threads() == before


def test_other_tokens_than_those_read_anew_are_no_result(monkeypatch):
    monkeypatch.setattr(bench, "BlockCausal", type("BlockCausal", (bench.WholeCanvas,), {}))
    with pytest.raises(ValueError, match="blocks from the cache: expected the tokens of blocks that are read anew"):
        next(bench.run(width=16, layers=2, length=16, block=4))
