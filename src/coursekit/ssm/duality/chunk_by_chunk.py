"""State space duality in chunks, arranged for a processor.

Adds to `chunked.py`: one chunk is done after the other, so that what it needs stays in the cache, in few products
for all heads of a group (`segment.py`); the heads are shared among threads (`shares.py`). The backward pass
computes each segment of chunks again from the state that it started with, in place of keeping what the chunks needed.
"""

from itertools import islice

import torch
from torch.autograd.function import once_differentiable

from coursekit.cpu.side_by_side import side_by_side
from coursekit.ssm.duality.checks import check_inputs
from coursekit.ssm.duality.segment import one_segment
from coursekit.ssm.duality.shares import shares

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
    """`coursekit.ssm.duality.reference.ssd` with work and memory linear in the length, on matrix products.

    Args, Returns, Raises: as there. Second derivatives are not available.

    Source: Dao & Gu 2024, section 6 and listing 1.
    Taught in: 03-mamba
    """
    check_inputs(x, dt, A, B, C, chunk_size, D, z, dt_bias, initial_states)
    if initial_states is None:
        initial_states = x.new_zeros(x.shape[0], *x.shape[2:], B.shape[-1])  # (B, H, P, N)
    chunk_size = min(chunk_size, x.shape[1])
    y, final = _Lean.apply(x, dt, B, C, z, A, D, dt_bias, initial_states, chunk_size, dt_softplus)
    return (y, final) if return_final_states else y


class _Lean(torch.autograd.Function):
    """Arguments: five tensors with positions, three without, the first states, two options."""

    @staticmethod
    def forward(ctx, *arguments):
        *tensors, chunk_size, dt_softplus = arguments
        x, B, states = tensors[0], tensors[2], tensors[8]
        y, final = (torch.empty_like(t, memory_format=torch.contiguous_format) for t in (x, states))

        def work(share):
            results = y[:, :, share.heads], final[:, share.heads]
            return _forward(*share.of(*tensors), *results, chunk_size, dt_softplus)

        ctx.shares = shares(x, B)
        kept = side_by_side(work, ctx.shares)
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(*tensors, *sum(kept, []))
            ctx.options = len(kept[0]), chunk_size, dt_softplus
        return y, final

    @staticmethod
    @once_differentiable
    def backward(ctx, d_y, d_final):
        segments, *options = ctx.options
        tensors, kept = ctx.saved_tensors[:9], iter(ctx.saved_tensors[9:])
        gradients = [None if t is None else torch.zeros_like(t) for t in tensors]
        starts = {share: list(islice(kept, segments)) for share in sum(ctx.shares, [])}

        def work(share):
            upstream = d_y[:, :, share.heads], d_final[:, share.heads]
            return _backward(*share.of(*tensors), starts[share], *upstream, share.of(*gradients), *options)

        for share, (d_B, d_C) in zip(starts, side_by_side(work, ctx.shares)):  # several shares may read the same group
            gradients[2][:, :, share.group] += d_B
            gradients[3][:, :, share.group] += d_C
        return *gradients, None, None


def _forward(x, dt, B, C, z, A, D, dt_bias, states, y, final, chunk_size, dt_softplus):
    """Fill y and the final states; the state before each segment."""
    state, kept = _merged(states), []  # (B, N, H * P)
    for rows in _segments(x, chunk_size):
        kept.append(state)
        chunks, state = one_segment(*_cut(rows, x, dt, B, C, z), A, D, dt_bias, state, chunk_size, dt_softplus)
        for target, chunk in zip(y[:, rows].split(chunk_size, 1), chunks):
            target.copy_(chunk)
    final.copy_(_by_head(state, final))
    return kept


def _backward(x, dt, B, C, z, A, D, dt_bias, states, starts, d_y, d_final, gradients, chunk_size, dt_softplus):
    """Fill the gradients, but for those of B and C, which are returned."""
    d_x, d_dt, _, _, d_z, *d_shared, d_states = gradients
    d_B, d_C = torch.empty_like(B), torch.empty_like(C)
    d_positional = d_x, d_dt, d_B, d_C, d_z
    d_state = _merged(d_final)  # (B, N, H * P)
    for rows, start in reversed(list(zip(_segments(x, chunk_size), starts))):
        # 1. the segment again, from the state that it started with
        given = _leaves([*_cut(rows, x, dt, B, C, z), A, D, dt_bias, start])
        with torch.enable_grad():
            chunks, state = one_segment(*given, chunk_size, dt_softplus)
        # 2. back through it; the gradient of its first state is that of the state before it
        upstream = *d_y[:, rows].split(chunk_size, 1), d_state
        found = iter(torch.autograd.grad([*chunks, state], [t for t in given if t is not None], upstream))
        for total in d_positional:
            if total is not None:
                total[:, rows] = next(found)
        for total in d_shared:
            if total is not None:
                total += next(found)
        d_state = next(found)
    d_states.copy_(_by_head(d_state, d_states))
    return d_B, d_C


def _merged(states):
    """(B, H, P, N) -> (B, N, H * P)."""
    return states.flatten(1, 2).mT


def _by_head(state, like):
    """(B, N, H * P) -> (B, H, P, N)."""
    return state.mT.view_as(like)


def _segments(x, chunk_size):
    """Slices of positions, as many whole chunks as fit into SEGMENT."""
    length = max(1, SEGMENT // chunk_size) * chunk_size
    return [slice(first, first + length) for first in range(0, x.shape[1], length)]


def _cut(rows, *tensors):
    return [None if t is None else t[:, rows] for t in tensors]


def _leaves(tensors):
    return [None if t is None else t.detach().requires_grad_() for t in tensors]
