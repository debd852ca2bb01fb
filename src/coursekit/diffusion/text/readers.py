"""What the model reads in each step: everything, or one block and what it remembers of those before.

    reader = Reader(model, batch, block_length)
    logits = reader.logits(canvas, start, stop)     (B, T) ids -> (B, stop - start, V), of the block start .. stop
    reader.close(canvas, start, stop)               the block is done and will not change

`WholeCanvas` is for one that was trained to see both ways (`masked_loss`),
`BlockCausal` and `CachedBlocks`, which give the same, for one that sees its own block and those before
(`block_masked_loss`). `StalePrefix` is an approximation for the first kind.
"""

from coursekit.diffusion.text.blocks import block_mask
from coursekit.diffusion.text.rewind import rewind


class WholeCanvas:
    """Everything in each step, later blocks as masks: LLaDA's way. Nothing can be kept, since all sees all.

    Source: Nie et al. 2025 (LLaDA), section 2.4 (semi-autoregressive remasking).
    Taught in: 06-difusion
    """

    def __init__(self, model, batch, block_length):
        self.model = model

    def logits(self, canvas, start, stop):
        """(B, T) -> (B, stop - start, V)"""
        return self.model(canvas)[:, start:stop]

    def close(self, canvas, start, stop):
        """Nothing to remember."""


class BlockCausal(WholeCanvas):
    """All blocks up to this one, read anew in each step under a mask: the reference of `CachedBlocks`.

    Source: Arriola et al. 2025 (BD3-LM), section 3.
    Taught in: 06-difusion
    """

    def __init__(self, model, batch, block_length):
        self.model, self.block_length = model, block_length

    def logits(self, canvas, start, stop):
        """(B, T) -> (B, stop - start, V)"""
        mask = block_mask(stop, self.block_length, canvas.device)  # (stop, stop)
        return self.model(canvas[:, :stop], mask=mask)[:, start:]


class CachedBlocks:
    """This block only: the blocks before are in the mixers' caches, as they were when they were done.

    The block sees itself and all that is cached: no mask is needed. After each step the cache forgets the block, whose
    tokens were guesses; once it is done, the block is read a last time, and stays.

    Source: Arriola et al. 2025 (BD3-LM), section 3.
    Taught in: 06-difusion
    """

    def __init__(self, model, batch, block_length):
        self.model, self.cache = model, model.new_cache(batch)

    def logits(self, canvas, start, stop):
        """(B, T) -> (B, stop - start, V)"""
        logits = self.model(canvas[:, start:stop], self.cache)
        rewind(self.cache, start)
        return logits

    def close(self, canvas, start, stop):
        """Remember the block."""
        self.model(canvas[:, start:stop], self.cache)


class StalePrefix:
    """An approximation for a model that sees both ways: what stands before the block is read once a block.

    Keys and values of the places before are those of the block's first step; they would change with each guess. The
    block and what follows are read in every step. The first step of each block is exact.

    Source: Wu et al. 2025 (Fast-dLLM), the prefix cache.
    Taught in: 06-difusion
    """

    def __init__(self, model, batch, block_length):
        self.model, self.cache = model, model.new_cache(batch)

    def logits(self, canvas, start, stop):
        """(B, T) -> (B, stop - start, V)"""
        known = self.cache.length
        logits = self.model(canvas[:, known:], self.cache)[:, start - known : stop - known]
        rewind(self.cache, start)
        return logits

    def close(self, canvas, start, stop):
        """Forget everything: the next block begins with a look at the whole."""
        rewind(self.cache, 0)
