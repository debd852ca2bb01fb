"""SmoothQuant: what makes inputs hard to round is moved into the weights, which are easy."""

import torch

from coursekit.quant.finite import check_finite

LEAST = 1e-5  # as in the published code: a column of zeros keeps its place


def smoothing_scale(largest, weights, alpha=0.5):
    """How much to divide each column of the inputs by, and multiply that of the weights.

        s_j = max|x_j|^alpha / max|w_j|^(1 - alpha),    x w^T = (x / s) (w s)^T

    alpha = 1 moves all of the difficulty to the weights, 0 all of it to the inputs; at 1/2 the largest number of a
    column is the same in both.

    Args:
        largest: (C,), max |x| of each column: `Calibration.largest`.
        weights: (O, C), or a list of them, all that read the same inputs.
        alpha: 0 .. 1.

    Returns: (C,), > 0.
    Raises: ValueError for another number of columns, alpha out of its range, or numbers that are not finite.

    Source: Xiao et al. 2022 (SmoothQuant), section 4.
    Taught in: 05-cuantizacion
    """
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha: expected 0 to 1, got {alpha!r}")
    check_finite("largest", largest)
    columns = torch.zeros_like(largest)
    for weight in [weights] if isinstance(weights, torch.Tensor) else weights:
        if weight.dim() != 2 or weight.shape[1] != len(largest):
            raise ValueError(f"weights: expected (outputs, {len(largest)}), got {tuple(weight.shape)}")
        check_finite("weights", weight)
        columns = torch.maximum(columns, weight.detach().abs().amax(0))  # (C,)
    return (largest.clamp(min=LEAST) ** alpha / columns.clamp(min=LEAST) ** (1 - alpha)).clamp(min=LEAST)


@torch.no_grad()
def smooth(norm, linears, largest, alpha=0.5):
    """Move the scale into the norm before and the linear layers after it, in place: outputs stay as they are.

    Args:
        norm: module with a `weight` (C,), and perhaps a `bias`, whose result the linear layers read and nobody else.
        linears: layers with a `weight` (O, C).
        largest, alpha: as in `smoothing_scale`.

    Returns: the scale, (C,).
    Raises: ValueError as there.

    Source: Xiao et al. 2022 (SmoothQuant), section 4.
    Taught in: 05-cuantizacion
    """
    scale = smoothing_scale(largest, [linear.weight for linear in linears], alpha)
    norm.weight /= scale
    if getattr(norm, "bias", None) is not None:
        norm.bias /= scale
    for linear in linears:
        linear.weight *= scale
    return scale
