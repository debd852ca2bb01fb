"""The packed weights in one compiled loop: unpacked in registers, never in memory.

Adds one idea to the reference: what is read of the weights are their few bits, and with one token reading is what
costs. Bytes are widened to 16 bits before they are multiplied, for which every machine has instructions.
`vector_cpu_kernels.py` has the loops. Tiles of sixteen outputs go to as many threads as torch uses.
"""

import numpy as np
import torch

from coursekit.cpu.side_by_side import side_by_side
from coursekit.quant.linear.checks import check_inputs
from coursekit.quant.linear.packed import TILE
from coursekit.quant.linear.vector_cpu_kernels import product

_WORTH_SHARING = 2**21  # products (tokens, outputs, inputs) from which a second thread brings more than it costs


def linear(x, weight, bias=None):
    """`coursekit.quant.linear.reference.linear` by a loop for any machine.

    Args, Returns: as there; CPU tensors. Sums of groups are float32.
    Raises: ValueError as there, and for other tensors.
    Taught in: 05-cuantizacion
    """
    return by_loop(x, weight, bias, None)


def by_loop(x, weight, bias, instruction):
    """The layer by the loop with the machine's instruction (True), or without (None)."""
    check_inputs(x, weight, bias)
    if not (x.is_cpu and weight.data.is_cpu):
        raise ValueError(f"expected tensors of the CPU, got {x.device} and {weight.data.device}")
    # by numpy: for one token of a small layer, each operation of torch's takes as long as a tenth of the product
    given = np.ascontiguousarray(x.detach().float().numpy()).reshape(-1, weight.group_size)  # (N G, g)
    tiles = len(weight.scales)
    y = torch.empty(*x.shape[:-1], tiles * TILE)
    rows = y.numpy().reshape(given.size // weight.inputs, tiles * TILE)
    workers = _workers(len(rows) * weight.outputs * weight.inputs, tiles)
    if workers == 1:
        product(given, *weight.arrays, instruction, rows, 0, 1)
    else:
        shares = [[worker] for worker in range(workers)]
        side_by_side(lambda worker: product(given, *weight.arrays, instruction, rows, worker, workers), shares)
    if tiles * TILE != weight.outputs:
        y = y[..., : weight.outputs].contiguous()
    y = y.to(x.dtype)
    return y if bias is None else y + bias


def _workers(products, tiles):
    return 1 if products < _WORTH_SHARING else min(torch.get_num_threads(), tiles)
