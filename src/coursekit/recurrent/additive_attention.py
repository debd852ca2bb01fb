"""Additive attention: which of the source's words matter to the next one?"""

import torch
from torch import nn


class AdditiveAttention(nn.Module):
    """A small network scores every key against the query; their weights sum to 1.

        e_j = v . tanh(W s + U h_j),    alpha = softmax(e),    context = sum_j alpha_j h_j

    Args:
        query_size, key_size: numbers of s and of h_j.
        size: hidden units of the network.

    Source: Bahdanau et al. 2014, section 3.1, equations 5 and 6; appendix A.1.2 (the network a).
    Taught in: 01-historia
    """

    def __init__(self, query_size, key_size, size):
        super().__init__()
        self.query = nn.Linear(query_size, size, bias=False)  # W
        self.key = nn.Linear(key_size, size, bias=False)  # U
        self.score = nn.Linear(size, 1, bias=False)  # v

    def forward(self, query, keys, projected, hidden):
        """The context of one query, and its weights.

        Args:
            query: s, (B, query_size).
            keys: h, (B, S, key_size).
            projected: U h, (B, S, size), the same for every query: `attention.key(keys)`.
            hidden: (B, S), bool, True = padding, which has the weight 0.

        Returns: context (B, key_size), weights (B, S).
        """
        scores = self.score((self.query(query)[:, None] + projected).tanh())[..., 0]  # (B, S)
        weights = scores.masked_fill(hidden, -torch.inf).softmax(-1)  # (B, S)
        return (weights[:, None] @ keys)[:, 0], weights
