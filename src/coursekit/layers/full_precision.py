"""States in at least float32, whatever the layers around them compute in: they add up over a whole text."""

from contextlib import nullcontext

import torch


def at_least_float32(*tensors):
    """The tensors in float32, or as they are where they are float32 or float64.

    Args:
        tensors: floating point.

    Returns: a list of tensors.
    Taught in: 03-mamba
    """
    return [tensor.to(torch.promote_types(tensor.dtype, torch.float32)) for tensor in tensors]


def outside_autocast(device):
    """A context in which torch's autocast turns no product into one of half precision.

    Args:
        device: that of the tensors.

    Returns: a context manager.
    Taught in: 03-mamba
    """
    kind = device.type
    is_on = torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind)
    # where it is off, nothing is switched: that would take as long as a small operation
    return torch.autocast(kind, enabled=False) if is_on else nullcontext()
