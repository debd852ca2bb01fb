"""What every rung of the selective scan asks of its arguments, in one place."""

import torch

from coursekit.ssm.finite import check_finite

MAX_STATES = 256


def check_scan(u, delta, A, B, C, D, z, delta_bias):
    """Raise a ValueError that says what was expected and what came, or return None.

    Args: those of `coursekit.ssm.selective_scan`.
    Raises: ValueError.
    """
    if u.dim() != 3 or 0 in u.shape:
        raise ValueError(f"u: expected 3 dimensions (batch, channels, length), all >= 1, got {tuple(u.shape)}")
    if not u.is_floating_point():
        raise ValueError(f"u: expected a floating-point dtype, got {u.dtype}")
    batch, channels, length = u.shape
    _expect("delta", delta, (batch, channels, length), "u's shape")
    if A.dim() != 2 or A.shape[0] != channels or not 1 <= A.shape[1] <= MAX_STATES:
        raise ValueError(
            f"A: expected (channels, states) = ({channels}, 1 to {MAX_STATES}), got {tuple(A.shape)}"
        )  # fmt: skip
    states = A.shape[1]
    groups = B.shape[1] if B.dim() == 4 else None
    if groups is None:
        _expect("B", B, (batch, states, length), "(batch, states, length) or (batch, groups, states, length)")
    else:
        _expect("B", B, (batch, groups, states, length), "(batch, groups, states, length)")
        if groups == 0 or channels % groups:
            raise ValueError(f"B: expected groups that divide {channels} channels, got {groups}")
    _expect("C", C, tuple(B.shape), "B's shape")
    for name, vector in (("D", D), ("delta_bias", delta_bias)):
        if vector is not None:
            _expect(name, vector, (channels,), "(channels,)")
    if z is not None:
        _expect("z", z, (batch, channels, length), "u's shape")
    _check_dtypes(u, {"delta": delta, "B": B, "C": C, "z": z}, {"A": A, "D": D, "delta_bias": delta_bias})
    for name, tensor in (("delta", delta), ("A", A), ("delta_bias", delta_bias)):
        check_finite(name, tensor)


def _check_dtypes(u, activations, parameters):
    for name, tensor in activations.items():
        if tensor is not None and tensor.dtype != u.dtype:
            raise ValueError(f"{name}: expected u's dtype {u.dtype}, got {tensor.dtype}")
    for name, tensor in parameters.items():
        if tensor is not None and tensor.dtype not in (u.dtype, torch.float32):
            raise ValueError(f"{name}: expected u's dtype {u.dtype} or float32, got {tensor.dtype}")


def _expect(name, tensor, shape, meaning):
    if tuple(tensor.shape) != shape:
        raise ValueError(f"{name}: expected {meaning}, {shape}, got {tuple(tensor.shape)}")
