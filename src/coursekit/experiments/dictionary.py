"""A task that is all memory: pairs of words, each with an answer that nothing but having seen it can tell."""

import torch

from coursekit.packing import IGNORED
from coursekit.train import Budget, train


def dictionary(entries, symbols, seed):
    """Different pairs of symbols, each with an answer drawn at random.

    Args:
        entries: how many, at most symbols^2.
        symbols: V.
        seed: of the draw.

    Returns: pairs (entries, 2), answers (entries,), int64.
    Raises: ValueError when there are not as many pairs.
    Taught in: 04-moe
    """
    if not 1 <= entries <= symbols**2:
        raise ValueError(f"entries: expected from 1 to {symbols**2} pairs of {symbols} symbols, got {entries}")
    generator = torch.Generator().manual_seed(seed)
    pairs = torch.randperm(symbols**2, generator=generator)[:entries]
    return torch.stack((pairs // symbols, pairs % symbols), 1), torch.randint(symbols, (entries,), generator=generator)


def recall(build, entries, symbols, seed, steps=800, rows=512, lr=0.01, device="cpu"):
    """Train a model to answer, and ask for every entry.

    Args:
        build: no arguments -> a new decoder of `symbols` symbols.
        entries, symbols: of the dictionary, which differs from seed to seed.
        seed: of the weights, the dictionary and the batches.
        steps, rows, lr: of training; a row is one entry.
        device: where to train.

    Returns: part of the answers that are right, %, 0 .. 100; by chance, 100 / symbols.
    Taught in: 04-moe
    """
    pairs, answers = dictionary(entries, symbols, seed)
    torch.manual_seed(seed)
    model = build().to(device)
    generator = torch.Generator().manual_seed(seed)

    def batches():
        while True:
            drawn = torch.randint(entries, (rows,), generator=generator)
            targets = torch.full((rows, 2), IGNORED)
            targets[:, 1] = answers[drawn]
            yield pairs[drawn], targets

    train(model, batches(), budget=Budget(steps=steps), lr=lr, weight_decay=0.0, seed=seed, progress=False)
    with torch.no_grad():
        answered = model(pairs.to(device))[:, -1].argmax(-1).cpu()
    return round(100 * (answered == answers).double().mean().item(), 2)


def recalls(arms, entries, symbols, *, seeds=range(5), **options):
    """`recall` of each arm and seed.

    Args:
        arms: {name: no arguments -> a new decoder}.
        entries, symbols, options: as of `recall`.
        seeds: one model and one dictionary each.

    Returns: {name: [% right, one a seed]}.
    Taught in: 04-moe
    """
    return {name: [recall(build, entries, symbols, seed, **options) for seed in seeds] for name, build in arms.items()}
