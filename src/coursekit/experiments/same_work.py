"""Does a mixture win at equal work? Dense networks with as many active weights, and with as many in all, beside it."""

from itertools import islice

import torch

from coursekit.corpus import cuentos
from coursekit.experiments.expert_balance import TEST, held_batch
from coursekit.experiments.expert_roles import roles
from coursekit.moe.counts import count_parameters
from coursekit.moe.inspect import choices, mixtures, without_expert
from coursekit.packing import pack
from coursekit.scoring.excess import excess_bits
from coursekit.train import Budget, train


def trained(build, seed, tokens, *, rows=8, lr=0.01, points=6, stories=200, device="cpu"):
    """A model that has read so many tokens, and its learning curve.

    Args:
        build: no arguments -> a new decoder.
        seed: of its weights and its stories.
        tokens: read in training; rows: of a batch; lr: learning rate.
        points: of the curve.
        stories: that score it.
        device: where to train.

    Returns: the model, and [(tokens, excess in bits a token)].
    Taught in: 04-moe
    """
    torch.manual_seed(seed)
    model, test = build().to(device), list(islice(cuentos.stories(TEST), stories))
    history = train(
        model,
        pack(cuentos.stories(seed), cuentos.encode, model.config.context, rows),
        budget=Budget(tokens=tokens),
        lr=lr,
        seed=seed,
        evaluate=lambda model: round(excess_bits(model, test, cuentos).mean, 4),
        evaluations=points,
        progress=False,
    )
    return model, history.evaluations


def look_inside(model, stories=200):
    """What a trained mixture shows: its choices, what its experts tell of a token, and what is lost without each.

    Args:
        model: with mixtures in it; reads `cuentos`.
        stories: to look at.

    Returns: dict: chosen (a text a layer, see `written`: experts of the held batch, without its padding), roles (see
        `expert_roles.roles`), without (bits a token that the excess grows, layer by layer, expert by expert).
    Taught in: 04-moe
    """
    inputs, real = (x.to(next(model.parameters()).device) for x in held_batch(model.config))
    test = list(islice(cuentos.stories(TEST), stories))
    whole = excess_bits(model, test[: stories // 4], cuentos).mean
    without = []
    for mixture in mixtures(model):
        without.append([])
        for expert in range(mixture.experts):
            with without_expert(mixture, expert):
                lost = excess_bits(model, test[: stories // 4], cuentos).mean - whole
            without[-1].append(round(lost, 4))
    chosen = [written(layer[real]) for layer in choices(model, inputs)]
    return {"chosen": chosen, "roles": roles(model, test), "without": without}


def written(chosen):
    """Experts as a text, a digit each, which is small in a file.

    Args:
        chosen: (N, K), numbers below 10.

    Returns: N K digits, token by token.
    Raises: ValueError for a number of two digits.
    Taught in: 04-moe
    """
    if len(chosen) and not 0 <= chosen.min() <= chosen.max() < 10:
        raise ValueError(f"chosen: expected from 0 to 9, got {int(chosen.min())} .. {int(chosen.max())}")
    return "".join(map(str, chosen.flatten().tolist()))


def read_back(text, k):
    """What `written` wrote.

    Args:
        text: digits.
        k: K.

    Returns: (N, K), int64.
    Taught in: 04-moe
    """
    return torch.tensor([int(digit) for digit in text]).view(-1, k)


def same_work(arms, *, seeds=range(5), tokens=150_000, inside=("moe",), **options):
    """Each arm with each seed, and a look inside the mixtures.

    Args:
        arms: {name: no arguments -> a new decoder}.
        seeds: of weights and stories, the same for all arms.
        tokens, options: as of `trained`.
        inside: arms to `look_inside`.

    Returns: {name: {"total", "active": weights, "curves": [[tokens, excess], ...] one a seed, "inside": one a seed}}.
    Source: Fedus et al. 2021 (Switch), section 3.1 (the comparison at equal work).
    Taught in: 04-moe
    """
    found = {}
    for name, build in arms.items():
        counted = count_parameters(build())
        row = {"total": counted.total, "active": counted.active, "curves": [], "inside": []}
        for seed in seeds:
            model, curve = trained(build, seed, tokens, **options)
            row["curves"].append([list(point) for point in curve])
            if name in inside:
                row["inside"].append(look_inside(model, options.get("stories", 200)))
        found[name] = row
    return found
