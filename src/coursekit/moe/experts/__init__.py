"""The experts' work, as a ladder of equal functions: gated feed-forwards, of which each token goes through a few.

From slow to fast; each rung has the same signature and equals the reference, gradients included:

    reference.py    a loop over tokens and over their experts, as the sum is written
    dense.py        every expert on every token, most of it times 0
    sorted.py       tokens sorted by expert, one product an expert (by_expert.py: sort, and put back)
    grouped.py      the same with all the products of a layer in one call of torch's
    triton_gpu.py   that one call written in Triton, for a GPU (triton_gpu_kernels.py; the extra `gpu`)

    checks.py       what every rung asks of its arguments
    backend.py      `apply_experts`: the fastest rung for these tensors, and `explain_backend`, which says why

Weights are stored as the product takes them, x W, not transposed as in nn.Linear; gate and up side by side.

Dimensions, here and in the papers: N tokens, C width (Switch: d_model), F width of an expert (d_ff), E experts,
K experts a token, P = N K pairs of a token and an expert.
"""

from coursekit.moe.experts.backend import apply_experts, explain_backend

__all__ = ["apply_experts", "explain_backend"]
