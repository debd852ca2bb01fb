"""Rounding has no gradient: the straight-through estimator takes that of the identity in its place."""

import torch


def straight_through(x, rounded):
    """The rounded value forwards, the fine one backwards.

        y = rounded,  dL/dx := dL/dy

    The derivative of rounding is 0 almost everywhere: nothing would learn. Here the gradient passes as if nothing had
    been rounded, so the fine value moves by small steps until it crosses a threshold and its rounded value jumps.

    Args:
        x: the fine value, floating point, any shape.
        rounded: the same shape: what x became.

    Returns: the same shape and dtype as x, equal to `rounded` to the last bit.
    Raises: ValueError when the shapes differ.

    Source: Bengio, Léonard and Courville 2013 (Estimating or Propagating Gradients), the straight-through estimator.
    Taught in: 05-cuantizacion
    """
    if x.shape != rounded.shape:
        raise ValueError(f"rounded: expected the shape of x, {tuple(x.shape)}, got {tuple(rounded.shape)}")
    return _StraightThrough.apply(x, rounded)


class _StraightThrough(torch.autograd.Function):
    """x + (rounded - x) would do, but for the last bits of the sum."""

    @staticmethod
    def forward(ctx, x, rounded):
        return rounded.detach().to(x.dtype, copy=True)

    @staticmethod
    def backward(ctx, gradient):
        return gradient, None
