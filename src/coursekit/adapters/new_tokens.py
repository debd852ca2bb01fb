"""New words for a trained decoder: the table of tokens stays as it is, and learned rows are added below it."""

import torch
from torch import nn
from torch.nn import functional as F


class _Grown(nn.Module):
    """A frozen table (V, C) and the rows learned below it (n, C)."""

    def __init__(self, table, count):
        super().__init__()
        self.old = nn.Parameter(table.detach(), requires_grad=False)
        # as many tokens as there are share the mean: a new word starts as the average one
        self.new = nn.Parameter(table.detach().mean(0).repeat(count, 1))  # (n, C)

    @property
    def weight(self):
        return torch.cat((self.old, self.new))  # (V + n, C)


class _Embedding(_Grown):
    def forward(self, ids):
        return F.embedding(ids, self.weight)  # (B, T, C)


class _Head(nn.Module):
    def __init__(self, table):
        super().__init__()
        self.table = table

    def forward(self, x):
        return F.linear(x, self.table.weight)  # (B, T, V + n)


def add_tokens(model, count):
    """Give a decoder `count` new tokens, whose ids follow the old ones: their rows learn, the table is frozen.

        E' = [E; E_new],  logits = x E'^T          E frozen, each row of E_new at first the mean of E's

    Args:
        model: a trained `Decoder` with a tied output layer; changed in place.
        count: new tokens, at least 1.

    Returns: the model. Its config keeps the old vocab_size; what else of it learns is up to the caller (`add_lora`
        before this leaves only the low-rank changes and the rows).
    Raises: ValueError for count < 1, or when the output layer is not tied.

    Source: Hewitt 2021 (Initializing New Word Embeddings for Pretrained Language Models).
    Taught in: 02-transformer
    """
    if count < 1:
        raise ValueError(f"count: expected at least 1, got {count}")
    table = model.embedding.tokens.weight
    if model.head.weight is not table:
        raise ValueError("expected a decoder whose output layer is its embedding (tied=True), got two matrices")
    model.embedding.tokens = _Embedding(table, count)
    model.head = _Head(model.embedding.tokens)
    return model
