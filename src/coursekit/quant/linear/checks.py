"""What the rungs ask of their arguments, and why no sum of a group overflows.

A group's sum of (q - middle) k is at most g 127 max(middle, 2^bits - 1 - middle), with lows g 127 (2^bits - 1). Sums of
32 bits wrap around on the way there, which is exact as long as the end is within 32 bits: what `check_pack` asks.
"""

import torch

from coursekit.quant.activations import LARGEST

_SUM = 2**31 - 1


def longest_group(bits, middle):
    """Inputs that a group may have, so that its sum fits 32 bits whatever the codes."""
    return _SUM // (LARGEST * max(middle, (1 << bits) - 1 - middle))


def check_pack(codes, scale, bits, middle, low):
    """Raise a ValueError unless they can be packed.

    Args: those of `coursekit.quant.linear.packed.pack`.
    """
    if bits not in (2, 4, 8) or not 0 <= middle < 1 << bits:
        raise ValueError(f"expected 2, 4 or 8 bits and a middle among their codes, got {bits!r} and {middle!r}")
    if codes.dtype != torch.uint8 or codes.dim() != 2 or not codes.numel():
        raise ValueError(f"codes: expected uint8 (outputs, inputs), got {codes.dtype} {tuple(codes.shape)}")
    if int(codes.max()) >= 1 << bits:
        raise ValueError(f"codes: expected 0 to {(1 << bits) - 1} ({bits} bits), got {int(codes.max())}")
    (outputs, inputs), unit = codes.shape, 32 // bits
    if scale.dim() != 2 or len(scale) != outputs or not scale.shape[1] or inputs % scale.shape[1]:
        raise ValueError(f"scale: expected ({outputs}, groups), groups a divisor of {inputs}, got {tuple(scale.shape)}")
    group = inputs // scale.shape[1]
    if group != inputs and group % unit:
        raise ValueError(f"groups: expected a multiple of {unit} inputs each with {bits} bits, got {group}")
    if low is not None and (low.shape != scale.shape or not low.isfinite().all() or middle != 0):
        raise ValueError(f"low: expected {tuple(scale.shape)} finite numbers, and middle 0, got {tuple(low.shape)}")
    if group > longest_group(bits, middle):
        longest = longest_group(bits, middle)
        raise ValueError(f"groups: expected at most {longest} inputs, a sum of more could overflow, got {group}")


def check_inputs(x, weight, bias):
    """Raise a ValueError unless they fit.

    Args: those of `coursekit.quant.linear.reference.linear`.
    """
    if x.dim() == 0 or x.shape[-1] != weight.inputs or not x.is_floating_point():
        raise ValueError(f"x: expected floating point (..., {weight.inputs}), got {x.dtype} {tuple(x.shape)}")
    if bias is not None and bias.shape != (weight.outputs,):
        raise ValueError(f"bias: expected ({weight.outputs},), the outputs of weight, got shape {tuple(bias.shape)}")
    if torch.is_grad_enabled() and x.requires_grad:
        raise ValueError("x: expected no gradient to be wanted (rounded inputs have none), got requires_grad")
