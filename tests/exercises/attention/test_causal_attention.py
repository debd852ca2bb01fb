import math

import numpy as np
import pytest
import torch

from coursekit.attention.dot_product import reference
from coursekit.exercises.attention.causal_attention import EXERCISE, causal_attention
from coursekit.exercises.checking import judge


def test_two_tokens_by_hand():
    # d = 4. Token 0 sees itself alone. Token 1: q·k = 1 and 3, over sqrt(4): 0.5 and 1.5; exp(-1) = 0.367879 beside 1,
    # so the weights are 0.268941 and 0.731059: 0.268941 * (4, 0) + 0.731059 * (0, 2)
    outputs = causal_attention(*EXERCISE.cases[1].arguments)
    assert outputs[0] == [4.0, 0.0]
    assert outputs[1] == pytest.approx([1.075766, 1.462117], abs=1e-6)


@pytest.mark.parametrize("length", [1, 3, 17])
def test_it_is_the_attention_of_the_course(length):
    generator = torch.Generator().manual_seed(length)
    q, k, v = (torch.randn(1, 1, length, 4, generator=generator, dtype=torch.float64) for _ in range(3))
    wanted = reference.attention(q, k, v, is_causal=True)[0, 0].tolist()
    assert np.allclose(causal_attention(*(x[0, 0].tolist() for x in (q, k, v))), wanted, rtol=1e-12, atol=1e-13)


ONE = "Q = [[1.0, -2.0]], K = [[3.0, 1.0]], V = [[4.0, -1.0, 0.5]]"
TWO = "Q = [[1.0, 0.0, 2.0, 0.0], [1.0, 0.0, 0.0, 2.0]]"
HUGE = "Q = [[0.0], [100.0], [-40.0]]"


@pytest.mark.parametrize(
    ("mistake", "shown", "message"),
    [
        ("sees the future", TWO, "falta la máscara causal"),
        ("masks the past", TWO, "tapas los tokens anteriores"),
        ("without itself", TWO, "también se mira a sí mismo"),
        ("without scale", TWO, "falta dividir las puntuaciones entre la raíz de d"),
        ("divides by d", TWO, "se dividen entre su raíz cuadrada"),
        ("divides by the length", TWO, "divides entre la raíz del número de tokens"),
        ("without sum", ONE, "los pesos de una fila deben sumar 1"),
        ("without softmax", ONE, "falta el softmax"),
        ("queries for keys", TWO, "intercambias consultas y claves"),
        ("masks with zero", TWO, "exp(0) es 1"),
        ("masks after softmax", TWO, "tapas después del softmax"),
        ("softmax by columns", TWO, "haces el softmax por columnas"),
        ("equal weights", TWO, "das a todos los tokens el mismo peso"),
        ("only the largest", TWO, "copias el valor del token que más puntúa"),
        ("not stabilised", HUGE, "exp(puntuación) desborda si es grande"),
    ],
)
def test_each_mistake_is_shown_with_the_smallest_input_that_betrays_it(mistake, shown, message):
    verdict = repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
    assert f"con la entrada {shown}" in verdict
    assert message in verdict


def _with_torch(Q, K, V):
    q, k, v = (torch.tensor(x) for x in (Q, K, V))
    scores = q @ k.T / q.shape[1] ** 0.5
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(-1) @ v


def _with_torch_itself(Q, K, V):
    q, k, v = (torch.tensor(x)[None, None] for x in (Q, K, V))
    return torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)[0, 0]


def _with_numpy(Q, K, V):
    q, k, v = (np.array(x, dtype=np.float32) for x in (Q, K, V))
    scores = np.where(np.tri(len(q), dtype=bool), q @ k.T / math.sqrt(q.shape[1]), -1e9)
    weights = np.exp(scores - scores.max(1, keepdims=True))
    return weights / weights.sum(1, keepdims=True) @ v


def _online(Q, K, V):
    outputs = []
    for t, q in enumerate(Q):
        m, total, out = -math.inf, 0.0, [0.0] * len(V[0])
        for k, v in zip(K[: t + 1], V):
            s = sum(map(lambda a, b: a * b, q, k)) / len(q) ** 0.5
            fade, new = math.exp(m - max(m, s)), math.exp(s - max(m, s))
            m, total = max(m, s), fade * total + new
            out = [fade * o + new * x for o, x in zip(out, v)]
        outputs.append(tuple(o / total for o in out))
    return tuple(outputs)


@pytest.mark.parametrize("answer", [causal_attention, _with_torch, _with_torch_itself, _with_numpy, _online])
def test_it_may_be_spelled_in_many_ways(answer):
    assert judge(EXERCISE, answer, "Ejercicio"), repr(judge(EXERCISE, answer, "Ejercicio"))


def _one_row(Q, K, V):
    return causal_attention(Q, K, V)[-1]


def _weights(Q, K, V):
    return (torch.tensor(Q) @ torch.tensor(K).T).softmax(-1)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (_one_row, "se esperaba una lista con 1 fila de 3 números y devuelve [4.0, -1.0, 0.5]."),
        (_weights, "se esperaba una lista con 1 fila de 3 números y devuelve tensor([[1.]])."),
        (lambda Q, K, V: [[9.0] * len(V[0])] * len(V), "salida[0][0]: se esperaba 4 y devuelve 9."),
    ],
)
def test_other_answers_are_told_what_was_expected(answer, message):
    assert message in repr(judge(EXERCISE, answer, "Ejercicio"))
