"""Multi-head latent attention: keys and values of all heads come from one small vector a token.

Adds one idea to `layer.py`: what is cached is not keys and values but the latent that they are made of. A rotation
would stand between latent and key, so the positions get a key of their own, small and shared by all heads.

Dimensions, here and in the paper: L latent (d_c), R rotary key (d_h^R), Q latent of the queries (d_c'), D head (d_h).
"""

import torch
from torch import nn

from coursekit.attention.dot_product.backend import attention
from coursekit.attention.latent_cache import LatentCache
from coursekit.attention.rope import rotary_table, rotate
from coursekit.layers.initialise import initialise
from coursekit.layers.mixer import check_mask
from coursekit.layers.norms import RMSNorm


class LatentAttention(nn.Module):
    """Multi-head latent attention (MLA) as a mixer.

        c = norm(x W_DKV);  k_R = RoPE(x W_KR);  k_h = [c W_UK^h; k_R];  v_h = c W_UV^h
        q_h = [x W_Q^h; RoPE(x W_QR^h)];  y = Concat(attention(q_h, k_h, v_h)) W_O,  scale 1 / sqrt(D + R)

    With `query_latent`, queries too are read from a latent norm(x W_DQ) instead of x.

    Args:
        config: a `DecoderConfig` with a rope_base; kv_heads is not read.
        linear: class of the projections.
        latent: L.
        rotary: R, even.
        query_latent: Q, or None.

    Raises: ValueError without a rope_base, or for an odd R.

    Source: DeepSeek-AI 2024 (DeepSeek-V2), section 2.1, equations 9 to 19; the norms: section 3.1.2.
    Taught in: 02-transformer
    """

    def __init__(self, config, linear=nn.Linear, *, latent, rotary, query_latent=None):
        if config.rope_base is None:
            raise ValueError("latent attention: expected a config with a rope_base, got None")
        if rotary % 2 or rotary < 2 or latent < 1:
            raise ValueError(f"expected a latent >= 1 and an even rotary size >= 2, got {latent} and {rotary}")
        super().__init__()
        self.config, self.latent, self.rotary = config, latent, rotary
        heads, size = config.heads, config.head_size

        def projection(inputs, outputs, residual=False):
            return initialise(linear(inputs, outputs, bias=False), config, residual)

        self.query_down = self.query_norm = None
        if query_latent is not None:
            self.query_down = projection(config.width, query_latent)
            self.query_norm = RMSNorm(query_latent, config.norm_eps)
        self.query = projection(query_latent or config.width, heads * (size + rotary))
        self.down = projection(config.width, latent)
        self.rotary_key = projection(config.width, rotary)
        self.norm = RMSNorm(latent, config.norm_eps)
        self.key_up = projection(latent, heads * size)
        self.value_up = projection(latent, heads * size)
        self.output = projection(heads * size, config.width, residual=True)

    def forward(self, x, cache=None, positions=None, mask=None):
        """Mix the tokens of each sequence.

        Args:
            x: (B, T, C).
            cache: from `new_cache`, extended in place by these T tokens; or None.
            positions: (T,) or (B, T), integer; None = counted on from the cache.
            mask: as in `Attention`.

        Returns: (B, T, C).
        Raises: ValueError when the cache is full, or a mask does not fit.
        """
        check_mask(mask)
        if positions is None:
            start = 0 if cache is None else cache.length
            positions = torch.arange(start, start + x.shape[1], device=x.device)
        # 1. queries, one part with positions and one without
        low = x if self.query_down is None else self.query_norm(self.query_down(x))  # (B, T, C or Q)
        query = self.query(low).unflatten(-1, (self.config.heads, -1)).transpose(1, 2)  # (B, H, T, D + R)
        table = rotary_table(positions, self.rotary, self.config.rope_base, query.dtype)
        content, turned = query.split((self.config.head_size, self.rotary), dim=-1)
        turned = rotate(turned, *table)  # (B, H, T, R)
        # 2. what is remembered of each token
        latents = self.norm(self.down(x)).to(query.dtype)  # (B, T, L)
        rotary_keys = rotate(self.rotary_key(x).unsqueeze(1), *table).squeeze(1)  # (B, 1, T, R) -> (B, T, R)
        if cache is not None:
            latents, rotary_keys = cache.append(latents, rotary_keys)  # (B, S, L), (B, S, R)
        # 3. attention
        y = self._attend(content, turned, latents, rotary_keys.unsqueeze(1), mask)  # (B, H, T, D)
        return self.output(y.transpose(1, 2).flatten(2))  # (B, T, H, D) -> (B, T, H * D) -> (B, T, C)

    def _attend(self, content, turned, latents, rotary_keys, mask):
        key, value = (
            up(latents).unflatten(-1, (self.config.heads, -1)).transpose(1, 2)  # (B, H, S, D)
            for up in (self.key_up, self.value_up)
        )
        key = torch.cat((key, rotary_keys.expand(-1, self.config.heads, -1, -1)), dim=-1)  # (B, H, S, D + R)
        return attention(torch.cat((content, turned), dim=-1), key, value, mask, is_causal=True)  # (B, H, T, D)

    def new_cache(self, batch):
        """An empty cache for `batch` sequences of at most config.context tokens."""
        weight = self.norm.weight
        return LatentCache(batch, self.config.context, self.latent, self.rotary, weight.dtype, weight.device)


class AbsorbedLatentAttention(LatentAttention):
    """The same, with the latents themselves as the one key and value of all heads: for decoding.

        (q W_UK^T) . c  =  q . (c W_UK);   (sum_j p_j c_j) W_UV  =  sum_j p_j (c_j W_UV)

    No key and no value is made for past tokens; in return each score costs L + R products instead of D + R.

    Args, Raises: as in `LatentAttention`; `linear` must compute x W^T from a `weight`, as nn.Linear does.

    Source: DeepSeek-AI 2024 (DeepSeek-V2), section 2.1.2, and appendix C.
    Taught in: 02-transformer
    """

    def _attend(self, content, turned, latents, rotary_keys, mask):
        key_up, value_up = (
            up.weight.unflatten(0, (self.config.heads, -1))  # (H * D, L) -> (H, D, L)
            for up in (self.key_up, self.value_up)
        )
        query = torch.cat((content @ key_up, turned), dim=-1)  # (B, H, T, L + R)
        key = torch.cat((latents.unsqueeze(1), rotary_keys), dim=-1)  # (B, 1, S, L + R)
        scale = (self.config.head_size + self.rotary) ** -0.5
        mixed = attention(query, key, latents.unsqueeze(1), mask, is_causal=True, scale=scale)  # (B, H, T, L)
        return mixed @ value_up.transpose(-2, -1)  # (B, H, T, D)
