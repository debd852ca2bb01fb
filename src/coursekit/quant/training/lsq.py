"""LSQ: the step between two marks of the ruler is learned with the weights."""

import torch

from coursekit.quant.finite import check_finite


class _LearnedStep(torch.autograd.Function):
    @staticmethod
    def forward(ctx, v, step, low, high):
        ratio = v / step
        code = ratio.round().clamp(low, high)
        ctx.save_for_backward(ratio, code)
        ctx.low, ctx.high = low, high
        return code * step

    @staticmethod
    def backward(ctx, gradient):
        ratio, code = ctx.saved_tensors
        inside = (ratio > ctx.low) & (ratio < ctx.high)
        of_step = torch.where(inside, code - ratio, code)  # outside, the code is -Q_N or Q_P
        return gradient * inside, (gradient * of_step).sum(), None, None


def learned_step(v, step, bits, is_signed=True, gradient_scale=None):
    """Round to multiples of a step that has a gradient of its own.

        y = s * round(clip(v / s, -Q_N, Q_P))
        dy/dv = 1 where -Q_N < v / s < Q_P, else 0
        dy/ds = round(v / s) - v / s there;  -Q_N below it, Q_P above it
        the gradient of s is multiplied by g = 1 / sqrt(N Q_P), N the numbers in v

    signed: Q_N = 2^(b-1), Q_P = 2^(b-1) - 1; not signed: Q_N = 0, Q_P = 2^b - 1. Without g the step's gradient is a
    sum over all N numbers, and steps would move far faster, for their size, than weights.

    Args:
        v: weights or activations, floating point, any shape.
        step: s, a tensor of one number > 0, in the units of v.
        bits: b, 1 .. 8; signed ones need 2.
        is_signed: False for what is never negative.
        gradient_scale: g; None = as above, 1.0 = none.

    Returns: the shape of v.
    Raises: ValueError when the step is not > 0, or bits are out of their range.

    Source: Esser et al. 2019 (LSQ), section 2, equations 1 to 3; the scale g: section 2.2.
    Taught in: 05-cuantizacion
    """
    low, high = step_range(bits, is_signed)
    if step.numel() != 1 or not 0 < step.item() < torch.inf:
        raise ValueError(f"step: expected one number > 0, got {step.tolist()}")
    scale = (v.numel() * high) ** -0.5 if gradient_scale is None else gradient_scale
    scaled = step.detach() + scale * (step - step.detach())  # the value of s, the gradient of g s
    return _LearnedStep.apply(v, scaled, low, high)


def step_range(bits, is_signed=True):
    """The lowest and the highest code, -Q_N and Q_P.

    Raises: ValueError for bits out of 1 .. 8 (2 .. 8 when signed).
    """
    least = 2 if is_signed else 1
    if type(bits) is not int or not least <= bits <= 8:
        raise ValueError(f"bits: expected {least} to 8, got {bits!r}")
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if is_signed else (0, 2**bits - 1)


def first_step(v, bits, is_signed=True):
    """The step to begin with: 2 mean|v| / sqrt(Q_P).

    Returns: a tensor of one number, in the units of v; 1 where all of v is zero.
    Raises: ValueError when v is not finite, or bits are out of their range.

    Source: Esser et al. 2019 (LSQ), section 2.1.
    Taught in: 05-cuantizacion
    """
    check_finite("v", v)
    step = 2 * v.detach().abs().mean() / step_range(bits, is_signed)[1] ** 0.5
    return step if step > 0 else torch.ones_like(step)


def update_ratio(step, of_step, v, of_v):
    """How fast the step moves for its size, against how fast the weights move for theirs.

        R = (dL/ds / s) / (|dL/dw| / |w|);    learning is even where it is near 1

    Args:
        step, of_step: s and its gradient, one number each.
        v, of_v: the weights and their gradient, of one shape.

    Returns: a number >= 0; without the gradient scale the paper expects about sqrt(N Q_P).
    Raises: ValueError where the weights have no gradient, or the step is 0.

    Source: Esser et al. 2019 (LSQ), section 2.2, equation 4.
    Taught in: 05-cuantizacion
    """
    weights = float(of_v.norm() / v.detach().norm())
    if not weights > 0 or not float(step) > 0:
        raise ValueError(f"expected a step > 0 and a gradient of the weights, got {float(step)} and {weights}")
    return abs(float(of_step) / float(step)) / weights
