"""The same decoder in several sizes, on several amounts of data: the points that a scaling law is fitted to."""

from itertools import islice, product

import torch

from coursekit.corpus import cuentos
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.packing import pack
from coursekit.scoring.excess import excess_bits
from coursekit.train import Budget, train


def scaling_grid(widths, tokens, *, seeds=range(2), context=128, test_stories=400, device="cpu"):
    """The excess of decoders of two layers and four heads, one for each width, amount of data and seed.

    The learning rate falls as 1 / width, so that each size gets one that suits it.

    Args:
        widths: of the models, C.
        tokens: of training, D.
        seeds: of weights; the stories are those of 300 + seed.
        context: tokens a row, T.
        test_stories: how many are scored, those of the seed 10^6.
        device: where to train.

    Returns: {"runs": [{N: parameters, D: tokens, excess: bits a token over the corpus' entropy}]}.
    Source: Hoffmann et al. 2022, section 3.3 (a loss for each N and D).
    Taught in: 02-transformer
    """
    test = list(islice(cuentos.stories(seed=10**6), test_stories))
    runs = []
    for width, budget, seed in product(widths, tokens, seeds):
        torch.manual_seed(seed)
        sizes = DecoderConfig(len(cuentos.VOCABULARY), width=width, layers=2, heads=4, context=context)
        model = Decoder(sizes).to(device)
        batches = pack(cuentos.stories(300 + seed), cuentos.encode, context=context, batch=8)
        train(model, batches, budget=Budget(tokens=budget), lr=0.64 / width, seed=seed, progress=False)
        runs.append({"N": model.parameter_count(), "D": budget, "excess": excess_bits(model, test, cuentos).mean})
    return {"runs": runs}
