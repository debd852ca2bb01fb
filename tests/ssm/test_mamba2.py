"""Mamba-2 as a mixer: against numbers worked by hand, Mamba itself, itself with a cache, and theory."""

from functools import partial
from math import exp, log, sqrt

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import softplus

from coursekit.attention.layer import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.ssm.mamba2 import GatedRMSNorm, Mamba2
from coursekit.ssm.parallel import Parallel
from coursekit.ssm.scan.backend import selective_scan

CONFIG = DecoderConfig(vocab_size=13, width=12, layers=2, heads=3, context=70)
SMALL = partial(Mamba2, head_size=4, groups=3, states=5, chunk_size=8)
OTHER = partial(
    Mamba2, channels=10, head_size=5, states=3, conv_width=2, bias=True, conv_bias=False, dt_limit=(0.4, 0.9)
)
MIXERS = {
    "small": SMALL,
    "other sizes": OTHER,
    "a hybrid of both": [SMALL, Attention],
    "side by side": partial(Parallel, mixers=(SMALL, Attention)),
}


def build(mixer, config=CONFIG):
    """A decoder with large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    decoder = Decoder(config, mixer=mixer, ffn=None).double()
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return decoder


def silu(x):
    return x / (1 + exp(-x))


def hand_made(**options):
    config = DecoderConfig(vocab_size=2, width=1, layers=1, heads=1, rope_base=None, norm_eps=0.04)
    mixer = Mamba2(config, channels=1, head_size=1, states=1, conv_width=1, **options)
    values = {
        mixer.in_proj.weight: [[2.0], [1.0], [3.0], [-1.0], [0.5]],  # z, x, B, C, dt
        mixer.conv1d.weight: [[[1.0]], [[1.0]], [[1.0]]],
        mixer.conv1d.bias: [0.2, 0.0, 0.1],
        mixer.dt_bias: [0.3],
        mixer.A_log: [log(1.5)],
        mixer.D: [5.0],
        mixer.norm.weight: [0.8],
        mixer.out_proj.weight: [[-1.0]],
    }
    with torch.no_grad():
        for weight, value in values.items():
            weight.copy_(torch.tensor(value))
    return mixer.double()


@pytest.mark.parametrize("limits", [(0.0, 9.0), (0.8, 0.85)])
def test_by_hand(limits):
    # h = exp(-1.5 dt) h + dt B x, y = C h + 5 x; gated by SiLU(2 x), then divided by the root of its square + 0.04
    h, expected = 0.0, []
    for value in (0.3, -0.6):
        x, b, c = silu(value + 0.2), silu(3 * value), silu(0.1 - value)
        dt = min(max(log(1 + exp(0.5 * value + 0.3)), limits[0]), limits[1])
        h = exp(-1.5 * dt) * h + dt * b * x
        gated = (c * h + 5 * x) * silu(2 * value)
        expected.append(-0.8 * gated / sqrt(gated * gated + 0.04))
    mixer = hand_made(dt_limit=limits)
    y = mixer(torch.tensor([0.3, -0.6], dtype=torch.float64).view(1, 2, 1))
    assert y.flatten().tolist() == pytest.approx(expected, rel=1e-6)


def test_gated_norm_by_hand():
    # z so large that SiLU(z) = z to 4e-9: x z = 20, -40 | 60, 80; roots of the mean squares sqrt(1000), sqrt(5000)
    norm = GatedRMSNorm(4, groups=2, eps=0.0).double()
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    x = torch.tensor([1.0, -2.0, 3.0, 4.0], dtype=torch.float64)
    expected = [20 / sqrt(1000), -80 / sqrt(1000), 180 / sqrt(5000), 320 / sqrt(5000)]
    assert norm(x, torch.full_like(x, 20.0)).tolist() == pytest.approx(expected, rel=1e-7)
    # one group, unless there are more: the mean of 400, 1600, 3600 and 6400 is 3000
    one = GatedRMSNorm(4).double()(x, torch.full_like(x, 20.0))
    assert one.tolist() == pytest.approx([v / sqrt(3000.00001) for v in (20, -40, 60, 80)], rel=1e-7)


def test_its_scan_is_a_selective_scan_with_one_rate_for_a_head():
    # the mixer up to its norm, and the same by the kernel of the first Mamba
    torch.manual_seed(0)
    mixer, kept = build(SMALL).blocks[0].mixer, []
    mixer.norm.register_forward_pre_hook(lambda _, inputs: kept.append(inputs[0]))
    x = torch.randn(2, 20, 12, dtype=torch.float64)
    with torch.no_grad():
        mixer(x)
        _, xBC, dt = mixer.in_proj(x).split((24, 54, 6), dim=-1)
        xBC = torch.nn.functional.silu(mixer.conv1d(torch.nn.functional.pad(xBC.mT, (3, 0))))  # (B, 54, L)
        u, B, C = xBC.split((24, 15, 15), dim=1)
        each = partial(torch.repeat_interleave, repeats=4)  # heads of four channels
        y = selective_scan(
            u,
            each(dt.mT, dim=1),
            each(-mixer.A_log.exp(), dim=0)[:, None].expand(24, 5),
            B.unflatten(1, (3, 5)),
            C.unflatten(1, (3, 5)),
            each(mixer.D, dim=0),
            delta_bias=each(mixer.dt_bias, dim=0),
            delta_softplus=True,
        )
    torch.testing.assert_close(kept[0], y.mT, rtol=0, atol=1e-12)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
@pytest.mark.parametrize("name", MIXERS)
def test_token_by_token_equals_all_at_once(decoding, name, length):
    decoding.assert_pieces_equal_the_whole(build(MIXERS[name]), [1] * length, batch=2)


@settings(derandomize=True, max_examples=20, deadline=None)
@given(pieces=st.lists(st.integers(1, 12), min_size=1, max_size=5), name=st.sampled_from(list(MIXERS)))
def test_any_split_of_the_text_gives_the_same(decoding, pieces, name):
    decoding.assert_pieces_equal_the_whole(build(MIXERS[name]), pieces, batch=1)


@pytest.mark.parametrize("name", MIXERS)
def test_no_token_sees_a_later_one(decoding, name):
    decoding.assert_no_token_sees_a_later_one(build(MIXERS[name]))


def test_side_by_side_is_the_sum():
    mixer = build(MIXERS["side by side"]).blocks[0].mixer
    x = torch.randn(2, 9, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        torch.testing.assert_close(mixer(x), mixer.mixers[0](x) + mixer.mixers[1](x), rtol=0, atol=1e-12)


def test_the_cache_does_not_grow():
    # 24 + 2 * 3 * 5 = 54 channels of the convolution, 3 inputs each; 6 heads of 4, 5 states
    mixer = build(SMALL).blocks[0].mixer
    cache = mixer.new_cache(2)
    for length in (1, 7, 40):
        with torch.no_grad():
            mixer(torch.randn(2, length, 12, dtype=torch.float64), cache)
        assert cache.conv.shape == (2, 54, 3)
        assert cache.state.shape == (2, 6, 4, 5)


def test_another_batch_than_the_caches_is_refused():
    mixer = build(SMALL).blocks[0].mixer
    with pytest.raises(ValueError, match=r"conv_state: expected \(3, 54"):
        mixer(torch.zeros(3, 5, 12, dtype=torch.float64), mixer.new_cache(2))


@pytest.mark.parametrize("sizes", [{"head_size": 5}, {"head_size": 4, "groups": 4}])
def test_sizes_that_do_not_divide_are_refused(sizes):
    with pytest.raises(ValueError, match=f"divisor of 24 channels.*got head_size {sizes['head_size']}"):
        Mamba2(CONFIG, **sizes)


def test_number_of_weights():
    # width 12, 24 channels in 6 heads, G N = 15: in 12 * (24 + 54 + 6), conv 54 * 4 + 54, three numbers a head,
    # norm 24, out 24 * 12
    assert sum(x.numel() for x in SMALL(CONFIG).parameters()) == 1008 + 270 + 18 + 24 + 288
    # 10 channels in 2 heads, N = 3: in 12 * (10 + 16 + 2) + 28, conv 32, 6, norm 10, out 120 + 12
    assert sum(x.numel() for x in OTHER(CONFIG).parameters()) == 364 + 32 + 6 + 10 + 132
    # by default heads of 64, one group, N = 128, W = 4. Width 64, 128 channels in 2 heads: in 64 * (128 + 384 + 2),
    # conv 384 * 4 + 384, 6, norm 128, out 128 * 64
    default = Mamba2(DecoderConfig(vocab_size=2, width=64, layers=1, heads=1))
    assert sum(x.numel() for x in default.parameters()) == 32896 + 1920 + 6 + 128 + 8192


def test_initial_weights():
    torch.manual_seed(0)
    mixer = Mamba2(DecoderConfig(vocab_size=2, width=256, layers=8, heads=1), head_size=1, states=2)
    rates = mixer.A_log.exp()
    assert 1 <= rates.min() < 1.2
    assert 15.8 < rates.max() <= 16
    assert rates.mean().item() == pytest.approx(8.5, abs=3 * 15 / sqrt(12 * 512))
    assert (mixer.D == 1).all()
    steps = softplus(mixer.dt_bias)
    assert 0.00099 <= steps.min() < 0.0012
    assert 0.09 < steps.max() <= 0.101
    assert mixer.in_proj.weight.std().item() == pytest.approx(0.02, rel=0.02)
    assert mixer.out_proj.weight.std().item() == pytest.approx(0.02 / 4, rel=0.02)


def test_every_weight_learns(decoding):
    decoding.assert_every_weight_learns(build(SMALL))


def test_the_gate_does_not_overflow_in_float16():
    x, z = torch.full((1, 1, 4), 1000.0), torch.full((1, 1, 4), 100.0)  # their product is beyond 65504
    norm = GatedRMSNorm(4)
    torch.testing.assert_close(norm.half()(x.half(), z.half()), norm.float()(x, z).half())


@pytest.mark.parametrize("size", ["head_size", "groups", "states", "conv_width"])
def test_sizes_below_one_are_refused(size):
    with pytest.raises(ValueError, match=f"expected sizes >= 1, got .*{size}=0"):
        Mamba2(CONFIG, **({"head_size": 8} | {size: 0}))
