"""`correlated`: random weights, and inputs whose columns belong together, as those of a trained network do."""

import pytest
import torch

from coursekit.quant.rounding import Calibration


def make(seed, rows, columns, inputs=None, dtype=torch.float32):
    """Weights (rows, columns), and the calibration of so many inputs."""
    generator = torch.Generator().manual_seed(seed)
    mix = torch.randn(columns, columns, generator=generator) / columns**0.5
    x = torch.randn(4 * columns if inputs is None else inputs, columns, generator=generator) @ mix
    x = x * (2 * torch.rand(columns, generator=generator)) ** 2
    return torch.randn(rows, columns, generator=generator).to(dtype), Calibration.of(x)


@pytest.fixture(scope="session")
def correlated():
    return make
