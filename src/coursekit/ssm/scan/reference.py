"""The selective scan as the paper writes it: a loop over time.

Leaves out every economy: the discretised matrices and the states of all L steps exist at once.
"""

import torch
from torch.nn.functional import silu, softplus

from coursekit.ssm.scan.checks import check_scan


def selective_scan(
    u, delta, A, B, C, D=None, z=None, delta_bias=None, delta_softplus=False, return_last_state=False
):  # fmt: skip
    """A state for each channel that fades, takes in the input and is read, all three as the input says.

        h_t = exp(Delta_t A) h_{t-1} + Delta_t B_t u_t        h_0 = 0
        y_t = C_t . h_t + D u_t                               out_t = y_t silu(z_t)

    Same call and layout as mamba_ssm's `selective_scan_fn`, and its convention: a zero-order hold for A, Euler's
    rule for B (`zero_order_hold.py` has the hold for both).

    Args:
        u: (B, D, L), floating point; the input.
        delta: (B, D, L), u's dtype; step sizes before bias and softplus, finite.
        A: (D, N), u's dtype or float32; rates of decay, negative for a stable state; N up to 256.
        B: (B, N, L) or, for groups of channels, (B, G, N, L), u's dtype; what the state takes in. G divides D,
            and channel d reads group d // (D // G).
        C: B's shape, u's dtype; what is read of the state.
        D: (D,) or None; the input's direct share in the output.
        z: (B, D, L) or None, u's dtype; gate.
        delta_bias: (D,) or None; added to delta.
        delta_softplus: the step is softplus(delta + delta_bias), so never negative.
        return_last_state: also return h_L.

    Returns: (B, D, L), u's dtype; with `return_last_state` also (B, D, N), u's dtype but at least float32. Sums are
        at least float32.
    Raises: ValueError when shapes, dtypes or N do not fit, or a step is not finite.

    Source: Gu & Dao 2023 (Mamba), algorithm 2 and equations 2a and 2b.
    Taught in: 03-mamba
    """
    check_scan(u, delta, A, B, C, D, z, delta_bias)
    # 1. step sizes (algorithm 2, line 4)
    steps = step_sizes(delta, delta_bias, delta_softplus)  # (B, D, L)
    # 2. discretisation (line 5): the decay, and what the state takes in
    decay, taken = discretise(u, steps, A, B)  # (B, D, L, N) each
    # 3. the recurrence (line 6)
    states = recurrence(decay, taken)  # (B, D, L, N)
    out = read_out(states, u, C, D, z)  # (B, D, L)
    return (out, states[:, :, -1]) if return_last_state else out


def step_sizes(delta, delta_bias, delta_softplus):
    """Delta of the paper: (B, D, L), at least float32."""
    delta = delta.to(torch.promote_types(delta.dtype, torch.float32))
    if delta_bias is not None:
        delta = delta + delta_bias[:, None]
    return softplus(delta) if delta_softplus else delta


def discretise(u, steps, A, B):
    """The decay exp(Delta A) and what the state takes in, Delta B u: (B, D, L, N) each."""
    return (steps[..., None] * A[:, None]).exp(), (steps * u)[..., None] * for_each_channel(B, u)


def for_each_channel(B, u):
    """B or C as every channel reads it: (B, N, L) or (B, G, N, L) -> (B, D, L, N)."""
    B = B[:, None] if B.dim() == 3 else B  # (B, G, N, L)
    return B.repeat_interleave(u.shape[1] // B.shape[1], dim=1).transpose(2, 3)  # (B, D, L, N)


def recurrence(decay, taken):
    """h_t = decay_t h_{t-1} + taken_t from h_0 = 0, along dimension 2; all the h_t, in the shape of decay."""
    state = torch.zeros_like(taken[:, :, 0])
    states = []
    for a, x in zip(decay.unbind(2), taken.unbind(2)):
        state = a * state + x
        states.append(state)
    return torch.stack(states, dim=2)


def read_out(states, u, C, D, z):
    """y_t = (C_t . h_t + D u_t) silu(z_t), in u's dtype: states (B, D, L, N) -> (B, D, L)."""
    y = (states * for_each_channel(C, u)).sum(-1)  # (B, D, L)
    if D is not None:
        y = y + D[:, None] * u
    if z is not None:
        y = y * silu(z.to(y.dtype))
    return y.to(u.dtype)
