"""State space duality in chunks, step by step as the paper's listing.

Adds one idea to the reference: inside a chunk the matrix form, from chunk to chunk the recurrence. Work and
memory are then linear in the length, and nearly all of it is matrix products.
Leaves out what makes it quick on a processor: B and C are copied for each head, and all chunks exist at once.
"""

import torch
from torch.nn.functional import pad

from coursekit.ssm.duality.checks import check_inputs, skip_and_gate, spreads, step_sizes
from coursekit.ssm.duality.reference import for_each_head, recurrence, segsum


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
    """`coursekit.ssm.duality.reference.ssd` with work linear in the length.

    In the einsums c counts chunks, l and s positions of a chunk; a length that is no multiple of the chunk is
    filled up with steps of 0, which change no state.

    Args, Returns, Raises: as there.

    Source: Dao & Gu 2024, listing 1; steps numbered as there.
    Taught in: 03-mamba
    """
    check_inputs(x, dt, A, B, C, chunk_size, D, z, dt_bias, initial_states)
    length, given = x.shape[1], (x, dt, A, B, C)
    steps = step_sizes(dt, dt_bias, dt_softplus)
    inputs = _chunks(x * steps[..., None], chunk_size)  # (B, K, Q, H, P): K chunks of Q positions
    log_decay = _chunks(steps * A, chunk_size).permute(0, 3, 1, 2)  # (B, H, K, Q)
    B, C = (_chunks(for_each_head(group, x), chunk_size) for group in (B, C))  # (B, K, Q, H, N) each
    summed = log_decay.cumsum(-1)  # (B, H, K, Q)
    # 1. within each chunk: the matrix form (diagonal blocks)
    mask = segsum(log_decay).exp()  # (B, H, K, Q, Q)
    y_diagonal = torch.einsum("bclhn,bcshn,bhcls,bcshp->bclhp", C, B, mask, inputs)  # (B, K, Q, H, P)
    # 2. what each chunk leaves in its state, had it started from nothing
    until_end = mask[..., -1, :]  # (B, H, K, Q); a difference of running sums would lose small steps beside a large one
    states = torch.einsum("bclhn,bhcl,bclhp->bchpn", B, until_end, inputs)  # (B, K, H, P, N)
    # 3. from chunk to chunk: the same matrix form, with a chunk as the position
    first = torch.zeros_like(states[:, 0]) if initial_states is None else initial_states  # (B, H, P, N)
    states = torch.cat([first[:, None], states], dim=1)  # (B, K + 1, H, P, N)
    between = segsum(pad(summed[..., -1], (1, 0))).exp()  # (B, H, K + 1, K + 1)
    states = torch.einsum("bhzc,bchpn->bzhpn", between, states)  # (B, K + 1, H, P, N)
    if spreads(states[:, -1]):
        return recurrence(*given, chunk_size, D, z, dt_bias, initial_states, dt_softplus, return_final_states)
    # 4. what each chunk reads from the state that it starts with (off-diagonal blocks)
    y_state = torch.einsum("bclhn,bchpn,bhcl->bclhp", C, states[:, :-1], summed.exp())  # (B, K, Q, H, P)
    y = (y_diagonal + y_state).flatten(1, 2)[:, :length]  # (B, L, H, P)
    y = skip_and_gate(y, x, D, z)
    return (y, states[:, -1]) if return_final_states else y


def _chunks(tensor, chunk_size):
    """(B, L, ...) -> (B, K, Q, ...), filled up with zeros."""
    missing = -tensor.shape[1] % chunk_size
    filled = pad(tensor, (0, 0) * (tensor.dim() - 2) + (0, missing))  # (B, K Q, ...)
    return filled.unflatten(1, (-1, chunk_size))  # (B, K, Q, ...)
