"""What a selective scan cannot do without: one exponential for each step, channel and state."""

import torch

from coursekit.cpu import exponentials, lanes
from coursekit.cpu.compiled import kernel
from coursekit.cpu.exponentials import exp2
from coursekit.cpu.lanes import WIDTH, load, store
from coursekit.cpu.side_by_side import share_kernel

ROWS = 32  # of WIDTH float32 numbers: 8 KiB read and 8 KiB written, which stay in the first cache


def take_exponentials(count):
    """2^x of `count` float32 numbers or somewhat more, by as many threads as torch uses, from the cache to the cache.

    The compiled exponential is the fused scan's own; memory is left out, which makes this a floor.

    Args:
        count: L D N for a scan.

    Taught in: 03-mamba
    """
    workers = torch.get_num_threads()
    x = -torch.rand(ROWS, WIDTH)
    results = torch.empty(workers, ROWS, WIDTH)
    share_kernel(workers, _exponentials, x, results.unbind(), -(-count // x.numel()))


@kernel(lanes, exponentials)
def _exponentials(x, result, rounds, worker, workers):
    for _ in range(worker, rounds, workers):
        for row in range(len(x)):
            store(result, row, exp2(load(x, row)))
