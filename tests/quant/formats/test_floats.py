"""Small floats: every code, and every rounding, against torch's own types where it has them."""

import math

import pytest
import torch

from coursekit.quant.formats.floats import E2M1, E4M3, E5M2

TYPES = {E4M3: torch.float8_e4m3fn, E5M2: torch.float8_e5m2}
HAND = {  # code: number
    # 0.1111.110: 2^(15 - 7) 1.75; 0.0000.001: 2^(1 - 7) / 8; 1.0111.000: -2^0
    E4M3: {0x7E: 448.0, 0x01: 2**-9, 0x08: 2**-6, 0xB8: -1.0, 0x00: 0.0},
    # 0.11110.11: 2^(30 - 15) 1.75; 0.00000.01: 2^(1 - 15) / 4; 0.01111.01: 2^0 1.25
    E5M2: {0x7B: 57344.0, 0x01: 2**-16, 0x3D: 1.25, 0x7C: math.inf, 0xFC: -math.inf},
    E2M1: dict(enumerate([0.0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6])),
}


@pytest.mark.parametrize("kind", HAND, ids=lambda kind: kind.name)
def test_codes_by_hand(kind):
    for code, number in HAND[kind].items():
        assert kind.decode(torch.tensor([code], dtype=torch.uint8)).tolist() == [number]
    assert len(kind.numbers()) == 1 << kind.bits


def test_what_is_no_number():
    def nans(kind):
        return kind.numbers().isnan().nonzero().flatten().tolist()

    assert nans(E4M3) == [0x7F, 0xFF]
    assert nans(E5M2) == [0x7D, 0x7E, 0x7F, 0xFD, 0xFE, 0xFF]
    assert nans(E2M1) == []
    assert E4M3.numbers().isinf().sum() == 0


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_every_code_is_torch_s(kind):
    codes = torch.arange(256, dtype=torch.uint8)
    theirs = codes.view(TYPES[kind]).float()
    assert kind.decode(codes).view(torch.int32)[~theirs.isnan()].equal(theirs.view(torch.int32)[~theirs.isnan()])
    assert kind.decode(codes).isnan().equal(theirs.isnan())


def awkward(kind):
    """All finite numbers, what lies halfway between two, and a hair to either side of that."""
    numbers = kind.numbers()[: 1 << kind.bits - 1]
    numbers = numbers[numbers.isfinite()]
    middles = (numbers[1:] + numbers[:-1]) / 2
    sides = [torch.nextafter(middles, torch.full_like(middles, to)) for to in (0.0, math.inf)]
    positive = torch.cat([numbers, middles, *sides, torch.logspace(-30, math.log2(kind.largest), 3000, 2)])
    return torch.cat([positive, -positive])


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_every_rounding_is_torch_s(kind):
    x = awkward(kind)
    x = x[x.abs() <= kind.largest]
    assert kind.encode(x).equal(x.to(TYPES[kind]).view(torch.uint8))


@pytest.mark.parametrize("kind", HAND, ids=lambda kind: kind.name)
def test_the_nearest_number_and_of_two_the_even_one(kind):
    x = awkward(kind)
    codes = kind.encode(x)
    numbers = kind.numbers()[kind.numbers().isfinite()].double()
    distance = (x.double()[:, None] - numbers).abs()
    assert ((x.double() - kind.decode(codes).double()).abs() == distance.amin(-1)).all()
    tied = (distance == distance.amin(-1, keepdim=True)).sum(-1) == 2
    tied &= kind.decode(codes) != 0  # 0 has two codes
    assert tied.any()
    assert (codes[tied] % 2 == 0).all()
    assert kind.encode(kind.decode(codes)).equal(codes)


def test_beyond_the_largest():
    # E4M3: 464 is halfway from 448 to what would be 480; E5M2: 61440 from 57344 to 65536, and 57344 is odd
    x = torch.tensor([464.0, 465.0, -1e9, math.inf])
    assert E4M3.round(x).tolist() == [448, 448, -448, 448]
    assert E4M3.encode(x, saturate=False).tolist() == [0x7E, 0x7F, 0xFF, 0x7F]
    x = torch.tensor([61439.0, 61440.0, -1e9])
    assert E5M2.round(x, saturate=False).tolist() == [57344, math.inf, -math.inf]
    assert E5M2.round(x).tolist() == [57344, 57344, -57344]
    assert E5M2.encode(x, saturate=False).equal(x.to(torch.float8_e5m2).view(torch.uint8))
    assert E2M1.round(torch.tensor([5.0, 5.1, -70.0])).tolist() == [4, 6, -6]


def test_torch_s_rule_beyond_e4m3_is_one_of_ours():
    # versions differ: saturated, or NaN
    x = torch.tensor([465.0, -1e9, math.inf])
    theirs = x.to(torch.float8_e4m3fn).view(torch.uint8)
    assert any(theirs.equal(E4M3.encode(x, saturate)) for saturate in (True, False))


def test_nan_stays_where_there_is_one():
    nan = torch.tensor([math.nan, 1.0])
    for kind in TYPES:
        assert kind.round(nan).isnan().tolist() == [True, False]
    with pytest.raises(ValueError, match=r"^E2M1: expected numbers up to 6, got 1 without a code"):
        E2M1.encode(nan)
    with pytest.raises(ValueError, match=r"^E2M1: expected numbers up to 6, got 2 without a code"):
        E2M1.encode(torch.tensor([7.0, 6.0, -9.0]), saturate=False)


def test_codes_that_do_not_exist():
    with pytest.raises(ValueError, match=r"^E2M1: expected uint8 codes below 16, got torch.uint8 16"):
        E2M1.decode(torch.tensor([16], dtype=torch.uint8))
    with pytest.raises(ValueError, match=r"^E4M3: expected uint8 codes below 256, got torch.int64 1"):
        E4M3.decode(torch.tensor([1]))
