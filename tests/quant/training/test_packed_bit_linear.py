import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.layers.norms import RMSNorm
from coursekit.quant.training import BitLinear, PackedBitLinear, absmean, pack_bit_linears


def test_by_hand():
    # trits (0, -1, 1, 0) times 0.5; x = (1, 2, -2, 4): codes 32, 64, -64, 127
    layer = PackedBitLinear(torch.tensor([[0, -1, 1, 0]]), 0.5, torch.tensor([10.0]))
    assert layer.packed.tolist() == [0b01_10_00_01]  # the first trit in the lowest bits, plus one
    y = layer(torch.tensor([[1.0, 2.0, -2.0, 4.0]]))
    assert y.item() == pytest.approx(10 + 0.5 * 4 / 127 * (-64 - 64), rel=1e-6)
    assert layer.weight.tolist() == [[0, -0.5, 0.5, 0]]


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 9), st.integers(1, 70), st.integers(0, 4), st.booleans(), st.integers(0, 10**6))
def test_the_packed_form_is_the_form_that_learned(outputs, inputs, rows, with_norm, seed):
    torch.manual_seed(seed)
    layer = BitLinear(inputs, outputs, norm=RMSNorm if with_norm else None)
    packed, x = PackedBitLinear.of(layer), torch.randn(rows, inputs)
    torch.testing.assert_close(packed(x), layer(x), rtol=1e-5, atol=1e-5)
    assert packed.trits().equal(absmean(layer.weight)[0].detach())
    # two bits a weight, the last byte filled up
    assert packed.packed.nbytes == -(-inputs * outputs // 4)


def test_no_sum_is_rounded_at_the_extreme():
    # 127 times 132 104 is the last below 2^24; the next one would not be exact
    most = 132104
    assert 127 * most < 2**24 <= 127 * (most + 1)
    layer = PackedBitLinear(torch.ones(1, most), 1.0)
    x = torch.full((1, most), 127.0)
    assert layer(x).item() == 127 * most
    with pytest.raises(ValueError, match=r"trits: expected at most 132104 inputs, got 132105"):
        PackedBitLinear(torch.ones(1, most + 1), 1.0)


def test_a_model_and_its_file():
    torch.manual_seed(0)
    model = torch.nn.Sequential(BitLinear(6, 8), torch.nn.ReLU(), BitLinear(8, 3, bias=False))
    x = torch.randn(5, 6)
    before = model(x)
    packed = pack_bit_linears(model)
    torch.testing.assert_close(packed(x), before)
    other = pack_bit_linears(torch.nn.Sequential(BitLinear(6, 8), torch.nn.ReLU(), BitLinear(8, 3, bias=False)))
    other.load_state_dict(packed.state_dict())
    assert other(x).equal(packed(x))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PackedBitLinear(torch.tensor([[2.0]]), 1.0), r"trits: expected \(outputs, inputs\) of -1, 0 and 1"),
        (
            lambda: PackedBitLinear(torch.tensor([[torch.nan]]), 1.0),
            r"trits: expected \(outputs, inputs\) of -1, 0 and",
        ),
        (lambda: PackedBitLinear(torch.ones(1, 1), torch.inf), r"gamma: expected finite numbers, got 1"),
        (lambda: PackedBitLinear.of(torch.nn.Linear(2, 2)), r"layer: expected a BitLinear, got Linear"),
        (
            lambda: pack_bit_linears(torch.nn.Linear(2, 2)),
            r"model: expected at least one BitLinear, got none in Linear",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
