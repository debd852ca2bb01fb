"""A key/value cache of few bits: what grows with every token of a text.

    options.py      how many bits, who shares a scale, how many tokens stay as they are: `CacheBits`
    chunks.py       old tokens, rounded and packed
    few_bits_cache.py  the cache of one layer
    mixer.py        attention with such a cache, built so or changed so

Dimensions: B batch, heads of keys and values, T tokens, D head size, g numbers that share a scale, W window, b bits.
"""

from coursekit.quant.cache.few_bits_cache import FewBitsCache, few_bits_per_number
from coursekit.quant.cache.mixer import WithFewBitsCache, few_bits_cache, use_few_bits_cache
from coursekit.quant.cache.options import CacheBits

__all__ = [
    "CacheBits",
    "FewBitsCache",
    "WithFewBitsCache",
    "few_bits_cache",
    "few_bits_per_number",
    "use_few_bits_cache",
]
