"""`ssd`: the choice of its rung."""

from coursekit.ssm.duality import chunk_by_chunk


def ssd(
    x, dt, A, B, C, chunk_size=64, D=None, z=None, dt_bias=None,
    initial_states=None, dt_softplus=False, return_final_states=False,
):  # fmt: skip
    """State-space duality by the fastest rung for these tensors.

        h_t = exp(dt_t A) h_{t-1} + dt_t B_t x_t^T,    y_t = C_t h_t + D x_t,    out_t = y_t silu(z_t)

    Args, Returns, Raises: as in `coursekit.ssm.duality.reference.ssd`.

    Source: Dao & Gu 2024 (Mamba-2), sections 6 and 7.
    Taught in: 03-mamba
    """
    rung, _ = _choose(x)
    return rung.ssd(x, dt, A, B, C, chunk_size, D, z, dt_bias, initial_states, dt_softplus, return_final_states)


def explain_backend(x):
    """Which rung `ssd` takes for this input, and why.

    Args:
        x: the input, as in `ssd`.

    Returns: one line of text, "name: reason".
    Taught in: 03-mamba
    """
    rung, reason = _choose(x)
    return f"{rung.__name__.rpartition('.')[2]}: {reason}"


def _choose(x):
    if x.device.type == "cpu":
        return chunk_by_chunk, "matrix products chunk by chunk, heads shared among torch's threads"
    return chunk_by_chunk, "matrix products chunk by chunk, all heads in one"
