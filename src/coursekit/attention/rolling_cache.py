"""A cache for sliding windows: what no later query will see is overwritten.

Adds one idea to `cache.py`: the token at position p is kept in slot p mod W. Memory depends on the window, not on
the length; keys come rotated to their positions, so it does not matter that slots are out of order.
"""

import torch
from torch import nn

from coursekit.attention.layer import Attention


class RollingCache:
    """Keys and values of the last W tokens.

        bytes = 2 * B * G * W * D * bytes per number

    Args:
        batch, heads, window, size: B, key/value heads G, window W, head size D.
        dtype, device: of the numbers.

    Source: Jiang et al. 2023 (Mistral 7B), section 2, "Rolling Buffer Cache".
    Taught in: 02-transformer
    """

    def __init__(self, batch, heads, window, size, dtype, device):
        self.keys = torch.empty(batch, heads, window, size, dtype=dtype, device=device)  # (B, G, W, D)
        self.values = torch.empty_like(self.keys)
        self.length = 0

    def append(self, key, value):
        """Store the newest keys and values; return all that their queries may see.

        One token: views of the cache, in the order of the slots, all of them within the window. Several: copies in
        the order of the sequence, at most W - 1 earlier tokens and the T new ones; the window is still to be applied.
        Either in the dtype of the newest.

        Args:
            key, value: (B, G, T, D).

        Returns: keys, values: (B, G, S, D); S = min(length, W) for T = 1, else min(earlier tokens, W - 1) + T.
        Raises: ValueError when the batch differs.
        """
        batch, _, window, _ = self.keys.shape
        if key.shape[0] != batch:
            raise ValueError(f"cache: expected a batch of {batch}, got {key.shape[0]}")
        start, stop = self.length, self.length + key.shape[2]
        self.length = stop
        pairs = (self.keys, key), (self.values, value)
        if key.shape[2] == 1:
            return tuple(_write(kept, new, start)[:, :, :stop].to(new.dtype) for kept, new in pairs)
        earlier = self._slots(max(start - window + 1, 0), start)
        seen = tuple(torch.cat((kept[:, :, earlier].to(new.dtype), new), 2) for kept, new in pairs)
        # of a chunk longer than the window only its end is kept
        first = max(stop - window, start)
        for kept, new in pairs:
            kept[:, :, self._slots(first, stop)] = new[:, :, first - start :].to(kept.dtype)
        return seen

    def columns(self, mask, tokens):
        """The columns of a mask that belong to the keys that `append` will return for so many tokens.

        Args:
            mask: bool, broadcasts to (B, H, T, S) with S all tokens up to the last of these, kept or not.
            tokens: T, those that are about to be stored.

        Returns: bool, broadcasts to (B, H, T, keys returned).
        Raises: ValueError when the mask has another length.
        """
        window, stop = self.keys.shape[2], self.length + tokens
        if mask.dim() == 0 or mask.shape[-1] == 1:
            return mask
        if mask.shape[-1] != stop:
            raise ValueError(f"mask: expected {stop} tokens, those of the cache and these, got {mask.shape[-1]}")
        if tokens > 1:
            return mask[..., max(self.length - window + 1, 0) :]
        slots = self._slots(max(stop - window, 0), stop)
        return mask[..., -len(slots) :][..., slots.argsort()]

    def tensors(self):
        """All that is reserved: keys and values."""
        return self.keys, self.values

    def _slots(self, start, stop):
        window = self.keys.shape[2]
        return torch.arange(start, stop, device=self.keys.device) % window


class RollingAttention(Attention):
    """`Attention` within a window, whose cache rolls; weights and results are those of `Attention`.

    Args:
        config: a `DecoderConfig`.
        linear: class of the projections.
        window: W, in tokens.
        bias: projections with a bias.

    Raises: ValueError unless the window is a whole number of tokens >= 1.

    Source: Jiang et al. 2023 (Mistral 7B), section 2.
    Taught in: 02-transformer
    """

    def __init__(self, config, linear=nn.Linear, *, window, bias=False):
        if not isinstance(window, int) or window < 1:
            raise ValueError(f"window: expected a whole number of tokens >= 1, got {window!r}")
        super().__init__(config, linear, window, is_causal=True, bias=bias)

    def forward(self, x, cache=None, positions=None, mask=None):
        """Args, Returns, Raises: as in `Attention.forward`; a mask is over all tokens, those that were let go, too."""
        if mask is not None and cache is not None:
            mask = cache.columns(mask, x.shape[1])
        return super().forward(x, cache, positions, mask)

    def new_cache(self, batch):
        """An empty cache for `batch` sequences of any length."""
        config, weight = self.config, self.value.weight
        return RollingCache(batch, config.kv_heads, self.window, config.head_size, weight.dtype, weight.device)


def _write(slots, new, position):
    slots[:, :, position % slots.shape[2]] = new[:, :, 0]
    return slots
