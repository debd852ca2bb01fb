"""`apply_experts`: the choice of its rung."""

from importlib import import_module
from importlib.util import find_spec

import torch

from coursekit.moe.experts import grouped, sorted

# experts from which on, on a CPU, one call beats the loop: with 8 they were level, with 64 it was ahead, most of all
# with gradients (see bench/moe.py)
MANY = 32


def apply_experts(x, weights, indices, gate_up, down):
    """Each token's experts, each times its weight, added up, by the fastest rung for these tensors.

        y_n = sum_j g_nj E_i(x_n),  i = indices_nj;   E_i(x) = (SiLU(x W_gate^i) * (x W_up^i)) W_down^i

    Args, Returns, Raises: as in `coursekit.moe.experts.reference.apply_experts`.

    Source: Jiang et al. 2024 (Mixtral), section 2.1; Shazeer et al. 2017, equation 1.
    Taught in: 04-moe
    """
    rung, _ = _choose(x, gate_up)
    return rung.apply_experts(x, weights, indices, gate_up, down)


def explain_backend(x, gate_up):
    """Which rung `apply_experts` takes for this input, and why.

    Args:
        x, gate_up: as in `apply_experts`.

    Returns: one line of text, "name: reason".
    Taught in: 04-moe
    """
    rung, reason = _choose(x, gate_up)
    return f"{rung.__name__.rpartition('.')[2]}: {reason}"


def _choose(x, gate_up):
    if torch.is_autocast_enabled(x.device.type):
        return sorted, "its products follow autocast"
    if x.device.type != "cuda":
        if len(gate_up) >= MANY and grouped.unsupported(x, gate_up) is None:
            return grouped, f"one call for {len(gate_up)} experts, many and small"
        return sorted, "one product an expert keeps its rows in the cache"
    triton_gpu, problem = _triton_gpu(x)
    if problem is None:
        return triton_gpu, "each layer's products are one Triton kernel"
    problem = f"triton_gpu: {problem}"
    other = grouped.unsupported(x, gate_up)
    if other is None:
        return grouped, f"torch's grouped product is one kernel ({problem})"
    return sorted, f"one product an expert ({problem}; grouped: {other})"


def _triton_gpu(x):
    """The rung, imported only where there is a GPU for it, and why not to take it, or None."""
    if find_spec("triton") is None:
        return None, "triton is not installed, it is the extra `gpu`"
    rung = import_module("coursekit.moe.experts.triton_gpu")
    return rung, rung.unsupported(x)
