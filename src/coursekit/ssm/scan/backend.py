"""`selective_scan`: the choice of its rung."""

from importlib import import_module
from importlib.util import find_spec

from coursekit.ssm.scan import associative, reference


def selective_scan(
    u, delta, A, B, C, D=None, z=None, delta_bias=None, delta_softplus=False, return_last_state=False
):  # fmt: skip
    """The selective scan by the fastest rung for these tensors.

        h_t = exp(Delta_t A) h_{t-1} + Delta_t B_t u_t,    y_t = C_t . h_t + D u_t,    out_t = y_t silu(z_t)

    Args, Returns, Raises: as in `coursekit.ssm.scan.reference.selective_scan`.

    Source: Gu & Dao 2023 (Mamba), algorithm 2 and equations 2a and 2b.
    Taught in: 03-mamba
    """
    rung, _ = _choose(u)
    return rung.selective_scan(u, delta, A, B, C, D, z, delta_bias, delta_softplus, return_last_state)


def explain_backend(u):
    """Which rung `selective_scan` takes for this input, and why.

    Args:
        u: the input, as in `selective_scan`.

    Returns: one line of text, "name: reason".
    Taught in: 03-mamba
    """
    rung, reason = _choose(u)
    return f"{rung.__name__.rpartition('.')[2]}: {reason}"


def _choose(u):
    if u.device.type == "cuda":
        triton_gpu, problem = _triton_gpu(u)
        if problem is None:
            return triton_gpu, "the whole scan is one Triton kernel"
        return associative, f"few large operations suit a GPU (triton_gpu: {problem})"
    if u.device.type != "cpu":
        return associative, "few large operations suit a GPU"
    if find_spec("numba") is None:
        return reference, "numba is not installed, without which there is no compiled loop"
    # imported only here: numba takes a second
    return import_module("coursekit.ssm.scan.fused_cpu"), "one compiled loop, nothing stored but the output"


def _triton_gpu(u):
    """The rung, imported only where there is a GPU for it, and why not to take it, or None."""
    if find_spec("triton") is None:
        return None, "triton is not installed, it is the extra `gpu`"
    rung = import_module("coursekit.ssm.scan.triton_gpu")
    return rung, rung.unsupported(u)
