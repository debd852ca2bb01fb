"""The cache of one layer of latent attention."""

import torch


class LatentCache:
    """What latent attention remembers of each token: one latent, and one rotated key shared by all heads.

        bytes = B * context * (L + R) * bytes per number

    Args:
        batch, context: B, tokens to reserve.
        latent, rotary: sizes L and R.
        dtype, device: of the numbers.

    Source: DeepSeek-AI 2024 (DeepSeek-V2), section 2.1.3.
    Taught in: 02-transformer
    """

    def __init__(self, batch, context, latent, rotary, dtype, device):
        self.latents = torch.empty(batch, context, latent, dtype=dtype, device=device)  # (B, context, L)
        self.rotary_keys = torch.empty(batch, context, rotary, dtype=dtype, device=device)  # (B, context, R)
        self.length = 0

    def append(self, latents, rotary_keys):
        """Store those of the newest tokens; return all so far.

        Args:
            latents: (B, T, L).
            rotary_keys: (B, T, R).

        Returns: latents (B, length, L), rotary keys (B, length, R): views, or copies in the dtype of the newest.
        Raises: ValueError when the batch differs or the context is full.
        """
        batch, context, _ = self.latents.shape
        stop = self.length + latents.shape[1]
        if latents.shape[0] != batch:
            raise ValueError(f"cache: expected a batch of {batch}, got {latents.shape[0]}")
        if stop > context:
            raise ValueError(f"cache: expected at most {context} tokens, got {stop}")
        self.latents[:, self.length : stop] = latents
        self.rotary_keys[:, self.length : stop] = rotary_keys
        self.length = stop
        return self.latents[:, :stop].to(latents.dtype), self.rotary_keys[:, :stop].to(rotary_keys.dtype)

    def tensors(self):
        """All that is reserved: latents and rotary keys."""
        return self.latents, self.rotary_keys


def latent_cache_bytes_per_token(layers, latent, rotary, itemsize):
    """Bytes that each token leaves in the caches of latent attention, whatever the number of heads.

        layers * (L + R) * bytes of a number

    Returns: bytes, a whole number.

    Source: DeepSeek-AI 2024 (DeepSeek-V2), section 2.1.4, table 1.
    Taught in: 02-transformer
    """
    return layers * (latent + rotary) * itemsize
