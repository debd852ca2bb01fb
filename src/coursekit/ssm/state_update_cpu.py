"""One step of the selective scan as a compiled loop: the state is read once and written once.

Adds one idea to the reference: nothing of the size of the state is made on the way, and the exponentials are taken
many at a time. `state_update_kernels.py` has the loops.
"""

from math import e, log2

import numpy as np
import torch

from coursekit.ssm.state_update_checks import check_inputs, check_steps
from coursekit.ssm.state_update_kernels import step

_LOG2_E = {torch.float32: np.float32(log2(e)), torch.float64: np.float64(log2(e))}


def selective_state_update(state, x, dt, A, B, C, D=None, z=None, dt_bias=None, dt_softplus=False):
    """`coursekit.ssm.state_update_reference.selective_state_update` in one pass over the state.

    Args, Returns, Raises: as there; CPU tensors.
    Source: call and layout of mamba_ssm.
    Taught in: 03-mamba
    """
    sizes, widths, one_rate = check_inputs(state, x, dt, A, B, C, D, z, dt_bias)
    given = state, x, dt, A, B, C, D, z, dt_bias
    tensors = [None if t is None else t.contiguous() for t in given]  # the tensors themselves, or copies without gaps
    y = torch.empty_like(tensors[1])
    addresses = (*[0 if t is None else t.data_ptr() for t in tensors], y.data_ptr())
    if not step(addresses, sizes, widths, dt_softplus, one_rate, _LOG2_E[state.dtype]):
        check_steps(dt, dt_bias)
        raise ValueError("dt: expected steps whose sum is a finite number, got one that overflows")
    if tensors[0] is not state:
        state.detach().copy_(tensors[0])
    return y
