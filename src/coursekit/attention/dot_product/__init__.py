"""Scaled dot-product attention, as a ladder of equal functions.

From slow to fast; each rung has the signature of torch's `scaled_dot_product_attention` plus `window`, and equals the
reference, gradients included:

    reference.py    the equation as it stands in the paper; holds all T x S scores at once
    tiled.py        the FlashAttention schedule: online softmax over tiles, memory linear in length
    sdpa.py         torch's fused kernel (the library's rung), over the band of keys that is visible
    triton_gpu.py   the tiled schedule as one kernel of a GPU (triton_gpu_kernels.py; the extra `gpu`)

    checks.py       what every rung asks of its arguments;  masks.py  which keys a query sees
    backend.py      `attention`: the fastest rung for these tensors, and `explain_backend`, which says why

Dimensions, here and in the papers:

    B   batch
    H   query heads                         Vaswani et al.: h
    G   key/value heads; G divides H        Ainslie et al. (grouped queries): G
    T   queries                             FlashAttention: N (queries and keys alike)
    S   keys; the last query stands at the last key
    D   size of a head                      Vaswani et al.: d_k; FlashAttention: d
"""

from coursekit.attention.dot_product.backend import attention, explain_backend

__all__ = ["attention", "explain_backend"]
