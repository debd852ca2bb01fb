"""A key/value cache whose old tokens have few bits."""

import torch

from coursekit.quant.cache.chunks import Chunks


class FewBitsCache:
    """Keys and values of all past tokens: the newest as they are, the others rounded, g tokens at a time.

        the newest W tokens, at most W + g - 1, as they are;    all before them: b bits and 24 / g for each number

    Queries see what is kept, and the newest keys and values before they are rounded: what a token itself computes is
    never worse for its own rounding. Keys come rotated to their positions. Leaves out speed: all codes are unpacked
    at every call.

    Args:
        batch, heads, context, size: B, key/value heads, tokens to reserve, head size D.
        dtype, device: of the numbers that are not rounded.
        options: a `CacheBits`.

    Raises: ValueError where g does not divide the channels of a token that share scales.

    Source: Liu et al. 2024 (KIVI), section 4; there old values leave the window one by one, here g at a time as keys.
    Taught in: 05-cuantizacion
    """

    def __init__(self, batch, heads, context, size, dtype, device, options):
        self.options, self.context, self.length, self.recent = options, context, 0, 0
        count, shape = context // options.group, (batch, heads, options.group, size)
        self.old = tuple(Chunks(shape, count, options.bits, a, device) for a in (options.keys, options.values))
        kept = min(context, options.window + options.group - 1)
        self.new = tuple(torch.empty(batch, heads, kept, size, dtype=dtype, device=device) for _ in self.old)

    def append(self, key, value):
        """Store the newest keys and values; return all so far.

        Args:
            key, value: (B, heads, T, D).

        Returns: keys, values: (B, heads, length, D), copies in the dtype of the newest.
        Raises: ValueError when the batch differs or the context is full, or numbers that are to be rounded are not
            finite.
        """
        if key.shape[0] != self.new[0].shape[0]:
            raise ValueError(f"cache: expected a batch of {self.new[0].shape[0]}, got {key.shape[0]}")
        if self.length + key.shape[2] > self.context:
            raise ValueError(f"cache: expected at most {self.context} tokens, got {self.length + key.shape[2]}")
        self.length += key.shape[2]
        fine = [
            torch.cat([kept[:, :, : self.recent].to(new.dtype), new], 2) for kept, new in zip(self.new, (key, value))
        ]
        seen = tuple(torch.cat([old.all(new.dtype), new], 2) for old, new in zip(self.old, fine))
        group, count = self.options.group, fine[0].shape[2]
        leave = max(0, (count - self.options.window) // group) * group  # tokens that leave the window
        for old, kept, new in zip(self.old, self.new, fine):
            for start in range(0, leave, group):
                old.add(new[:, :, start : start + group])
            kept[:, :, : count - leave] = new[:, :, leave:]
        self.recent = count - leave
        return seen

    def tensors(self):
        """All that is reserved: the newest tokens, and codes, scales and zeros of the others."""
        return (*self.new, *(tensor for old in self.old for tensor in old.tensors()))


def few_bits_per_number(options):
    """Bits of a number that is rounded: its own, and its part of a scale of 16 and a zero of 8.

        b + 24 / g

    Returns: a number.
    Taught in: 05-cuantizacion
    """
    return options.bits + 24 / options.group
