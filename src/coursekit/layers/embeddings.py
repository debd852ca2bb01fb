"""Embeddings. Both are called as `embedding(config)`, and keep the table of tokens in `tokens`."""

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
        """(B, T) integer, positions (T,) or (B, T) -> (B, T, C)"""
        return self.tokens(input_ids)


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
        return self.tokens(input_ids) + self.positions(positions)
