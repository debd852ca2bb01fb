import pytest
import torch
from torch.nn.functional import one_hot

from coursekit.tasks import whole_accuracy


class Echo(torch.nn.Module):
    """Says each token again; a 3 makes it diverge."""

    def forward(self, ids):
        return one_hot(ids, 4).float().masked_fill(ids[..., None] == 3, float("nan"))


def test_by_hand():
    # the first row is right, the second once wrong; of the third only what is right is asked
    inputs = torch.tensor([[1, 2], [1, 2], [1, 2]])
    targets = torch.tensor([[1, 2], [1, 1], [-100, 2]])
    model = Echo().train()
    assert whole_accuracy(model, [(inputs, targets), (inputs[:1], targets[:1])]) == 3 / 4
    assert model.training


def test_nan_is_an_error_only_where_it_is_asked():
    inputs = torch.tensor([[3, 1]])
    assert whole_accuracy(Echo(), [(inputs, torch.tensor([[-100, 1]]))]) == 1.0
    with pytest.raises(ValueError, match="logits: expected numbers, got NaN; the model has diverged"):
        whole_accuracy(Echo(), [(inputs, torch.tensor([[0, 1]]))])


def test_without_a_sequence_it_says_so():
    with pytest.raises(ValueError, match="expected at least one sequence, got none"):
        whole_accuracy(Echo(), [])
