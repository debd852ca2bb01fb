"""Which heads does agreement need? Models of several seeds, each of their heads switched off in turn."""

from itertools import islice

import torch

from coursekit.attention.inspect import ablation_table
from coursekit.corpus import cuentos
from coursekit.decoder import Decoder
from coursekit.packing import pack
from coursekit.scoring.agreement import agreement_accuracy
from coursekit.train import Budget, train

VERBS = frozenset(["estaba", "estaban", "está", "están", "parecía", "parecían", "parece", "parecen"])


def verb_pairs(count, seed):
    """Cases of agreement where a verb is to come: when an adjective is, the verb has told the number already.

    Args:
        count: how many.
        seed: of the stories.

    Returns: list of (prefix, right, wrong forms), as `cuentos.agreement_pairs` yields them.
    Source: Linzen et al. 2016, section 3 (agreement with attractors as a probe).
    Taught in: 02-transformer
    """
    return list(islice((pair for pair in cuentos.agreement_pairs(seed) if pair[1] in VERBS), count))


def ablation(model, choosing, measuring):
    """How often a decoder agrees, whole and without each of its heads; and which head counts most.

    That head is chosen on other sentences than it is measured on: on the same ones, the choice would flatter it.

    Args:
        model: a `Decoder` whose mixers are all `Attention`.
        choosing: cases for the choice, as of `verb_pairs`.
        measuring: cases for the accuracies.

    Returns: dict: whole (%), without (%, one a head, layer by layer), chosen (the place of a head in that list).
    Source: Michel et al. 2019, section 3.2.
    Taught in: 02-transformer
    """

    def accuracy(cases):
        return lambda model: 100 * agreement_accuracy(model, cases, cuentos)

    return {
        "whole": accuracy(measuring)(model),
        "without": ablation_table(model, accuracy(measuring)).flatten().tolist(),
        "chosen": ablation_table(model, accuracy(choosing)).argmin().item(),
    }


def ablation_seeds(config, choosing, measuring, *, seeds=range(5), tokens=1_000_000, rows=8, lr=0.01, device="cpu"):
    """`ablation` of models that differ in their seed, and in the stories that they read.

    Args:
        config: a `DecoderConfig`.
        choosing, measuring: as of `ablation`.
        seeds: one model each.
        tokens: read by each of them.
        rows: of a batch, B.
        lr: learning rate.
        device: where to train.

    Returns: {"rows": [what `ablation` returns]}, in the order of the seeds.
    Taught in: 02-transformer
    """
    return {
        "rows": [
            ablation(agreeing_model(config, seed, 100 + seed, tokens, rows, lr, device), choosing, measuring)
            for seed in seeds
        ]
    }


def agreeing_model(config, seed, stories, tokens, rows=8, lr=0.01, device="cpu"):
    """A decoder that has read `tokens` tokens of the stories of a seed.

    Args: as of `ablation_seeds`; seed of the weights, stories: the seed of the stories.
    Returns: a `Decoder`.
    Taught in: 02-transformer
    """
    torch.manual_seed(seed)
    model = Decoder(config).to(device)
    batches = pack(cuentos.stories(stories), cuentos.encode, context=config.context, batch=rows)
    train(model, batches, budget=Budget(tokens=tokens), lr=lr, seed=seed, progress=False)
    return model
