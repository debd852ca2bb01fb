"""What RWKV's mixers remember while they decode: nothing in it grows with the text."""

from dataclasses import dataclass

import torch


@dataclass
class RWKVCache:
    """The last input, and the state of `coursekit.ssm.rwkv.wkv` where the mixer has one.

        bytes = B * C * (bytes per number + 3 * at least 4), the second summand for the state

    Args:
        last: (B, 1, C).
        state: numerator, denominator and exponent, each (B, C); or nothing.

    Source: Peng et al. 2023 (RWKV), section 3.1 and appendix on the RNN cell.
    Taught in: 03-mamba
    """

    last: torch.Tensor
    state: tuple = ()

    def shift(self, x):
        """The input one token before each of x, (B, T, C) -> (B, T, C); remembers the last of x.

        Raises: ValueError when the batch differs.
        """
        if x.shape[0] != self.last.shape[0]:
            raise ValueError(f"cache: expected a batch of {self.last.shape[0]}, got {x.shape[0]}")
        before = torch.cat((self.last, x[:, :-1]), dim=1)
        self.last = x[:, -1:].detach()
        return before

    def tensors(self):
        """All that it keeps: the last input, and the state."""
        return self.last, *self.state
