"""Is associative recall learned? Stacks of mixers, for several seeds, at a given rate or at the best of several."""

from itertools import islice

import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.tasks.accuracy import accuracy
from coursekit.tasks.stream import batches
from coursekit.train import Budget, train


def recall_accuracies(task, arms, *, width=16, steps=2000, seeds=range(5), device="cpu"):
    """The accuracy of each arm with each seed, on sequences that nobody was trained on.

    Args:
        task: of `coursekit.tasks`.
        arms: {name: (mixer, learning rate)}; the mixer, or a list of two, one a block.
        width: of the models, C.
        steps: of training, 32 sequences each.
        seeds: of weights and batches.
        device: where to train.

    Returns: {name of the arm: [accuracy of each seed, %]}.
    Source: Arora et al. 2023 (Zoology), section 4 (the task); the sizes are ours, much smaller.
    Taught in: 03-mamba
    """
    return {
        name: [_accuracy(task, mixer, lr, seed, width, steps, device) for seed in seeds]
        for name, (mixer, lr) in arms.items()
    }


def recall_at_best_rates(task, arms, rates, *, width=32, steps=3000, trial=100, seeds=range(5), device="cpu"):
    """The same, each arm at the learning rate that was best with a seed that is not among those measured.

    Args:
        task, width, steps, seeds, device: as of `recall_accuracies`.
        arms: {name: mixer, or a list of two, one a block}.
        rates: learning rates that are tried.
        trial: the seed of that choice.

    Returns: {name: {rate, tried: [accuracy of each rate, %], runs: [accuracy of each seed, %]}}.
    Source: Waleffe et al. 2024 (hybrids beside pure stacks); the task: Arora et al. 2023.
    Taught in: 03-mamba
    """
    found = {}
    for name, mixer in arms.items():
        tried = {rate: _accuracy(task, mixer, rate, trial, width, steps, device) for rate in rates}
        rate = max(tried, key=tried.get)
        runs = [_accuracy(task, mixer, rate, seed, width, steps, device) for seed in seeds]
        found[name] = {"rate": rate, "tried": list(tried.values()), "runs": runs}
    return found


def _accuracy(task, mixer, lr, seed, width, steps, device):
    torch.manual_seed(seed)
    sizes = DecoderConfig(task.vocab_size, width=width, layers=2, heads=2, context=task.context, rope_base=None)
    model = Decoder(sizes, mixer=mixer, ffn=None).to(device)
    train(model, batches(task, 32, seed=seed), budget=Budget(steps=steps), lr=lr, seed=seed, progress=False)
    return 100 * accuracy(model, islice(batches(task, 64, seed=10**6), 8))
