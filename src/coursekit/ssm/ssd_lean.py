"""State space duality in chunks, arranged for a processor.

Adds to `ssd_chunked.py`: one chunk is done after the other, so that what it needs stays in the cache, in few products
for all heads of a group (`ssd_one_chunk.py`). The backward pass computes each segment of chunks again from the state
that it started with, in place of keeping what the chunks needed.
"""

import torch
from torch.autograd.function import once_differentiable

from coursekit.ssm.ssd_checks import check_inputs
from coursekit.ssm.ssd_one_chunk import one_chunk

SEGMENT = 512  # positions between the states that are kept for the backward pass, rounded to whole chunks


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
    """`coursekit.ssm.ssd_reference.ssd` with work and memory linear in the length, on matrix products.

    Args, Returns, Raises: as there. Second derivatives are not available.

    Source: Dao & Gu 2024, section 6 and listing 1.
    Taught in: 03-mamba
    """
    check_inputs(x, dt, A, B, C, chunk_size, D, z, dt_bias, initial_states)
    if initial_states is None:
        initial_states = x.new_zeros(x.shape[0], *x.shape[2:], B.shape[-1])  # (B, H, P, N)
    y, final = _Lean.apply(x, dt, B, C, z, A, D, dt_bias, initial_states, chunk_size, dt_softplus)
    return (y, final) if return_final_states else y


class _Lean(torch.autograd.Function):
    """Arguments: five tensors with positions, three without, the first state, two options."""

    @staticmethod
    def forward(ctx, x, dt, B, C, z, A, D, dt_bias, initial_states, chunk_size, dt_softplus):
        per_segment = max(1, SEGMENT // chunk_size)
        y = torch.empty_like(x, memory_format=torch.contiguous_format)  # (B, L, H, P)
        state, kept = _by_group(initial_states, B), []  # (B G, N, H / G * P)
        for index, rows in enumerate(_chunks(x, chunk_size)):
            if index % per_segment == 0:
                kept.append(state)
            y[:, rows], state = one_chunk(*_cut(rows, x, dt, B, C, z), A, D, dt_bias, state, dt_softplus)
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(x, dt, B, C, z, A, D, dt_bias, *kept)
            ctx.options = chunk_size, per_segment, dt_softplus
        return y, _by_head(state, x)

    @staticmethod
    @once_differentiable
    def backward(ctx, d_y, d_final):
        positional, shared, kept = ctx.saved_tensors[:5], ctx.saved_tensors[5:8], ctx.saved_tensors[8:]
        chunk_size, per_segment, dt_softplus = ctx.options
        x, B = positional[0], positional[2]
        d_positional = [None if t is None else torch.empty_like(t) for t in positional]
        d_shared = [None if t is None else torch.zeros_like(t) for t in shared]
        d_state = _by_group(d_final, B)  # (B G, N, H / G * P)
        chunks = _chunks(x, chunk_size)
        for index in reversed(range(len(kept))):
            segment = chunks[index * per_segment : (index + 1) * per_segment]
            # 1. the segment again, from the state that it started with
            cuts = [_leaves(_cut(rows, *positional)) for rows in segment]
            first, parameters, outputs = kept[index].detach().requires_grad_(), _leaves(shared), []
            state = first
            with torch.enable_grad():
                for cut in cuts:
                    y, state = one_chunk(*cut, *parameters, state, dt_softplus)
                    outputs.append(y)
            # 2. back through it; the gradient of its first state is that of the state before it
            leaves = [t for t in (first, *parameters, *sum(cuts, [])) if t is not None]
            upstream = [d_y[:, rows] for rows in segment]
            gradients = iter(torch.autograd.grad([state, *outputs], leaves, [d_state, *upstream]))
            d_state = next(gradients)
            for total in d_shared:
                if total is not None:
                    total += next(gradients)
            for rows in segment:
                for total in d_positional:
                    if total is not None:
                        total[:, rows] = next(gradients)
        return *d_positional, *d_shared, _by_head(d_state, x), None, None


def _by_group(state, B):
    """(B, H, P, N) -> (B G, N, H / G * P)."""
    return state.unflatten(1, (B.shape[2], -1)).flatten(2, 3).flatten(0, 1).mT


def _by_head(state, x):
    """(B G, N, H / G * P) -> (B, H, P, N)."""
    return state.mT.reshape(x.shape[0], *x.shape[2:], -1)


def _chunks(x, chunk_size):
    return [slice(first, first + chunk_size) for first in range(0, x.shape[1], chunk_size)]


def _cut(rows, *tensors):
    return [None if t is None else t[:, rows] for t in tensors]


def _leaves(tensors):
    return [None if t is None else t.detach().requires_grad_() for t in tensors]
