"""A norm before the last projection of a part as well: what rounding is given always has the same size."""

from torch import nn

from coursekit.layers.norms import RMSNorm


class SubNormed(nn.Module):
    """A projection whose input is normalised.

        y = projection(norm(x))

    Args:
        norm: module over the last dimension.
        projection: module (.., inner) -> (.., C).

    Source: Ma et al. 2025 (BitNet b1.58 2B4T), section 2 (subln).
    Taught in: 05-cuantizacion
    """

    def __init__(self, norm, projection):
        super().__init__()
        self.norm, self.projection = norm, projection

    def forward(self, x):
        """(B, T, inner) -> (B, T, C)"""
        return self.projection(self.norm(x))


def sub_normed(config, linear=nn.Linear, *, part, norm=RMSNorm):
    """Build a mixer or a feed-forward and normalise what its `output` is given.

        Decoder(config, mixer=partial(sub_normed, part=Attention), ffn=partial(sub_normed, part=FeedForward))

    Args:
        config: a `DecoderConfig`.
        linear: class of the projections.
        part: class, called as `part(config, linear)`, whose `output` is a projection with `in_features`.
        norm: class, called as `norm(inner, norm_eps)`.

    Returns: the part.

    Source: Ma et al. 2025 (BitNet b1.58 2B4T), section 2 (subln).
    Taught in: 05-cuantizacion
    """
    built = part(config, linear)
    built.output = SubNormed(norm(built.output.in_features, config.norm_eps), built.output)
    return built
