"""The selective scan, as a ladder of equal functions.

From slow to fast; each rung has the signature of mamba_ssm's `selective_scan_fn` and equals the reference, gradients
included:

    reference.py     the paper's recurrence, a loop over time; holds all the states at once
    associative.py   log2 L rounds in place of L steps (associative_scans.py: Hillis-Steele and Blelloch, counted)
    fused_cpu.py     one compiled loop that keeps the state in the cache (fused_cpu_kernels.py)
    triton_gpu.py    the same for a GPU, whose registers keep the state (triton_gpu_kernels.py; the extra `gpu`)

    checks.py        what every rung asks of its arguments
    backend.py       `selective_scan`: the fastest rung for these tensors, and `explain_backend`, which says why

Dimensions, here and in the papers:

    B   batch (as a tensor: what the state takes in)
    D   channels (as a tensor: the input's direct share)      Gu & Dao 2023: D, or E D in a block
    L   length
    N   states of a channel                                   Gu & Dao 2023: N
    G   groups of channels that share B and C; G divides D
"""

from coursekit.ssm.scan.backend import explain_backend, selective_scan

__all__ = ["explain_backend", "selective_scan"]
