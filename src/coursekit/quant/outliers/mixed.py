"""LLM.int8(): the few columns with outliers stay in floating point, the many others are int8."""

import torch

from coursekit.quant.finite import check_finite
from coursekit.quant.outliers.absmax import absmax


def outlier_columns(x, threshold=6.0):
    """Which columns hold a number of at least the threshold's size.

    Args:
        x: (.., C).
        threshold: > 0, in the units of x; the paper's is 6.

    Returns: (C,) bool.
    Raises: ValueError for NaN or infinity, or a threshold that is not > 0.

    Source: Dettmers et al. 2022 (LLM.int8()), section 3.2.
    Taught in: 05-cuantizacion
    """
    if not threshold > 0:
        raise ValueError(f"threshold: expected a number > 0, got {threshold!r}")
    check_finite("x", x)
    return (x.abs() >= threshold).reshape(-1, x.shape[-1]).any(0)


def llm_int8(x, weight, threshold=6.0):
    """A linear layer in two parts, by column of the inputs.

        y = x[outliers] w[outliers]^T + int8(x[others]) int8(w[others])^T * scale_x * scale_w

    Without the outliers the scale of a token is that of its ordinary numbers, so these are rounded finely.

    Args:
        x: (.., C), floating point.
        weight: (O, C).
        threshold: as in `outlier_columns`; infinity = everything is int8.

    Returns: (.., O), in the dtype of x.
    Raises: ValueError for NaN or infinity, or shapes that do not fit.

    Source: Dettmers et al. 2022 (LLM.int8()), section 3.2.
    Taught in: 05-cuantizacion
    """
    if weight.dim() != 2 or x.shape[-1] != weight.shape[1]:
        raise ValueError(f"x: expected (.., C) for weights (O, C), got {tuple(x.shape)} and {tuple(weight.shape)}")
    check_finite("weight", weight)
    kept = outlier_columns(x, threshold)
    fine = x[..., kept] @ weight[:, kept].T  # (.., O)
    if kept.all():
        return fine
    codes, scale = absmax(x[..., ~kept])  # (.., C'), (.., 1)
    rows, row_scale = absmax(weight[:, ~kept])  # (O, C'), (O, 1)
    # whole numbers: float64 holds their sum exactly, as 32 bits do
    coarse = (codes.double() @ rows.double().T) * scale * row_scale[:, 0]
    return fine + coarse.to(torch.promote_types(x.dtype, weight.dtype))
