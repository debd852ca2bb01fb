"""Right answers of all kinds pass: pasted, in place, in float32, of NumPy and torch, lists for tuples."""

import math

import numpy as np
import pytest
import torch

from coursekit.attention.rope import rotary_table, rotate
from coursekit.exercises import find_exercise
from coursekit.exercises.checking import judge
from coursekit.notebook.sources import source_of

NUMBERS = [f"01.{i}" for i in range(1, 6)] + [f"02.{i}" for i in range(1, 8)] + [f"03.{i}" for i in range(1, 7)]


def test_these_are_all_the_exercises():
    with pytest.raises(LookupError, match=f"Los que hay: {', '.join(NUMBERS)}."):
        find_exercise("99.9")


def passes(number, answer):
    verdict = judge(find_exercise(number)[0], answer, number)
    assert verdict, verdict


@pytest.mark.parametrize("number", NUMBERS)
def test_the_solution_pasted_into_an_empty_cell_is_right(number):
    solution = find_exercise(number)[0].solution
    cell = {"__name__": "__main__"}
    exec(source_of(solution, imports=True), cell)
    assert cell[solution.__name__].__globals__ is cell
    passes(number, cell[solution.__name__])


def nested(change, answer):
    return tuple(nested(change, part) for part in answer) if isinstance(answer, tuple) else change(answer)


CHANGES = {
    "NumPy": np.asarray,
    "NumPy in float32": lambda x: np.asarray(x, dtype=np.float32),
    "torch": torch.as_tensor,
    "torch in float32": lambda x: torch.as_tensor(x, dtype=torch.float32),
    "torch with gradient": lambda x: torch.as_tensor(x, dtype=torch.float64).requires_grad_(),
    "lists of scalars": lambda x: (
        [torch.tensor(float(v)) for v in x] if isinstance(x, list) and not isinstance(x[0], list) else x
    ),
    "float": lambda x: float(x) if isinstance(x, int) else x,
}


@pytest.mark.parametrize("number", [n for n in NUMBERS if n not in ("02.1", "02.5")])
@pytest.mark.parametrize("kind", CHANGES)
def test_numbers_of_any_library_are_right(number, kind):
    solution = find_exercise(number)[0].solution
    passes(number, lambda *arguments: nested(CHANGES[kind], solution(*arguments)))
    passes(number, lambda *arguments: list_for_tuple(nested(CHANGES[kind], solution(*arguments))))


def list_for_tuple(answer):
    return list(answer) if isinstance(answer, tuple) else answer


def _merge(a, b):
    (m_a, l_a, o_a), (m_b, l_b, o_b) = a, b
    m = torch.maximum(m_a, m_b)
    fade_a, fade_b = (m_a - m).exp(), (m_b - m).exp()
    return m, fade_a * l_a + fade_b * l_b, fade_a * o_a + fade_b * o_b


def _cache_bytes(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * kv_heads * head_size * itemsize * tokens


def _rope_rotate(x, position, base=10000.0):
    cos, sin = rotary_table(torch.tensor([int(position)]), len(x), float(base))
    return rotate(x.view(1, 1, 1, -1), cos, sin).flatten()


def _zero_order_hold(a, b, delta):
    return (delta * a).exp(), (delta * a).expm1() / a * b if a else delta * b


def _combine(first, second):
    return second[0] * first[0], second[0] * first[1] + second[1]


def _convolution_kernel(a, b, c, length):
    return (c * b) @ a[:, None] ** torch.arange(int(length))


def _selective_step(h, u, raw_delta, A, B, C, D):
    delta = torch.nn.functional.softplus(raw_delta)
    h = (delta * A).exp() * h + delta * B * u
    return C @ h + D * u, h


def _decay_mask(a):
    T = len(a)
    return torch.stack([torch.stack([a[j + 1 : i + 1].prod() * (j <= i) for j in range(T)]) for i in range(T)])


def _copy_limit(bits, symbols, items):
    per_token = symbols.log2()
    return (bits / per_token).floor(), 2 ** (bits - items * per_token).clamp(max=0.0)


def _copy_limit_by_quotient(bits, symbols, items):
    per_token = symbols.log() / torch.tensor(2.0).log()
    return torch.floor(bits / per_token + 1e-5), torch.exp2(bits - items * per_token).clamp(max=1.0)


IN_FLOAT32 = [
    ("02.2", _merge),
    ("02.3", _cache_bytes),
    ("02.4", _rope_rotate),
    ("03.1", _zero_order_hold),
    ("03.2", _combine),
    ("03.3", _convolution_kernel),
    ("03.4", _selective_step),
    ("03.5", _decay_mask),
    ("03.6", _copy_limit),
    ("03.6", _copy_limit_by_quotient),
]


@pytest.mark.parametrize(("number", "answer"), IN_FLOAT32)
@pytest.mark.parametrize("made", [lambda x: x, lambda x: nested(torch.Tensor.tolist, x)], ids=["tensors", "tolist"])
def test_an_answer_that_is_calculated_in_float32_is_right(number, answer, made):
    passes(number, lambda *arguments: made(answer(*(torch.tensor(x, dtype=torch.float32) for x in arguments))))


def _zero_order_hold_in_numpy(a, b, delta):
    x = np.float32(delta) * np.float32(a)
    return np.exp(x), np.expm1(x) / np.float32(a) * np.float32(b) if a else np.float32(delta * b)


def _merge_with_item(a, b):
    m = max(a[0], b[0])
    fade_a, fade_b = (torch.exp(torch.tensor(x[0] - m)).item() for x in (a, b))
    return m, fade_a * a[1] + fade_b * b[1], fade_a * a[2] + fade_b * b[2]


def _merge_in_one_sum(a, b):
    m = max(a[0], b[0])
    blocks = [(math.exp(x[0] - m), x) for x in (a, b)]
    return (m, *(math.fsum(fade * x[i] for fade, x in blocks) for i in (1, 2)))


def _merge_by_branches(a, b):
    if a[0] < b[0]:
        a, b = b, a
    fade = np.exp(np.float32(b[0] - a[0]))
    return a[0], a[1] + fade * b[1], a[2] + fade * b[2]


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("03.1", _zero_order_hold_in_numpy),
        ("02.2", _merge_with_item),
        ("02.2", _merge_in_one_sum),
        ("02.2", _merge_by_branches),
    ],
)
def test_other_right_answers(number, answer):
    passes(number, answer)
