"""What a rounding has to know of a layer's inputs, gathered batch by batch."""

import torch

from coursekit.quant.finite import check_finite


class Calibration:
    """Running statistics of the inputs of one linear layer.

        H = mean of x x^T  (C, C),   mean |x|  (C,),   max |x|  (C,)

    The error of a layer's outputs is a square form of H alone, so the inputs themselves need not be kept.

    Args:
        columns: C, the inputs of the layer.

    Attributes:
        moments: H, in the square of the inputs' units. GPTQ writes 2 H; the factor changes nothing.
        mean_size, largest: (C,), in the inputs' units.
        count: inputs seen.

    Source: Frantar et al. 2022 (GPTQ): the layer-wise objective.
    Taught in: 05-cuantizacion
    """

    def __init__(self, columns):
        self.count = 0
        self.moments = torch.zeros(columns, columns)  # (C, C)
        self.mean_size = torch.zeros(columns)  # (C,)
        self.largest = torch.zeros(columns)  # (C,)

    @classmethod
    def of(cls, inputs):
        """The statistics of inputs (.., C)."""
        return cls(inputs.shape[-1]).add(inputs)

    @torch.no_grad()
    def add(self, inputs):
        """Take more inputs into account.

        Args:
            inputs: (.., C), floating point.

        Returns: itself.
        Raises: ValueError for another number of columns, NaN or infinity.
        """
        if inputs.shape[-1] != len(self.largest):
            raise ValueError(f"inputs: expected {len(self.largest)} columns, got shape {tuple(inputs.shape)}")
        check_finite("inputs", inputs)
        x = inputs.reshape(-1, inputs.shape[-1]).to(self.moments)  # (n, C)
        if not len(x):
            return self
        self.count += len(x)
        part = len(x) / self.count
        self.moments += part * (x.T @ x / len(x) - self.moments)
        self.mean_size += part * (x.abs().mean(0) - self.mean_size)
        self.largest = torch.maximum(self.largest, x.abs().amax(0))
        return self

    def output_error(self, weight, rounded):
        """Mean square of what a rounding changes in an output.

            mean over rows and inputs of ((w - w_hat) x)^2 = mean over rows of (w - w_hat) H (w - w_hat)^T

        Args:
            weight, rounded: (outputs, C).

        Returns: a number >= 0, in the square of the outputs' units.
        Raises: ValueError when no input has been seen, or shapes differ.
        """
        self.check(weight)
        if rounded.shape != weight.shape:
            raise ValueError(f"rounded: expected {tuple(weight.shape)}, got {tuple(rounded.shape)}")
        change = weight.detach().double() - rounded.detach().double()  # (outputs, C)
        return float((change @ self.moments.double() * change).sum() / len(change))

    def check(self, weight):
        """Raise a ValueError unless there are inputs, as many columns as the matrix has."""
        if weight.dim() != 2 or weight.shape[1] != len(self.largest):
            raise ValueError(f"weight: expected (outputs, {len(self.largest)}), got {tuple(weight.shape)}")
        if not self.count:
            raise ValueError("calibration: expected some inputs, got none")
        check_finite("weight", weight)
