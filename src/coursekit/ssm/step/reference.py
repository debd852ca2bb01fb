"""One step of the selective scan, for decoding: the whole past is in a state of fixed size.

Leaves out every economy: each line of the equation is an operation of its own over the whole state.
"""

import torch
from torch.nn.functional import silu, softplus

from coursekit.ssm.step.checks import check_inputs, check_steps


@torch.no_grad()
def selective_state_update(state, x, dt, A, B, C, D=None, z=None, dt_bias=None, dt_softplus=False):
    """Fade the state, add the input, read; the state is written over.

        h <- exp(dt A) h + dt x B^T
        y  = h C

    then (y + D x) SiLU(z), either part on request. There are no gradients: training takes the whole sequence.

    Args:
        state: (B, D, N) for Mamba or (B, H, P, N) with heads; float32 or float64; written over.
        x: (B, D) or (B, H, P).
        dt: shape of x, or (B, H); finite.
        A: (D, N) or (H, P, N), or (H,); <= 0.
        B, C: (B, N), or (B, G, N) with H a multiple of G. Head h reads group h // (H // G).
        D: (D,) or (H, P), or (H,): adds D x.
        z: shape of x: multiplies by SiLU(z), last.
        dt_bias: (D,) or (H, P), or (H,): added to dt.
        dt_softplus: whether the step is softplus(dt + dt_bias).

    Returns: y, shape and dtype of x.
    Raises: ValueError when shapes or dtypes do not fit, or a step is not finite.

    Source: Gu & Dao 2023, equation 2a, discretised as in mamba_ssm (exp(dt A) and dt B); call and layout of mamba_ssm.
    Taught in: 03-mamba
    """
    check_inputs(state, x, dt, A, B, C, D, z, dt_bias)
    check_steps(dt, dt_bias)
    if state.dim() == 4:
        B, C = (_for_each_head(group, state) for group in (B, C))  # (B, H, 1, N)
    else:
        B, C = B[:, None], C[:, None]  # (B, 1, N)
    # 1. the step
    dt = _like(dt, x)
    if dt_bias is not None:
        dt = dt + _like(dt_bias, x[0])
    if dt_softplus:
        dt = softplus(dt)
    # 2. fade and write
    decay = (dt[..., None] * _like(A, state[0])).exp()  # (B, D, N) or (B, H, P, N)
    state.copy_(decay * state + (dt * x)[..., None] * B)
    # 3. read
    y = (state * C).sum(-1)  # (B, D) or (B, H, P)
    if D is not None:
        y = y + _like(D, x[0]) * x
    return y if z is None else y * silu(z)


def _like(tensor, target):
    """One number a head is the same for all its channels and states."""
    return tensor.reshape(*tensor.shape, *[1] * (target.dim() - tensor.dim()))


def _for_each_head(group, state):
    return group.repeat_interleave(state.shape[1] // group.shape[1], dim=1)[:, :, None]  # (B, H, 1, N)
