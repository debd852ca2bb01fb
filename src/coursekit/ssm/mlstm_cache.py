"""What the mLSTM remembers while it decodes: nothing in it grows with the text."""

from dataclasses import dataclass


@dataclass
class MLSTMCache:
    """The state of `coursekit.ssm.mlstm.mlstm`.

        bytes = B * H * (D^2 + D + 1) * bytes per number, at least 4

    Args:
        state: C (B, H, D, D), n (B, H, D) and m (B, H).

    Source: Beck et al. 2024 (xLSTM), section 2.3.
    Taught in: 03-mamba
    """

    state: tuple

    def tensors(self):
        """All that it keeps: the state."""
        return self.state
