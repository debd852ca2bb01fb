"""The cache of many texts: a table of blocks for each, which grows with it and may share blocks with others."""

import torch

from coursekit.serving.paged.batch import PagedBatch
from coursekit.serving.paged.block_pool import BlockPool, OutOfBlocks
from coursekit.serving.paged.sequence import Sequence, block_name
from coursekit.serving.paged.side_by_side import likeness, one_of, side_by_side


class PagedCache:
    """The memory of a decoder for many texts, by blocks of a few tokens.

        text = cache.begin(ids)                       a known beginning is shared, not read again
        logits = cache.read([text], [ids[text.length:]])
        cache.close(text)

    Layers that keep every token in order (keys and values, or latents) are paged; a state does not grow, and each text
    keeps its own. Blocks are shared by `fork`, and by `begin` where full blocks of a text with the same beginning are
    still there. Who writes into a shared block gets a copy of it first (copy on write).

    Args:
        model: a `Decoder` in evaluation mode.
        blocks: how many there are, for all texts together.
        block_size: tokens of a block, >= 1.
        share: look for known beginnings? Never where a layer keeps a state, which is not in the blocks.

    Raises: ValueError for sizes below 1.

    Source: Kwon et al. 2023 (vLLM), sections 4.1 to 4.4.
    Taught in: 07-despliegue
    """

    def __init__(self, model, blocks, block_size=16, share=True):
        if type(block_size) is not int or block_size < 1:
            raise ValueError(f"block_size: expected a whole number >= 1, got {block_size!r}")
        self.model, self.block_size, self.pool = model, block_size, BlockPool(blocks)
        self.sequences = set()
        self._pools = [_pool(layer, blocks * block_size) for layer in model.new_cache(1).layers]
        self.is_paged = all(pool is not None for pool in self._pools)
        self.share = share and self.is_paged
        self.pages = any(pool is not None for pool in self._pools)

    def begin(self, ids=()):
        """A new text; of `ids` what is known already is in it, the last one never, since its scores are wanted.

        Args: ids: list of int, what will be read.
        Returns: a `Sequence`.
        """
        text, name = Sequence([], [], None if self.is_paged else self._empty()), b""
        for start in range(0, len(ids) - self.block_size, self.block_size) if self.share else ():
            part = ids[start : start + self.block_size]
            name = block_name(name, part)
            block = self.pool.find(name)
            if block is None:
                break
            text.blocks.append(block)
            text.names.append(name)
            text.ids.extend(part)
        self.sequences.add(text)
        return text

    def fork(self, text):
        """A second text with the same beginning, in the same blocks."""
        blocks = text.blocks[: -(-text.length // self.block_size)]
        for block in blocks:
            self.pool.share(block)
        own = text.own and [layer and one_of(layer, 0) for layer in text.own]
        twin = Sequence(list(text.ids), list(blocks), own)
        twin.names = list(text.names)
        self.sequences.add(twin)
        return twin

    def close(self, text):
        """Give back all that a text holds; a second time does nothing."""
        if text in self.sequences:
            self.sequences.remove(text)
            for block in text.blocks:
                self.pool.give_back(block)
            text.blocks = []

    def cut(self, text, length):
        """Forget the tokens from `length` on.

        Raises: ValueError where a layer keeps a state, which cannot go back, or for a length beyond the text.
        """
        if not self.is_paged:
            raise ValueError("cut: expected a model that keeps every token; a state cannot forget the last ones")
        if not 0 <= length <= text.length:
            raise ValueError(f"cut: expected a length 0 .. {text.length}, got {length}")
        kept = -(-length // self.block_size)
        for block in text.blocks[kept:]:
            self.pool.give_back(block)
        del text.ids[length:], text.blocks[kept:], text.names[length // self.block_size :]

    def blocks_for(self, text, tokens):
        """How many blocks more a text needs to grow by so many tokens, the copy of a shared one included."""
        if not self.pages:
            return 0
        last = text.length // self.block_size  # the block that the next token goes to
        copied = last < len(text.blocks) and self.pool.references(text.blocks[last]) > 1
        return max(0, -(-(text.length + tokens) // self.block_size) - len(text.blocks)) + copied

    def reserve(self, text, tokens):
        """Make room for so many more tokens. Raises: OutOfBlocks; nothing has changed then."""
        needed = self.blocks_for(text, tokens)
        if needed > self.pool.available:
            raise OutOfBlocks(f"cache: expected {needed} free blocks, got {self.pool.available} of {self.pool.blocks}")
        if not self.pages:
            return
        last = text.length // self.block_size
        if last < len(text.blocks):
            self._make_own(text, last)
        while len(text.blocks) * self.block_size < text.length + tokens:
            text.blocks.append(self.pool.take())

    def read(self, texts, ids):
        """Read on in several texts; those with as many fresh tokens share one call of the model.

        Args:
            texts: list of different `Sequence`s.
            ids: what follows in each, list of lists, none empty.

        Returns: list of logits, (T, V) for each text.
        Raises: OutOfBlocks, ValueError from the model; the texts are as they were then.
        """
        groups = {}
        for i, (text, fresh) in enumerate(zip(texts, ids, strict=True)):
            self.reserve(text, len(fresh))
            groups.setdefault((len(fresh), likeness(text.own)), []).append(i)
        logits, done = [None] * len(texts), []
        for (tokens, _), rows in groups.items():
            chosen = [texts[i] for i in rows]
            caches = self._stacked(chosen)
            tables, lengths = [text.blocks for text in chosen], [text.length for text in chosen]
            batch = PagedBatch(self._pools, caches, tables, lengths, tokens, self.block_size)
            with torch.inference_mode():
                found = self.model(torch.tensor([ids[i] for i in rows]), batch, batch.positions, batch.mask)
            done.append((rows, batch))
            for row, i in enumerate(rows):
                logits[i] = found[row]  # (T, V)
        for rows, batch in done:  # only now, when nothing can fail any more
            for row, i in enumerate(rows):
                self._keep(texts[i], ids[i], batch, row)
        return logits

    def _stacked(self, texts):
        if self.is_paged:
            return [None] * len(self._pools)
        return [None if layers[0] is None else side_by_side(layers) for layers in zip(*(text.own for text in texts))]

    def _keep(self, text, fresh, batch, row):
        if text.own is not None:
            text.own = [old and one_of(new, row) for old, new in zip(text.own, batch.layers)]
        text.ids.extend(fresh)
        for i in range(len(text.names), text.length // self.block_size) if self.share else ():
            part = text.ids[i * self.block_size : (i + 1) * self.block_size]
            text.names.append(block_name(text.names[-1] if text.names else b"", part))
            self.pool.name(text.blocks[i], text.names[-1])

    def _make_own(self, text, i):
        """Block i of a text is about to be written into: nobody else may see that."""
        block = text.blocks[i]
        if self.pool.references(block) == 1:
            self.pool.unname(block)
            return
        text.blocks[i] = copy = self.pool.take()
        for pool in self._pools:
            for tensor in pool or ():
                blocks = tensor.unflatten(-2, (-1, self.block_size))  # (..., blocks, block, D)
                blocks[..., copy, :, :] = blocks[..., block, :, :]
        self.pool.give_back(block)

    def _empty(self):
        return [layer if pool is None else None for layer, pool in zip(self.model.new_cache(1).layers, self._pools)]


def _pool(layer, slots):
    """Memory for a layer's blocks, in the order of the slots; None for a layer whose memory is no row of tokens."""
    if not hasattr(layer, "append") or hasattr(layer, "columns"):  # a state; a window that rolls
        return None
    return tuple(
        torch.zeros(*tensor.shape[1:-2], slots, tensor.shape[-1], dtype=tensor.dtype, device=tensor.device)
        for tensor in layer.tensors()
    )
