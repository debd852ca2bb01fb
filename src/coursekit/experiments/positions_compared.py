"""What is it worth to know the places? The same decoder with RoPE and without positions, for several seeds."""

from dataclasses import replace
from itertools import islice

import torch

from coursekit.corpus import cuentos
from coursekit.decoder import Decoder
from coursekit.packing import pack
from coursekit.scoring.excess import excess_bits
from coursekit.train import Budget, train


def positions_compared(config, arms, *, seeds=range(5), tokens=500_000, test_stories=300, device="cpu"):
    """What each arm pays over the corpus' entropy, all of them after the same tokens.

    Args:
        config: a `DecoderConfig`; the arms change its layers and its rope_base.
        arms: {name: (layers, base of RoPE, or None: no positions)}.
        seeds: of the weights; the stories of training are those of 700 + seed.
        tokens: of training.
        test_stories: how many are scored, those of the seed 10^6.
        device: where to train.

    Returns: {name: [excess of each seed, bits a token, to four places]}.
    Source: Su et al. 2021 (RoPE).
    Taught in: 02-transformer
    """
    test = list(islice(cuentos.stories(10**6), test_stories))
    return {
        name: [_excess(replace(config, layers=layers, rope_base=base), seed, tokens, test, device) for seed in seeds]
        for name, (layers, base) in arms.items()
    }


def _excess(config, seed, tokens, test, device):
    torch.manual_seed(seed)
    model = Decoder(config).to(device)
    rows = pack(cuentos.stories(700 + seed), cuentos.encode, context=config.context, batch=8)
    train(model, rows, budget=Budget(tokens=tokens), lr=0.01, seed=seed, progress=False)
    return round(excess_bits(model, test, cuentos).mean, 4)
