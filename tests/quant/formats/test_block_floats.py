"""MXFP4 and NVFP4: by hand, every scale, the promise of a block, and the `gguf` package's MXFP4."""

import math

import numpy as np
import pytest
import torch

from coursekit.quant.formats.block_floats import BlockFloat, to_mxfp4, to_nvfp4
from coursekit.quant.formats.floats import E2M1, E4M3


def test_mxfp4_by_hand():
    # largest 7: k = floor(log2 7) - 2 = 0; 7 saturates at 6, 2.4 -> 2, 2.5 -> 2 (even), -0.3 -> -0.5
    x = torch.zeros(1, 64)
    x[0, :4] = torch.tensor([7.0, 2.4, 2.5, -0.3])
    x[0, 32] = 2.0**-10  # k = -12: 2^-10 = 2^-12 4
    blocks = to_mxfp4(x)
    assert blocks.scales.tolist() == [[127, 115]]
    assert blocks.dequantize()[0, :5].tolist() == [6, 2, 2, -0.5, 0]
    assert blocks.dequantize()[0, 32] == 2.0**-10
    assert blocks.bits_per_number == 4.25


def test_nvfp4_by_hand():
    # largest 2688 = 6 448: tensor_scale 1. Block 0: scale 448; 1344 / 448 = 3. Block 1: 12 / 6 = 2; 5 / 2 -> 2 -> 4
    x = torch.zeros(32)
    x[:2], x[16:18] = torch.tensor([2688.0, 1344.0]), torch.tensor([12.0, 5.0])
    blocks = to_nvfp4(x)
    assert blocks.tensor_scale == 1
    assert E4M3.decode(blocks.scales).tolist() == [448, 2]
    assert blocks.dequantize()[[0, 1, 2, 16, 17]].tolist() == [2688, 1344, 0, 12, 4]
    assert blocks.bits_per_number == 4.5


@pytest.mark.parametrize("code", range(256))
def test_every_scale_and_number_of_mxfp4(code):
    blocks = BlockFloat("MXFP4", torch.arange(16, dtype=torch.uint8).repeat(2), torch.tensor([code], dtype=torch.uint8))
    back = blocks.dequantize()[:16].double()
    if code == 255:
        assert back.isnan().all()
    else:
        # 2^-127 times 1/2 is the smallest: float32 still holds it; 6 2^127 is beyond it
        expected = E2M1.numbers().double() * 2.0 ** (code - 127)
        assert back.equal(expected.float().double())


@pytest.mark.parametrize("code", range(256))
def test_every_scale_and_number_of_nvfp4(code):
    codes, scale = torch.arange(16, dtype=torch.uint8), torch.tensor([code], dtype=torch.uint8)
    back = BlockFloat("NVFP4", codes, scale, 0.5).dequantize()
    if code & 127 == 127:
        assert back.isnan().all()
    else:
        assert back.equal(E2M1.numbers() * float(scale.view(torch.float8_e4m3fn).float()) * 0.5)


@pytest.mark.parametrize("size", [1e-38, 1e-3, 1.0, 1e38])
@pytest.mark.parametrize("convert", [to_mxfp4, to_nvfp4])
def test_no_number_moves_by_more_than_its_step(convert, size):
    x = (torch.randn(5, 96, generator=torch.Generator().manual_seed(0)) * size).clamp(-3e38, 3e38)
    blocks = convert(x)
    block = 96 // blocks.scales.shape[-1]
    largest = x.double().unflatten(-1, (-1, block)).abs().amax(-1).repeat_interleave(block, -1)
    # the widest gap of E2M1 is 2 steps, half of it 1, and 7.99.. saturates at 6, 2 steps; a step is at least a quarter
    # of the largest divided by 6 / 7.99 (MXFP4), or a sixth (NVFP4, scale rounded by up to 1/16)
    allowed = largest / 4 if convert is to_mxfp4 else largest / 6 * 1.07
    error = (blocks.dequantize().double() - x.double()).abs()
    assert (error <= allowed + 2.0**-126).all()
    assert convert(blocks.dequantize()).codes.shape == blocks.codes.shape


@pytest.mark.parametrize("convert", [to_mxfp4, to_nvfp4])
def test_zeros_stay_zeros(convert):
    x = torch.zeros(2, 64)
    assert convert(x).dequantize().equal(x)
    x[0, 0] = 1
    assert convert(x).dequantize()[1].equal(x[1])


def test_mxfp4_is_the_gguf_package_s():
    quants = pytest.importorskip("gguf.quants")
    from gguf.constants import GGMLQuantizationType

    x = torch.randn(50, 32, generator=torch.Generator().manual_seed(1)) * torch.logspace(-20, 20, 50)[:, None]
    raw = quants.quantize(x.numpy(), GGMLQuantizationType.MXFP4)  # a byte of scale, then number i and i + 16
    scales = torch.from_numpy(raw[:, :1].copy())
    theirs = torch.from_numpy(np.concatenate([raw[:, 1:] & 15, raw[:, 1:] >> 4], -1))
    ours = to_mxfp4(x)
    assert ours.scales.equal(scales)
    # of two equally near, they take the first; there are none here. Both call -0 something
    assert ours.dequantize().equal(BlockFloat("MXFP4", theirs, scales).dequantize())
    assert ours.dequantize().equal(torch.from_numpy(quants.dequantize(raw, GGMLQuantizationType.MXFP4)))


BYTE = torch.zeros(32, dtype=torch.uint8)
BAD = [
    (lambda: to_mxfp4(torch.ones(2, 48)), r"x: expected rows of whole blocks of 32, got shape \(2, 48\)"),
    (lambda: to_nvfp4(torch.ones(24)), r"x: expected rows of whole blocks of 16, got shape \(24,\)"),
    (lambda: to_nvfp4(torch.ones(0, 16)), r"x: expected rows of whole blocks of 16, got shape \(0, 16\)"),
    (lambda: to_mxfp4(torch.full((32,), math.inf)), "x: expected finite numbers, got 32 that are NaN or infinite"),
    (lambda: BlockFloat("FP4", BYTE, BYTE), "format: expected MXFP4 or NVFP4, got 'FP4'"),
    (
        lambda: BlockFloat("NVFP4", BYTE, BYTE[:1]),
        r"NVFP4: expected a scale for each 16 codes of a row, got \(32,\) and",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
