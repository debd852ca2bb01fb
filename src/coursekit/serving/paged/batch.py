"""One step's view of a paged cache: what a decoder asks of a cache, for texts of unequal length."""

import torch


class PagedBatch:
    """Stands where `Decoder.new_cache` does, for one call.

    All texts end at the same place, so that «the last query stands at the last key» holds for each: shorter ones are
    filled up on the left, and a mask hides that. What is filled in is the text's own first token, so that nothing
    of another text is ever read.

        S = longest text + T;  column j of text i is its position p = j - (S - length_i - T), hidden where p < 0

    Args:
        pools: the paged layers' tensors, a pair a layer, slots on their last axis but one; None for other layers.
        caches: of the other layers, side by side; None for paged ones.
        tables: blocks of each text, list of lists.
        lengths: tokens of each text before this step.
        tokens: T.
        block: tokens of a block.

    Attributes:
        positions: of the fresh tokens, (B, T).
        mask: bool (B, 1, 1, S), or None where all texts are as long.

    Source: Kwon et al. 2023 (vLLM), section 4.1; the gathering stands for its kernel, which reads blocks in place.
    Taught in: 07-despliegue
    """

    def __init__(self, pools, caches, tables, lengths, tokens, block):
        lengths = torch.tensor(lengths)
        longest = int(lengths.max()) + tokens  # S
        places = torch.arange(longest) - (longest - lengths - tokens)[:, None]  # (B, S)
        self.positions = places[:, -tokens:]  # (B, T)
        self.mask = None if (places[:, 0] >= 0).all() else (places >= 0)[:, None, None]  # (B, 1, 1, S)
        self.length, self.is_padded = longest - tokens, False
        slots = _slots(tables, places.clamp(min=0), block) if any(tables) else None  # (B, S)
        self.layers = [
            cache if pool is None else _PagedLayer(*pool, slots, tokens, self.length)
            for pool, cache in zip(pools, caches)
        ]

    def tensors(self):
        """All tensors that the layers keep."""
        return (tensor for layer in self.layers for tensor in layer.tensors())


def _slots(tables, places, block):
    """Where the tokens at these places lie, (B, S)."""
    widest = max(map(len, tables))
    tables = torch.tensor([table + [0] * (widest - len(table)) for table in tables])  # (B, blocks)
    return tables.gather(1, places // block) * block + places % block


class _PagedLayer:
    """The cache of one layer: `append`, as `KeyValueCache` and `LatentCache` have it."""

    def __init__(self, first, second, slots, tokens, length):
        self.first, self.second, self.slots, self.tokens, self.length = first, second, slots, tokens, length

    def append(self, first, second):
        """(B, ..., T, D) twice -> all so far, (B, ..., S, D) twice."""
        return self._append(self.first, first), self._append(self.second, second)

    def tensors(self):
        """All that is reserved for all texts."""
        return self.first, self.second

    def _append(self, pool, fresh):
        fresh_slots = self.slots[:, -self.tokens :].flatten().to(pool.device)  # (B T,)
        rows = fresh.movedim(0, -3).flatten(-3, -2)  # (..., B T, D)
        pool.index_copy_(-2, fresh_slots, rows.to(pool.dtype))
        found = pool.index_select(-2, self.slots.flatten().to(pool.device))  # (..., B S, D)
        return found.unflatten(-2, self.slots.shape).movedim(-3, 0).to(fresh.dtype)  # (B, ..., S, D)
