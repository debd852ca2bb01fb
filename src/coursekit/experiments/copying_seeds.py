"""Is selective copying learned? The same block with and without selection, for several seeds."""

from functools import partial
from itertools import islice

import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.tasks.accuracy import accuracy
from coursekit.tasks.stream import batches
from coursekit.train import Budget, train


def copying_model(task, mixer, width=48):
    """A decoder of two blocks for a copying task: mixers without their short convolution, no feed-forward.

    Args:
        task: of `coursekit.tasks`.
        mixer: a class that takes `conv_width`, as `Mamba` and `LTIMamba` do.
        width: of the model, C.

    Returns: a `Decoder`.
    Source: Gu & Dao 2023, section 4.1.1 (the task, the models of two layers).
    Taught in: 03-mamba
    """
    sizes = DecoderConfig(task.vocab_size, width=width, layers=2, heads=4, context=task.context)
    return Decoder(sizes, mixer=partial(mixer, conv_width=1), ffn=None)


def train_copying(model, task, seed, steps=1500):
    """Train a model on a task: 32 sequences a step, at the same rate for every arm.

    Args: the model, the task, the seed of its batches, steps.
    Taught in: 03-mamba
    """
    train(model, batches(task, 32, seed=seed), budget=Budget(steps=steps), lr=0.015, seed=seed, progress=False)


def copying_accuracies(task, arms, *, seeds=range(10), steps=1500, device="cpu"):
    """The accuracy of each arm with each seed, on sequences that nobody was trained on.

    Args:
        task: of `coursekit.tasks`.
        arms: {name: mixer}.
        seeds: of weights and batches.
        steps: of training.
        device: where to train.

    Returns: {name of the arm: [accuracy of each seed, %]}.
    Source: Gu & Dao 2023, table 1; the sizes are ours, much smaller.
    Taught in: 03-mamba
    """
    return {name: [_accuracy(task, mixer, seed, steps, device) for seed in seeds] for name, mixer in arms.items()}


def _accuracy(task, mixer, seed, steps, device):
    torch.manual_seed(seed)
    model = copying_model(task, mixer).to(device)
    train_copying(model, task, seed, steps)
    return 100 * accuracy(model, islice(batches(task, 64, seed=10**6), 8))
