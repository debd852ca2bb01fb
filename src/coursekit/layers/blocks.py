"""Blocks: how a mixer and a feed-forward are wired to the residual stream.

Both are called as `block(config, mixer, ffn, norm)`, with built modules (ffn may be None) and a class of
norm; `forward` returns the stream and the feed-forward's auxiliary loss (0 if it has none).
"""

from torch import nn


class PreNorm(nn.Module):
    """Each part reads the stream normalised and adds its result to it. The decoder's default.

        x = x + mixer(norm(x));  x = x + ffn(norm(x))

    Source: Xiong et al. 2020, table 1; Radford et al. 2019 (GPT-2), section 2.3.
    Taught in: 02-transformer
    """

    def __init__(self, config, mixer, ffn, norm):
        super().__init__()
        self.mixer_norm, self.mixer = norm(config.width, config.norm_eps), mixer
        self.ffn_norm, self.ffn = ffn and norm(config.width, config.norm_eps), ffn

    def forward(self, x, cache=None, positions=None, mask=None):
        """(B, T, C) -> (B, T, C), auxiliary loss"""
        x = x + self.mixer(self.mixer_norm(x), cache, positions, mask)
        if self.ffn is None:
            return x, 0.0
        y, auxiliary_loss = with_loss(self.ffn(self.ffn_norm(x)))
        return x + y, auxiliary_loss


class PostNorm(nn.Module):
    """Each sum is normalised, as in the original Transformer: no path runs unnormalised through all layers.

        x = norm(x + mixer(x));  x = norm(x + ffn(x))

    The decoder's final norm stays; over a stream that is already normalised it does nothing at first.

    Source: Vaswani et al. 2017, section 3.1; Xiong et al. 2020, table 1.
    Taught in: 02-transformer
    """

    def __init__(self, config, mixer, ffn, norm):
        super().__init__()
        self.mixer, self.mixer_norm = mixer, norm(config.width, config.norm_eps)
        self.ffn, self.ffn_norm = ffn, ffn and norm(config.width, config.norm_eps)

    def forward(self, x, cache=None, positions=None, mask=None):
        """(B, T, C) -> (B, T, C), auxiliary loss"""
        x = self.mixer_norm(x + self.mixer(x, cache, positions, mask))
        if self.ffn is None:
            return x, 0.0
        y, auxiliary_loss = with_loss(self.ffn(x))
        return self.ffn_norm(x + y), auxiliary_loss


def with_loss(y):
    """What a feed-forward returned, y or (y, auxiliary loss), as the pair: the loss is 0 where there is none."""
    return y if isinstance(y, tuple) else (y, 0.0)
