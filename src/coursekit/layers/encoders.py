"""What masked-language models (BERT, ModernBERT) have that decoders have not.

Adds to `embeddings.py` and `feedforward.py`: embeddings that are normalised, the exact GELU (with the error function,
where GPT-2 takes its tanh approximation), and a head that transforms the stream before it scores the vocabulary.
"""

from torch import nn
from torch.nn import functional as F

from coursekit.layers.embeddings import LearnedPositions, TokenEmbedding
from coursekit.layers.feedforward import FeedForward, GELUFeedForward
from coursekit.layers.initialise import initialise
from coursekit.layers.norms import LayerNorm


class NormedTokens(TokenEmbedding):
    """Tokens, normalised.

        x_t = norm(E[token_t])

    Args:
        config: a `DecoderConfig`.

    Source: Warner et al. 2024 (ModernBERT), section 2.1.
    Taught in: 02-transformer
    """

    def __init__(self, config):
        super().__init__(config)
        self.norm = LayerNorm(config.width, config.norm_eps)

    def forward(self, input_ids, positions):
        """(B, T) integer, positions (T,) or (B, T) -> (B, T, C)"""
        return self.norm(super().forward(input_ids, positions))


class NormedPositions(LearnedPositions):
    """Tokens plus learned positions, normalised.

        x_t = norm(E[token_t] + P[t]),  t < config.context

    Args:
        config: a `DecoderConfig`.

    Source: Devlin et al. 2018 (BERT), section 3, figure 2; the norm: the released code.
    Taught in: 02-transformer
    """

    def __init__(self, config):
        super().__init__(config)
        self.norm = LayerNorm(config.width, config.norm_eps)

    def forward(self, input_ids, positions):
        """(B, T) integer, positions (T,) or (B, T) -> (B, T, C)"""
        return self.norm(super().forward(input_ids, positions))


class ExactGELUFeedForward(GELUFeedForward):
    """The two-layer network with x times the normal distribution function of x, as in BERT.

        y = GELU(x W_in) W_out

    Args: as in `GELUFeedForward`.

    Source: Hendrycks and Gimpel 2016, section 2; Devlin et al. 2018 (BERT), appendix A.2.
    Taught in: 02-transformer
    """

    def forward(self, x):
        """(B, T, C) -> (B, T, C)"""
        return self.output(F.gelu(self.input(x)))  # (B, T, F) inside


class GEGLUFeedForward(FeedForward):
    """A gated network with GELU in place of SiLU, as in ModernBERT.

        y = (GELU(x W_gate) * (x W_up)) W_out

    Args: as in `FeedForward`.

    Source: Shazeer 2020, equation 6.
    Taught in: 02-transformer
    """

    def forward(self, x):
        """(B, T, C) -> (B, T, C)"""
        return self.output(F.gelu(self.gate(x)) * self.up(x))  # (B, T, F) inside


class MaskedHead(nn.Module):
    """The last step before the scores; takes the place of a decoder's final norm.

        y = norm(GELU(x W + b))

    Args:
        config: a `DecoderConfig`.
        bias: with b.

    Source: Devlin et al. 2018 (BERT), the released code.
    Taught in: 02-transformer
    """

    def __init__(self, config, bias=True):
        super().__init__()
        self.dense = initialise(nn.Linear(config.width, config.width, bias=bias), config)
        self.norm = LayerNorm(config.width, config.norm_eps)

    def forward(self, x):
        """(B, T, C) -> (B, T, C)"""
        return self.norm(F.gelu(self.dense(x)))


def add_head(model, transform, bias=True):
    """Give a `Decoder` the head of a masked-language model: a transform in place of its norm, and scores with a bias.

    Args:
        model: a `Decoder`; changed in place. Its head stays tied if it was.
        transform: module (B, T, C) -> (B, T, C), for instance a `MaskedHead`.
        bias: scores with a bias, at first zero.

    Returns: the model.
    Taught in: 02-transformer
    """
    model.norm = transform
    if bias:
        head = initialise(nn.Linear(model.config.width, model.config.vocab_size), model.config)
        head.weight = model.head.weight
        model.head = head
    return model
