"""Read beyond the length of training: what each way of giving positions pays, place by place."""

from itertools import product

import torch

from coursekit.corpus import cuentos
from coursekit.packing import pack
from coursekit.scoring.excess import excess_along
from coursekit.train import Budget, train


def beyond_training(trained, reread, stories, edges, *, seeds=range(5), tokens=500_000, context=128, device="cpu"):
    """The excess in each stretch of a long text, of models trained on rows of `context` tokens.

    Args:
        trained: {name: builder of a `Decoder`}; each is trained.
        reread: {name: (name of the trained one whose weights it takes, builder)}; not trained any further.
        stories: what is read, one after another, up to the last of the edges.
        edges: places (tokens) where the stretches begin and end, the first 0.
        seeds: of the weights; the stories of training are those of 400 + seed.
        tokens: of training.
        context: tokens a row of training.
        device: where to train.

    Returns: {name: [[excess of each stretch, bits a token], one a seed]}, those trained first.
    Source: Press et al. 2022 (train short, test long); Chen et al. 2023 and Peng et al. 2023 (weights reread).
    Taught in: 02-transformer
    """
    curves = {name: [] for name in (*trained, *reread)}
    for seed, name in product(seeds, trained):
        torch.manual_seed(seed)
        model = trained[name]().to(device)
        read = pack(cuentos.stories(400 + seed), cuentos.encode, context=context, batch=8)
        train(model, read, budget=Budget(tokens=tokens), lr=0.01, seed=seed, progress=False)
        curves[name].append(_along(model, stories, edges))
        for other, (weights_of, build) in reread.items():
            if weights_of == name:
                twin = build().to(device)
                twin.load_state_dict(model.state_dict())
                curves[other].append(_along(twin, stories, edges))
    return curves


def _along(model, stories, edges):
    return excess_along(model, stories, cuentos, context=edges[-1], edges=edges)
