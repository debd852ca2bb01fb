"""Embeddings. Both are called as `embedding(config)`, and keep the table of tokens in `tokens`."""

import torch
from torch import nn

from coursekit.layers.initialise import initialise


class TokenEmbedding(nn.Module):
    """One learned vector a token; positions are left to the mixer.

        x_t = E[token_t]

    Args:
        config: a `DecoderConfig`.

    Source: Bengio et al. 2003, section 2.
    Taught in: 02-transformer
    """

    def __init__(self, config):
        super().__init__()
        self.tokens = initialise(nn.Embedding(config.vocab_size, config.width), config)

    def forward(self, input_ids, positions):
        """(B, T) integer, positions (T,) or (B, T) -> (B, T, C). Raises: ValueError for what is no token."""
        if input_ids.dim() != 2:
            raise ValueError(f"input_ids: expected shape (B, T), got {tuple(input_ids.shape)}")
        return look_up(self.tokens, input_ids, "input_ids")


class LearnedPositions(TokenEmbedding):
    """One learned vector a token plus one a position.

        x_t = E[token_t] + P[t],  t < config.context

    Args:
        config: a `DecoderConfig`.

    Source: Radford et al. 2018 (GPT), section 3.1, equation 2.
    Taught in: 02-transformer
    """

    def __init__(self, config):
        super().__init__(config)
        self.positions = initialise(nn.Embedding(config.context, config.width), config)

    def forward(self, input_ids, positions):
        """(B, T) integer, positions (T,) or (B, T) -> (B, T, C)"""
        return super().forward(input_ids, positions) + look_up(self.positions, positions, "positions")


def look_up(table, ids, name):
    """Rows of a table, or one line that says why there is none; nothing is checked before it fails.

    Args:
        table: an `nn.Embedding`.
        ids: integer, any shape.
        name: of the ids, for the message.

    Returns: shape of ids, then C.
    Raises: ValueError for ids that are no whole numbers, or not in the table.
    """
    try:
        return table(ids)
    except (IndexError, RuntimeError) as error:
        if ids.dtype not in (torch.int32, torch.int64):
            raise ValueError(f"{name}: expected int32 or int64, got {ids.dtype}") from None
        low, high = ids.min().item(), ids.max().item()
        if low < 0 or high >= table.num_embeddings:
            bad = low if low < 0 else high
            raise ValueError(f"{name}: expected numbers from 0 to {table.num_embeddings - 1}, got {bad}") from None
        raise error
