"""Answers about tensors: asked once for tensors that are alike, and never lent to others."""

import importlib.util
import sys

import pytest
import torch

from coursekit.ssm.step import known
from coursekit.ssm.step.known import known as keeping


class Asked(list):
    """Answers with the shapes, and counts."""

    def __call__(self, *tensors):
        self.append([tuple(t.shape) for t in tensors])
        return self[-1]


@pytest.fixture
def asked():
    return Asked()


def test_the_same_form_is_asked_once(asked):
    form = keeping(asked)
    assert form(torch.ones(2, 3), torch.ones(4)) == [(2, 3), (4,)]
    assert form(torch.zeros(2, 3), torch.zeros(4)) == [(2, 3), (4,)]
    assert len(asked) == 1


def test_several_forms_are_kept(asked):
    form = keeping(asked)
    for _ in range(3):
        form(torch.ones(2, 3))
        form(torch.ones(5))
    assert len(asked) == 2


OTHERS = {
    "shape": (torch.ones(3, 2), torch.ones(4)),
    "shape of the second": (torch.ones(2, 3), torch.ones(5)),
    "strides": (torch.ones(3, 2).mT, torch.ones(4)),
    "dtype": (torch.ones(2, 3), torch.ones(4).double()),
    "device": (torch.ones(2, 3), torch.ones(4, device="meta")),
    "type": (torch.ones(2, 3), torch.nn.Parameter(torch.ones(4))),
}


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
def test_another_form_is_asked_again(asked, others):
    form = keeping(asked)
    form(torch.ones(2, 3), torch.ones(4))
    assert form(*others) == [tuple(t.shape) for t in others]
    assert len(asked) == 2


def test_refusals_are_not_kept(asked):
    def refuse(*tensors):
        asked(*tensors)
        raise ValueError("no")

    form = keeping(refuse)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            form(torch.ones(2))
    assert len(asked) == 2


def test_no_more_than_so_many_are_kept(asked, monkeypatch):
    monkeypatch.setattr(known, "KEPT", 2)
    form = keeping(asked)
    for size in (1, 2, 1, 2, 3, 3, 1):  # the third form makes room by forgetting the others
        form(torch.ones(size))
    assert [shape for ((shape,),) in asked] == [1, 2, 3, 1]


@pytest.mark.parametrize("guards", [None, lambda *tensors: None], ids=["absent", "with other arguments"])
def test_without_torchs_comparison_each_call_asks(asked, monkeypatch, guards):
    monkeypatch.setattr(known, "TensorGuards", guards)
    form = keeping(asked)
    for count in (1, 2):
        assert form(torch.ones(2)) == [(2,)]
        assert len(asked) == count


def test_a_torch_without_the_comparison_will_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch._C._dynamo.guards", None)  # to import it is an error
    spec = importlib.util.spec_from_file_location("known_without", known.__file__)
    without = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(without)
    assert without.TensorGuards is None


def test_this_torch_has_the_comparison():
    assert known.TensorGuards is not None
