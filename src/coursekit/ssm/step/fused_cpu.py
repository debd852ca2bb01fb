"""One step of the selective scan as a compiled loop: the state is read once and written once.

Adds one idea to the reference: nothing of the size of the state is made on the way, and the exponentials are taken
many at a time. `fused_cpu_kernels.py` has the loops.
"""

from math import e, log2

import numpy as np
import torch

from coursekit.ssm.step.checks import check_inputs, check_steps
from coursekit.ssm.step.fused_cpu_kernels import step

ABSENT = torch.empty(0, 0)  # in place of None: a tensor like the others, at no address
_LOG2_E = {torch.float32: np.float32(log2(e)), torch.float64: np.float64(log2(e))}


def selective_state_update(state, x, dt, A, B, C, D=None, z=None, dt_bias=None, dt_softplus=False):
    """`coursekit.ssm.step.reference.selective_state_update` in one pass over the state.

    Args, Returns, Raises: as there; CPU tensors.
    Source: call and layout of mamba_ssm.
    Taught in: 03-mamba
    """
    D, z, dt_bias = ABSENT if D is None else D, ABSENT if z is None else z, ABSENT if dt_bias is None else dt_bias
    form, log2_e, gaps = _form(state, x, dt, A, B, C, D, z, dt_bias)
    if gaps:
        own, *others = (t.contiguous() for t in (state, x, dt, A, B, C, D, z, dt_bias))
        y = selective_state_update(own, *others, dt_softplus)
        if own is not state:
            state.detach().copy_(own)
        return y
    y = torch.empty_like(x)
    addresses = (
        state.data_ptr(),
        x.data_ptr(),
        dt.data_ptr(),
        A.data_ptr(),
        B.data_ptr(),
        C.data_ptr(),
        D.data_ptr(),
        z.data_ptr(),
        dt_bias.data_ptr(),
        y.data_ptr(),
    )
    if not step(addresses, form, dt_softplus, log2_e):
        check_steps(dt, dt_bias)
        raise ValueError("dt: expected steps whose sum is a finite number, got one that overflows")
    return y


def _form(*tensors):
    """What the kernel asks about their form, and whether one has gaps in memory."""
    form = check_inputs(*[None if t is ABSENT else t for t in tensors])
    state = tensors[0]
    for t in tensors[1:]:
        if t is not ABSENT and t.device != state.device:
            raise ValueError(f"expected all tensors on {state.device}, as the state, got one on {t.device}")
    return (*form.sizes, *form.widths, form.one_rate), _LOG2_E[state.dtype], not all(t.is_contiguous() for t in tensors)
