import pytest
import torch

from coursekit.attention.rope import rotary_table, rotate
from coursekit.exercises import check
from coursekit.exercises.attention.rope_rotate import EXERCISE, rope_rotate


def test_four_channels_by_hand():
    # D = 4, position 1: pair 0 turns by 1 rad (cos 0.540302, sin 0.841471), pair 1 by 10000^(-2/4) = 0.01 rad
    # (cos 0.999950, sin 0.0099998). Channels 0 and 2: 0.540302 - 3 * 0.841471 and 3 * 0.540302 + 0.841471;
    # channels 1 and 3: 2 * 0.999950 - 4 * 0.0099998 and 4 * 0.999950 + 2 * 0.0099998.
    assert rope_rotate([1, 2, 3, 4], 1) == pytest.approx([-1.984111, 1.959901, 2.462378, 4.019800], abs=1e-5)


@pytest.mark.parametrize("size", [2, 6, 64])
@pytest.mark.parametrize("base", [10000.0, 100.0])
def test_it_is_the_kernel_of_the_course(size, base):
    x = torch.randn(size, generator=torch.Generator().manual_seed(size), dtype=torch.float64)
    cos, sin = rotary_table(torch.tensor([63]), size, base, dtype=torch.float64)
    kernel = rotate(x.view(1, 1, 1, size), cos, sin).flatten().tolist()
    assert rope_rotate(x.tolist(), 63, base) == pytest.approx(kernel, abs=1e-12)


@pytest.mark.parametrize(
    ("mistake", "shown", "message"),
    [
        (
            "same sign twice",
            "consulta [1.0, 0.0] en la posición 1 y clave [0.0, 1.0] en la 0",
            # -sin(1 + 0) and -sin(2 + 1): the sum of the positions, not their difference
            "su producto es -0.8415, y con ambas posiciones una más allá, -0.1411: debe depender solo de la diferencia",
        ),
        ("the other way", "x = [1.0, 2.0], position = 1", "giras al revés"),
        ("neighbouring channels", "x = [1.0, 2.0, 3.0, 4.0], position = 1", "giras los canales vecinos"),
        ("one frequency", "x = [1.0, 2.0, 3.0, 4.0], position = 1", "giras todos los pares el mismo ángulo"),
        ("exponent without the two", "x = [1.0, 2.0, 3.0, 4.0], position = 1", "usas -i/D"),
        ("deaf to base", "position = 7, base = 500.0", "no usas el argumento base"),
    ],
)
def test_each_mistake_is_shown_with_the_smallest_input_that_betrays_it(mistake, shown, message):
    verdict = repr(check("02.4", EXERCISE.wrong[mistake]))
    assert f"{shown}, " in verdict
    assert message in verdict


def _in_place(x, position, base=10000.0):
    x[:] = rope_rotate(x, position, base)
    return x


def _in_float32(x, position, base=10000.0):
    cos, sin = rotary_table(torch.tensor([position]), len(x), base)
    return rotate(torch.tensor(x).view(1, 1, 1, -1), cos, sin).flatten().tolist()


@pytest.mark.parametrize("answer", [_in_place, _in_float32])
def test_float32_and_working_in_place_are_right_too(answer):
    assert check("02.4", answer), repr(check("02.4", answer))
    assert check("02.4", EXERCISE.solution)


@pytest.mark.parametrize(
    ("case", "answer", "message"),
    [
        (0, lambda x, position: None, "se esperaba una lista de 2 números y devuelve None. ¿Falta un return?"),
        # (1, 5) . (0, 0) = 0 in positions 1 and 0; (1, 10) . (0, 5) = 50 in positions 2 and 1
        (
            0,
            lambda x, position: (x[0], 5.0 * position),
            "su producto es 0.0000, y con ambas posiciones una más allá, 50",
        ),
        (1, lambda x, position: x[:1], "se esperaba una lista de 2 números y devuelve [1.0]."),
        (1, lambda x, position: ["a", "b"], "se esperaba una lista de 2 números y devuelve ['a', 'b']."),
        # cos 1 - 2 sin 1 = 0.5403 - 1.6829 = -1.1426; 2 cos 1 + sin 1 = 1.0806 + 0.8415 = 1.9221
        (1, lambda x, position: [x[0], 5.0], "en el canal 0 se esperaba -1.1426 y devuelve 1.0000."),
        (1, lambda x, position: [rope_rotate(x, 1)[0], 5.0], "en el canal 1 se esperaba 1.9221 y devuelve 5.0000."),
        (1, lambda x, position: [float("nan"), 5.0], "en el canal 0 se esperaba -1.1426 y devuelve nan."),
    ],
)
def test_other_answers_are_told_what_was_expected(case, answer, message):
    case = EXERCISE.cases[case]
    assert message in str(case.problem(case.run(answer, *case.arguments)))
