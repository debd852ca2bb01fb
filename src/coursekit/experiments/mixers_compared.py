"""The same decoder with one mixer or another, after few tokens of stories."""

from itertools import islice

import torch

from coursekit.corpus import cuentos
from coursekit.decoder import Decoder
from coursekit.packing import pack
from coursekit.scoring.excess import excess_bits
from coursekit.train import Budget, train


def mixers_compared(config, mixers, *, seeds=range(5), tokens=150_000, test_stories=300, device="cpu"):
    """What each mixer pays over the corpus' entropy, without a feed-forward, all at the same learning rate.

    The models do not have the same number of parameters: `coursekit.liga` compares at equal numbers.

    Args:
        config: a `DecoderConfig`.
        mixers: {name: mixer}.
        seeds: of the weights, and of the stories read.
        tokens: read by each model.
        test_stories: how many are scored, those of the seed 10^6.
        device: where to train.

    Returns: {name: [excess of each seed, bits a token]}.
    Source: the mixers' own (Gu & Dao 2023, Dao & Gu 2024, Peng et al. 2023, Beck et al. 2024).
    Taught in: 03-mamba
    """
    test = list(islice(cuentos.stories(seed=10**6), test_stories))
    return {
        name: [_excess(config, mixer, seed, tokens, test, device) for seed in seeds] for name, mixer in mixers.items()
    }


def _excess(config, mixer, seed, tokens, test, device):
    torch.manual_seed(seed)
    model = Decoder(config, mixer=mixer, ffn=None).to(device)
    rows = pack(cuentos.stories(seed), cuentos.encode, context=config.context, batch=8)
    train(model, rows, budget=Budget(tokens=tokens), lr=0.01, seed=seed, progress=False)
    return excess_bits(model, test, cuentos).mean
