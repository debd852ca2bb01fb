import itertools

import pytest
import torch
from torch import nn

from coursekit.tasks import accuracy


class Echo(nn.Module):
    """Says again what it reads; `seen` holds its mode at each call."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def forward(self, ids):
        self.seen.append(self.training)
        return nn.functional.one_hot(ids, 5).float()


def test_by_hand():
    first = torch.tensor([[1, 2, 3], [4, 0, 1]]), torch.tensor([[-100, 2, 0], [4, 1, -100]])  # 2 and 4 right: 2 of 4
    second = torch.tensor([[1, 2, 3]]), torch.tensor([[1, -100, -100]])  # 1 of 1
    # targets count alike, batches do not: 3 / 5, where the mean over batches is 3 / 4
    assert accuracy(Echo(), [first, second]) == pytest.approx(3 / 5)
    assert accuracy(Echo(), iter([first])) == pytest.approx(1 / 2)


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_comes_back(training):
    model = Echo().train(training)
    accuracy(model, [(torch.tensor([[1]]), torch.tensor([[1]]))])
    assert model.seen == [False]
    assert model.training == training


def test_the_mode_comes_back_after_an_error():
    model = Echo()
    with pytest.raises(RuntimeError, match="smaller than num_classes"):
        accuracy(model, [(torch.tensor([[7]]), torch.tensor([[1]]))])
    assert model.training


def test_no_gradient_is_kept():
    model = nn.Embedding(5, 5)
    grads = []
    model.register_forward_hook(lambda module, ids, logits: grads.append(logits.requires_grad))
    accuracy(model, [(torch.tensor([[1]]), torch.tensor([[1]]))])
    assert grads == [False]


def test_the_batches_go_to_the_model(monkeypatch):
    # the meta device stands for an accelerator: its tensors mix with no other
    model, devices = nn.Embedding(5, 5, device="meta"), []

    def forward(ids):
        devices.append(ids.device.type)
        return torch.zeros(1, 1, 5)

    monkeypatch.setattr(model, "forward", forward)
    assert accuracy(model, [(torch.tensor([[1]]), torch.tensor([[0]]))]) == 1.0
    assert devices == ["meta"]


def test_nan_is_an_error_only_where_it_is_asked():
    class Diverged(Echo):
        def forward(self, ids):
            return super().forward(ids).masked_fill(ids[..., None] == 3, float("nan"))

    assert accuracy(Diverged(), [(torch.tensor([[3, 1]]), torch.tensor([[-100, 1]]))]) == 1.0
    with pytest.raises(ValueError, match="logits: expected numbers, got NaN"):
        accuracy(Diverged(), [(torch.tensor([[3, 1]]), torch.tensor([[3, 1]]))])


def test_something_must_be_asked():
    for batches in ([], itertools.repeat((torch.tensor([[1]]), torch.tensor([[-100]])), 2)):
        with pytest.raises(ValueError, match="expected at least one target that is asked, got none"):
            accuracy(Echo(), batches)
