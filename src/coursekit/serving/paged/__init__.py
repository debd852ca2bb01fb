"""The cache of many texts at once, in pages: memory is taken by the block, when it is needed, and may be shared.

    block_pool.py    which blocks are free, who refers to each, which text it holds: no tensors here
    sequence.py      a text: its tokens, its block table, the names of its blocks
    side_by_side.py  caches that are not paged (a state does not grow) put next to each other for one step, and apart
    batch.py         what a decoder sees of it in one step
    cache.py         the cache: block tables, copy on write, prefixes found by their hash

    contiguous   a request reserves context tokens when it comes          paged   ceil(length / block) blocks

Dimensions: B texts of a step, T fresh tokens of each, S tokens of the longest, G key/value heads, D head size.
"""

from coursekit.serving.paged.block_pool import BlockPool, OutOfBlocks
from coursekit.serving.paged.cache import PagedCache
from coursekit.serving.paged.sequence import Sequence

__all__ = ["BlockPool", "OutOfBlocks", "PagedCache", "Sequence"]
