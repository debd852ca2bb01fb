"""Keys and values in one compiled loop: unpacked in registers, never in memory.

Adds one idea to the reference: with one query reading the cache is what costs, and what is read are the few bits.
Shares of the mixture are rounded to 14 bits of the largest among 16 tokens. Leaves out what many queries would ask for:
each reads the cache again. `vector_cpu_kernels.py` has the loops; heads go to as many threads as torch uses.
"""

from math import e, log2

import numpy as np
import torch

from coursekit.cpu.side_by_side import side_by_side
from coursekit.quant.cache_attention import vector_cpu_kernels
from coursekit.quant.cache_attention.checks import check_inputs

_WORTH_SHARING = 2**19  # numbers (queries, tokens, channels) from which a second thread brings more than it costs


def attend(query, cache, causal=True):
    """`coursekit.quant.cache_attention.reference.attend` by a loop for any machine.

    Args, Returns, Raises: as there; CPU tensors. Sums are float32, and begin in whole numbers.
    Taught in: 05-cuantizacion
    """
    return by_loop(query, cache, causal, None)


def by_loop(query, cache, causal, instruction):
    """The attention by the loop with the machine's instruction (True), or without (None)."""
    check_inputs(query, cache, causal)
    if not query.is_cpu:
        raise ValueError(f"expected tensors of the CPU, got {query.device}")
    (B, Q, L, C), H = query.shape, cache.values.shape[1]
    given = query.detach().to(torch.float32).reshape(-1, C).contiguous().numpy()
    y = torch.empty(B * Q, L, C)
    worth = torch.get_num_threads() > 1 and B * Q * L * cache.length * C >= _WORTH_SHARING
    workers = min(torch.get_num_threads(), B * Q) if worth else 1
    factor = np.float32(log2(e) * C**-0.5)
    settings = cache.length, tuple(range(0, 8, cache.bits)), Q // H, causal, instruction

    rows = y.numpy()

    def work(worker):
        vector_cpu_kernels.attend(given, factor, *cache.arrays, *settings, rows, worker, workers)

    side_by_side(work, [[worker] for worker in range(workers)])
    return y.view(B, Q, L, C).to(query.dtype)
