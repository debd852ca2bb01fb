import pytest

from coursekit.exercises.checking import judge
from coursekit.exercises.recurrent.path_length import EXERCISE, path_length


def test_by_hand():
    assert [path_length(kind, 5) for kind in ("recurrence", "convolution", "attention")] == [5, 3, 1]
    assert [path_length(kind, 0) for kind in ("recurrence", "convolution", "attention")] == [0, 0, 0]


@pytest.mark.parametrize("kernel", [2, 3, 5])
@pytest.mark.parametrize("distance", range(1, 12))
def test_it_is_the_fewest_layers_that_reach(kernel, distance):
    layers = path_length("convolution", distance, kernel)
    assert layers * (kernel - 1) >= distance > (layers - 1) * (kernel - 1)


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("whole kernel", "llega kernel - 1 más atrás"),
        ("rounds down", "redondeas hacia abajo"),
        ("one too many", "sumas una capa siempre"),
        ("dilated", "convoluciones dilatadas"),
        ("between", "cuentas las palabras de en medio"),
        ("always looks", "con distancia cero"),
        ("all pairs", "la atención mira a todas a la vez"),
        ("three", "no usas kernel"),
    ],
)
def test_each_mistake_is_told(mistake, message):
    assert message in repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
