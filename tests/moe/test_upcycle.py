"""Copies of a feed-forward do what it does, until they are trained."""

import pytest
import torch

from coursekit.decoder import DecoderConfig
from coursekit.layers.feedforward import FeedForward
from coursekit.moe.routers import SoftmaxFirstRouter
from coursekit.moe.upcycle import upcycle

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=2, ffn_width=24)


def dense(**options):
    torch.manual_seed(0)
    ffn = FeedForward(CONFIG, **options).double()
    with torch.no_grad():
        for weight in ffn.parameters():
            weight.normal_()
    return ffn


@pytest.mark.parametrize("top_k", [1, 2, 3])
def test_equal_at_the_start(top_k):
    ffn, x = dense(), torch.randn(2, 9, 16, dtype=torch.float64)
    mixture = upcycle(ffn, CONFIG, experts=4, top_k=top_k).eval()
    y, _ = mixture(x)
    torch.testing.assert_close(y, ffn(x), rtol=1e-12, atol=1e-12)
    assert len(mixture.routing.indices.unique()) > 1  # not all to one of them


def test_with_weights_that_do_not_add_up_to_one_it_is_another_function():
    ffn, x = dense(), torch.randn(2, 9, 16, dtype=torch.float64)
    y, _ = upcycle(ffn, CONFIG, experts=4, top_k=1, router=SoftmaxFirstRouter).eval()(x)
    assert (y - ffn(x)).abs().max() > 0.1


def test_training_tells_them_apart_and_leaves_the_original():
    ffn = dense()
    before = ffn.gate.weight.clone()
    mixture = upcycle(ffn, CONFIG, experts=4, balance=0.0)
    mixture(torch.randn(1, 9, 16, dtype=torch.float64))[0].square().sum().backward()
    with torch.no_grad():
        mixture.gate_up -= 0.01 * mixture.gate_up.grad
    assert (mixture.gate_up[0] - mixture.gate_up[1]).abs().max() > 1e-6
    assert (ffn.gate.weight == before).all()


def test_bad_input():
    with pytest.raises(ValueError, match="without biases"):
        upcycle(dense(bias=True), CONFIG)
