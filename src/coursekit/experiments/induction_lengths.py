"""Trained on short sequences, used on long ones: induction at many times the length of training."""

from itertools import islice

import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.tasks.accuracy import accuracy
from coursekit.tasks.induction_prefix import InductionPrefix
from coursekit.tasks.stream import batches
from coursekit.train import Budget, train


def longer_task(symbols, length, times):
    """The task of training, `times` times longer (its last two places, the question, apart).

    Args: symbols, the length of training in tokens, how many times.
    Returns: an `InductionPrefix` of 2 + (length - 2) times tokens.
    Taught in: 03-mamba
    """
    return InductionPrefix(symbols, 2 + (length - 2) * times)


def accuracies_by_length(arms, times, *, symbols=8, length=66, seeds=range(5), device="cpu"):
    """The accuracy of each arm with each seed, at each length.

    Args:
        arms: {name: (mixer, base of RoPE or None, learning rate, steps of training)}.
        times: how many times longer than in training.
        symbols: of the task.
        length: of training, tokens.
        seeds: of weights and batches.
        device: where to train.

    Returns: {name of the arm: [{times, as text: accuracy, %}, one a seed]}.
    Source: Gu & Dao 2023, section 4.1.2; the lengths are ours, shorter.
    Taught in: 03-mamba
    """
    return {
        name: [_by_length(arm, symbols, length, times, seed, device) for seed in seeds] for name, arm in arms.items()
    }


def _by_length(arm, symbols, length, times, seed, device):
    mixer, rope_base, lr, steps = arm
    short = InductionPrefix(symbols, length)
    torch.manual_seed(seed)
    sizes = DecoderConfig(short.vocab_size, width=32, layers=2, heads=2, context=2**13, rope_base=rope_base)
    model = Decoder(sizes, mixer=mixer, ffn=None).to(device)
    train(model, batches(short, 32, seed=seed), budget=Budget(steps=steps), lr=lr, seed=seed, progress=False)
    return {f"{longer}": _percentage(model, longer_task(symbols, length, longer), longer) for longer in times}


def _percentage(model, task, times):
    """128 sequences, fewer at once where they are long."""
    rows = max(2, 64 // times)
    return 100 * accuracy(model, islice(batches(task, rows, seed=10**6), 128 // rows))
