from array import array
from collections import OrderedDict, deque, namedtuple
from decimal import Decimal

import numpy as np
import pytest
import torch

from coursekit.exercises.answers import is_number, plain, returned, shown

NAMED = namedtuple("NAMED", "a b")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (3, 3),
        ((1, [2.5, (3,)]), [1, [2.5, [3]]]),
        (np.float32(0.5), 0.5),
        (np.array([[1, 2]]), [[1, 2]]),
        (torch.tensor(2.0, requires_grad=True), 2.0),
        ((torch.tensor(1), np.array([0.5]), [torch.tensor(2.0)]), [1, [0.5], [2.0]]),
        (torch.tensor([[True]]), [[True]]),
        ([np.True_], [True]),
        (10**400, float("inf")),
        (Decimal("0.5"), 0.5),
        (range(3), [0, 1, 2]),
        (deque([1, (2,)]), [1, [2]]),
        (array("f", [0.5]), [0.5]),
        (NAMED(1, [Decimal(2)]), [1, [2.0]]),
        (OrderedDict(a=1), OrderedDict(a=1)),
        (-(10**400), float("-inf")),
        ("ab", "ab"),
        (None, None),
        ({"a": (1,)}, {"a": (1,)}),
        (torch.Tensor, torch.Tensor),
    ],
)
def test_answers_are_lists_of_pythons_numbers(answer, expected):
    found = plain(answer)
    assert found == expected
    assert type(found) is type(expected)


def test_what_holds_itself_or_is_too_large_does_no_harm():
    loop = []
    loop.append(loop)
    assert plain(loop)[0][0][0][0] is loop
    assert "..." in shown(loop)
    large = torch.zeros(1).expand(10**5, 10**5)
    assert plain(large) is large
    assert shown(large).startswith("tensor([[0., 0.,")
    long = [0] * (10**6 + 1)
    assert plain(long) is long
    assert shown(long) == "un list de 1000001 elementos"
    nowhere = torch.zeros(2, device="meta")  # has no numbers
    assert plain(nowhere) is nowhere


def test_a_number_is_no_truth_and_no_text():
    assert all(map(is_number, (1, 0.5, float("nan"))))
    assert not any(map(is_number, (True, "1", None, 1j, [1])))


def test_an_answer_is_shown_in_one_line_that_is_not_too_long():
    assert shown(torch.zeros(2, 2)) == "tensor([[0., 0.], [0., 0.]])"
    assert len(shown("a" * 1000)) == 200
    assert returned(None) == "devuelve None. ¿Falta un return?"
    assert returned([1]) == "devuelve [1]."
    assert returned(x for x in "ab") == "devuelve un generator, que aún no ha calculado nada: devuelve list(…)."
    assert returned(map(abs, [1])) == "devuelve un map, que aún no ha calculado nada: devuelve list(…)."
    assert returned(len) == (
        "devuelve <built-in function len>, que es una función. ¿Faltan los paréntesis para llamarla?"
    )

    class Shy:
        def __repr__(self):
            raise ValueError("no")

    assert shown(Shy()) == "un Shy que no se puede mostrar"
