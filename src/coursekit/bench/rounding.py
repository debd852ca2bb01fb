"""Rounding one layer after training: how long GPTQ and AWQ take beside rounding to nearest, and what they leave.

float32, all threads that torch has; gathering the inputs' statistics is not counted.
"""

from collections.abc import Iterator

import torch

from coursekit.bench.timing import interleaved
from coursekit.quant.rounding import Calibration, awq, gptq, round_to_nearest

METHODS = {"nearest": round_to_nearest, "gptq": gptq, "awq": awq}


def run(size: int = 4096, bits: int = 4, group: int = 128, repeats: int = 3) -> Iterator[tuple[str, float, str]]:
    """Yield (name, value, unit): seconds of each, the error of the outputs relative to the outputs, and GPTQ's time
    over that of rounding to nearest.

    Args:
        size: outputs and inputs of the layer.
        bits, group: as in `coursekit.quant.quantize`.
        repeats: rounds of which the median is taken.

    Raises: ValueError when GPTQ or AWQ leaves a larger error than rounding to nearest.
    """
    weight, calibration = _layer(size)
    calls = {name: lambda method=method: method(weight, calibration, bits, group) for name, method in METHODS.items()}
    whole = calibration.output_error(weight, torch.zeros_like(weight))
    errors = {name: calibration.output_error(weight, call().dequantize()) / whole for name, call in calls.items()}
    worse = [name for name, error in errors.items() if not error <= errors["nearest"]]
    if worse:
        raise ValueError(f"expected errors up to {errors['nearest']:.3g}, that of the nearest, got more from {worse}")
    seconds = interleaved(calls, repeats, warmup=0)
    for name in METHODS:
        yield f"bench/{name}-time", seconds[name], "s"
        yield f"bench/{name}-error", errors[name] * 100, "%"
    yield "bench/gptq-over-nearest", seconds["gptq"] / seconds["nearest"], "×"


def _layer(size):
    """Random weights, and inputs that belong together: a mixture of a quarter as many sources, and noise."""
    generator = torch.Generator().manual_seed(0)
    sources = torch.randn(2 * size, max(1, size // 4), generator=generator)
    mix = torch.randn(sources.shape[1], size, generator=generator) / sources.shape[1] ** 0.5
    x = sources @ mix + 0.3 * torch.randn(2 * size, size, generator=generator)
    return torch.randn(size, size, generator=generator), Calibration.of(x)
