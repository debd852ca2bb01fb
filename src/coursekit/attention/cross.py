"""Cross-attention: queries from one sequence, keys and values from another that is known as a whole.

Adds one idea to `layer.py`: keys and values are made once, from an encoder's output, and read at every step.
In the skeleton it takes a layer of its own, between self-attention and the feed-forward of the original:

    Decoder(config, mixer=[Attention, CrossAttention] * 6, ffn=[None, FeedForward] * 6)
    cache = decoder.new_cache(batch);  read_source(decoder, cache, source);  decoder(input_ids, cache)

The encoder is the same skeleton with `partial(Attention, is_causal=False)`, read before its head.
"""

from torch import nn

from coursekit.attention.dot_product.backend import attention
from coursekit.attention.dot_product.masks import padding_mask
from coursekit.layers.initialise import initialise


class SourceCache:
    """Keys and values of the source in one layer, (B, G, S, D), and its mask; empty until it is read."""

    def __init__(self, batch):
        self.batch, self.keys, self.values, self.mask = batch, None, None, None

    def tensors(self):
        """What the source left: keys, values, perhaps a mask; nothing before it is read."""
        return [kept for kept in (self.keys, self.values, self.mask) if kept is not None]


class CrossAttention(nn.Module):
    """Attention to a source, as a mixer: the projections of `Attention`, without rotary positions.

        head_h = attention(x W_Q^h, source W_K^g, source W_V^g),  g = h // (H // G)

    Args:
        config: a `DecoderConfig`; the source has its width.
        linear: class of the projections.
        bias: projections with a bias.
        scale: factor of the scores; None = 1 / sqrt(D).

    Source: Vaswani et al. 2017, section 3.2.3, "encoder-decoder attention".
    Taught in: 02-transformer
    """

    def __init__(self, config, linear=nn.Linear, bias=False, scale=None):
        super().__init__()
        self.config, self.scale = config, scale
        inner, shared = config.heads * config.head_size, config.kv_heads * config.head_size
        self.query = initialise(linear(config.width, inner, bias=bias), config)
        self.key = initialise(linear(config.width, shared, bias=bias), config)
        self.value = initialise(linear(config.width, shared, bias=bias), config)
        self.output = initialise(linear(inner, config.width, bias=bias), config, residual=True)

    def read_source(self, source, cache, lengths=None, mask=None):
        """Compute keys and values of the source, once, and leave them in the cache.

        Args:
            source: an encoder's output, (B, S, C).
            cache: from `new_cache`, changed in place.
            lengths: valid tokens of each source, (B,), integer, at least 1; None = all.
            mask: in place of lengths, for padding anywhere: (B, S), bool, True = a real token.

        Raises: ValueError when the source's shape or the lengths do not fit.
        """
        if source.dim() != 3 or source.shape[0] != cache.batch or source.shape[2] != self.config.width:
            raise ValueError(
                f"source: expected shape ({cache.batch}, S, {self.config.width}), got {tuple(source.shape)}"
            )
        if lengths is not None and not ((lengths >= 1) & (lengths <= source.shape[1])).all():
            raise ValueError(f"lengths: expected 1 to {source.shape[1]} tokens, got {lengths.tolist()}")
        cache.keys, cache.values = self._heads(self.key(source)), self._heads(self.value(source))  # (B, G, S, D)
        if lengths is not None:
            mask = padding_mask(lengths, source.shape[1])[:, 0, 0]  # (B, S)
        cache.mask = None if mask is None else mask[:, None, None]  # (B, 1, 1, S)

    def forward(self, x, cache=None, positions=None, mask=None):
        """(B, T, C) -> (B, T, C). The cache must have been read into; positions are not used.

        Raises: ValueError without a source, when the batch differs, or for a mask, which goes to `read_source`.
        """
        if mask is not None:
            raise ValueError(
                f"mask: expected None in CrossAttention, whose mask goes to read_source(...), got {tuple(mask.shape)}"
            )
        if cache is None or cache.keys is None:
            raise ValueError("cross-attention: expected a cache with a source, got none; call read_source(...) first")
        query = self._heads(self.query(x))  # (B, H, T, D)
        keys, values = cache.keys.to(query.dtype), cache.values.to(query.dtype)  # (B, G, S, D)
        y = attention(query, keys, values, cache.mask, scale=self.scale)
        return self.output(y.transpose(1, 2).flatten(2))  # (B, T, H, D) -> (B, T, H * D) -> (B, T, C)

    def _heads(self, x):
        return x.unflatten(-1, (-1, self.config.head_size)).transpose(1, 2)  # (B, S, G * D) -> (B, G, S, D)

    def new_cache(self, batch):
        """A cache for `batch` sources, still without them."""
        return SourceCache(batch)


def read_source(model, cache, source, lengths=None, mask=None):
    """Let every cross-attention layer of a decoder read the source.

    Args:
        model: a `Decoder`.
        cache: from its `new_cache`, changed in place.
        source, lengths, mask: as in `CrossAttention.read_source`.

    Raises: ValueError when the model has no cross-attention, or the source does not fit.
    Taught in: 02-transformer
    """
    layers = [i for i, block in enumerate(model.blocks) if isinstance(block.mixer, CrossAttention)]
    if not layers:
        raise ValueError("expected a model with CrossAttention layers, got none")
    for i in layers:
        model.blocks[i].mixer.read_source(source, cache.layers[i], lengths, mask)
