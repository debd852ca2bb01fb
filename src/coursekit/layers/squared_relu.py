"""A gated feed-forward whose gate is a ReLU, squared: most of its channels are exactly 0."""

from torch.nn import functional as F

from coursekit.layers.feedforward import FeedForward


class SquaredReLUFeedForward(FeedForward):
    """The feed-forward of BitNet b1.58 2B4T.

        y = (max(0, x W_gate)^2 * (x W_up)) W_out

    Args: as in `FeedForward`.

    Source: Ma et al. 2025 (BitNet b1.58 2B4T), section 2; So et al. 2021 (Primer), for the square.
    Taught in: 05-cuantizacion
    """

    def forward(self, x):
        """(B, T, C) -> (B, T, C)"""
        return self.output(F.relu(self.gate(x)).square() * self.up(x))  # (B, T, F) inside
