"""Mamba as a mixer: against numbers worked by hand, itself with a cache, and theory."""

from functools import partial
from itertools import repeat
from math import exp, log, sqrt

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import softplus

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.ssm.initial_steps import initial_step_bias
from coursekit.ssm.mamba import Mamba
from coursekit.ssm.normed_parts import normed_parts
from coursekit.train import Budget, train

CONFIG = DecoderConfig(vocab_size=13, width=12, layers=2, heads=1, context=70)
SMALL = partial(Mamba, states=3)
OTHER = partial(Mamba, channels=10, states=5, conv_width=2, rank=4, bias=True, conv_bias=False)
MIXERS = {"small": SMALL, "other sizes": OTHER, "normed": partial(normed_parts, mixer=SMALL)}


def build(mixer, config=CONFIG):
    """A decoder with large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    decoder = Decoder(config, mixer=mixer, ffn=None).double()
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return decoder


def fill(mixer, projection):
    """One channel, one state, W = 1, R = 1: u = SiLU(x + 0.2), gate SiLU(2 x), A = -1.5, D = 5."""
    values = {
        mixer.in_proj.weight: [[1.0], [2.0]],
        projection.weight: [[3.0], [0.5], [0.25]],
        mixer.dt_proj.weight: [[0.7]],
        mixer.dt_proj.bias: [0.1],
        mixer.conv1d.weight: [[[1.0]]],
        mixer.conv1d.bias: [0.2],
        mixer.A_log: [[log(1.5)]],
        mixer.D: [5.0],
        mixer.out_proj.weight: [[-1.0]],
    }
    with torch.no_grad():
        for weight, value in values.items():
            weight.copy_(torch.tensor(value))
    return mixer.double()


def silu(x):
    return x / (1 + exp(-x))


X = 0.3, -0.6


def expected(low, write, read):
    """Two steps of the recurrence for A = -1.5 and D = 5: h = exp(-1.5 dt) h + dt B u, y = C h + 5 u, gated, out -1."""
    h, ys = 0.0, []
    for x in X:
        u = silu(x + 0.2)
        dt = log(1 + exp(0.7 * low(u) + 0.1))
        h = exp(-1.5 * dt) * h + dt * write(u) * u
        ys.append(-(read(u) * h + 5 * u) * silu(2 * x))
    return ys


def test_by_hand():
    # steps from 3 u, B = u / 2, C = u / 4
    config = DecoderConfig(vocab_size=2, width=1, layers=1, heads=1, rope_base=None)
    mixer = Mamba(config, channels=1, states=1, conv_width=1, rank=1)
    y = fill(mixer, mixer.x_proj)(torch.tensor(X, dtype=torch.float64).view(1, 2, 1))
    assert y.flatten().tolist() == pytest.approx(expected(lambda u: 3 * u, lambda u: u / 2, lambda u: u / 4), rel=1e-6)


def test_normed_by_hand():
    # a part of one number p, divided by sqrt(p^2 + eps)
    config = DecoderConfig(vocab_size=2, width=1, layers=1, heads=1, rope_base=None)
    mixer = normed_parts(config, mixer=partial(Mamba, channels=1, states=1, conv_width=1, rank=1), eps=0.04)
    y = fill(mixer, mixer.x_proj.projection)(torch.tensor(X, dtype=torch.float64).view(1, 2, 1))

    def norm(p):
        return p / sqrt(p * p + 0.04)

    ours = expected(lambda u: norm(3 * u), lambda u: norm(u / 2), lambda u: norm(u / 4))
    assert y.flatten().tolist() == pytest.approx(ours, rel=1e-6)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
@pytest.mark.parametrize("name", MIXERS)
def test_token_by_token_equals_all_at_once(decoding, name, length):
    decoding.assert_pieces_equal_the_whole(build(MIXERS[name]), [1] * length, batch=2)


@settings(derandomize=True, max_examples=20, deadline=None)
@given(pieces=st.lists(st.integers(1, 9), min_size=1, max_size=5), name=st.sampled_from(list(MIXERS)))
def test_any_split_of_the_text_gives_the_same(decoding, pieces, name):
    decoding.assert_pieces_equal_the_whole(build(MIXERS[name]), pieces, batch=1)


@pytest.mark.parametrize("name", MIXERS)
def test_no_token_sees_a_later_one(decoding, name):
    decoding.assert_no_token_sees_a_later_one(build(MIXERS[name]))


def test_the_cache_does_not_grow():
    # 24 channels: W - 1 = 3 inputs and 3 states each, in each of two sequences
    mixer = build(SMALL).blocks[0].mixer
    cache = mixer.new_cache(2)
    assert cache.is_empty  # then a prompt is one scan, not as many steps
    for length in (1, 7, 40):
        with torch.no_grad():
            mixer(torch.randn(2, length, 12, dtype=torch.float64), cache)
        assert cache.conv.numel() == cache.state.numel() == 2 * 24 * 3
        assert cache.conv.dtype == cache.state.dtype == torch.float64
        assert not cache.is_empty


def test_the_cache_is_where_the_weights_are():
    cache = SMALL(CONFIG).to("meta").new_cache(2)
    assert cache.conv.is_meta
    assert cache.state.is_meta


def test_another_batch_than_the_caches_is_refused():
    mixer = build(SMALL).blocks[0].mixer
    with pytest.raises(ValueError, match=r"conv_state: expected \(3, 24"):
        mixer(torch.zeros(3, 5, 12, dtype=torch.float64), mixer.new_cache(2))


def test_number_of_weights():
    # width 12, D = 24, N = 3, R = 1, W = 4: in 12 * 48, conv 24 * 4 + 24, select 24 * 7, steps 24 + 24, A 72, D 24,
    # out 24 * 12
    assert sum(x.numel() for x in SMALL(CONFIG).parameters()) == 576 + 120 + 168 + 48 + 72 + 24 + 288
    # D = 10, N = 5, R = 4, W = 2: in 12 * 20 + 20, conv 20, select 10 * 14, steps 40 + 10, A 50, D 10, out 120 + 12
    assert sum(x.numel() for x in OTHER(CONFIG).parameters()) == 260 + 20 + 140 + 50 + 50 + 10 + 132
    # the default rank is a sixteenth of the width, rounded up
    assert Mamba(DecoderConfig(vocab_size=2, width=33, layers=1, heads=1, rope_base=None)).dt_proj.weight.shape == (
        66,
        3,
    )


def test_initial_weights():
    torch.manual_seed(0)
    config = DecoderConfig(vocab_size=2, width=256, layers=8, heads=1)
    mixer = Mamba(config)
    torch.testing.assert_close(mixer.A_log.exp(), torch.arange(1.0, 17).expand(512, 16))
    assert (mixer.D == 1).all()
    # R = 16: uniform within 1/4, standard deviation 1 / (4 sqrt 3), of which 8192 draws show 1 %
    assert mixer.dt_proj.weight.abs().max() <= 0.25
    assert mixer.dt_proj.weight.std().item() == pytest.approx(0.25 / sqrt(3), rel=0.03)
    # torch: uniform within 1 / sqrt(inputs); what is added to the stream, divided by the root of the layers
    assert mixer.in_proj.weight.std().item() == pytest.approx(1 / sqrt(3 * 256), rel=0.02)
    assert mixer.x_proj.weight.std().item() == pytest.approx(1 / sqrt(3 * 512), rel=0.03)
    assert mixer.out_proj.weight.std().item() == pytest.approx(1 / sqrt(3 * 512) / sqrt(8), rel=0.02)
    steps = softplus(mixer.dt_proj.bias)
    assert steps.min() >= 0.00099
    assert steps.max() <= 0.101
    # log-uniform over two decades: half of them below the geometric mean 0.01, within 3 sqrt(512) / 2 / 512
    assert (steps < 0.01).float().mean().item() == pytest.approx(0.5, abs=0.067)


def test_initial_step_bias_inverts_softplus():
    torch.manual_seed(0)
    steps = softplus(initial_step_bias(1000, low=0.5, high=2.0))
    assert 0.499 < steps.min() < 0.51
    assert 1.96 < steps.max() < 2.001


def test_decays_are_not_weighed_down():
    # one step without a gradient to speak of: AdamW multiplies matrices by 1 - 0.1 * 0.5
    decoder = build(SMALL)
    mixer = decoder.blocks[0].mixer
    decays, direct, matrix = (x.detach().clone() for x in (mixer.A_log, mixer.D, mixer.in_proj.weight))
    tokens = torch.randint(13, (2, 9), generator=torch.Generator().manual_seed(1))
    options = {"warmup": 0.0, "lr": 0.1, "weight_decay": 0.5, "clip": 1e-12, "progress": False}
    train(decoder, repeat((tokens, tokens)), budget=Budget(steps=1), **options)
    torch.testing.assert_close(mixer.in_proj.weight, 0.95 * matrix, rtol=0, atol=1e-4)
    torch.testing.assert_close(mixer.A_log, decays, rtol=0, atol=1e-4)
    torch.testing.assert_close(mixer.D, direct, rtol=0, atol=1e-4)


def test_every_weight_learns(decoding):
    decoding.assert_every_weight_learns(build(SMALL))


def test_the_class_of_the_projections_is_taken():
    made = []

    def linear(inputs, outputs, bias):
        made.append((inputs, outputs, bias))
        return torch.nn.Linear(inputs, outputs, bias=bias)

    SMALL(CONFIG, linear)
    assert made == [(12, 48, False), (24, 7, False), (1, 24, True), (24, 12, False)]


def test_the_norms_of_falcon_mamba_add_a_millionth():
    assert normed_parts(CONFIG, mixer=SMALL).x_proj.eps == 1e-6


@pytest.mark.parametrize("size", ["channels", "states", "conv_width", "rank"])
def test_sizes_below_one_are_refused(size):
    with pytest.raises(ValueError, match=f"expected sizes >= 1, got .*{size}=-1"):
        Mamba(CONFIG, **{size: -1})
