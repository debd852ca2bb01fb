import pytest
import torch

from coursekit.bench import rounding as bench
from coursekit.quant.rounding import round_to_nearest


def test_the_bench_yields_times_and_errors():
    rows = {name: (value, unit) for name, value, unit in bench.run(size=32, group=8, repeats=1)}
    names = [f"bench/{method}-{kind}" for method in ("nearest", "gptq", "awq") for kind in ("time", "error")]
    assert list(rows) == [*names, "bench/gptq-over-nearest"]
    assert all(value > 0 for value, _ in rows.values())
    assert [unit for _, unit in rows.values()] == ["s", "%"] * 3 + ["×"]
    assert rows["bench/gptq-error"] < rows["bench/nearest-error"]


def test_what_is_worse_than_the_nearest_is_no_result(monkeypatch):
    def broken(weight, *options):
        return round_to_nearest(torch.zeros_like(weight), *options)

    monkeypatch.setitem(bench.METHODS, "gptq", broken)
    with pytest.raises(ValueError, match=r"expected errors up to .*, that of the nearest, got more from \['gptq'\]"):
        list(bench.run(size=32, group=8, repeats=1))
