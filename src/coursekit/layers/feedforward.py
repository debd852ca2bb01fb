"""Feed-forward networks. Both are called as `ffn(config, linear)` and write to the stream by `output`."""

from torch import nn
from torch.nn import functional as F

from coursekit.layers.initialise import initialise


class FeedForward(nn.Module):
    """SwiGLU: a gate decides, channel by channel, what of the input passes. The decoder's default.

        y = (SiLU(x W_gate) * (x W_up)) W_out

    Args:
        config: a `DecoderConfig`; ffn_width is F.
        linear: class of the projections.
        bias: projections with a bias.

    Source: Shazeer 2020, equation 6.
    Taught in: 02-transformer
    """

    def __init__(self, config, linear=nn.Linear, bias=False):
        super().__init__()
        self.gate = initialise(linear(config.width, config.ffn_width, bias=bias), config)
        self.up = initialise(linear(config.width, config.ffn_width, bias=bias), config)
        self.output = initialise(linear(config.ffn_width, config.width, bias=bias), config, residual=True)

    def forward(self, x):
        """(B, T, C) -> (B, T, C)"""
        return self.output(F.silu(self.gate(x)) * self.up(x))  # (B, T, F) inside


class GELUFeedForward(nn.Module):
    """The two-layer network of GPT-2.

        y = GELU(x W_in) W_out,  GELU in its tanh approximation

    Args:
        config: a `DecoderConfig`; ffn_width is F (GPT-2: 4 C).
        linear: class of the projections.
        bias: projections with a bias.

    Source: Vaswani et al. 2017, section 3.3, equation 2; Hendrycks and Gimpel 2016, section 2.
    Taught in: 02-transformer
    """

    def __init__(self, config, linear=nn.Linear, bias=True):
        super().__init__()
        self.input = initialise(linear(config.width, config.ffn_width, bias=bias), config)
        self.output = initialise(linear(config.ffn_width, config.width, bias=bias), config, residual=True)

    def forward(self, x):
        """(B, T, C) -> (B, T, C)"""
        return self.output(F.gelu(self.input(x), approximate="tanh"))  # (B, T, F) inside


class TanhGEGLUFeedForward(FeedForward):
    """A gated network with GELU in its tanh approximation, as in T5 v1.1 and Gemma.

        y = (GELU(x W_gate) * (x W_up)) W_out

    Args: as in `FeedForward`.

    Source: Shazeer 2020, equation 6; Hendrycks and Gimpel 2016, section 2.
    Taught in: 02-transformer
    """

    def forward(self, x):
        """(B, T, C) -> (B, T, C)"""
        return self.output(F.gelu(self.gate(x), approximate="tanh") * self.up(x))  # (B, T, F) inside


class ReLUFeedForward(GELUFeedForward):
    """The two-layer network of the original Transformer; T5 has it without biases.

        y = max(0, x W_in) W_out

    Args: as in `GELUFeedForward`.

    Source: Vaswani et al. 2017, section 3.3, equation 2.
    Taught in: 02-transformer
    """

    def forward(self, x):
        """(B, T, C) -> (B, T, C)"""
        return self.output(F.relu(self.input(x)))  # (B, T, F) inside
