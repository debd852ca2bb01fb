"""What becomes of the load where nobody balances it? The same mixture with several remedies, looked at as it trains."""

from itertools import islice

import torch

from coursekit.corpus import cuentos
from coursekit.decoder import Decoder
from coursekit.moe.balance import expert_load
from coursekit.moe.inspect import choices, mixtures
from coursekit.packing import IGNORED, pack
from coursekit.scoring.excess import excess_bits
from coursekit.train import Budget, train

HELD, TEST = 10**6 + 2, 10**6  # seeds of stories that nobody is trained on


def held_batch(config, rows=8):
    """Stories to look at, always the same.

    Args:
        config: a `DecoderConfig`.
        rows: of them, B.

    Returns: inputs (B, T), and which of them are no padding (B, T).
    Taught in: 04-moe
    """
    inputs, targets = next(pack(cuentos.stories(HELD), cuentos.encode, config.context, rows))
    return inputs, targets != IGNORED


def loads(model, inputs, real):
    """How many tokens each expert of each layer works on.

    Args:
        model: with mixtures in it.
        inputs, real: as of `held_batch`.

    Returns: list of layers, each a list of E whole numbers.
    Taught in: 04-moe
    """
    experts = mixtures(model)[0].experts
    return [expert_load(layer[real], experts).tolist() for layer in choices(model, inputs)]


def balance_run(config, ffn, seed, tokens, *, rows=8, lr=0.01, looks=20, stories=200, device="cpu"):
    """One mixture, trained; its load at the start and `looks` times on the way.

    Args:
        config: a `DecoderConfig`.
        ffn: a mixture, as the `Decoder` takes it.
        seed: of its weights and its stories.
        tokens: read in training.
        rows: of a batch; lr: learning rate.
        looks: at the load, evenly over the training.
        stories: that score it.
        device: where to train.

    Returns: dict: seed, tokens (read until each look), load (a list of `loads`), excess (bits a token, at the end).
    Taught in: 04-moe
    """
    torch.manual_seed(seed)
    model = Decoder(config, ffn=ffn).to(device)
    inputs, real = (x.to(device) for x in held_batch(config))
    before = loads(model, inputs, real)
    history = train(
        model,
        pack(cuentos.stories(seed), cuentos.encode, config.context, rows),
        budget=Budget(tokens=tokens),
        lr=lr,
        seed=seed,
        evaluate=lambda model: loads(model, inputs, real),
        evaluations=looks,
        progress=False,
    )
    test = list(islice(cuentos.stories(TEST), stories))
    return {
        "seed": seed,
        "tokens": [0, *(read for read, _ in history.evaluations)],
        "load": [before, *(load for _, load in history.evaluations)],
        "excess": round(excess_bits(model, test, cuentos).mean, 4),
    }


def balance_seeds(config, arms, *, seeds=range(5), tokens=100_000, **options):
    """`balance_run` of each arm and seed: the same stories and first weights for all arms of a seed.

    Args:
        config: a `DecoderConfig`.
        arms: {name: a mixture}.
        seeds: one model each.
        tokens, options: as of `balance_run`.

    Returns: {name: [what `balance_run` returns]}.
    Source: Shazeer et al. 2017, appendix A, table 6 (the comparison).
    Taught in: 04-moe
    """
    return {name: [balance_run(config, ffn, seed, tokens, **options) for seed in seeds] for name, ffn in arms.items()}
