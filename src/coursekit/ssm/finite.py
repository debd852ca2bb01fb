"""Steps and rates must be finite, in every kernel of the family."""

import torch


@torch.no_grad()
def check_finite(name, tensor):
    """A step or a rate that is not finite would make everything after it NaN, or worse, a plausible number.

    The sum is finite where all are (and it does not overflow), so that one cheap pass suffices.

    Args:
        name: for the message.
        tensor: any shape, real or complex; None passes.

    Raises: ValueError.
    """
    if tensor is None:
        return
    if not tensor.sum().isfinite() and not tensor.isfinite().all():
        count = int((~tensor.isfinite()).sum())
        raise ValueError(f"{name}: expected finite numbers, got {count} that are NaN or infinite")
