"""A Mamba-2 layer seen as attention: its mask and its scores."""

import torch
from torch.nn.functional import softplus

from coursekit.ssm.duality.reference import for_each_head, segsum
from coursekit.ssm.short_conv import short_conv


@torch.no_grad()
def dual_view(layer, x):
    """What a Mamba-2 layer does with a sequence, written as attention without softmax.

        y = (L * C B^T) (dt x),   L_ts = exp(sum_{s < i <= t} dt_i A) for s <= t, else 0

    Args:
        layer: a `coursekit.ssm.mamba2.Mamba2`.
        x: its input, (B, L, C).

    Returns: mask L, scores C B^T, (B, H, L, L) both, and the values dt x, (B, L, H, P).

    Source: Dao & Gu 2024, section 5.1, equation 16.
    Taught in: 03-mamba
    """
    shared, heads = layer.groups * layer.states, len(layer.D)
    _, xBC, dt = layer.in_proj(x).split((layer.channels, layer.channels + 2 * shared, heads), dim=-1)
    xBC = short_conv(layer.conv1d, xBC.mT).mT  # (B, L, H * P + 2 G N)
    values, B, C = xBC.split((layer.channels, shared, shared), dim=-1)
    values = values.unflatten(-1, (heads, -1))  # (B, L, H, P)
    steps = softplus(dt + layer.dt_bias).clamp(*layer.dt_limit)  # (B, L, H)
    mask = segsum((steps * -layer.A_log.exp()).mT).exp()  # (B, H, L, L)
    B, C = (for_each_head(part.unflatten(-1, (layer.groups, -1)), values) for part in (B, C))  # (B, L, H, N)
    return mask, torch.einsum("bthn,bshn->bhts", C, B), values * steps[..., None]
