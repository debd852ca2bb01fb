"""Tokens sorted by expert: one product an expert, over all its tokens at once.

Adds one idea to `dense.py`: only the products that count. An expert's weights are read once, for all its tokens; an
expert without tokens is not touched. Leaves out that the loop over the experts is Python's.
"""

from torch import cat
from torch.nn.functional import silu

from coursekit.moe.experts.by_expert import put_back, sort_pairs
from coursekit.moe.experts.checks import check_inputs


def apply_experts(x, weights, indices, gate_up, down):
    """`coursekit.moe.experts.reference.apply_experts`, expert by expert.

    Args, Returns, Raises: as there.
    Taught in: 04-moe
    """
    check_inputs(x, weights, indices, gate_up, down)
    # 1. who has which tokens
    order, counts = sort_pairs(indices, len(gate_up))
    pieces = x.index_select(0, order // indices.shape[1]).split(counts)  # (n_e, C) each
    # 2. one product an expert; unbind, whose gradient is written once, not added up for each expert
    rows = [_expert(piece, *both) for piece, both in zip(pieces, zip(gate_up.unbind(), down.unbind())) if len(piece)]
    # 3. back to the tokens
    return put_back(cat(rows) if rows else x[:0], order, weights, x.dtype)


def _expert(x, gate_up, down):
    gate, up = (x @ gate_up).chunk(2, dim=-1)  # (n_e, F) twice
    return (silu(gate) * up) @ down  # (n_e, C)
