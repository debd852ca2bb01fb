"""`MixtureOfExperts` as a feed-forward: counts, losses, a decoder that decodes and learns, and what it refuses."""

from functools import partial

import pytest
import torch
from torch.nn.functional import silu

from coursekit.corpus import cuentos
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.moe import MixtureOfExperts, load_balancing_loss
from coursekit.moe.balance import sequence_balance_loss, z_loss
from coursekit.moe.routers import BiasedRouter, SoftmaxFirstRouter
from coursekit.packing import pack
from coursekit.train import Budget, train

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=2, ffn_width=24, context=70)
FORMS = {
    "mixtral": {},
    "switch": {"router": SoftmaxFirstRouter, "top_k": 1, "experts": 4},
    "biased, shared": {"router": partial(BiasedRouter, groups=2, kept_groups=1, scale=2.5), "shared": 1},
}


def build(form, **changes):
    torch.manual_seed(0)
    decoder = Decoder(CONFIG, ffn=partial(MixtureOfExperts, **FORMS[form] | changes)).double()
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.2)
    return decoder


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("pieces", [[1], [63], [64], [65], [1] * 9, [40, 1, 24]])
def test_with_a_cache_as_all_at_once(form, pieces, decoding):
    decoding.assert_pieces_equal_the_whole(build(form).eval(), pieces, 2)


@pytest.mark.parametrize("form", FORMS)
def test_causal_and_every_weight_learns(form, decoding):
    decoding.assert_no_token_sees_a_later_one(build(form).eval())
    decoding.assert_every_weight_learns(build(form))


def test_parameters_by_hand():
    # C = 16, F = 24: an expert 3 * 16 * 24 = 1152, the router 16 a expert; the shared ones are as large
    count = sum(weight.numel() for weight in MixtureOfExperts(CONFIG, experts=5, shared=2).parameters())
    assert count == 7 * 1152 + 5 * 16
    assert MixtureOfExperts(CONFIG, width=3).down.shape == (8, 3, 16)


def test_one_expert_is_a_feed_forward():
    layer = MixtureOfExperts(CONFIG, experts=1, top_k=1)
    x = torch.randn(2, 5, 16)
    gate, up = (x @ layer.gate_up[0]).chunk(2, dim=-1)
    torch.testing.assert_close(layer(x)[0], (silu(gate) * up) @ layer.down[0])


def test_the_loss_is_the_sum_of_its_parts_in_training_only():
    layer = MixtureOfExperts(CONFIG, balance=0.5, z=0.25, sequence=2.0)
    x = torch.randn(3, 7, 16)
    loss, logits = layer(x)[1], layer.routing.logits
    expected = 0.5 * load_balancing_loss(logits, 8, 2) + 0.25 * z_loss(logits)
    expected += 2 * sequence_balance_loss(logits.view(3, 7, 8), 2)
    torch.testing.assert_close(loss, expected)
    assert layer.eval()(x)[1] == 0


def test_capacity_drops_in_training_only():
    layer = MixtureOfExperts(CONFIG, top_k=1, capacity_factor=1.0)
    x = torch.randn(1, 1, 16).expand(1, 64, 16)  # all to one expert, which has 8 places
    y = layer(x)[0]
    assert (y[0, :8] != 0).all()
    assert (y[0, 8:] == 0).all()
    assert (layer.routing.indices >= 0).sum() == 8
    layer.eval()(x)
    assert (layer.routing.indices >= 0).sum() == 64


def test_the_bias_moves_in_training_only():
    layer = MixtureOfExperts(CONFIG, router=partial(BiasedRouter, speed=0.5))
    x = torch.randn(1, 1, 16).expand(1, 9, 16)
    layer.eval()(x)
    assert layer.router.bias.abs().max() == 0
    layer.train()(x)
    # two experts have 9 tokens each, the mean is 18 / 8: two go down, six up
    assert layer.router.bias.sort().values.tolist() == [-0.5] * 2 + [0.5] * 6


def test_under_autocast_the_router_stays_in_float32():
    layer = MixtureOfExperts(CONFIG, shared=1)
    with torch.autocast("cpu", torch.bfloat16):
        y, loss = layer(torch.randn(2, 5, 16))
    assert layer.routing.logits.dtype == layer.routing.weights.dtype == torch.float32
    (y.float().sum() + loss).backward()
    assert all(weight.grad.isfinite().all() for weight in layer.parameters())


def test_the_loss_falls_on_stories():
    batches = pack(cuentos.stories(0), cuentos.encode, context=128, batch=8)
    config = DecoderConfig(vocab_size=len(cuentos.VOCABULARY), width=32, layers=2, heads=2, ffn_width=32, context=128)
    torch.manual_seed(0)
    decoder = Decoder(config, ffn=partial(MixtureOfExperts, experts=4))
    history = train(decoder, batches, budget=Budget(steps=60), progress=False)
    assert sum(history.loss[-5:]) / 5 < sum(history.loss[:5]) / 5 - 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"top_k": 9}, "top_k: expected from 1 to 8 experts, got 9"),
        ({"top_k": 0}, "got .*0"),
        ({"experts": 0}, "expected experts and width >= 1"),
        ({"width": 0}, "expected experts and width >= 1"),
        ({"balance": -1}, "balance, z and sequence >= 0"),
        ({"capacity_factor": 0}, "a finite factor > 0, got .* and 0"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        MixtureOfExperts(CONFIG, **options)


def test_nan_is_refused_and_one_token_is_enough():
    layer = MixtureOfExperts(CONFIG)
    with pytest.raises(ValueError, match="logits: expected finite numbers, got 8 that are NaN"):
        layer(torch.full((1, 1, 16), float("nan")))
    assert layer(torch.randn(1, 1, 16))[0].shape == (1, 1, 16)
