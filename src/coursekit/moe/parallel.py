"""Experts on several machines: tokens travel to their experts and back, an all-to-all each way."""

import torch
import torch.distributed as dist

from coursekit.moe.experts import apply_experts
from coursekit.moe.experts.by_expert import put_back, sort_pairs


class ParallelExperts:
    """`apply_experts` where each process of a group holds an equal part of the experts, in the order of their numbers.

        1. sort the pairs by expert, and thus by process; tell each how many rows come, for which of its experts
        2. all-to-all: the rows to their experts
        3. each process works for its experts
        4. all-to-all: the results back, which each token adds up

    All processes must call it together, each with its own tokens. Gradients travel the same ways back.

    Args:
        group: of `torch.distributed`; None = all processes.

    Attributes:
        bytes_sent: what forward calls sent to *other* processes so far: rows there, results back, and counts.

    Source: Lepikhin et al. 2020 (GShard), section 3.2; Fedus et al. 2021 (Switch), section 5.2.
    Taught in: 04-moe
    """

    def __init__(self, group=None):
        self.group, self.bytes_sent = group, 0
        self.rank, self.size = dist.get_rank(group), dist.get_world_size(group)

    def __call__(self, x, weights, indices, gate_up, down):
        """As `coursekit.moe.experts.apply_experts`, with this process's experts only in the last two.

        Args:
            x, weights, indices: (N, C), (N, K), (N, K) of this process; indices count over all experts.
            gate_up, down: (E / size, C, 2 F), (E / size, F, C).

        Returns: (N, C).
        Raises: ValueError when an index is of no process's expert.
        """
        local = len(gate_up)
        if indices.numel() and not -1 <= indices.min() <= indices.max() < local * self.size:
            raise ValueError(
                f"indices: expected from -1 to {local * self.size - 1}, {local} experts for each of {self.size} "
                f"processes, got {int(indices.min())} .. {int(indices.max())}"
            )
        # 1. who sends how many rows to whom
        order, counts = sort_pairs(indices, local * self.size)
        sent = torch.tensor(counts).view(self.size, local)  # rows for each expert of each process
        come = torch.empty_like(sent)
        dist.all_to_all_single(come, sent, group=self.group)
        there, here = sent.sum(1).tolist(), come.sum(1).tolist()
        # 2. the rows travel
        rows = _AllToAll.apply(x.index_select(0, order // indices.shape[1]), there, here, self.group)
        # 3. each row has one expert, whose weight waits at home
        owner = torch.arange(local).repeat(self.size).repeat_interleave(come.flatten())[:, None]  # (rows, 1)
        done = apply_experts(rows, torch.ones_like(owner, dtype=rows.dtype), owner, gate_up, down)
        # 4. and back
        self.bytes_sent += self._bytes(sent, there, here, x)
        return put_back(_AllToAll.apply(done, here, there, self.group), order, weights, x.dtype)

    def _bytes(self, sent, there, here, x):
        rows = sum(there) - there[self.rank] + sum(here) - here[self.rank]
        return rows * x.shape[1] * x.itemsize + (self.size - 1) * sent[0].nbytes


class _AllToAll(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows, there, here, group):
        ctx.ways = there, here, group
        return _exchange(rows, there, here, group)

    @staticmethod
    def backward(ctx, gradient):
        there, here, group = ctx.ways
        return _exchange(gradient, here, there, group), None, None, None


def _exchange(rows, there, here, group):
    out = rows.new_empty(sum(here), rows.shape[1])
    dist.all_to_all_single(out, rows.contiguous(), here, there, group=group)
    return out
