import numpy as np
import pytest
import torch

from coursekit.attention.dot_product.masks import visible
from coursekit.exercises.attention.causal_mask import EXERCISE, causal_mask
from coursekit.exercises.checking import judge


def test_a_window_by_hand():
    # rows: the last two tokens, itself among them
    assert causal_mask(3, 2).tolist() == [[True, False, False], [True, True, False], [False, True, True]]
    assert causal_mask(3, 9).tolist() == causal_mask(3).tolist()


@pytest.mark.parametrize("T", [1, 63, 64, 65])
@pytest.mark.parametrize("window", [None, 1, 7, 64, 100])
def test_it_is_the_mask_of_the_course(T, window):
    places = torch.arange(T)
    assert causal_mask(T, window).equal(visible(places, places, is_causal=True, window=window))


@pytest.mark.parametrize(
    ("mistake", "shown", "message"),
    [
        ("strict", "T = 1", "tu máscara no deja que el token 0 se vea a sí mismo"),
        ("transposed", "T = 2", "el token 0 ve al token 1, que está en el futuro"),
        ("no window", "T = 3, window = 1", "el token 1 ve al token 0, que está fuera de su ventana de 1"),
        ("window one too long", "T = 3, window = 1", "cada token ve 2 tokens en vez de 1: él mismo cuenta"),
        ("window to both sides", "T = 4, window = 2", "el token 0 ve al token 1, que está en el futuro"),
        ("all of a wide window", "T = 3, window = 3", "el token 0 ve al token 1, que está en el futuro"),
    ],
)
def test_each_mistake_is_shown_with_the_smallest_input_that_betrays_it(mistake, shown, message):
    verdict = repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
    assert f"con la entrada {shown}, " in verdict
    assert message in verdict


@pytest.mark.parametrize(
    "made",
    [lambda mask: mask.tolist(), lambda mask: mask.numpy(), lambda mask: list(mask), lambda mask: list(mask.numpy())],
)
def test_lists_and_arrays_of_truths_are_right(made):
    assert judge(EXERCISE, lambda T, window=None: made(causal_mask(T, window)), "Ejercicio")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda T, window=None: causal_mask(T, window).float(), "y devuelve uno de torch.float32 y de forma (1, 1)."),
        (lambda T, window=None: causal_mask(T, window).int().tolist(), "y devuelve [[1]]."),
        (lambda T, window=None: torch.ones(T, dtype=torch.bool), "y devuelve uno de torch.bool y de forma (1,)."),
        (lambda T, window=None: np.ones((T, T)), "y devuelve uno de float64 y de forma (1, 1)."),
        (lambda T, window=None: None, "y devuelve None. ¿Falta un return?"),
        (lambda T, window=None: [[True] * T] * (T + 1), "y devuelve [[True], [True]]."),
    ],
)
def test_other_answers_are_told_what_was_expected(answer, message):
    verdict = repr(judge(EXERCISE, answer, "Ejercicio"))
    assert "se esperaba un tensor booleano de forma (1, 1) " + message in verdict
