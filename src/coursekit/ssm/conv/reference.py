"""The short convolution in front of every scan, tap by tap.

Leaves out every economy: a loop over positions, and one over taps.
"""

import torch
from torch.nn.functional import silu

from coursekit.ssm.conv.checks import check_inputs


def causal_conv1d(x, weight, bias=None, activation=None):
    """Each channel mixes its last W values with weights of its own; nothing from the future.

        y_t = bias + sum_w weight_w x_{t - (W - 1) + w}        w = 0 ... W - 1; x is 0 before the start

    The last tap, weight_{W-1}, meets the present.

    Args:
        x: (B, D, L), floating point.
        weight: (D, W), same dtype; W >= 1.
        bias: (D,), same dtype, or None.
        activation: None, or "silu" for SiLU(y) = y / (1 + e^-y).

    Returns: (B, D, L), dtype of x.
    Raises: ValueError when ranks, shapes, dtypes or the activation do not fit.

    Source: Gu & Dao 2023, section 3.4, figure 3; call and layout of the package causal_conv1d.
    Taught in: 03-mamba
    """
    check_inputs(x, weight, bias, activation)
    W, L = weight.shape[1], x.shape[2]
    columns = []
    for t in range(L):
        y = torch.zeros_like(x[..., t]) if bias is None else bias.expand(x.shape[:2])  # (B, D)
        for w in range(W):
            source = t - (W - 1) + w
            if source >= 0:
                y = y + weight[:, w] * x[..., source]
        columns.append(y)
    result = torch.stack(columns, dim=-1)  # (B, D, L)
    return result if activation is None else silu(result)
