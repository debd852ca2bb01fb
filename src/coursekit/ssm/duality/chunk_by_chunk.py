"""State space duality in chunks, arranged for a processor.

Adds to `chunked.py`: one chunk is done after the other, so that what it needs stays in the cache, in few products
for all heads of a group (`segment.py`); the heads are shared among threads (`shares.py`). The backward pass
computes each segment of chunks again from the state that it started with, in place of keeping what the chunks needed.
"""

from itertools import islice

import torch
from torch.autograd.function import once_differentiable

from coursekit.cpu.side_by_side import side_by_side
from coursekit.ssm.duality.checks import check_inputs, spreads
from coursekit.ssm.duality.reference import recurrence
from coursekit.ssm.duality.segment import one_segment
from coursekit.ssm.duality.shares import shares
from coursekit.ssm.duality.tensors import POSITIONAL, SHARED, Tensors

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
    given = x, dt, A, B, C, chunk_size, D, z, dt_bias, initial_states, dt_softplus, return_final_states
    chunk_size = min(chunk_size, x.shape[1])
    tensors = Tensors(x, dt, B, C, z, A, D, dt_bias, initial_states)
    y, final = _ChunkByChunk.apply(*tensors, chunk_size, dt_softplus)
    if spreads(final):
        return recurrence(*given)
    return (y, final) if return_final_states else y


class _ChunkByChunk(torch.autograd.Function):
    """Arguments: those of `Tensors`, then two options."""

    @staticmethod
    def forward(ctx, *arguments):
        *given, chunk_size, dt_softplus = arguments
        tensors = Tensors(*given)
        y, final = (torch.empty_like(t, memory_format=torch.contiguous_format) for t in (tensors.x, tensors.states))

        def work(share):
            results = y[:, :, share.heads], final[:, share.heads]
            return _forward(tensors.heads(share), *results, chunk_size, dt_softplus)

        ctx.shares = shares(tensors.x, tensors.B)
        kept = side_by_side(work, ctx.shares)
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(*tensors, *sum(kept, []))
            ctx.options = len(kept[0]), chunk_size, dt_softplus
        return y, final

    @staticmethod
    @once_differentiable
    def backward(ctx, d_y, d_final):
        segments, *options = ctx.options
        count = len(Tensors._fields)
        tensors, kept = Tensors(*ctx.saved_tensors[:count]), iter(ctx.saved_tensors[count:])
        gradients = tensors.each(torch.zeros_like)
        starts = {share: list(islice(kept, segments)) for share in sum(ctx.shares, [])}

        def work(share):
            upstream = d_y[:, :, share.heads], d_final[:, share.heads]
            return _backward(tensors.heads(share), starts[share], upstream, gradients.heads(share), *options)

        for share, (d_B, d_C) in zip(starts, side_by_side(work, ctx.shares)):  # several shares may read the same group
            gradients.B[:, :, share.group] += d_B
            gradients.C[:, :, share.group] += d_C
        return *gradients, None, None


def _forward(tensors, y, final, chunk_size, dt_softplus):
    """Fill y and the final states; the state before each segment."""
    state, kept = _merged(tensors.states), []  # (B, N, H * P)
    for rows in _segments(tensors.x, chunk_size):
        kept.append(state)
        chunks, state = one_segment(tensors.positions(rows, state), chunk_size, dt_softplus)
        for target, chunk in zip(y[:, rows].split(chunk_size, 1), chunks):
            target.copy_(chunk)
    final.copy_(_by_head(state, final))
    return kept


def _backward(tensors, starts, upstream, gradients, chunk_size, dt_softplus):
    """Fill the gradients, but for those of B and C, which are returned."""
    d_y, d_final = upstream
    gradients = gradients._replace(B=torch.empty_like(tensors.B), C=torch.empty_like(tensors.C))
    d_state = _merged(d_final)  # (B, N, H * P)
    for rows, start in reversed(list(zip(_segments(tensors.x, chunk_size), starts))):
        # 1. the segment again, from the state that it started with
        segment = tensors.positions(rows, start).each(_leaf)
        with torch.enable_grad():
            chunks, state = one_segment(segment, chunk_size, dt_softplus)
        # 2. back through it; the gradient of its first state is that of the state before it
        found = _gradients(segment, [*chunks, state], (*d_y[:, rows].split(chunk_size, 1), d_state))
        for name in POSITIONAL:
            if getattr(found, name) is not None:
                getattr(gradients, name)[:, rows] = getattr(found, name)
        for name in SHARED:
            if getattr(found, name) is not None:
                getattr(gradients, name).add_(getattr(found, name))
        d_state = found.states
    gradients.states.copy_(_by_head(d_state, gradients.states))
    return gradients.B, gradients.C


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


def _leaf(tensor):
    return tensor.detach().requires_grad_()


def _gradients(segment, outputs, upstream):
    """Those of the segment's tensors, each in its place."""
    found = iter(torch.autograd.grad(outputs, [t for t in segment if t is not None], upstream))
    return segment.each(lambda _: next(found))
