from math import log

import pytest
import torch

from coursekit.quant.smaller import distillation_loss


def test_by_hand():
    # teacher (3/4, 1/4), student (1/2, 1/2), T = 1: KL = 3/4 log 3/2 + 1/4 log 1/2
    teacher, student = torch.tensor([[log(3.0), 0.0]]), torch.zeros(1, 2)
    divergence = 0.75 * log(1.5) + 0.25 * log(0.5)
    assert distillation_loss(student, teacher, temperature=1.0).item() == pytest.approx(divergence, rel=1e-6)
    # T = 2: the teacher's odds become root 3, times T^2 = 4
    part = 3**0.5 / (3**0.5 + 1)
    softened = 4 * (part * log(2 * part) + (1 - part) * log(2 * (1 - part)))
    assert distillation_loss(student, teacher, temperature=2.0).item() == pytest.approx(softened, rel=1e-6)
    # and a tenth of the cross-entropy with the answer: log 2
    loss = distillation_loss(student, teacher, torch.tensor([1]), temperature=2.0, hard=0.1)
    assert loss.item() == pytest.approx(0.9 * softened + 0.1 * log(2), rel=1e-6)


def test_at_high_temperature_it_is_the_distance_of_centred_logits():
    # Hinton et al., equation 4: the gradient tends to (z - v) / V with logits of mean zero, T^2 included
    generator = torch.Generator().manual_seed(0)
    student, teacher = torch.randn(2, 1, 5, dtype=torch.float64, generator=generator)
    student = (student - student.mean()).requires_grad_(True)
    teacher = teacher - teacher.mean()
    distillation_loss(student, teacher, temperature=1e4).backward()
    torch.testing.assert_close(student.grad, (student.detach() - teacher) / 5, rtol=1e-3, atol=1e-6)


def test_zero_where_both_agree_and_no_gradient_to_the_teacher():
    logits = torch.randn(2, 3, 7, generator=torch.Generator().manual_seed(0))
    teacher = logits.clone().requires_grad_(True)
    student = logits.clone().requires_grad_(True)
    loss = distillation_loss(student, teacher)
    assert loss.item() == pytest.approx(0, abs=1e-6)
    loss.backward()
    assert teacher.grad is None
    assert student.grad.abs().max() < 1e-6


def test_positions_that_are_left_out():
    student, teacher = torch.randn(2, 2, 3, 5, generator=torch.Generator().manual_seed(0))
    targets = torch.tensor([[1, -100, 2], [-100, -100, 4]])
    counted = targets != -100
    expected = distillation_loss(student[counted], teacher[counted], targets[counted])
    assert distillation_loss(student, teacher, targets).item() == pytest.approx(expected.item(), rel=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"teacher": torch.zeros(1, 3)}, r"teacher: expected the shape of the student, \(1, 2\), got \(1, 3\)"),
        ({"temperature": 0.0}, r"temperature: expected a finite number > 0, got 0.0"),
        ({"hard": 2}, r"hard: expected 0 to 1, got 2"),
    ],
)
def test_bad_input(change, message):
    with pytest.raises(ValueError, match=message):
        distillation_loss(**{"student": torch.zeros(1, 2), "teacher": torch.zeros(1, 2)} | change)
