"""The packed weights in one compiled loop: unpacked in registers, never in memory.

Adds one idea to the reference: what is read of the weights are their few bits, and with one token reading is what
costs. Bytes are widened to 16 bits before they are multiplied, for which every machine has instructions.
`vector_cpu_kernels.py` has the loops. Tiles of sixteen outputs go to as many threads as torch uses.
"""

import torch

from coursekit.cpu.rounded_inputs import round_inputs
from coursekit.cpu.side_by_side import share_kernel
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
    given = x.detach().reshape(-1, weight.groups, weight.group_size).to(torch.float32).contiguous()
    tokens, groups, parts = len(given), weight.groups, 8 // weight.bits
    length = 4 * weight.steps * parts  # inputs of a group, with what fills the last row
    codes = torch.empty(tokens * groups, length, dtype=torch.int8)
    scales, sums = torch.empty(tokens, groups), torch.empty(tokens, groups, dtype=torch.int32)
    rows = given.view(-1, weight.group_size).numpy()
    round_inputs(rows, rows.view("int32"), codes.numpy(), scales.view(-1).numpy(), sums.view(-1).numpy())
    tiles = len(weight.scales)
    y = torch.empty(tokens, tiles * TILE)
    lows = weight.scales[:0] if weight.lows is None else weight.lows
    kept = [t.view(torch.uint16) if t.dtype == torch.float16 else t for t in (weight.scales, lows)]
    worth = tokens * weight.outputs * weight.inputs >= _WORTH_SHARING
    workers = min(torch.get_num_threads(), tiles) if worth else 1
    shifts = (tuple(weight.bits * k for k in range(parts)),) * workers  # of a tuple each worker takes its own
    inputs = codes.view(torch.int32).view(-1), scales, sums
    share_kernel(workers, product, weight.data, *kept, weight.middle, weight.steps, shifts, *inputs, instruction, y)
    y = y[:, : weight.outputs].to(x.dtype).reshape(*x.shape[:-1], weight.outputs)
    return y if bias is None else y + bias
