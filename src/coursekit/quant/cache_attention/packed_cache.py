"""Keys and values of few bits, in the order in which a processor reads them; a token is written where it belongs.

keys      sixteen tokens beside each other, four channels of each (as outputs and inputs of a packed weight)
values    sixteen channels of a token beside each other; with 4 bits, the next sixteen in the upper halves
"""

import copy
from functools import cached_property

import torch

from coursekit.quant.finite import check_finite

TILE, FOUR = 16, 4


class PackedCache:
    """A cache of keys and values with 8 or 4 bits a number, and two halves a token and head.

        x ~ d q + m,    d = (max x - min x) / (2^bits - 1),  m = min x   over the C channels of a token

    Args:
        batch, heads: B and H.
        width: C, a multiple of 32.
        capacity: tokens that there is room for.
        bits: 8 or 4.

    Raises: ValueError.

    Source: Hooper et al. 2024 (KVQuant), section 3, and Liu et al. 2024 (KIVI), section 3: keys lose less by channel;
        by token is what a cache can do as it grows.
    Taught in: 05-cuantizacion
    """

    def __init__(self, batch, heads, width, capacity, bits):
        if bits not in (4, 8) or width < 1 or width % 32 or min(batch, heads, capacity) < 1:
            got = f"{bits!r} bits, width {width}, batch {batch}, heads {heads}, capacity {capacity}"
            raise ValueError(f"expected 4 or 8 bits, a width of whole 32, and sizes of at least 1, got {got}")
        self.bits, self.width, self.length = bits, width, 0
        tiles, parts = -(-capacity // TILE), 8 // bits
        self.keys = torch.zeros(batch, heads, tiles, width // (FOUR * parts), TILE, FOUR, dtype=torch.uint8)
        steps = tiles * TILE // (FOUR * parts)
        self.values = torch.zeros(batch, heads, steps, width // TILE, TILE, FOUR, dtype=torch.uint8)
        # d and m of keys, d and m of values
        self.grids = torch.zeros(4, batch, heads, tiles * TILE, dtype=torch.float16)
        self.capacity = capacity

    @cached_property
    def arrays(self):
        """What the compiled loops take, the same memory: rows of 64 bytes, and half precision as uint16."""
        rows = [t.flatten(0, 1).flatten(3).numpy() for t in (self.keys, self.values)]
        return *rows, *(t.view(torch.uint16).view(-1, TILE).numpy() for t in self.grids)

    def tensors(self):
        """All that is kept, for whoever counts bytes."""
        return [self.keys, self.values, self.grids]

    @property
    def nbytes(self):
        return sum(t.nbytes for t in self.tensors())

    def __deepcopy__(self, memo):
        """Its own memory; the arrays that were views of the other's are made anew."""
        copied = copy.copy(self)
        copied.__dict__.pop("arrays", None)
        copied.keys, copied.values, copied.grids = (t.clone() for t in self.tensors())
        return copied

    @torch.no_grad()
    def append(self, keys, values):
        """Add tokens.

        Args: keys, values: (B, H, L, C), floating point, finite; each within the range of half precision.
        Raises: ValueError, also where there is no room for them.
        """
        (B, H), tokens = self.values.shape[:2], keys.shape[-2]
        if keys.shape != (B, H, tokens, self.width) or values.shape != keys.shape:
            got = f"{tuple(keys.shape)} and {tuple(values.shape)}"
            raise ValueError(f"expected keys and values ({B}, {H}, tokens, {self.width}), got {got}")
        if self.length + tokens > self.capacity:
            raise ValueError(f"expected at most {self.capacity} tokens, got {self.length} and {tokens} more")
        places = torch.arange(self.length, self.length + tokens)
        for which, (name, x) in enumerate((("keys", keys), ("values", values))):
            check_finite(name, x)
            codes, scale, low = _round(x.float(), self.bits, name)
            self.grids[2 * which, :, :, places], self.grids[2 * which + 1, :, :, places] = scale, low
            write = self._write_keys if name == "keys" else self._write_values
            write(codes, places)
        self.length += tokens

    def _write_keys(self, codes, places):
        split = codes.unflatten(-1, (-1, 8 // self.bits, FOUR))  # (B, H, L, rows, p, 4)
        for k in range(8 // self.bits):
            self.keys[:, :, places // TILE, :, places % TILE] |= (split[..., k, :] << self.bits * k).permute(
                2, 0, 1, 3, 4
            )

    def _write_values(self, codes, places):
        split = codes.unflatten(-1, (-1, TILE)).permute(2, 0, 1, 3, 4)  # (L, B, H, rows, 16)
        parts = 8 // self.bits
        for k in range(parts):  # one after the other: two tokens may share a byte
            mine = places // FOUR % parts == k
            here = places[mine]
            self.values[:, :, here // (FOUR * parts), :, :, here % FOUR] |= split[mine] << self.bits * k

    def unpacked(self):
        """keys, values: (B, H, T, C) float32, as the codes say."""
        keys, values = (
            self._codes(packed) for packed in (self.keys, self.values)
        )  # (B, H, tiles or steps, rows, p, ..
        keys = keys.permute(0, 1, 2, 5, 3, 4, 6).flatten(4).flatten(2, 3)  # (B, H, tokens, rows, p 4)
        values = values.permute(0, 1, 2, 4, 6, 3, 5).flatten(2, 4)  # (B, H, tokens, rows, 16)
        grids = self.grids[:, :, :, : self.length, None].float()
        keys, values = (t[:, :, : self.length].flatten(3).float() for t in (keys, values))
        return keys * grids[0] + grids[1], values * grids[2] + grids[3]

    def _codes(self, packed):
        """Bytes (B, H, ., rows, 16, 4) as codes (B, H, ., rows, p, 16, 4)."""
        return torch.stack([(packed >> shift) & ((1 << self.bits) - 1) for shift in range(0, 8, self.bits)], 4)


def _round(x, bits, name):
    low, high = x.amin(-1, True), x.amax(-1, True)
    steps = (1 << bits) - 1
    scale, low = ((high - low) / steps).half(), low.half()
    if not (scale.isfinite().all() and low.isfinite().all()):
        raise ValueError(f"{name}: expected numbers that half precision can hold (up to 65504), got {x.abs().max():g}")
    codes = torch.where(scale > 0, (x - low.float()) / scale.float(), 0.0).round().clamp(0, steps)
    return codes.to(torch.uint8), scale[..., 0], low[..., 0]
