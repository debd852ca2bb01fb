"""The experts' work, token by token.

Leaves out every economy: each pair of a token and an expert is a product of its own.
"""

import torch
from torch.nn.functional import silu

from coursekit.moe.experts.checks import check_inputs


def apply_experts(x, weights, indices, gate_up, down):
    """Each token's experts, each times its weight, added up. An expert is a SwiGLU.

        y_n = sum_j g_nj E_i(x_n),  i = indices_nj;   E_i(x) = (SiLU(x W_gate^i) * (x W_up^i)) W_down^i

    Args:
        x: (N, C), floating point.
        weights: g (N, K), floating point.
        indices: (N, K), int64, 0 .. E - 1; -1 = nobody, which adds nothing.
        gate_up: (E, C, 2 F), dtype of x: W_gate and W_up side by side.
        down: (E, F, C), dtype of x.

    Returns: (N, C), dtype of x; zeros where nobody works.
    Raises: ValueError when shapes, dtypes or indices do not fit.

    Source: Jiang et al. 2024 (Mixtral), section 2.1; Shazeer et al. 2017, equation 1.
    Taught in: 04-moe
    """
    check_inputs(x, weights, indices, gate_up, down)
    rows = []
    for token, token_weights, token_indices in zip(x, weights, indices.tolist()):
        y = torch.zeros_like(token)  # (C,)
        for weight, i in zip(token_weights, token_indices):
            if i >= 0:
                gate, up = (token @ gate_up[i]).chunk(2)  # (F,) twice
                y = y + (weight * ((silu(gate) * up) @ down[i])).to(y.dtype)
        rows.append(y)
    return torch.stack(rows) if rows else torch.zeros_like(x)
