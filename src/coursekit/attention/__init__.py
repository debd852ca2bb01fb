"""Scaled dot-product attention, as a ladder of equal functions.

The ladder, from slow to fast; each rung has the signature of torch's `scaled_dot_product_attention`
plus `window`, and equals the reference, gradients included:

    reference.py    the equation as it stands in the paper; holds all T x S scores at once
    tiled.py        the FlashAttention schedule: online softmax over tiles, memory linear in length
    sdpa.py         torch's fused kernel (the library's rung), over the band of keys that is visible
    backend.py      `attention`: the fastest rung for these tensors, and `explain_backend`, which says why

Dimensions, here and in the papers:

    B   batch
    H   query heads                         Vaswani et al.: h
    G   key/value heads; G divides H        Ainslie et al. (grouped queries): G
    T   queries                             FlashAttention: N (queries and keys alike)
    S   keys; the last query stands at the last key
    D   size of a head                      Vaswani et al.: d_k; FlashAttention: d
    C   width of the residual stream        Vaswani et al.: d_model
"""

from coursekit.attention.backend import attention, explain_backend
from coursekit.attention.layer import Attention

__all__ = ["Attention", "attention", "explain_backend"]
