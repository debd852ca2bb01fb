"""Numbers must be finite before they lose bits, in every format and kernel of the family."""

import torch


@torch.no_grad()
def check_finite(name, tensor):
    """A NaN has no nearest code, and an infinite number would take the whole scale of its group.

    Args:
        name: for the message.
        tensor: floating point, any shape.

    Raises: ValueError.
    """
    if not tensor.is_floating_point():
        raise ValueError(f"{name}: expected floating point, got {tensor.dtype}")
    if not tensor.isfinite().all():
        count = int((~tensor.isfinite()).sum())
        raise ValueError(f"{name}: expected finite numbers, got {count} that are NaN or infinite")
