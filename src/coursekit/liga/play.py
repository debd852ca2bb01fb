"""One architecture under the protocol."""

from itertools import islice

import torch

from coursekit.corpus import cuentos
from coursekit.liga.costs import state_bytes, training_flops
from coursekit.liga.protocol import PROTOCOL
from coursekit.packing import pack
from coursekit.scoring.excess import excess_bits
from coursekit.train import Budget, train


def play(build, protocol=PROTOCOL, corpus=cuentos, device="cpu"):
    """Train one architecture as the protocol says; score it.

    Args:
        build: no arguments -> a new `Decoder` (torch's seed is set before each call).
        protocol: a `Protocol`.
        corpus: has stories(seed), encode, log2_probability: `coursekit.corpus.cuentos` or a relative.
        device: where to train.

    Returns: a dict that JSON can hold: parameters; flops (of training, a token); weight_bytes; state_bytes (at a full
        context); rates {learning rate: excess on the seed of the rates}; rate (the best of them); runs, one a seed:
        seed, tokens and excess (the learning curve, bits a token), standard_error (of its last point), seconds.
    Raises: ValueError when the model has not as many parameters as the protocol wants.
    Taught in: 02-transformer
    """
    trial, test = (
        list(islice(corpus.stories(seed), protocol.test_stories))
        for seed in (protocol.rate_test_seed, protocol.test_seed)
    )
    model = build()
    parameters = sum(weight.numel() for weight in model.parameters())
    if abs(parameters - protocol.parameters) > protocol.tolerance * protocol.parameters:
        raise ValueError(f"expected a model of about {protocol.parameters} parameters, got {parameters}")
    rates = {
        rate: _run(build, protocol, corpus, device, trial, rate, protocol.rate_seed)["excess"][-1]
        for rate in protocol.rates
    }
    rate = min(rates, key=rates.get)
    return {
        "parameters": parameters,
        "flops": training_flops(model, protocol.context),
        "weight_bytes": sum(weight.numel() * weight.element_size() for weight in model.parameters()),
        "state_bytes": state_bytes(model, protocol.context),
        "rates": {str(tried): excess for tried, excess in rates.items()},
        "rate": rate,
        "runs": [_run(build, protocol, corpus, device, test, rate, seed) for seed in protocol.seeds],
    }


def _run(build, protocol, corpus, device, test, rate, seed):
    torch.manual_seed(seed)
    model = build().to(device)
    stories = pack(corpus.stories(seed), corpus.encode, context=protocol.context, batch=protocol.batch)
    history = train(
        model,
        stories,
        budget=Budget(tokens=protocol.tokens),
        lr=rate,
        seed=seed,
        evaluate=lambda model: excess_bits(model, test, corpus),
        evaluations=protocol.evaluations,
        progress=False,
    )
    tokens, curve = zip(*history.evaluations)
    return {
        "seed": seed,
        "tokens": list(tokens),
        "excess": [point.mean for point in curve],
        "standard_error": curve[-1].standard_error,
        "seconds": history.seconds[-1],
    }
