"""A segment of state space duality, chunk by chunk, for `chunk_by_chunk.py`: two forms, by how fast the state fades.

Both compute C B^T once for all the heads that they are given, and neither copies B: what depends on the head multiplies
x. Steps and decays are computed for all chunks at once; what has the size of x or of the state, chunk by chunk, while
it is in the cache.
"""

from math import log

import torch
from torch.nn.functional import pad

from coursekit.ssm.duality.checks import skip_and_gate, step_sizes


def one_segment(tensors, chunk_size, dt_softplus):
    """The outputs of the chunks of L positions, and the state after them, for heads of one group.

        s_t = sum_{r <= t} dt_r A        y_t = e^(s_t) C_t (h + sum_{r <= t} B_r e^(-s_r) dt_r x_r)

    with sums from the start of the chunk of t, where the state is h.

    Args:
        tensors: `Tensors`, with the states as they come out, (B, N, H * P).
        chunk_size: Q, positions.
        dt_softplus: as in `coursekit.ssm.ssd`.

    Returns: y (B, Q, H, P) for each chunk of Q positions, the last one may be shorter; state (B, N, H * P).

    Source: Dao & Gu 2024, section 6; the two factors of the decay: Yang et al. 2024 (GLA), section 4.
    Taught in: 03-mamba
    """
    x, dt, B, C, z, A, D, dt_bias, state = tensors
    L, size = x.shape[1], x.shape[3]
    steps = step_sizes(dt, dt_bias, dt_softplus)  # (B, L, H)
    # differences of running sums are exact enough only if the sums are more exact than the result
    rates = pad((steps * A).double(), (0, 0, 0, -L % chunk_size)).unflatten(1, (-1, chunk_size))  # (B, K, Q, H)
    summed = rates.cumsum(2)  # s, and after the end its last value
    left = _exp(summed[:, :, -1:], x).repeat_interleave(size, -1)  # of a state, after each chunk (B, K, 1, H * P)
    folded = summed.abs().amax() < _log_end(x) / 2  # the other half of the exponents is left to the values
    summed = summed.flatten(1, 2)[:, :L]  # (B, L, H)
    if folded:
        form, read = _folded, summed.exp().to(x.dtype)[..., None]  # (B, L, H, 1)
        written = (steps * summed.neg().exp().to(x.dtype))[..., None]  # (B, L, H, 1)
    else:
        form, read, written = _masked, summed, steps[..., None]
    chunks = [t.split(chunk_size, 1) for t in (x, written, B, C, read)]
    gates = [None] * len(chunks[0]) if z is None else z.split(chunk_size, 1)
    outputs = []
    for (x_k, written_k, *others), z_k, left_k in zip(zip(*chunks), gates, left.unbind(1)):
        y, state = form((x_k * written_k).flatten(2), *others, left_k, state)
        outputs.append(skip_and_gate(y, x_k, D, z_k))
    return outputs, state


def _folded(inputs, B, C, read, left, state):
    """Where e^(-s) is of moderate size: it multiplies the inputs, e^s the outputs, and no head needs a mask.

    In float32 the gradients of dt and A lose up to a digit: the two factors' shares cancel.
    """
    # 1. within the chunk, and 4. from the state that it starts with
    scores = torch.bmm(C, B.mT).tril_()  # (B, Q, Q)
    y = torch.bmm(scores, inputs).baddbmm_(C, state)  # (B, Q, H * P)
    # 2. and 3. what the chunk adds to the state, and what is left of both
    return y.unflatten(2, (read.shape[2], -1)) * read, torch.baddbmm(state, B.mT, inputs) * left


def _masked(inputs, B, C, summed, left, state):
    """Where it is not: a mask a head, whose entries e^(s_t - s_r) never leave the range below the diagonal."""
    heads = summed.shape[2]
    by_head = inputs.unflatten(2, (heads, -1))  # (B, Q, H, P)
    # 1. within the chunk: the scores once, the mask for each head
    scores = torch.bmm(C, B.mT).tril_()  # (B, Q, Q)
    summed = summed.mT.contiguous()  # (B, H, Q)
    mask = _exp(summed[..., :, None] - summed[..., None, :], inputs)  # (B, H, Q, Q)
    y = torch.matmul(mask * scores[:, None], by_head.transpose(1, 2)).transpose(1, 2)  # (B, Q, H, P)
    # 4. what the chunk reads from the state that it starts with
    started = _exp(summed, inputs).mT[..., None]  # (B, Q, H, 1)
    y = torch.addcmul(y, torch.bmm(C, state).view_as(by_head), started)  # (B, Q, H, P)
    # 2. and 3. what the chunk adds to the state, and what is left of the state
    until_end = _exp(summed[..., -1:] - summed, inputs).mT[..., None]  # (B, Q, H, 1)
    return y, torch.addcmul(torch.bmm(B.mT, (by_head * until_end).flatten(2)), left, state)


def _exp(log_decay, x):
    """e^log_decay in the dtype of x. What is out of range counts as its end: subnormal numbers are slow, and infinity
    times 0 is NaN."""
    end = _log_end(x)
    return log_decay.to(x.dtype).clamp(-end, end).exp_()


def _log_end(x):
    return -7 - log(torch.finfo(x.dtype).tiny)  # 80.3 in float32
