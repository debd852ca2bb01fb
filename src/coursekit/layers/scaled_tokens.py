"""Token vectors, enlarged, for models whose output layer is the embedding."""

import torch

from coursekit.layers.embeddings import TokenEmbedding


class ScaledTokens(TokenEmbedding):
    """One learned vector a token, times the square root of the width, as in Gemma.

        x_t = sqrt(C) E[token_t]

    The same small vectors can then score the vocabulary and stand up to what the layers add. The factor is rounded to
    the dtype of the table, as in the released code.

    Args:
        config: a `DecoderConfig`.

    Source: Vaswani et al. 2017, section 3.4.
    Taught in: 02-transformer
    """

    def forward(self, input_ids, positions):
        """(B, T) integer, positions (T,) or (B, T) -> (B, T, C)"""
        x = self.tokens(input_ids)  # (B, T, C)
        return x * torch.tensor(x.shape[-1] ** 0.5, dtype=x.dtype, device=x.device)
