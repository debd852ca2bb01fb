"""A trained decoder learns a dialect with some of its parameters, or with all: what it learns, and what it forgets."""

from copy import deepcopy
from functools import partial
from itertools import islice

import torch

from coursekit.corpus import cuentos
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.packing import pack
from coursekit.scoring.excess import excess_bits
from coursekit.train import Budget, train


def dialect_learnt(dialect, arms, names, *, rates, width=96, seeds=range(5), read=(800_000, 100_000), device="cpu"):
    """A base model that has read the stories of `cuentos`, and ways of learning the dialect's.

    Each way takes the best of several learning rates, chosen with another seed on other stories.

    Args:
        dialect: a `Cuentos` that shares the vocabulary of `cuentos`, and has more words.
        arms: {name: what prepares a copy of the base (freezes it, adds rows)}; the first adds nothing but rows.
        names: what the rows call the dialect's stories, and the original ones.
        rates: learning rates that are tried.
        width: of the base model, C; it has two layers of four heads.
        seeds: of the stories read; 9 is that of the choice.
        read: tokens of the base model, and of each that learns the dialect.
        device: where to train.

    Returns: dict: base (its excess on the original stories, bits a token), unread (on the dialect's, with rows that
        have learned nothing), arms: {name: {runs: [{name of the stories: excess}], lr, learned, parameters}}.
    Source: Hu et al. 2021 (LoRA); Hewitt 2021 (new rows).
    Taught in: 02-transformer
    """
    tests = dict(zip(names, map(_some, (dialect, cuentos))))
    torch.manual_seed(0)
    base = Decoder(DecoderConfig(len(cuentos.VOCABULARY), width=width, layers=2, heads=4)).to(device)
    _read(base, cuentos, 500, read[0], lr=0.005)

    learn = partial(_adapted, base, dialect, read[1], device)
    found = {name: _arm(partial(learn, prepare), dialect, rates, seeds, tests) for name, prepare in arms.items()}
    grown = next(iter(arms.values()))(deepcopy(base))
    new, old = names
    return {
        "base": excess_bits(base, *tests[old]).mean,
        "unread": excess_bits(grown, *tests[new]).mean,
        "arms": found,
    }


def _arm(learn, dialect, rates, seeds, tests):
    trial = list(islice(dialect.stories(10**6 + 1), 200))
    tried = {lr: excess_bits(learn(lr, 9), trial, dialect).mean for lr in rates}
    lr = min(tried, key=tried.get)
    models = [learn(lr, seed) for seed in seeds]
    weights = list(models[0].parameters())
    return {
        "runs": [{name: excess_bits(model, *test).mean for name, test in tests.items()} for model in models],
        "lr": lr,
        "learned": sum(weight.numel() for weight in weights if weight.requires_grad),
        "parameters": sum(weight.numel() for weight in weights),
    }


def _adapted(base, dialect, tokens, device, prepare, lr, seed):
    """A copy of the base model that has read the dialect."""
    torch.manual_seed(seed)
    model = prepare(deepcopy(base)).to(device)
    _read(model, dialect, 600 + seed, tokens, lr=lr, seed=seed)
    return model


def _read(model, source, first, tokens, **settings):
    rows = pack(source.stories(first), source.encode, context=128, batch=8)
    train(model, rows, budget=Budget(tokens=tokens), progress=False, **settings)


def _some(source):
    """The stories that are scored, and whose they are."""
    return list(islice(source.stories(10**6), 300)), source
