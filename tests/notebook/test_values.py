import array
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch

from coursekit.notebook.values import finite_numbers

LARGE = 2**53 + 1  # the first whole number that is no float


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        (4, [4]),
        (-0.5, [-0.5]),
        (LARGE, [LARGE]),
        (-(10**18) - 1, [-(10**18) - 1]),
        (np.int64(LARGE), [LARGE]),
        (np.array(LARGE), [LARGE]),
        (torch.tensor(LARGE), [LARGE]),
        (Decimal(LARGE), [LARGE]),
        (np.float32(0.25), [0.25]),
        (np.longdouble("1.5"), [1.5]),
        (np.array(0.25), [0.25]),
        (torch.tensor(0.25, requires_grad=True), [0.25]),
        (torch.tensor(1.5, dtype=torch.bfloat16), [1.5]),
        (Fraction(1, 4), [0.25]),
        ([1, 2.5], [1, 2.5]),
        ((LARGE, 1), [LARGE, 1]),
        (range(3), [0, 1, 2]),
        (np.array([1.0, 2.0]), [1.0, 2.0]),
        (np.array([LARGE, 3]), [LARGE, 3]),
        (torch.tensor([1, 2]), [1, 2]),
        (torch.tensor([0.5]), [0.5]),
        ([np.float32(0.5), torch.tensor(2), np.array(3.0)], [0.5, 2, 3.0]),
        (array.array("d", [1.5, 2.0]), [1.5, 2.0]),
    ],
)
def test_numbers_of_any_library_alone_or_one_a_seed(value, numbers):
    found = finite_numbers(value)
    assert found == numbers
    assert list(map(type, found)) == list(map(type, numbers))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("12", "es un texto, '12'; conviértelo antes, con float"),
        ("doce", "es un texto, 'doce'; registra un número, y el texto escríbelo con print"),
        (b"12", "es un texto, b'12'; conviértelo antes"),
        (memoryview(b"12"), "es un texto"),
        (np.array(["1", "2"]), "es un texto, '1'"),
        (True, "es True; si es un recuento, usa int"),
        (np.False_, "es False; si es un recuento"),
        (torch.tensor([True]), "es True; si es un recuento"),
        (None, "es None. ¿Le falta un return"),
        ([1, None], "es None"),
        (np.ma.masked, "es None"),
        ([[1, 2], [3]], "hay listas dentro de la lista, [[1, 2], [3]]; registra una métrica por fila"),
        ([np.array([1.0])], "hay listas dentro de la lista"),
        (np.zeros((2, 3)), "su forma es (2, 3); registra una métrica por fila, o la media, .mean()"),
        (torch.zeros(2, 0), "su forma es (2, 0)"),
        (torch.zeros(1, 1), "su forma es (1, 1); registra .item()"),
        (1 + 2j, "es complejo, (1+2j); registra abs"),
        (torch.tensor(1j), "es complejo"),
        ([], "no hay ningún número: la lista está vacía"),
        (np.array([]), "no hay ningún número"),
        (range(0), "no hay ningún número"),
        (float("nan"), "hace falta un número finito y es nan; busca una división por cero"),
        (Decimal("sNaN"), "número finito y es nan"),
        (torch.tensor(float("-inf")), "número finito y es -inf"),
        (10**400, "demasiado grande, más de 1,8·10³⁰⁸"),
        (Fraction(10**400, 3), "demasiado grande"),
        ({"a": 1}, "es un diccionario; registra una métrica por clave"),
        ({1, 2}, "es un set; si son números, uno por semilla, registra list"),
        ((x for x in "12"), "es un generator; si son números"),
        (len, "es una función; registra lo que devuelve"),
        (object(), "es un object."),
        (np.timedelta64(3, "ns"), "es una fecha o una duración"),
        (np.array(["2020-01-01"], dtype="M8[ns]"), "es una fecha o una duración"),
    ],
)
def test_what_is_no_number_is_refused_with_what_to_do(value, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        finite_numbers(value)
    text = str(caught.value)
    assert message in text
    assert text.endswith((".", "?", "print."))
    assert "\n" not in text
