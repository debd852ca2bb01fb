"""Who holds which block: references are counted, and a block whose content has a name can be found again."""

from collections import OrderedDict


class OutOfBlocks(ValueError):
    """There is no free block: somebody has to give one back first."""


class BlockPool:
    """Blocks by number, 0 .. blocks - 1.

    A block is free, or referred to by one text or more. One that has a name (the hash of a text up to its end) and is
    no longer referred to is kept as long as no other is free, the longest unused goes first: that is the prefix cache.

    Args: blocks: how many, >= 1.

    Attributes:
        available: how many can be taken.

    Raises: ValueError for fewer than one, or a block that nobody refers to.

    Source: Kwon et al. 2023 (vLLM), sections 4.2 and 4.4 (block manager, reference counts).
    Taught in: 07-despliegue
    """

    def __init__(self, blocks):
        if type(blocks) is not int or blocks < 1:
            raise ValueError(f"blocks: expected a whole number >= 1, got {blocks!r}")
        self.blocks = blocks
        self._free = list(range(blocks))[::-1]
        self._references = [0] * blocks
        self._by_name, self._names = {}, {}  # {name: block} and {block: name}
        self._idle = OrderedDict()  # named and not referred to, the longest unused first

    @property
    def available(self):
        """How many can be taken."""
        return len(self._free) + len(self._idle)

    def references(self, block):
        """How many texts refer to a block."""
        return self._references[block]

    def take(self):
        """A block with one reference, whose content is whatever it was. Raises: OutOfBlocks."""
        if not self._free:
            if not self._idle:
                raise OutOfBlocks(f"cache: expected a free block, got none of {self.blocks}")
            block, _ = self._idle.popitem(last=False)
            self.unname(block)
        block = self._free.pop()
        self._references[block] = 1
        return block

    def share(self, block):
        """One more reference."""
        self._held(block)
        self._references[block] += 1

    def give_back(self, block):
        """One reference less; without any the block can be taken, and while it is not, found by its name."""
        self._held(block)
        self._references[block] -= 1
        if self._references[block] == 0:
            if block in self._names:
                self._idle[block] = None
            else:
                self._free.append(block)

    def name(self, block, name):
        """Say what a block holds. If another holds the same, that one keeps the name."""
        self._held(block)
        if name not in self._by_name:
            self.unname(block)
            self._by_name[name], self._names[block] = block, name

    def unname(self, block):
        """Its content changes."""
        name = self._names.pop(block, None)
        if name is not None:
            del self._by_name[name]
        if self._references[block] == 0:
            self._idle.pop(block, None)
            self._free.append(block)

    def find(self, name):
        """The block of this name with one more reference, or None."""
        block = self._by_name.get(name)
        if block is not None:
            self._references[block] += 1
            self._idle.pop(block, None)
        return block

    def _held(self, block):
        if self._references[block] < 1:
            raise ValueError(f"block {block}: expected one that somebody refers to")
