"""What every rung asks of its arguments, in one place."""

import torch


def check_inputs(x, weights, indices, gate_up, down):
    """Raise a ValueError that says what was expected and what came, or return None.

    Args: those of `coursekit.moe.experts.reference.apply_experts`.
    Raises: ValueError.
    """
    if x.dim() != 2 or not x.is_floating_point():
        raise ValueError(f"x: expected floating point (tokens, width), got {x.dtype} {tuple(x.shape)}")
    (N, C), E = x.shape, len(gate_up)
    if gate_up.dim() != 3 or gate_up.shape[1] != C or E == 0 or gate_up.shape[2] % 2 or gate_up.shape[2] == 0:
        raise ValueError(f"gate_up: expected (experts, {C}, 2 F), got {tuple(gate_up.shape)}")
    if down.shape != (E, gate_up.shape[2] // 2, C):
        raise ValueError(f"down: expected {(E, gate_up.shape[2] // 2, C)}, got {tuple(down.shape)}")
    if indices.dim() != 2 or len(indices) != N or indices.dtype != torch.long:
        raise ValueError(f"indices: expected int64 ({N}, K), got {indices.dtype} {tuple(indices.shape)}")
    if weights.shape != indices.shape:
        raise ValueError(f"weights: expected {tuple(indices.shape)} as indices, got {tuple(weights.shape)}")
    if indices.numel() and not -1 <= indices.min() <= indices.max() < E:
        raise ValueError(f"indices: expected from -1 to {E - 1}, got {int(indices.min())} .. {int(indices.max())}")
    if not gate_up.dtype == down.dtype == x.dtype and not torch.is_autocast_enabled(x.device.type):
        raise ValueError(f"expected experts in the dtype of x, {x.dtype}, got {gate_up.dtype} and {down.dtype}")
