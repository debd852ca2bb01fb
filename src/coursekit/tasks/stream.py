"""From a task to batches for training."""

import torch


def batches(task, batch, seed=0):
    """Endless batches of a task, the same for the same seed.

    Args:
        task: has draw(batch, generator) -> (inputs, targets).
        batch: sequences a batch, B.
        seed: integer; train and score with different ones.

    Returns: iterator of (inputs, targets), both (B, T) int64, on the CPU; targets are -100 where nothing is asked.
    Raises: ValueError when batch < 1.
    Taught in: 02-transformer
    """
    if batch < 1:
        raise ValueError(f"batch: expected at least 1, got {batch}")
    return _endless(task, batch, torch.Generator().manual_seed(seed))


def _endless(task, batch, generator):
    while True:
        yield task.draw(batch, generator)
