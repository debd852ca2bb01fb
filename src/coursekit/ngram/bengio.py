"""Bengio's model of 2003: an n-gram whose words are vectors, so that what is learned of one serves its neighbours.

Dimensions, here and in the paper: B batch, T tokens, n order, E numbers of a word's vector (m), H hidden units (h), V
vocabulary.
"""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class NeuralNGramCache:
    """The last n - 2 tokens, which the next window needs: (B, n - 2), integer.

        bytes = 8 B (n - 2)

    Taught in: 01-historia
    """

    ids: torch.Tensor

    def tensors(self):
        """All that it keeps."""
        return (self.ids,)


class NeuralNGram(nn.Module):
    """The next word by the vectors of the n - 1 words before it.

        y = b + W x + U tanh(d + H x),    x = [C(w_t), C(w_(t-1)), .., C(w_(t-n+2))],    P(w_(t+1)) = softmax(y)

    Called as a decoder is: ids to scores after each token. As for an n-gram that counts, every sentence stands alone:
    where the window reaches END, all that lies before is END, too, and so is what lies before the row.

    Args:
        vocab_size, order, width, hidden: V, n >= 2, E, H. hidden = 0 leaves the hidden layer out.
        direct: with W, the connections that go past the hidden layer.
        end: id of END.

    Raises: ValueError when sizes are not whole numbers in their range, or nothing connects words and scores.

    Source: Bengio et al. 2003, section 2, equation 1. The released figures are of a mixture with a trigram (table 1).
    Taught in: 01-historia
    """

    def __init__(self, vocab_size, order=5, width=30, hidden=100, direct=False, end=0):
        super().__init__()
        sizes = vocab_size, order, width, hidden
        if any(type(size) is not int for size in sizes) or min(vocab_size, order - 1, width, hidden + 1) < 1:
            raise ValueError(
                f"expected whole numbers vocab_size >= 1, order >= 2, width >= 1 and hidden >= 0, got {sizes}"
            )
        if not hidden and not direct:
            raise ValueError("expected hidden units, or direct connections, or both, got neither")
        self.order, self.end = order, end
        self.embedding = nn.Embedding(vocab_size, width)  # C
        nn.init.normal_(self.embedding.weight, std=0.1)
        inputs = (order - 1) * width
        self.hidden = nn.Linear(inputs, hidden) if hidden else None  # H, d
        self.output = nn.Linear(hidden, vocab_size, bias=False) if hidden else None  # U
        self.direct = nn.Linear(inputs, vocab_size, bias=False) if direct else None  # W
        self.bias = nn.Parameter(torch.zeros(vocab_size))  # b

    def forward(self, input_ids, cache=None):
        """Scores of the next token after each token.

        Args:
            input_ids: (B, T), integer.
            cache: from `new_cache`, changed in place; input_ids are then the tokens that follow. None = after END.

        Returns: (B, T, V).
        """
        x = self.embedding(self.windows(input_ids, cache)).flatten(2)  # (B, T, n - 1) -> (B, T, (n - 1) E)
        y = self.bias
        if self.hidden is not None:
            y = y + self.output(self.hidden(x).tanh())  # (B, T, V)
        if self.direct is not None:
            y = y + self.direct(x)
        return y

    def windows(self, input_ids, cache=None):
        """The n - 1 tokens that each prediction reads, the nearest one first: (B, T, n - 1)."""
        cache = self.new_cache(len(input_ids)) if cache is None else cache
        ids = torch.cat([cache.ids, input_ids], dim=1)  # (B, n - 2 + T)
        cache.ids = ids[:, ids.shape[1] - (self.order - 2) :]
        windows = ids.unfold(1, self.order - 1, 1).flip(-1)  # (B, T, n - 1)
        return windows.masked_fill((windows == self.end).cummax(-1).values, self.end)

    def new_cache(self, batch):
        """A cache for `batch` sequences that begin after END."""
        shape = batch, self.order - 2
        return NeuralNGramCache(torch.full(shape, self.end, device=self.bias.device))

    def parameter_count(self):
        """Number of trained weights."""
        return sum(weight.numel() for weight in self.parameters())
