"""A cell along a text, its inputs prepared for all steps at once.

Adds one idea to the reference: what a step takes from its token does not depend on the state, so one large product
makes it for the whole text; in the loop is left only what must wait.
Leaves out a compiled loop: each step is still some ten small operations.
"""

import torch
from torch.nn.functional import linear

from coursekit.recurrent.unroll.checks import check_unroll
from coursekit.recurrent.unroll.reference import keep


def unroll(cell, x, state, input_weight, weight, input_bias=None, bias=None, skip=None):
    """`coursekit.recurrent.unroll.reference.unroll` with one product for all inputs.

        P = X W^T + b;    state_t = cell(P_t, state_(t-1))

    Args, Returns, Raises: as in `coursekit.recurrent.unroll.reference.unroll`.

    Source: Appleyard, Kočiský & Blunsom 2016.
    Taught in: 01-historia
    """
    check_unroll(cell, x, state, input_weight, weight, input_bias, bias, skip)
    outputs = []
    for t, projected in enumerate(linear(x, input_weight, input_bias).unbind(1)):  # (B, G H) each
        new = cell(projected, state, weight, bias)
        state = new if skip is None else keep(skip[:, t], state, new)
        outputs.append(state[0])
    return torch.stack(outputs, dim=1), state
