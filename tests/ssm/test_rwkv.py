"""RWKV's two mixers: against numbers worked by hand, the recurrence against the softmax, transformers' modules."""

from math import exp

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.norms import LayerNorm
from coursekit.ssm.rwkv import ChannelMixing, TimeMixing, wkv, wkv_matrix

CONFIG = DecoderConfig(vocab_size=13, width=12, layers=4, heads=1, ffn_width=20, context=70)
MIXERS = [TimeMixing, ChannelMixing, TimeMixing, ChannelMixing]


def build():
    """A decoder with large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    decoder = Decoder(CONFIG, mixer=MIXERS, ffn=None, norm=LayerNorm).double()
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return decoder


def draw(length, batch=2, width=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    key, value = (torch.randn(batch, length, width, generator=generator, dtype=torch.float64) for _ in range(2))
    decay, bonus = torch.rand(width, generator=generator, dtype=torch.float64), torch.randn(width, generator=generator)
    return [x.requires_grad_() for x in (decay, bonus.double(), key, value)]


def test_wkv_by_hand():
    # w = 0.5, u = 0.3, keys 0.1, 0.2, 0.4, values 1, 2, 4.
    # t = 2: token 0 is one step away from the present's past, e^(0.1 - 0.5); token 1 e^0.2; the present e^(0.4 + 0.3)
    key, value = torch.tensor([[[0.1], [0.2], [0.4]]]), torch.tensor([[[1.0], [2.0], [4.0]]])
    y, _ = wkv(torch.tensor([0.5]), torch.tensor([0.3]), key, value)
    second = (exp(0.1) + 2 * exp(0.5)) / (exp(0.1) + exp(0.5))
    weights = exp(-0.4), exp(0.2), exp(0.7)
    third = (weights[0] + 2 * weights[1] + 4 * weights[2]) / sum(weights)
    assert y.flatten().tolist() == pytest.approx([1.0, second, third], rel=1e-6)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_recurrence_equals_softmax_gradients_too(length):
    ours, theirs = draw(length), draw(length)
    (y, _), expected = wkv(*ours), wkv_matrix(*theirs)
    torch.testing.assert_close(y, expected, rtol=0, atol=1e-12)
    weight = torch.randn(y.shape, generator=torch.Generator().manual_seed(5), dtype=y.dtype)
    (y * weight).sum().backward()
    (expected * weight).sum().backward()
    if length == 1:
        ours[0].grad = torch.zeros_like(ours[0])  # nothing has faded yet
    for a, b in zip(ours, theirs):
        torch.testing.assert_close(a.grad, b.grad, rtol=0, atol=1e-11)


@settings(derandomize=True, max_examples=25, deadline=None)
@given(first=st.integers(1, 9), second=st.integers(1, 9), width=st.integers(1, 4), seed=st.integers(0, 99))
def test_state_carries_on(first, second, width, seed):
    decay, bonus, key, value = draw(first + second, width=width, seed=seed)
    whole, end = wkv(decay, bonus, key, value)
    a, state = wkv(decay, bonus, key[:, :first], value[:, :first])
    b, state = wkv(decay, bonus, key[:, first:], value[:, first:], state)
    torch.testing.assert_close(torch.cat((a, b), dim=1), whole, rtol=0, atol=1e-12)
    for ours, theirs in zip(state, end):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
    # a mean lies between the smallest and the largest value so far
    low, high = value.cummin(dim=1).values, value.cummax(dim=1).values
    assert ((low - 1e-12 <= whole) & (whole <= high + 1e-12)).all()


def test_keys_of_any_size_do_not_overflow():
    # a common number added to all keys cancels, even one whose exponential is infinite
    decay, bonus, key, value = draw(20)
    y, _ = wkv(decay, bonus, key, value)
    shifted, _ = wkv(decay, bonus, key + 1e4, value)
    torch.testing.assert_close(shifted, y, rtol=0, atol=1e-10)  # rounding of 1e4 in float64: 2e-12


def test_without_decay_and_bonus_it_is_the_mean():
    _, _, _, value = draw(9)
    zeros = torch.zeros(3, dtype=torch.float64)
    y, _ = wkv(zeros, zeros, torch.zeros_like(value), value)
    means = value.cumsum(1) / torch.arange(1, 10)[:, None]
    torch.testing.assert_close(y, means, rtol=0, atol=1e-12)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_token_by_token_equals_all_at_once(decoding, length):
    decoding.assert_pieces_equal_the_whole(build(), [1] * length, batch=2)


@settings(derandomize=True, max_examples=10, deadline=None)
@given(pieces=st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_any_split_of_the_text_gives_the_same(decoding, pieces):
    decoding.assert_pieces_equal_the_whole(build(), pieces, batch=1)


def test_no_token_sees_a_later_one(decoding):
    decoding.assert_no_token_sees_a_later_one(build())


def test_the_cache_does_not_grow_and_knows_its_batch():
    mixer = build().blocks[0].mixer
    cache = mixer.new_cache(2)
    for length in (1, 30):
        with torch.no_grad():
            mixer(torch.randn(2, length, 12, dtype=torch.float64), cache)
        assert cache.last.shape == (2, 1, 12)
        assert [x.shape for x in cache.state] == [(2, 12)] * 3
    with pytest.raises(ValueError, match="cache: expected a batch of 2, got 3"):
        mixer(torch.zeros(3, 1, 12, dtype=torch.float64), cache)


def transformers_module(name, ours, names):
    """The module of transformers with our weights."""
    from transformers import RwkvConfig
    from transformers.models.rwkv import modeling_rwkv

    config = RwkvConfig(vocab_size=13, hidden_size=12, num_hidden_layers=2, intermediate_size=20)
    theirs = getattr(modeling_rwkv, name)(config).double()
    for a, b in names.items():
        weight = ours.get_parameter(a).detach()
        theirs.get_parameter(b).data = weight.view(1, 1, -1) if a.startswith("mix.") else weight
    return theirs


def test_time_mixing_equals_that_of_transformers():
    ours = build().blocks[0].mixer
    names = {f"{name}.weight": f"{name}.weight" for name in ("key", "value", "receptance", "output")}
    names |= {f"mix.{name}": f"time_mix_{name}" for name in ("key", "value", "receptance")}
    theirs = transformers_module("RwkvSelfAttention", ours, names | {"log_decay": "time_decay", "bonus": "time_first"})
    x = torch.randn(2, 30, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        # theirs keeps its sums in float32: 6e-8, on means of order 1
        torch.testing.assert_close(ours(x), theirs(x)[0], rtol=0, atol=1e-5)


def test_channel_mixing_equals_that_of_transformers():
    ours = build().blocks[1].mixer
    names = {f"{name}.weight": f"{name}.weight" for name in ("key", "value", "receptance")}
    names |= {f"mix.{name}": f"time_mix_{name}" for name in ("key", "receptance")}
    theirs = transformers_module("RwkvFeedForward", ours, names)
    x = torch.randn(2, 30, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x)[0], rtol=0, atol=1e-12)


def test_initial_weights():
    # those of a first layer: decays e^-5 to e^3, a bonus of ln 0.3 that goes up, stays and goes down
    mixer = TimeMixing(CONFIG)
    expected = [-5 + 8 * (i / 11) ** 0.7 for i in range(12)]
    assert mixer.log_decay.tolist() == pytest.approx(expected, abs=1e-5)
    low = torch.tensor(0.3).log().item()
    assert mixer.bonus[:4].tolist() == pytest.approx([low, low + 0.5, low - 0.5, low], abs=1e-6)
    assert mixer.mix["key"].tolist() == pytest.approx([i / 12 for i in range(12)])
    assert mixer.mix["receptance"].tolist() == pytest.approx([(i / 12) ** 0.5 for i in range(12)])
    assert mixer.output.weight.std().item() == pytest.approx(0.02 / 8**0.5, rel=0.2)
    ffn = ChannelMixing(CONFIG)
    assert ffn.value.weight.std().item() == pytest.approx(0.02 / 8**0.5, rel=0.2)
    assert ffn.key.weight.std().item() == pytest.approx(0.02, rel=0.2)
    assert TimeMixing(DecoderConfig(vocab_size=2, width=1, layers=1, heads=1, rope_base=None)).log_decay.item() == -5


def test_every_weight_learns(decoding):
    decoding.assert_every_weight_learns(build())
