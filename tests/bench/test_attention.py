import pytest
import torch

from coursekit.bench import attention as bench
from coursekit.bench import attention_peak as peak


def test_the_bench_yields_ratios_and_memory_and_gives_the_threads_back(monkeypatch):
    before = torch.get_num_threads()
    measured = []
    monkeypatch.setattr(bench, "peak_memory", lambda rung, tokens: measured.append((rung, tokens)) or 7.0)
    # three times 12 heads * 65^2 * 4 bytes = 608400; the reference does not fit at 66
    rows = list(bench.run(length=65, long=600, repeats=1, training=65, lengths=(65, 66), room=608400))
    assert [name for name, _, _ in rows] == [
        "bench/tiled-over-reference",
        "bench/sdpa-over-reference",
        "bench/sdpa-over-tiled",
        "bench/tiled-over-sdpa",
        "bench/tiled-backward-over-reference",
        "bench/band-over-mask",
        "bench/reference-memory-65",
        "bench/tiled-memory-65",
        "bench/sdpa-memory-65",
        "bench/tiled-memory-66",
        "bench/sdpa-memory-66",
    ]
    assert all(ratio > 0 and unit == "×" for _, ratio, unit in rows[:6])
    assert all(row[1:] == (7.0, "MiB") for row in rows[6:])
    assert measured == [("reference", 65), ("tiled", 65), ("sdpa", 65), ("tiled", 66), ("sdpa", 66)]
    # The ratios come from one run: reference/sdpa = (reference/tiled) (tiled/sdpa).
    assert abs(rows[1][1] / (rows[0][1] * rows[2][1]) - 1) < 1e-9
    assert abs(rows[2][1] * rows[3][1] - 1) < 1e-9
    assert torch.get_num_threads() == before


def test_a_step_goes_forward_and_backward():
    seen = []

    class Spy(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, grad):
            seen.append(grad)
            return grad

    bench._step(lambda query, key, value, is_causal: Spy.apply(query) + key * value * is_causal, bench._inputs(3))
    assert len(seen) == 1


@pytest.mark.slow
def test_the_peak_is_that_of_a_process_of_its_own():
    # The reference holds 12 * 1024^2 scores of 4 bytes, 48 MiB, three times: as they are, masked, and as weights.
    # Half a table's slack for what else the process touches. All rungs hold the output, 3 MiB.
    assert 3 * 48 <= peak.peak_memory("reference", 1024) <= 3.5 * 48
    # the output, one tile of 4 heads, their inputs and a few blocks
    assert 3 <= peak.peak_memory("tiled", 1024) <= 24


def test_thehighest_mark_without_proc(tmp_path):
    assert peak.highest_mark(tmp_path / "nothing") > 0


def test_the_windowed_candidates_compute_the_same():
    inputs = bench._inputs(1100)
    positions = torch.arange(1100)
    mask = bench.visible(positions, positions, True, bench.WINDOW)
    banded = bench.sdpa.attention(*inputs, is_causal=True, window=bench.WINDOW)
    torch.testing.assert_close(banded, bench.scaled_dot_product_attention(*inputs, attn_mask=mask), rtol=0, atol=1e-5)
