import numpy as np
import pytest
import torch

from coursekit.exercises.answers import is_number, plain, returned, shown


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


def test_a_number_is_no_truth_and_no_text():
    assert all(map(is_number, (1, 0.5, float("nan"))))
    assert not any(map(is_number, (True, "1", None, 1j, [1])))


def test_an_answer_is_shown_in_one_line_that_is_not_too_long():
    assert shown(torch.zeros(2, 2)) == "tensor([[0., 0.], [0., 0.]])"
    assert len(shown("a" * 1000)) == 200
    assert returned(None) == "devuelve None. ¿Falta un return?"
    assert returned([1]) == "devuelve [1]."

    class Shy:
        def __repr__(self):
            raise ValueError("no")

    assert shown(Shy()) == "un Shy que no se puede mostrar"
