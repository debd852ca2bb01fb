"""State space duality in chunks, arranged for a processor.

Adds to `ssd_chunked.py`: C B^T is computed once for all heads of a group; the decay towards the end of the chunk
multiplies x, not B, so that B is never copied and one product a group feeds all its states, another reads them;
and one chunk is done after the other, so that its mask stays in the cache. The backward pass computes each
segment of chunks again from the state that it started with, in place of keeping what the chunks needed.
"""

from math import log

import torch
from torch.autograd.function import once_differentiable

from coursekit.ssm.ssd_checks import check_inputs, skip_and_gate, step_sizes

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
            y[:, rows], state = _chunk(*_cut(rows, x, dt, B, C, z), A, D, dt_bias, state, dt_softplus)
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
                    y, state = _chunk(*cut, *parameters, state, dt_softplus)
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


def _chunk(x, dt, B, C, z, A, D, dt_bias, state, dt_softplus):
    """One chunk of Q positions: its output (B, Q, H, P), and the state after it, (B G, N, H / G * P) as before it."""
    size, groups = x.shape[3], B.shape[2]
    steps = step_sizes(dt, dt_bias, dt_softplus).transpose(1, 2)  # (B, H, Q)
    # differences of running sums are exact enough only if the sums are more exact than the result
    summed = (steps * A[:, None]).double().cumsum(-1)  # (B, H, Q)
    started, until_end = _exp(summed, x), _exp(summed[..., -1:] - summed, x)  # (B, H, Q) each
    B, C = (t.transpose(1, 2).flatten(0, 1) for t in (B, C))  # (B G, Q, N) each
    # 1. within the chunk: the scores once for a group, the mask for each head
    scores = torch.bmm(C, B.mT).tril()  # (B G, Q, Q)
    mask = _exp(summed[..., :, None] - summed[..., None, :], x)  # (B, H, Q, Q)
    weights = mask.view(len(scores), -1, *scores.shape[1:]) * scores[:, None]  # (B G, H / G, Q, Q)
    inputs = x.transpose(1, 2) * steps[..., None]  # (B, H, Q, P)
    y = torch.bmm(weights.flatten(0, 1), inputs.flatten(0, 1)).view(inputs.shape)  # (B, H, Q, P)
    # 4. what the chunk reads from the state that it starts with
    read = _by_position(torch.bmm(C, state), groups, size)  # (B, Q, H, P)
    y = torch.addcmul(y.transpose(1, 2), read, started.mT[..., None])  # (B, Q, H, P)
    # 2. and 3. what the chunk adds to the state, and what is left of the state
    added = _by_group_of_positions(inputs * until_end[..., None], groups)  # (B G, Q, H / G * P)
    left = started[..., -1].reshape(len(B), 1, -1).repeat_interleave(size, -1)  # (B G, 1, H / G * P)
    state = torch.addcmul(torch.bmm(B.mT, added), left, state)  # (B G, N, H / G * P)
    return skip_and_gate(y, x, D, z), state


def _exp(log_decay, x):
    """e^log_decay in the dtype of x. What is out of range counts as its end: subnormal numbers are slow, and infinity
    times 0 is NaN."""
    end = -7 - log(torch.finfo(x.dtype).tiny)  # 80.3 in float32
    return log_decay.to(x.dtype).clamp(-end, end).exp_()


def _by_position(y, groups, size):
    """(B G, Q, H / G * P) -> (B, Q, H, P)."""
    return y.unflatten(0, (-1, groups)).unflatten(-1, (-1, size)).transpose(1, 2).flatten(2, 3)


def _by_group_of_positions(y, groups):
    """(B, H, Q, P) -> (B G, Q, H / G * P)."""
    return y.unflatten(1, (groups, -1)).transpose(2, 3).flatten(3, 4).flatten(0, 1)


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
