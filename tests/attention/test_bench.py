import torch

from coursekit.attention import bench


def test_the_bench_yields_positive_ratios_and_gives_the_threads_back():
    before = torch.get_num_threads()
    rows = list(bench.run(length=65, long=600, repeats=1))
    assert [name for name, _, _ in rows] == [
        "bench/tiled-over-reference",
        "bench/sdpa-over-reference",
        "bench/sdpa-over-tiled",
        "bench/band-over-mask",
    ]
    assert all(ratio > 0 and unit == "×" for _, ratio, unit in rows)
    # The ratios come from one run: reference/sdpa = (reference/tiled) (tiled/sdpa).
    assert abs(rows[1][1] / (rows[0][1] * rows[2][1]) - 1) < 1e-9
    assert torch.get_num_threads() == before


def test_the_windowed_candidates_compute_the_same():
    inputs = bench._inputs(1100)
    positions = torch.arange(1100)
    mask = bench.visible(positions, positions, True, bench.WINDOW)
    banded = bench.sdpa.attention(*inputs, is_causal=True, window=bench.WINDOW)
    torch.testing.assert_close(banded, bench.scaled_dot_product_attention(*inputs, attn_mask=mask), rtol=0, atol=1e-5)
