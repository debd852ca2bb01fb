"""`selective_state_update`: the choice of its rung."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from coursekit.ssm.step import reference


def selective_state_update(state, x, dt, A, B, C, D=None, z=None, dt_bias=None, dt_softplus=False):
    """One step of the selective scan by the fastest rung for these tensors; the state is written over.

        h <- exp(dt A) h + dt x B^T,    y = h C + D x,    out = y SiLU(z)

    Args, Returns, Raises: as in `coursekit.ssm.step.reference.selective_state_update`.

    Source: Gu & Dao 2023, equation 2a; call and layout of mamba_ssm.
    Taught in: 03-mamba
    """
    rung, _ = _compiled() if state.is_cpu else _plain()
    return rung.selective_state_update(state, x, dt, A, B, C, D, z, dt_bias, dt_softplus)


def explain_backend(state):
    """Which rung `selective_state_update` takes for this state, and why.

    Args:
        state: as in `selective_state_update`.

    Returns: one line of text, "name: reason".
    Taught in: 03-mamba
    """
    rung, reason = _compiled() if state.is_cpu else _plain()
    return f"{rung.__name__.rpartition('.')[2]}: {reason}"


def _plain():
    return reference, "a few operations suit a GPU"


@cache
def _compiled():
    if find_spec("numba") is None:
        return reference, "numba is not installed, without which there is no compiled pass"
    # imported only here: numba takes a second
    return import_module("coursekit.ssm.step.fused_cpu"), "one compiled pass over the state"
