"""Selective copying solved by hand: what selection can do, without any training.

Two selective scans with A = 0, so that nothing fades; the step size of a token says whether it touches the state.
"""

import torch
from torch import nn
from torch.nn.functional import one_hot

from coursekit.ssm.scan.backend import selective_scan


class ConstructedCopier(nn.Module):
    """Counts the data tokens, writes each into the slot of its number, and reads slot after slot.

        first scan     n_t = sum_{s <= t} Delta_s,                 Delta_s = 1 on data, 0 on noise
        second scan    h_t = h_{t-1} + Delta_t e(n_t) u_t,         y_t = e(m_t) . h_t

    u_t is the token as a one-hot vector, e(n) the n-th unit vector of M states, m_t the number of queries so far.

    Args:
        task: a `coursekit.tasks.SelectiveCopying`.
        selective: False is the control: what is read is counted and stored with the same step size, 1, for every
            token; then noise takes slots, too.

    Source: the solution that Gu & Dao 2023 describe in words in section 3.1 (select the data by the step size).
    Taught in: 03-mamba
    """

    def __init__(self, task, selective=True):
        super().__init__()
        self.task, self.selective = task, selective

    def forward(self, ids):
        """ids (B, T) -> scores of the token to put out (B, T, V)"""
        symbols, slots = self.task.symbols, self.task.items
        is_data, is_query = ids < symbols, ids == self.task.vocab_size - 1  # (B, T) twice
        # 1. count: one channel for what has been read, one for what has been asked
        touched = is_data if self.selective else torch.ones_like(is_data)
        steps = torch.stack([touched, is_query], dim=1).float()  # (B, 2, T)
        ones = torch.ones_like(steps[:, :1])  # (B, 1, T): B and C of a single state
        counts = selective_scan(torch.ones_like(steps), steps, steps.new_zeros(2, 1), ones, ones)  # (B, 2, T)
        # 2. store and read: B says into which slot, C from which
        write, read = (_slot(count, slots) for count in counts.round().long().unbind(1))  # (B, M, T) twice
        tokens = one_hot(ids.clamp(max=symbols), symbols + 1)[..., :symbols].mT.float()  # (B, V, T)
        steps = steps[:, :1].expand_as(tokens).contiguous()
        return selective_scan(tokens, steps, tokens.new_zeros(symbols, slots), write, read).mT  # (B, T, V)


def _slot(count, slots):
    """The unit vector of the slot that a count names, 1 .. slots; zeros for any other: (B, T) -> (B, M, T)."""
    names = torch.arange(1, slots + 1, device=count.device)
    return (count[:, None] == names[:, None]).float()
