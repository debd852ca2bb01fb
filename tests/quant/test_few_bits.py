"""Layers and models of few bits, and what is packed from affine codes and from llama.cpp's blocks."""

import pytest
import torch
from torch import nn

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.quant.few_bits import FewBitsLinear, affine, blocks, in_few_bits, packed
from coursekit.quant.formats import from_blocks, quantize, to_blocks
from coursekit.quant.linear import int4_linear
from coursekit.serving import generate


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("bits", range(2, 9))
@pytest.mark.parametrize("group_size", [32, "channel", "tensor"])
@pytest.mark.parametrize("symmetric", [True, False])
def test_packed_weights_are_the_affine_ones(bits, group_size, symmetric):
    weights = quantize(normal(5, 64), bits, group_size, symmetric)
    # two groups keep scale and low in half precision, each within 2^-11: d q is up to twice the largest, m once
    error, largest = (packed(weights).dequantize() - weights.dequantize()).abs(), weights.dequantize().abs().max()
    assert (error <= largest * (3 * 2**-11 if group_size == 32 else 1e-6)).all()
    assert packed(weights).bits == (2 if bits == 2 else 4 if bits < 5 else 8)


@pytest.mark.parametrize("kind", ["Q8_0", "Q4_0", "Q4_1"])
def test_packed_blocks_are_the_file_s_numbers(kind):
    weight = normal(7, 96)
    expected = torch.from_numpy(from_blocks(to_blocks(weight.numpy(), kind), kind))
    assert blocks(kind)(weight).dequantize().equal(expected)
    assert blocks(kind)(expected).dequantize().equal(expected)  # what were blocks stays


def test_a_layer_by_hand():
    # codes 15 and 1 of middle 8 with scale 2: 14 and -14; x = (1, 0.5): 127 and 63.5 -> 64 (even) of 1/127
    layer = FewBitsLinear(packed(quantize(torch.tensor([[14.0, -14.0]]), 4)), torch.tensor([1.0]))
    expected = torch.tensor([[14 - 14 * 64 / 127 + 1]])
    torch.testing.assert_close(layer(torch.tensor([[1.0, 0.5]], requires_grad=True)), expected)


def test_a_model_in_few_bits():
    torch.manual_seed(0)
    model = Decoder(DecoderConfig(vocab_size=11, width=32, layers=2, heads=2)).eval()
    few = in_few_bits(model, affine(8, 8))
    kinds = [type(part) for part in few.modules()]
    assert kinds.count(FewBitsLinear) == sum(type(part) is nn.Linear for part in model.modules())
    assert nn.Linear not in kinds
    assert any(type(part) is nn.Linear for part in model.modules())  # the model itself stays what it was
    ids = torch.arange(11)[None]
    expected = model(ids)
    assert (few(ids) - expected).abs().max() < 0.05 * expected.abs().max()
    assert 0 < (in_few_bits(model, affine(4, 8))(ids) - expected).abs().max() < expected.abs().max()
    assert generate(few, ids[:, :3], 5, temperature=0).shape == (1, 8)  # its caches find their type
    some = in_few_bits(model, lambda weight: None if len(weight) == 11 else affine(4, 8)(weight))
    assert [type(part) for part in some.modules()].count(nn.Linear) == 1
    assert some(ids).shape == expected.shape


def test_the_layer_takes_its_product():
    weight = affine(4)(normal(3, 8))
    assert FewBitsLinear(weight).product is int4_linear

    class Doubled(nn.Linear):
        pass

    assert type(in_few_bits(nn.Sequential(Doubled(8, 8)), affine(4))[0]) is Doubled
