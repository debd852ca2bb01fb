"""Any attention that caches keys and values, with few bits in its cache."""

from torch import nn

from coursekit.quant.cache.few_bits_cache import FewBitsCache


class WithFewBitsCache(nn.Module):
    """A mixer that computes as it did, and remembers less exactly.

    Args:
        mixer: `Attention` or one of its kin with its cache, `new_cache(batch)` with `keys` (B, heads, context, D).
        options: a `CacheBits`.

    Source: Liu et al. 2024 (KIVI), section 4.
    Taught in: 05-cuantizacion
    """

    def __init__(self, mixer, options):
        super().__init__()
        self.mixer, self.options = mixer, options

    def forward(self, x, cache=None, positions=None, mask=None):
        """As the mixer's own."""
        return self.mixer(x, cache, positions, mask)

    def new_cache(self, batch):
        """An empty cache for `batch` sequences."""
        keys = self.mixer.new_cache(batch).keys  # (B, heads, context, D)
        return FewBitsCache(*keys.shape, keys.dtype, keys.device, self.options)


def few_bits_cache(config, linear=nn.Linear, *, mixer, options):
    """Build a mixer with few bits in its cache.

        Decoder(config, mixer=partial(few_bits_cache, mixer=Attention, options=CacheBits(bits=4)))

    Args:
        config: a `DecoderConfig`.
        linear: class of the projections.
        mixer: `Attention` or one of its kin.
        options: a `CacheBits`.

    Returns: the mixer.
    Taught in: 05-cuantizacion
    """
    return WithFewBitsCache(mixer(config, linear), options)


def use_few_bits_cache(decoder, options):
    """Give all layers of a trained decoder such a cache, in place of the one they have.

    Args:
        decoder: a `Decoder` whose mixers cache keys and values.
        options: a `CacheBits`; None = their own caches again.

    Returns: the decoder.
    Taught in: 05-cuantizacion
    """
    for block in decoder.blocks:
        inner = block.mixer.mixer if isinstance(block.mixer, WithFewBitsCache) else block.mixer
        block.mixer = inner if options is None else WithFewBitsCache(inner, options)
    return decoder
