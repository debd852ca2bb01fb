"""The benchmark of few bits, on small layers; its peers, if they are there, give what their weights say."""

import pytest
import torch

from coursekit.bench import quant as bench
from coursekit.bench import quant_peers as peers
from coursekit.quant.formats import ternarize

SMALL = {"sizes": {"s": (64, 256)}, "batches": (1, 5), "cached": (40, 2, 32), "repeats": 1, "copies": 2**16}


def test_the_bench_yields_ratios_with_their_errors_and_gives_the_threads_back():
    threads = torch.get_num_threads()
    rows = {name: (value, unit) for name, value, unit in bench.run(**SMALL)}
    assert torch.get_num_threads() == threads
    for end in ("", "-2t"):
        for label in ("s-batch-1", "s-batch-5", "cache-40"):
            names = (
                ("int8", "int4") if label == "cache-40" else ("ternary", "int4", "int4-128", "int8", "int4-portable")
            )
            for name in names:
                ours, theirs, ratio = (
                    rows[f"bench/quant-{label}-{what}{end}"][0]
                    for what in (f"{name}-time", "torch-time", f"{name}-over-torch")
                )
                assert ratio == pytest.approx(theirs / ours)
                assert 0 < rows[f"bench/quant-{label}-{name}-error{end}"][0] < 20
        # 64 x 256 in 2 bits and a float32 an output, of 4 bytes each: 1/16 and a bit
        floor = rows[f"bench/quant-s-batch-1-ternary-over-floor{end}"][0]
        ratio = rows[f"bench/quant-s-batch-1-ternary-over-torch{end}"][0]
        assert floor * ratio == pytest.approx(64 * 256 * 4 / (64 * 256 / 4 + 64 * 4))
    assert rows["bench/quant-cache-40-torch-bytes"] == (2 * 40 * 2 * 32 * 4 / 1e6, "MB")
    kinds = {"×": "-over-", "ms": "-time", "%": "-error", "MB": "-bytes"}
    assert all(kinds[unit] in name for name, (_, unit) in rows.items())
    assert all(value > 0 for name, (value, _) in rows.items() if "torch-int4-error" not in name)


def test_a_wrong_product_is_no_result():
    bench.check_errors({"ours": 0.01})
    for wrong in (0.05, float("nan")):
        with pytest.raises(ValueError, match=r"^ours: expected an output within 4 % of the exact one, got "):
            bench.check_errors({"torch": 0.0, "ours": wrong})


def test_candidates_read_another_copy_at_each_call():
    seen = []
    call = bench.in_turn(torch.ones(4), 40, seen.append)  # 16 bytes: with 40 more, three copies
    for _ in range(4):
        call()
    assert len({t.data_ptr() for t in seen[:3]}) == 3
    assert seen[3].data_ptr() == seen[0].data_ptr()


def weight_and_x():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(32, 512, generator=generator), torch.randn(3, 512, generator=generator)


@pytest.mark.parametrize("kind", ["TQ2_0", "Q4_0", "Q8_0"])
def test_ggml_multiplies_the_blocks_that_we_write(kind):
    pytest.importorskip("xllamacpp")
    weight, x = weight_and_x()
    for threads in (1, 2):
        call, exact = peers.ggml(weight, x, kind, 10**5, threads)
        for _ in range(3):
            assert bench._error(call(), exact) < 0.02  # it rounds inputs to 8 bits, too


def test_transformers_bitlinear_is_the_ternary_product():
    pytest.importorskip("transformers")
    weight, x = weight_and_x()
    trits, gamma = ternarize(weight)
    call, exact = peers.bitlinear(trits, gamma, x, 10**5)
    assert bench._error(call(), exact) < 0.02


def test_torch_s_own_products():
    weight, x = weight_and_x()
    for peer, allowed in ((peers.dynamic_int8, 0.04), (peers.int4pack, 1e-4)):
        found = peer(weight, x, 10**5)
        assert found is None or bench._error(found[0](), found[1]) < allowed
