"""How many layers does it take to copy from an earlier case? The same task for several depths and seeds."""

from itertools import islice

import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.tasks.accuracy import accuracy
from coursekit.tasks.stream import batches
from coursekit.train import Budget, train


def induction_model(task, layers, ffn=None, *, width=64, heads=2):
    """A decoder that fits a task: attention alone, or with a feed-forward beside it.

    Args:
        task: of `coursekit.tasks`.
        layers: how many blocks.
        ffn: class of their feed-forward, or None.
        width: of the model, C.
        heads: of each layer, H.

    Returns: a `Decoder`.
    Source: Elhage et al. 2021 (attention-only models).
    Taught in: 02-transformer
    """
    sizes = DecoderConfig(task.vocab_size, width=width, layers=layers, heads=heads, context=task.context, tied=False)
    return Decoder(sizes, ffn=ffn)


def train_induction(model, task, seed, steps=2500, batch=64, lr=0.003):
    """Train a model on a task, without weight decay.

    Args: the model, the task, the seed of its batches, steps, sequences a step, learning rate.
    Taught in: 02-transformer
    """
    stream = batches(task, batch, seed=seed)
    train(model, stream, budget=Budget(steps=steps), lr=lr, weight_decay=0.0, seed=seed, progress=False)


def induction_accuracies(task, arms, *, seeds=range(10, 15), steps=2500, device="cpu"):
    """The accuracy of each arm with each seed, on sequences that nobody was trained on.

    Args:
        task: of `coursekit.tasks`.
        arms: {name: (layers, feed-forward or None)}.
        seeds: of weights and batches.
        steps: of training, 64 sequences each.
        device: where to train.

    Returns: {name of the arm: [accuracy of each seed, %]}.
    Source: Elhage et al. 2021, "Induction heads"; Olsson et al. 2022.
    Taught in: 02-transformer
    """
    return {name: [_accuracy(task, arm, seed, steps, device) for seed in seeds] for name, arm in arms.items()}


def _accuracy(task, arm, seed, steps, device):
    torch.manual_seed(seed)
    model = induction_model(task, *arm).to(device)
    train_induction(model, task, seed, steps)
    return 100 * accuracy(model, islice(batches(task, 256, seed=10**6), 4))
