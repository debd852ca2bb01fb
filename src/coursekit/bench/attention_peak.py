"""The memory that a rung needs beyond its inputs, measured: `python -m coursekit.bench.attention_peak tiled 4096`.

A process only knows its highest mark so far, so each measurement is a process of its own. The mark counts all
that the process touched: torch's tensors, the kernels' own buffers, and also what the allocator keeps.
"""

import subprocess
import sys
from importlib import import_module

import torch

from coursekit.bench.memory import highest_mark

HEADS, HEAD_SIZE = 12, 64


def peak_memory(rung, length):
    """Peak of a causal forward call of batch 1 and 12 heads of 64 in float32, on one thread, less what came before.

    Before are torch itself, the inputs, and a first call with 64 tokens. Not on Windows.

    Args:
        rung: a module of the ladder by name: "reference", "tiled" or "sdpa".
        length: tokens.

    Returns: MiB.
    Raises: subprocess.CalledProcessError when the process ends badly, say for lack of memory.
    Taught in: 02-transformer
    """
    command = [sys.executable, "-m", "coursekit.bench.attention_peak", rung, str(length)]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def _measure(rung, length):
    torch.set_num_threads(1)
    attention = import_module(f"coursekit.attention.dot_product.{rung}").attention
    query, key, value = (torch.randn(1, HEADS, length, HEAD_SIZE) for _ in range(3))  # (1, H, T, D) each
    with torch.no_grad():
        attention(query[:, :, :64], key[:, :, :64], value[:, :, :64], is_causal=True)
        before = highest_mark()
        attention(query, key, value, is_causal=True)
    return (highest_mark() - before) / 2**20


if __name__ == "__main__":
    print(_measure(sys.argv[1], int(sys.argv[2])))
