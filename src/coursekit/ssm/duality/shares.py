"""The heads of state space duality in shares, for as many threads: no head needs another one."""

from typing import NamedTuple

import torch

WORTH_SHARING = 2**20  # numbers (positions, channels, states) from which a second thread brings more than it costs


class Share(NamedTuple):
    """Heads `first` to `last`, that one not included, of one group."""

    first: int
    last: int
    group: int

    @property
    def heads(self):
        """The slice of their axis."""
        return slice(self.first, self.last)


def shares(x, B):
    """A list of shares for each of torch's threads, as far as there are heads; one list where that would not pay.

    It does not where the work is little, or not done by the CPU.

    Args:
        x: (B, L, H, P).
        B: (B, L, G, N).

    Returns: lists of `Share`, none of them empty.
    Taught in: 03-mamba
    """
    heads, (groups, states) = x.shape[2], B.shape[2:]
    threads = torch.get_num_threads() if x.is_cpu and x.numel() * states >= WORTH_SHARING else 1
    per_group = heads // groups
    parts = min(per_group, -(-threads // groups))
    ends = [per_group * part // parts for part in range(parts + 1)]
    all_shares = [
        Share(group * per_group + first, group * per_group + last, group)
        for group in range(groups)
        for first, last in zip(ends, ends[1:])
    ]
    threads = min(threads, len(all_shares))
    return [all_shares[thread::threads] for thread in range(threads)]
