from math import cos, sin

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.attention.rope import rotary_table, rotate


def test_by_hand():
    # D = 4, base 100: angles p * 100^0 = p and p * 100^(-1/2) = p / 10. Position 3; pairs are (0, 2) and (1, 3).
    x = torch.tensor([[[[1.0, 0.0, 0.0, 2.0]]]], dtype=torch.float64)
    y = rotate(x, *rotary_table(torch.tensor([3]), 4, 100.0, torch.float64))
    # (1, 0) -> (cos 3, sin 3);  (0, 2) -> (-2 sin 0.3, 2 cos 0.3)
    assert y.flatten().tolist() == pytest.approx([cos(3), -2 * sin(0.3), sin(3), 2 * cos(0.3)], abs=1e-15)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(m=st.integers(0, 5000), n=st.integers(0, 5000), shift=st.integers(0, 5000), half=st.integers(1, 8))
def test_the_match_depends_on_the_distance_only(m, n, shift, half):
    q, k = torch.randn(2, 1, 1, 1, 2 * half, dtype=torch.float64, generator=torch.Generator().manual_seed(half))

    def match(i, j):
        (at_i, at_j) = (rotary_table(torch.tensor([p]), 2 * half, 10000.0, torch.float64) for p in (i, j))
        return (rotate(q, *at_i) * rotate(k, *at_j)).sum().item()

    # angles up to 10^4 carry a rounding of 10^4 * 1.1e-16, and there are at most 16 channels of order 1
    assert match(m + shift, n + shift) == pytest.approx(match(m, n), abs=1e-10)


def test_length_is_kept_and_position_zero_is_the_identity():
    x = torch.randn(1, 2, 5, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    y = rotate(x, *rotary_table(torch.arange(5), 6, dtype=torch.float64))
    torch.testing.assert_close(y.norm(dim=-1), x.norm(dim=-1), rtol=0, atol=1e-12)
    assert torch.equal(y[:, :, 0], x[:, :, 0])
    assert not torch.allclose(y[:, :, 1], x[:, :, 1])


def test_positions_of_each_row():
    x = torch.randn(2, 3, 4, 6, generator=torch.Generator().manual_seed(0))
    positions = torch.tensor([[0, 1, 2, 3], [7, 5, 3, 1]])
    y = rotate(x, *rotary_table(positions, 6))
    for row in range(2):
        torch.testing.assert_close(y[row : row + 1], rotate(x[row : row + 1], *rotary_table(positions[row], 6)))


def test_half_precision_gets_exact_angles():
    # position 4097 does not exist in bfloat16 (8 bits): computed there, its angle would be that of 4096
    exact = rotary_table(torch.tensor([4097]), 2, dtype=torch.float64)
    table = rotary_table(torch.tensor([4097]), 2, dtype=torch.bfloat16)
    for value, true in zip(table, exact):
        assert value.dtype == torch.bfloat16
        assert abs(value.item() - true.item()) < 2**-8
