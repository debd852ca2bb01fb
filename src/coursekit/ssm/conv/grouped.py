"""The short convolution in front of every scan: a sequence at once, or step by step with a state.

Adds one idea to the reference: each channel is a group of its own in torch's convolution. One step needs no
convolution at all, only the last W values and a sum.
"""

import torch
from torch.nn import functional as F

from coursekit.ssm.conv.checks import check_inputs, check_state


def causal_conv1d(x, weight, bias=None, activation=None):
    """`coursekit.ssm.conv.reference.causal_conv1d` by torch's grouped convolution.

    Args, Returns, Raises: as there.
    Taught in: 03-mamba
    """
    check_inputs(x, weight, bias, activation)
    D, W = weight.shape
    y = F.conv1d(F.pad(x, (W - 1, 0)), weight[:, None], bias, groups=D)  # (B, D, L)
    return y if activation is None else F.silu(y)


def causal_conv1d_update(x, conv_state, weight, bias=None, activation=None):
    """One or more further steps of `causal_conv1d`; the state holds the last inputs, newest last.

    Starting from zeros, feeding a sequence in pieces gives what `causal_conv1d` gives for the whole. The state
    is written over, whether or not gradients are on; it is not for training.

    Args:
        x: (B, D) for one step or (B, D, L), floating point.
        conv_state: (B, D, S), S >= W - 1, same dtype; written over.
        weight, bias, activation: as in `causal_conv1d`.

    Returns: shape of x.
    Raises: ValueError when ranks, shapes, dtypes or the activation do not fit.

    Source: call and layout of the package causal_conv1d.
    Taught in: 03-mamba
    """
    if x.dim() == 2:
        return causal_conv1d_update(x[..., None], conv_state, weight, bias, activation)[..., 0]  # (B, D)
    check_inputs(x, weight, bias, activation)
    check_state(x, conv_state, weight)
    L, S, W = x.shape[2], conv_state.shape[2], weight.shape[1]
    seen = torch.cat([conv_state, x], dim=-1)  # (B, D, S + L)
    conv_state.copy_(seen[..., L:].detach())
    window = seen[..., S - (W - 1) :]  # (B, D, W - 1 + L)
    if L == 1:
        y = (window * weight).sum(-1, keepdim=True)  # (B, D, 1)
        y = y if bias is None else y + bias[:, None]
    else:
        y = F.conv1d(window, weight[:, None], bias, groups=weight.shape[0])  # (B, D, L)
    return y if activation is None else F.silu(y)
