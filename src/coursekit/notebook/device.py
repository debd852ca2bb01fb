"""Where to compute."""

import torch


def resolve_device(device="auto"):
    """The torch device that a name stands for.

    Args:
        device: "auto" = a CUDA GPU, else Apple's, else the CPU; or any name that torch knows.

    Returns: torch.device.
    Raises: ValueError when this machine does not have the device that was asked for (in Spanish: a student reads it).
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        return torch.device(next(name for name, here in available.items() if here))
    kind = str(device).partition(":")[0]
    if not available.get(kind, False):
        here = ", ".join(name for name, there in available.items() if there)
        raise ValueError(f"device debe ser auto o lo que hay en esta máquina ({here}); es {device!r}.")
    return torch.device(device)
