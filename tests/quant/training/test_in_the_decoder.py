"""Every layer that trains with few bits is a drop-in of the decoder's `linear`."""

from functools import partial

import pytest
import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.norms import RMSNorm
from coursekit.quant.training import (
    BinaryLinear,
    BitLinear,
    Float8Linear,
    LSQLinear,
    PackedBitLinear,
    RoundedLinear,
    pack_bit_linears,
)
from coursekit.serving import generate

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=2, context=24)
IDS = torch.randint(13, (3, 9), generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    "linear",
    [
        BitLinear,
        partial(BitLinear, norm=RMSNorm),
        BinaryLinear,
        partial(LSQLinear, bits=3, input_bits=8),
        partial(RoundedLinear, bits=2, input_bits=8),
        Float8Linear,
    ],
    ids=["ternary", "ternary, norm", "binary", "lsq", "few bits", "fp8"],
)
def test_it_reads_learns_and_generates(linear):
    torch.manual_seed(0)
    decoder = Decoder(CONFIG, linear=linear)
    optimizer = torch.optim.Adam(decoder.parameters(), lr=0.01)
    losses = []
    for _ in range(40):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(decoder(IDS)[:, :-1].flatten(0, 1), IDS[:, 1:].flatten())
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in decoder.parameters())
    assert losses[-1] < losses[0] - 0.5
    assert generate(decoder, IDS, 5, temperature=0).shape == (3, 14)


def test_packed_afterwards_it_says_the_same():
    torch.manual_seed(0)
    decoder = Decoder(CONFIG, linear=BitLinear)
    with torch.no_grad():
        before = decoder(IDS)
        pack_bit_linears(decoder)
        # a number near the middle of two codes may fall to the other: a part in 127 of one of 16 inputs
        torch.testing.assert_close(decoder(IDS), before, rtol=0, atol=1e-3)
    assert isinstance(decoder.blocks[0].ffn.gate, PackedBitLinear)
    assert generate(decoder, IDS, 5, temperature=0).shape == (3, 14)
