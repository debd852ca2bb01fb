"""The key/value cache of one attention layer."""

import torch


class KeyValueCache:
    """Keys and values of all past tokens, in memory that is reserved once.

        bytes = 2 * B * G * context * D * bytes per number

    Args:
        batch, heads, context, size: B, key/value heads G, tokens to reserve, head size D.
        dtype, device: of the numbers.

    Source: Shazeer 2019 (Fast Transformer Decoding), section 2.4.
    Taught in: 02-transformer
    """

    def __init__(self, batch, heads, context, size, dtype, device):
        self.keys = torch.empty(batch, heads, context, size, dtype=dtype, device=device)  # (B, G, context, D)
        self.values = torch.empty_like(self.keys)
        self.length = 0

    def append(self, key, value):
        """Store the newest keys and values; return all so far.

        Args:
            key, value: (B, G, T, D).

        Returns: keys, values: (B, G, length, D), views, or copies in the dtype of the newest.
        Raises: ValueError when the batch differs or the context is full.
        """
        batch, _, context, _ = self.keys.shape
        stop = self.length + key.shape[2]
        if key.shape[0] != batch:
            raise ValueError(f"cache: expected a batch of {batch}, got {key.shape[0]}")
        if stop > context:
            raise ValueError(f"cache: expected at most {context} tokens, got {stop}")
        self.keys[:, :, self.length : stop] = key
        self.values[:, :, self.length : stop] = value
        self.length = stop
        return self.keys[:, :, :stop].to(key.dtype), self.values[:, :, :stop].to(value.dtype)

    def tensors(self):
        """All that is reserved: keys and values."""
        return self.keys, self.values
