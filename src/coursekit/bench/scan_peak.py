"""The memory of a scan with its gradients, measured: `python -m coursekit.bench.scan_peak fused_cpu 16384 1536 16`.

A process only knows its highest mark so far, so each measurement is a process of its own.
"""

import subprocess
import sys
from importlib import import_module

import torch

from coursekit.bench.memory import highest_mark
from coursekit.bench.scan_inputs import scan_inputs


def peak_over_inputs(rung, length, channels, states):
    """Peak memory of forward and backward together beyond the inputs, in units of the inputs' bytes.

    It counts the output and the gradients of the inputs. One thread, float32, not on Windows.

    Args:
        rung: a module of the ladder by name: "reference", "associative" or "fused_cpu".
        length, channels, states: L, D and N; batch 1.

    Returns: the ratio.
    Raises: subprocess.CalledProcessError when the process ends badly, say for lack of memory.
    Taught in: 03-mamba
    """
    command = [sys.executable, "-m", "coursekit.bench.scan_peak", rung, *map(str, (length, channels, states))]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def _measure(rung, length, channels, states):
    torch.set_num_threads(1)
    selective_scan = import_module(f"coursekit.ssm.scan.{rung}").selective_scan

    def step(inputs, upstream):
        out = selective_scan(*inputs, delta_softplus=True)
        return torch.autograd.grad(out, inputs, upstream)

    # compilation comes first, and before the inputs: its own peak must not hide what follows
    step(scan_inputs(2, 1, states), torch.ones(1, 1, 2))
    inputs, upstream = scan_inputs(length, channels, states), torch.ones(1, channels, length)
    before = highest_mark()
    gradients = step(inputs, upstream)
    return (highest_mark() - before) / sum(x.nbytes for x in gradients)  # a gradient is as large as its input


if __name__ == "__main__":
    print(_measure(sys.argv[1], *map(int, sys.argv[2:])))
