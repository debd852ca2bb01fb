"""What a Mamba layer remembers while it decodes: nothing in it grows with the text."""

import torch


class MambaCache:
    """The last inputs of the convolution, and the state of the scan.

        bytes = B * (channels * (W - 1) * bytes per number + numbers of the state * at least 4)

    Args:
        batch: B.
        channels, width: of the convolution; W - 1 of its inputs are kept.
        state: shape of one sequence's state: (D, N), or (H, P, N).
        dtype, device: of the numbers; the state, which adds up over a whole text, has at least float32.

    Source: Gu & Dao 2023, section 3.1 (a recurrent model keeps its context in a finite state).
    Taught in: 03-mamba
    """

    def __init__(self, batch, channels, width, state, dtype, device):
        self.conv = torch.zeros(batch, channels, width - 1, dtype=dtype, device=device)  # (B, D, W - 1)
        wide = torch.promote_types(dtype, torch.float32)
        self.state = torch.zeros(batch, *state, dtype=wide, device=device)  # (B, D, N) or (B, H, P, N)
        self.is_empty = True  # Mamba's scan starts from nothing; once that is not so, it goes on step by step

    def tensors(self):
        """All that it keeps: inputs of the convolution, and the state."""
        return self.conv, self.state
