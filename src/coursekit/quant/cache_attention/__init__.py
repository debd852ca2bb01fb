"""Attention over a cache of few bits, as a ladder of equal functions: keys and values are read as they are stored.

    s_t = t_q (d_t sum_c a_tc k_c + m_t sum_c k_c) / sqrt(C),    p = softmax(s),    y_c = sum_t p_t (d'_t b_tc + m'_t)

a and b are the codes of keys and values, of 8 or 4 bits, with a scale d and a low m for each token and head; k is the
query, rounded to 8 bits. From slow to fast; each rung has the same signature and equals the reference:

    reference.py       the sums, in float64, of a cache that is unpacked first
    portable_cpu.py    one compiled loop over the packed cache, for any machine
    vector_cpu.py      the same with the instruction that some x86 have for it (vector_cpu_kernels.py: both loops)

    packed_cache.py    how the cache lies in memory: `PackedCache`, which grows
    checks.py          what every rung asks of its arguments
    backend.py         `attend`: the fastest rung, and `explain_backend`

Dimensions: B batch, Q heads of queries, H heads of keys and values (H divides Q), L queries, T tokens in the cache,
C width of a head.
"""

from coursekit.quant.cache_attention.backend import attend, explain_backend
from coursekit.quant.cache_attention.packed_cache import PackedCache

__all__ = ["PackedCache", "attend", "explain_backend"]
