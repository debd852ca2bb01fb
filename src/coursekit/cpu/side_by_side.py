"""Shares of one call, each in a thread of its own: what two operations of torch in a row cannot do.

An operation that torch divides by itself wakes its threads and waits for all of them, and the next one does so again.
On small operations that takes longer than the work. Shares that need nothing of each other meet once, at the end.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch


def side_by_side(work, shares):
    """work(share) for each share of each thread, the first thread's in this one; the results in order.

    Meanwhile torch divides no operation by itself, in any thread of the process.

    Args:
        work: called in several threads at once, with gradients and inference mode as in this one.
        shares: a list for each thread; where there is only one, torch does as always.

    Raises: what `work` raises, when all threads have ended.
    Taught in: 03-mamba
    """

    modes = torch.is_inference_mode_enabled(), torch.is_grad_enabled()

    def one_after_the_other(mine):
        with torch.inference_mode(modes[0]), torch.set_grad_enabled(modes[1]):  # a new thread has its own
            return [work(share) for share in mine]

    mine, *others = shares
    if not others:
        return one_after_the_other(mine)
    with _undivided(), ThreadPoolExecutor(len(others)) as pool:
        theirs = pool.map(one_after_the_other, others)
        return sum(theirs, one_after_the_other(mine))


@contextmanager
def _undivided():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # new threads start with the last number that was set
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def share_kernel(workers, kernel, *arguments):
    """Call a compiled kernel once a worker, each in its own thread, with `worker, workers` as its last arguments.

    Args:
        workers: how many.
        kernel: takes arrays and numbers; releases Python's lock (`coursekit.cpu.compiled.kernel`).
        arguments: tensors go in as arrays; of a tuple of tensors, each worker takes its own; the rest goes as it is.

    Taught in: 03-mamba
    """

    def work(worker):
        mine = (x[worker] if isinstance(x, tuple) else x for x in arguments)
        return kernel(*(x.detach().numpy() if isinstance(x, torch.Tensor) else x for x in mine), worker, workers)

    side_by_side(work, [[worker] for worker in range(workers)])
