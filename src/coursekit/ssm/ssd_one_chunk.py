"""One chunk of state space duality, for `ssd_lean.py`: two forms of the same, by how fast the state fades.

Both compute C B^T once for all heads of a group, and neither copies B: what depends on the head multiplies x.
"""

from math import log

import torch

from coursekit.ssm.ssd_checks import skip_and_gate, step_sizes


def one_chunk(x, dt, B, C, z, A, D, dt_bias, state, dt_softplus):
    """The output of a chunk of Q positions, and the state after it.

        s_t = sum_{r <= t} dt_r A        y_t = e^(s_t) C_t (h + sum_{r <= t} B_r e^(-s_r) dt_r x_r)

    Args: those of `coursekit.ssm.ssd` for the Q positions; z, D and dt_bias may be None.
        state: h, (B G, N, H / G * P), as it comes out.

    Returns: y (B, Q, H, P), state (B G, N, H / G * P).

    Source: Dao & Gu 2024, section 6; the two factors of the decay: Yang et al. 2024 (GLA), section 4.
    Taught in: 03-mamba
    """
    steps = step_sizes(dt, dt_bias, dt_softplus)  # (B, Q, H)
    # differences of running sums are exact enough only if the sums are more exact than the result
    summed = (steps * A).double().cumsum(1)  # s (B, Q, H)
    folded = summed.abs().amax() < _log_end(x) / 2  # the other half of the exponents is left to the values
    y, state = (_folded if folded else _masked)(x, steps, summed, B, C, state)
    return skip_and_gate(y, x, D, z), state


def _folded(x, steps, summed, B, C, state):
    """Where e^(-s) is of moderate size: it multiplies the inputs, e^s the outputs, and no head needs a mask.

    In float32 the gradients of dt and A lose up to a digit: the two factors' shares cancel.
    """
    groups, size = B.shape[2], x.shape[3]
    read = summed.exp().to(x.dtype)[..., None]  # (B, Q, H, 1)
    written = (steps * summed.neg().exp()).to(x.dtype)[..., None]  # (B, Q, H, 1)
    B, C = _by_group(B), _by_group(C)  # (B G, Q, N) each
    inputs = _by_group(_grouped(x * written, groups))  # (B G, Q, H / G * P)
    # 1. within the chunk, and 4. from the state that it starts with
    scores = torch.bmm(C, B.mT).tril()  # (B G, Q, Q)
    y = torch.bmm(scores, inputs).baddbmm_(C, state)  # (B G, Q, H / G * P)
    # 2. and 3. what the chunk adds to the state, and what is left of both
    left = _by_group(_grouped(read[:, -1:].expand(-1, -1, -1, size), groups))  # (B G, 1, H / G * P)
    return _by_head(y, groups, size) * read, torch.baddbmm(state, B.mT, inputs) * left


def _masked(x, steps, summed, B, C, state):
    """Where it is not: a mask a head, whose entries e^(s_t - s_r) never leave the range below the diagonal."""
    groups, size = B.shape[2], x.shape[3]
    inputs = x * steps[..., None]  # (B, Q, H, P)
    summed = summed.mT.contiguous()  # (B, H, Q)
    started, until_end = _exp(summed, x), _exp(summed[..., -1:] - summed, x)  # (B, H, Q) each
    B, C = _by_group(B), _by_group(C)  # (B G, Q, N) each
    # 1. within the chunk: the scores once for a group, the mask for each head
    scores = torch.bmm(C, B.mT).tril()  # (B G, Q, Q)
    mask = _exp(summed[..., :, None] - summed[..., None, :], x)  # (B, H, Q, Q)
    weights = mask.view(len(scores), -1, *scores.shape[1:]) * scores[:, None]  # (B G, H / G, Q, Q)
    y = torch.matmul(weights.flatten(0, 1), inputs.transpose(1, 2).flatten(0, 1))  # (B H, Q, P)
    y = y.unflatten(0, summed.shape[:2]).transpose(1, 2)  # (B, Q, H, P)
    # 4. what the chunk reads from the state that it starts with
    y = torch.addcmul(y, _by_head(torch.bmm(C, state), groups, size), started.mT[..., None])  # (B, Q, H, P)
    # 2. and 3. what the chunk adds to the state, and what is left of the state
    added = _by_group(_grouped(inputs * until_end.mT[..., None], groups))  # (B G, Q, H / G * P)
    left = started[..., -1].reshape(len(B), 1, -1).repeat_interleave(size, -1)  # (B G, 1, H / G * P)
    return y, torch.addcmul(torch.bmm(B.mT, added), left, state)


def _exp(log_decay, x):
    """e^log_decay in the dtype of x. What is out of range counts as its end: subnormal numbers are slow, and infinity
    times 0 is NaN."""
    end = _log_end(x)
    return log_decay.to(x.dtype).clamp(-end, end).exp_()


def _log_end(x):
    return -7 - log(torch.finfo(x.dtype).tiny)  # 80.3 in float32


def _grouped(y, groups):
    """(B, Q, H, P) -> (B, Q, G, H / G * P)."""
    return y.unflatten(2, (groups, -1)).flatten(3)


def _by_group(y):
    """(B, Q, G, ..) -> (B G, Q, ..); a view where there is one group."""
    return y.transpose(1, 2).flatten(0, 1)


def _by_head(y, groups, size):
    """(B G, Q, H / G * P) -> (B, Q, H, P)."""
    return y.unflatten(0, (-1, groups)).transpose(1, 2).unflatten(-1, (-1, size)).flatten(2, 3)
