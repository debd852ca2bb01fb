"""The choice of a rung for one step of the selective scan."""

from functools import cache
from importlib import import_module

from coursekit.ssm import state_update_reference


def selective_state_update(state, x, dt, A, B, C, D=None, z=None, dt_bias=None, dt_softplus=False):
    """One step of the selective scan by the fastest rung for these tensors; the state is written over.

        h <- exp(dt A) h + dt x B^T,    y = h C + D x,    out = y SiLU(z)

    Args, Returns, Raises: as in `coursekit.ssm.state_update_reference.selective_state_update`.

    Source: Gu & Dao 2023, equation 2a; call and layout of mamba_ssm.
    Taught in: 03-mamba
    """
    rung = _compiled() if state.is_cpu else state_update_reference
    return rung.selective_state_update(state, x, dt, A, B, C, D, z, dt_bias, dt_softplus)


@cache
def _compiled():
    return import_module("coursekit.ssm.state_update_cpu")  # numba is only loaded where it is used
