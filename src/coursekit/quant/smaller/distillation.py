"""Distillation: a small model learns what a large one believes, not only which answer was right."""

from torch.nn import functional as F


def distillation_loss(student, teacher, targets=None, temperature=2.0, hard=0.1):
    """The student's distance to the teacher's softened beliefs, and, for a part, to the right answers.

        (1 - hard) T^2 KL(softmax(teacher / T) || softmax(student / T)) + hard CE(student, targets)

    The gradients of the soft part shrink as 1 / T^2; multiplied by T^2 its weight against the hard part stays what it
    is whatever T is. The paper writes the cross-entropy; the divergence is that minus the teacher's entropy, which no
    student changes, and is 0 where both agree.

    Args:
        student, teacher: logits (.., V); no gradient goes to the teacher.
        targets: (..), integer; None = no hard part. -100 = left out of both parts.
        temperature: T > 0.
        hard: weight of the hard part, 0 .. 1; without targets 0.

    Returns: a scalar, nats a position.
    Raises: ValueError when shapes differ, T is not > 0, or hard is out of its range.

    Source: Hinton et al. 2015 (Distilling the Knowledge in a Neural Network), section 2.
    Taught in: 05-cuantizacion
    """
    if student.shape != teacher.shape:
        raise ValueError(
            f"teacher: expected the shape of the student, {tuple(student.shape)}, got {tuple(teacher.shape)}"
        )
    if not 0 < temperature < float("inf"):
        raise ValueError(f"temperature: expected a finite number > 0, got {temperature!r}")
    if not 0 <= hard <= 1:
        raise ValueError(f"hard: expected 0 to 1, got {hard!r}")
    student, teacher = student.flatten(0, -2), teacher.detach().flatten(0, -2)  # (N, V)
    if targets is not None:
        counted = targets.flatten() != -100
        student, teacher, targets = student[counted], teacher[counted], targets.flatten()[counted]
    beliefs = F.log_softmax(teacher / temperature, -1)
    ours = F.log_softmax(student / temperature, -1)
    soft = temperature**2 * F.kl_div(ours, beliefs, reduction="batchmean", log_target=True)
    if targets is None:
        return soft
    return (1 - hard) * soft + hard * F.cross_entropy(student, targets)
