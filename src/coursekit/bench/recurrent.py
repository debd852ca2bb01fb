"""Recurrent layers: the rungs of the loop against torch's own layers, forward, with gradients, and one step.

One thread, CPU time, float32, memory that is freed kept at hand.
"""

import time
from collections.abc import Iterator

import torch

from coursekit.bench.timing import interleaved, keep_freed_memory
from coursekit.recurrent import layers
from coursekit.recurrent.unroll import projected, reference, torchs_own, unroll

PAIRS = {"lstm": (layers.LSTM, torch.nn.LSTM), "gru": (layers.GRU, torch.nn.GRU)}
RUNGS = {"reference": reference, "projected": projected, "torchs-own": torchs_own}


def run(
    width: int = 64, length: int = 128, batch: int = 32, repeats: int = 15, rounds: int = 50
) -> Iterator[tuple[str, float, str]]:
    """Yield (name, value, unit): "a-over-b" in "×" is how many times as long as torch's layer a takes; times in µs.

    Args:
        width: I and H.
        length, batch: T and B of a training step; one step of decoding has a batch of 1.
        repeats: rounds of which the median is taken.
        rounds: steps of decoding a round.

    Raises: ValueError when our layer and torch's differ.
    """
    keep_freed_memory()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for name, classes in PAIRS.items():
            ours, theirs = _same_weights(*classes, width)
            x = torch.randn(batch, length, width, generator=torch.Generator().manual_seed(0))
            _check_equal(ours(x)[0], theirs(x)[0])
            calls = _calls(ours, theirs, x)
            with torch.no_grad():
                seconds = interleaved(calls, repeats, clock=time.process_time)
            yield from _ratios(f"bench/{name}-forward", seconds)
            training = {rung: lambda call=call: call().sum().backward() for rung, call in calls.items()}
            yield from _ratios(f"bench/{name}-training", interleaved(training, repeats, clock=time.process_time))
            with torch.inference_mode():
                seconds = interleaved(_steps(ours, theirs, width, rounds), repeats, clock=time.process_time)
            yield f"bench/{name}-step-over-torch", seconds["ours"] / seconds["theirs"], "×"
            yield f"bench/{name}-step-time", seconds["ours"] / rounds * 1e6, "µs"
    finally:
        torch.set_num_threads(threads)


def _same_weights(ours, theirs, width):
    torch.manual_seed(0)
    theirs = theirs(width, width, batch_first=True)
    ours = ours(width, width, batch_first=True)
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def _calls(ours, theirs, x):
    calls = {name: lambda rung=rung: _along(rung, ours, x) for name, rung in RUNGS.items()}
    return calls | {"theirs": lambda: theirs(x)[0]}


def _along(rung, layer, x):
    zeros = x.new_zeros(len(x), layer.hidden_size)
    return rung.unroll(layer.cell, x, (zeros,) * layer.cell.parts, *layer.parameters())[0]


def _steps(ours, theirs, width, rounds):
    x = torch.zeros(1, 1, width)
    state, their_state = ours(x)[1], theirs(x)[1]
    parts = tuple(part[0] for part in (state if isinstance(state, tuple) else (state,)))
    weights = list(ours.parameters())
    return {
        "ours": lambda: [unroll(ours.cell, x, parts, *weights) for _ in range(rounds)],
        "theirs": lambda: [theirs(x, their_state) for _ in range(rounds)],
    }


def _ratios(name, seconds):
    for rung in RUNGS:
        yield f"{name}-{rung}-over-torch", seconds[rung] / seconds["theirs"], "×"
    yield f"{name}-time", seconds["theirs"] * 1e6, "µs"


def _check_equal(ours, theirs) -> None:
    error, allowed = (ours - theirs).abs().max(), 1e-5 * theirs.abs().max()
    if not error <= allowed:
        raise ValueError(f"expected the output of torch's layer within {allowed:.1e}, got {error:.1e} away")
