"""The memory that a rung of the experts needs beyond its inputs: `python -m coursekit.bench.moe_peak sorted 1024`.

Each measurement is a process of its own, as in `attention_peak.py`.
"""

import subprocess
import sys
from importlib import import_module

import torch

from coursekit.bench.memory import highest_mark
from coursekit.moe.routing import route_top_k

EXPERTS, TOP_K, WIDTH, HIDDEN = 8, 2, 512, 1536


def peak_memory(rung, tokens):
    """Peak of a forward call over 8 experts, 2 a token, of width 512 and 1536, on one thread, less what came before.

    Before are torch itself, the inputs and weights, and a first call with 8 tokens. Not on Windows.

    Args:
        rung: a module of the ladder by name: "dense", "sorted" or "grouped".
        tokens: N.

    Returns: MiB.
    Raises: subprocess.CalledProcessError when the process ends badly, say for lack of memory.
    Taught in: 04-moe
    """
    command = [sys.executable, "-m", "coursekit.bench.moe_peak", rung, str(tokens)]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def _measure(rung, tokens):
    torch.set_num_threads(1)
    apply_experts = import_module(f"coursekit.moe.experts.{rung}").apply_experts
    x, gate_up = torch.randn(tokens, WIDTH), torch.randn(EXPERTS, WIDTH, 2 * HIDDEN)  # (N, C), (E, C, 2 F)
    down, (weights, indices) = torch.randn(EXPERTS, HIDDEN, WIDTH), route_top_k(torch.randn(tokens, EXPERTS), TOP_K)
    with torch.no_grad():
        apply_experts(x[:8], weights[:8], indices[:8], gate_up, down)
        before = highest_mark()
        apply_experts(x, weights, indices, gate_up, down)
    return (highest_mark() - before) / 2**20


if __name__ == "__main__":
    print(_measure(sys.argv[1], int(sys.argv[2])))
