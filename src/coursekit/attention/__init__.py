"""Attention: one kernel, and what is made of it.

    dot_product/        the kernel: `attention`, a ladder of equal functions, with the legend of dimensions

Mixers made of it, all called as `mixer(config, linear)` with their options bound by functools.partial:

    layer.py            `Attention`: projections, rotary positions, cache (cache.py); with `is_causal=False` every token
                        sees every other, but for those that a mask hides
    rope.py             rotary positions; rope_scaling.py, scaled_rotary.py: for longer contexts
    alibi.py            a penalty on distance in place of rotary positions
    relative.py         T5's learned numbers for ranges of distances
    normed_heads.py     queries and keys normalised (Qwen3, Gemma 3)
    rolling_cache.py    a sliding window whose cache overwrites what is out of sight
    latent.py           keys and values from one cached latent a token (latent_cache.py)
    cross.py            keys and values from another sequence

Fewer pairs, on the reference rung and with their exact counts: sparse.py (Longformer, BigBird), lsh.py (Reformer).
To look at: inspect.py, a layer's weights; heads.py, many heads switched off; induction.py, heads that look for an
earlier case; counts.py, operations and bytes.

    C   width of the residual stream        Vaswani et al.: d_model
"""

from coursekit.attention.dot_product import attention, explain_backend
from coursekit.attention.layer import Attention

__all__ = ["Attention", "attention", "explain_backend"]
