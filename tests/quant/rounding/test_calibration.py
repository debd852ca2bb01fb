import pytest
import torch

from coursekit.quant.rounding import Calibration


def test_by_hand():
    calibration = Calibration.of(torch.tensor([[1.0, 2.0], [3.0, -4.0]]))
    assert calibration.moments.tolist() == [[5, -5], [-5, 10]]  # (1 + 9) / 2, (2 - 12) / 2, (4 + 16) / 2
    assert calibration.mean_size.tolist() == [2, 3]
    assert calibration.largest.tolist() == [3, 4]
    # the rounding takes 1 from the first weight: outputs change by 1 and 3, (1 + 9) / 2
    assert calibration.output_error(torch.tensor([[2.0, 0.0]]), torch.tensor([[1.0, 0.0]])) == 5
    # mean over rows
    weight = torch.tensor([[2.0, 0.0], [0.0, 0.0]])
    assert calibration.output_error(weight, torch.tensor([[1.0, 0.0], [0.0, 0.0]])) == 2.5


def test_batch_by_batch_is_all_at_once_and_the_error_is_that_of_the_outputs():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(3, 11, 5, generator=generator)
    whole, parts = Calibration.of(x), Calibration(5)
    for part in (x[0], x[1:], x[:0]):
        assert parts.add(part) is parts
    assert parts.count == whole.count == 33
    for name in ("moments", "mean_size", "largest"):
        torch.testing.assert_close(getattr(parts, name), getattr(whole, name))
    weight, rounded = torch.randn(2, 4, 5, generator=generator)
    expected = (x.double() @ (weight - rounded).double().T).square().mean()
    assert whole.output_error(weight, rounded) == pytest.approx(expected.item(), rel=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Calibration(3).add(torch.ones(2, 4)), r"inputs: expected 3 columns, got shape \(2, 4\)"),
        (lambda: Calibration.of(torch.tensor([[1.0, float("nan")]])), r"inputs: expected finite numbers, got 1"),
        (lambda: Calibration(2).check(torch.ones(1, 2)), r"calibration: expected some inputs, got none"),
        (lambda: Calibration.of(torch.ones(1, 2)).check(torch.ones(1, 3)), r"weight: expected \(outputs, 2\), got"),
        (
            lambda: Calibration.of(torch.ones(1, 2)).output_error(torch.ones(1, 2), torch.ones(2, 2)),
            r"rounded: expected \(1, 2\), got \(2, 2\)",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
