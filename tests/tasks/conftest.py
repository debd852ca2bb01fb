import pytest
import torch
from torch import nn


class Solver(nn.Module):
    """A model that is a rule: `solve(row)` -> {place: answer}, on each row of ids; elsewhere its logits are 0."""

    def __init__(self, vocab_size, solve):
        super().__init__()
        self.vocab_size, self.solve = vocab_size, solve

    def forward(self, ids):
        logits = torch.zeros(*ids.shape, self.vocab_size)  # (B, T, V)
        for scores, row in zip(logits, ids.tolist()):
            for place, answer in self.solve(row).items():
                scores[place, answer] = 1.0
        return logits


@pytest.fixture(scope="session")
def solver():
    return Solver
