"""`unroll`: the choice of its rung."""

from coursekit.recurrent.unroll import projected, torchs_own


def unroll(cell, x, state, input_weight, weight, input_bias=None, bias=None, skip=None):
    """A recurrent cell along a text, by the fastest rung for it.

        state_t = cell(W x_t + b, state_(t-1)),    y_t = h_t, the first part of state_t

    Args, Returns, Raises: as in `coursekit.recurrent.unroll.reference.unroll`.

    Source: Elman 1990, figure 2.
    Taught in: 01-historia
    """
    rung, _ = _choose(cell, input_bias, bias, skip)
    return rung.unroll(cell, x, state, input_weight, weight, input_bias, bias, skip)


def explain_backend(cell, input_bias=None, bias=None, skip=None):
    """Which rung `unroll` takes for these arguments, and why.

    Args: those of `unroll`.

    Returns: one line of text, "name: reason".
    Taught in: 01-historia
    """
    rung, reason = _choose(cell, input_bias, bias, skip)
    return f"{rung.__name__.rpartition('.')[2]}: {reason}"


def _choose(cell, input_bias, bias, skip):
    problem = torchs_own.unsupported(cell, input_bias, bias, skip)
    if problem is None:
        return torchs_own, "torch has this cell, its loop compiled"
    return projected, f"the inputs in one product ({problem})"
