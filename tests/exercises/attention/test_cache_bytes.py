import pytest

from coursekit.exercises.attention.cache_bytes import EXERCISE, cache_bytes
from coursekit.exercises.checking import judge


def test_by_hand():
    # keys and values, 5 layers, 3 heads of 7 numbers of 1 byte, 11 tokens: 2 · 5 · 3 · 7 · 11
    assert cache_bytes(5, 12, 3, 7, 11, 1) == 2310
    assert cache_bytes(32, 32, 8, 128, 32768) == 4 * 2**30  # 4 GiB: Mistral 7B, whole context, 16 bits


SMALL = "layers = 5, heads = 12, kv_heads = 3, head_size = 7, tokens = 11, itemsize = 1"


@pytest.mark.parametrize(
    ("mistake", "shown", "message"),
    [
        ("only keys", SMALL, "falta un factor 2"),
        ("all heads", SMALL, "cuentas las cabezas de consulta"),
        ("one layer", SMALL, "cuentas una capa"),
        ("two bytes", SMALL, "cuentas siempre dos bytes por número"),
        ("one token", SMALL, "cuentas un token"),
        ("one number a head", SMALL, "cuentas un número por cabeza"),
        (
            "numbers not bytes",
            "layers = 3, heads = 10, kv_heads = 5, head_size = 7, tokens = 11, itemsize = 8",
            "cuentas números, no bytes",
        ),
    ],
)
def test_each_mistake_is_shown_with_the_smallest_input_that_betrays_it(mistake, shown, message):
    verdict = repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
    assert f"con la entrada {shown}, " in verdict
    assert message in verdict


def test_other_answers_are_told_what_was_expected():
    verdict = repr(judge(EXERCISE, lambda *arguments: 2311, "Ejercicio"))
    assert "bytes: se esperaba 2310 y devuelve 2311." in verdict
    verdict = repr(judge(EXERCISE, lambda *arguments: "2310", "Ejercicio"))
    assert "se esperaba un número y devuelve '2310'." in verdict
