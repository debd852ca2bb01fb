"""One text in a paged cache, and how its blocks are called."""

import hashlib
from array import array


class Sequence:
    """One text in a `PagedCache`.

    Attributes:
        ids: list of int, what was read.
        blocks: its block table: block i holds tokens i * block_size and on.
        own: caches of the layers that are not paged, None for the others.
    """

    def __init__(self, ids, blocks, own):
        self.ids, self.blocks, self.own, self.names = ids, blocks, own, []

    @property
    def length(self):
        """Tokens read."""
        return len(self.ids)


def block_name(before, ids):
    """The hash of a text up to the end of a block, from that of what stands before and the block's own tokens."""
    return hashlib.sha256(before + array("q", ids).tobytes()).digest()
