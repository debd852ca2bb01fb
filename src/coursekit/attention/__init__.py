"""Scaled dot-product attention, as a ladder of equal functions.

The ladder, from slow to fast; each rung has the signature of torch's `scaled_dot_product_attention`
plus `window`, and equals the reference, gradients included:

    reference.py    the equation as it stands in the paper; holds all T x S scores at once
    tiled.py        the FlashAttention schedule: online softmax over tiles, memory linear in length
    sdpa.py         torch's fused kernel (the library's rung), over the band of keys that is visible
    triton_gpu.py   the tiled schedule as one kernel of a GPU, which triton_kernels.py holds (the extra `gpu`)
    backend.py      `attention`: the fastest rung for these tensors, and `explain_backend`, which says why

peak.py measures their memory, bench.py sets their times against each other.

Mixers made of it, all called as `mixer(config, linear)` with their options bound by functools.partial:

    layer.py            `Attention`: projections, rotary positions, cache; `is_causal=False` for an encoder
    scaled_rotary.py    other rotary frequencies, for longer contexts
    alibi.py            a penalty on distance in place of rotary positions
    rolling_cache.py    a sliding window whose cache overwrites what is out of sight
    latent.py           keys and values from one cached latent a token (latent_cache.py)
    cross.py            keys and values from another sequence

Fewer pairs, on the reference rung and with their exact counts: sparse.py (Longformer, BigBird), lsh.py (Reformer).

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
