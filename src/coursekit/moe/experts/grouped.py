"""Tokens sorted by expert, and all experts' products in one call.

Adds one idea to `sorted.py`: torch's grouped product takes the sorted rows, all the weights, and where each expert's
rows end. No loop in Python, which counts where experts are many and small, and on a GPU.
"""

import torch
from torch.nn import functional as F

from coursekit.moe.experts.by_expert import put_back, sort_pairs
from coursekit.moe.experts.checks import check_inputs

DTYPES = (torch.float32, torch.bfloat16, torch.float16)


def apply_experts(x, weights, indices, gate_up, down):
    """`coursekit.moe.experts.reference.apply_experts` by torch's grouped product.

    Args, Returns: as there.
    Raises: ValueError as there, and for what `unsupported` names.
    Taught in: 04-moe
    """
    check_inputs(x, weights, indices, gate_up, down)
    problem = unsupported(x, gate_up)
    if problem is not None:
        raise ValueError(f"grouped: {problem}; coursekit.moe.experts.sorted takes these arguments")
    return grouped(x, weights, indices, gate_up, down, _product)


def unsupported(x, gate_up):
    """Why torch has no grouped product for this input: "expected ..., got ...", or None.

    Args: as in `apply_experts`.
    Taught in: 04-moe
    """
    if not hasattr(F, "grouped_mm"):
        return f"expected torch.nn.functional.grouped_mm (torch 2.10 or newer), got torch {torch.__version__}"
    if x.dtype not in DTYPES:
        return f"expected float32, bfloat16 or float16, got {x.dtype}"
    C, width = gate_up.shape[1:]
    if C * x.itemsize % 16 or width // 2 * x.itemsize % 16:
        return f"expected widths of whole 16 bytes, got {C} and {width // 2} numbers of {x.itemsize} bytes"
    return None


def grouped(x, weights, indices, gate_up, down, product):
    """The layer around two grouped products.

    Args:
        x, weights, indices, gate_up, down: as in `apply_experts`.
        product: (rows (P', C), weights (E, C, F), counts) -> (P', F): the rows of each expert times its weights.

    Returns: (N, C).
    """
    order, counts = sort_pairs(indices, len(gate_up))
    rows = x.index_select(0, order // indices.shape[1])  # (P', C)
    gate, up = product(rows, gate_up, counts).chunk(2, dim=-1)  # (P', F) twice
    return put_back(product(F.silu(gate) * up, down, counts), order, weights, x.dtype)


def _product(rows, weights, counts):
    ends = torch.tensor(counts, device=rows.device).cumsum(0, dtype=torch.int32)  # (E,)
    return F.grouped_mm(rows, weights, offs=ends)
