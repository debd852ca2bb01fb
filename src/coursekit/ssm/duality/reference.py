"""State space duality: one map written twice, as a recurrence and as masked attention.

The recurrence keeps one state a head and takes L steps in turn; the matrix form has no state and no order, and
holds all L x L scores at once. `chunked.py` puts them together. Both leave out every economy: B and C are
copied for each head of their group.
"""

import torch

from coursekit.ssm.duality.checks import check_inputs, skip_and_gate, spreads, step_sizes


def ssd(
    x,
    dt,
    A,
    B,
    C,
    chunk_size=64,
    D=None,
    z=None,
    dt_bias=None,
    initial_states=None,
    dt_softplus=False,
    return_final_states=False,
):
    """Attention without softmax whose scores fade with the distance, at a rate that each head chooses token by token.

        Y = M (dt X),   M = L * C B^T (entry by entry),   L_ts = exp(sum_{s < i <= t} dt_i A)  for s <= t, else 0

    Args:
        x: (B, L, H, P), float32 or float64.
        dt: (B, L, H), finite; the steps, >= 0 after bias and softplus.
        A: (H,), <= 0; one decay rate a head.
        B, C: (B, L, G, N), H a multiple of G. Head h reads group h // (H // G).
        chunk_size: positions; does not matter here, nor for the result of the other rungs.
        D: (H,) or (H, P): adds D x.
        z: (B, L, H, P): multiplies by SiLU(z), last.
        dt_bias: (H,): added to dt.
        initial_states: (B, H, P, N); None = zeros.
        dt_softplus: whether the step is softplus(dt + dt_bias).
        return_final_states: whether to return the state after the last position too.

    Returns: (B, L, H, P), dtype of x; with `return_final_states` also (B, H, P, N). NaN or infinity in x or B is there
        from its position on, in C or z at its position: no earlier output is touched.
    Raises: ValueError when shapes, dtypes or the chunk do not fit, or a step is not finite.

    Source: Dao & Gu 2024, section 5.1, equation 16 (the 1-SS mask), with section 6's heads.
    Taught in: 03-mamba
    """
    check_inputs(x, dt, A, B, C, chunk_size, D, z, dt_bias, initial_states)
    B, C = for_each_head(B, x), for_each_head(C, x)  # (B, L, H, N)
    steps = step_sizes(dt, dt_bias, dt_softplus)
    log_decay = (steps * A).transpose(1, 2)  # (B, H, L)
    # 1. the mask: how much of position s is left at position t
    mask = segsum(log_decay).exp()  # (B, H, L, L)
    # 2. the scores
    scores = torch.einsum("blhn,bshn->bhls", C, B)  # (B, H, L, L)
    # 3. the weighted sum
    inputs = x * steps[..., None]
    y = torch.einsum("bhls,bshp->blhp", mask * scores, inputs)  # (B, L, H, P)
    # 4. what the initial state still says, and what is left of everything at the end
    final = torch.einsum("bhs,bshn,bshp->bhpn", mask[:, :, -1], B, inputs)  # (B, H, P, N)
    if initial_states is not None:
        left = log_decay.cumsum(-1).exp()  # (B, H, L)
        y = y + torch.einsum("bhl,blhn,bhpn->blhp", left, C, initial_states)
        final = final + left[..., -1, None, None] * initial_states
    if spreads(final):
        return recurrence(x, dt, A, B, C, chunk_size, D, z, dt_bias, initial_states, dt_softplus, return_final_states)
    y = skip_and_gate(y, x, D, z)
    return (y, final) if return_final_states else y


def recurrence(
    x,
    dt,
    A,
    B,
    C,
    chunk_size=64,
    D=None,
    z=None,
    dt_bias=None,
    initial_states=None,
    dt_softplus=False,
    return_final_states=False,
):
    """The same map as `ssd`, position by position: a selective scan whose A is one number a head.

        h_t = exp(dt_t A) h_{t-1} + dt_t x_t B_t^T
        y_t = h_t C_t

    Args, Returns, Raises: as in `ssd`.

    Source: Dao & Gu 2024, equation 2, with A_t = exp(dt_t A) and the input dt_t x_t.
    Taught in: 03-mamba
    """
    check_inputs(x, dt, A, B, C, chunk_size, D, z, dt_bias, initial_states)
    B, C = for_each_head(B, x), for_each_head(C, x)  # (B, L, H, N)
    steps = step_sizes(dt, dt_bias, dt_softplus)
    state = x.new_zeros(x.shape[0], *x.shape[2:], B.shape[-1]) if initial_states is None else initial_states
    outputs = []
    for t in range(x.shape[1]):
        decay = (steps[:, t] * A).exp()[..., None, None]  # (B, H, 1, 1)
        write = (steps[:, t, :, None] * x[:, t])[..., None] * B[:, t, :, None]  # (B, H, P, N)
        state = decay * state + write
        outputs.append((state * C[:, t, :, None]).sum(-1))  # (B, H, P)
    y = skip_and_gate(torch.stack(outputs, dim=1), x, D, z)  # (B, L, H, P)
    return (y, state) if return_final_states else y


def segsum(log_decay):
    """Sums over all segments: entry (t, s) is the sum of what lies in (s, t], minus infinity above the diagonal.

    Each sum is added up on its own. The difference of two running sums would be cheaper, and less exact
    where both are large.

    Args:
        log_decay: (..., T), nats.

    Returns: (..., T, T).

    Source: Dao & Gu 2024, listing 1 (`segsum`).
    Taught in: 03-mamba
    """
    T = log_decay.shape[-1]
    lower = torch.ones(T, T, dtype=torch.bool, device=log_decay.device).tril()
    rows = log_decay[..., None].expand(*log_decay.shape, T)  # (..., T, T): entry (i, s) = log_decay_i
    sums = rows.masked_fill(~lower.tril(-1), 0).cumsum(-2)  # (..., T, T): summed over s < i <= t
    return sums.masked_fill(~lower, float("-inf"))


def for_each_head(group, x):
    """B or C copied for every head that reads it.

    Args:
        group: (B, L, G, N).
        x: (B, L, H, P).

    Returns: (B, L, H, N).
    """
    return group.repeat_interleave(x.shape[2] // group.shape[2], dim=2)  # (B, L, H, N)
