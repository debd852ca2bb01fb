"""The packed weights in one compiled loop: unpacked in registers, never in memory.

Adds one idea to the reference: what is read of the weights are their few bits, and with one token reading is what
costs. Bytes are widened to 16 bits before they are multiplied, for which every machine has instructions.
`vector_cpu_kernels.py` has the loops. Tiles of sixteen outputs go to as many threads as torch uses.
"""

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
    given = x.detach().to(torch.float32).reshape(-1, weight.group_size).contiguous()  # (N G, g)
    tokens, tiles = given.numel() // weight.inputs, len(weight.scales)
    y = torch.empty(tokens, tiles * TILE)
    worth = torch.get_num_threads() > 1 and tokens * weight.outputs * weight.inputs >= _WORTH_SHARING
    workers = min(torch.get_num_threads(), tiles) if worth else 1

    def work(worker):
        product(given.numpy(), *weight.arrays, instruction, y.numpy(), worker, workers)

    side_by_side(work, [[worker] for worker in range(workers)])
    y = y[:, : weight.outputs].reshape(*x.shape[:-1], weight.outputs).to(x.dtype)
    return y if bias is None else y + bias
