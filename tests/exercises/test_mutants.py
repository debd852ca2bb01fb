"""Wrong answers that nobody wrote a case for: what is left of each solution when one thing in it is changed."""

import ast
import copy
import inspect
import math
import textwrap

import pytest

from coursekit.exercises import checking, find_exercise
from coursekit.exercises.checking import judge

NUMBERS = [f"01.{i}" for i in range(1, 6)] + [f"02.{i}" for i in (1, 2, 3, 4, 5, 8)] + [f"03.{i}" for i in range(1, 7)]
NUMBERS += [f"04.{i}" for i in range(1, 7)]


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(checking, "SECONDS", 1.0)


def refuses(number, answer):
    verdict = judge(find_exercise(number)[0], answer, number)
    return verdict.state == "incorrecto"


# --- one operation is another ---

OPERATORS = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.Pow: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Eq: [ast.NotEq],
    ast.IsNot: [ast.Is],
}
CALLS = {
    "max": ["min", "sum"],
    "min": ["max"],
    "sum": ["max", "min"],
    "prod": ["fsum"],
    "floor": ["ceil", "round"],
    "exp": ["exp2", "expm1"],
    "expm1": ["exp"],
    "log1p": ["log", "exp"],
    "log2": ["log", "log10"],
    "cos": ["sin"],
    "sin": ["cos"],
}
SAME = {  # what changes nothing
    ("01.5", "kernel=4"),  # the default, which the cell gives
    ("01.5", "kernel=2"),
    ("01.3", "word), -1)"),  # less than nothing is nothing, too, when something is taken away
    ("02.4", "x[i - half]"),  # the same place, counted from the end of x
    ("02.4", "turned[i - half]"),
    ("02.4", "[1.0]"),  # what is there is written over
    ("02.4", "[-1.0]"),
    ("02.4", "base=10001.0"),  # the default, which the cell gives
    ("02.4", "base=9999.0"),
    ("02.3", "itemsize=3"),
    ("02.3", "itemsize=1"),
    ("03.6", "bits // bits_per_token"),
    ("02.8", "len(V[-1])"),  # all rows are as long
    ("04.5", "len(probabilities[1])"),
    ("04.5", "len(probabilities[-1])"),
}


def changes(node):
    """The changes of one node: functions that make them."""
    if isinstance(node, ast.BinOp):
        for kind in OPERATORS.get(type(node.op), ()):
            yield lambda n, kind=kind: setattr(n, "op", kind())
        yield lambda n: setattr(n, "left", n.right)
        yield lambda n: setattr(n, "right", n.left)
    if isinstance(node, ast.Compare):
        for kind in OPERATORS.get(type(node.ops[0]), ()):
            yield lambda n, kind=kind: n.ops.__setitem__(0, kind())
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for step in (1, -1):
            yield lambda n, step=step: setattr(n, "value", n.value + step)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield lambda n: setattr(n, "op", ast.UAdd())
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for other in CALLS.get(called, ()):
            yield lambda n, other=other: _call(n, other)


def _call(node, name):
    if hasattr(math, name):
        node.func = ast.Attribute(ast.Name("math", ast.Load()), name, ast.Load())
    else:
        node.func = ast.Name(name, ast.Load())


def mutants(solution):
    """(the source, what is another in it) of each."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(solution)))
    before = ast.unparse(tree)
    for place, node in enumerate(ast.walk(tree)):
        for change in changes(node):
            mutant = copy.deepcopy(tree)
            change(next(n for i, n in enumerate(ast.walk(mutant)) if i == place))
            after = ast.unparse(ast.fix_missing_locations(mutant))
            if after != before:
                yield after


@pytest.mark.parametrize("number", NUMBERS)
def test_no_solution_passes_with_one_operation_changed(number):
    solution = find_exercise(number)[0].solution
    survivors, tried = [], 0
    for source in mutants(solution):
        cell = dict(solution.__globals__)
        exec(compile(source, "<mutant>", "exec"), cell)
        tried += 1
        if not refuses(number, cell[solution.__name__]) and not any(n == number and text in source for n, text in SAME):
            survivors.append(source)
    assert tried >= 10
    assert not survivors, "\n\n".join(survivors)


# --- one argument is not looked at, or only half ---

WHOLE = {"T", "window", "layers", "heads", "kv_heads", "head_size", "tokens", "itemsize", "words", "position"}
WHOLE |= {"length", "bits", "symbols", "items", "base", "n", "pairs", "distance", "kernel"}
WHOLE |= {"k", "shared", "width", "hidden", "experts", "chosen"}
POSITIVE = WHOLE | {"delta", "probabilities", "discount", "weights", "affinities", "speed", "factor"}
ELSEWHERE = {
    ("02.3", "heads"),  # the trap of the exercise: it does not matter
    ("02.2", "l"),  # a sum of exponentials
    ("03.5", "a"),  # decays, which are no less than 0
    ("01.2", "text"),  # words, of which there is no other sign
    ("01.3", "previous"),
    ("01.3", "word"),
    ("01.5", "kind"),
}


def leafwise(change, value):
    if isinstance(value, dict):
        return {key: leafwise(change, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(leafwise(change, item) for item in value)
    return value if value is None or isinstance(value, str) else change(value)


@pytest.mark.parametrize("number", [number for number in NUMBERS if number != "02.5"])
def test_no_solution_passes_that_overlooks_part_of_an_argument(number):
    solution = find_exercise(number)[0].solution
    names = list(inspect.signature(solution).parameters)
    changes = {"abs": abs, "int": int, "one": lambda x: x * 0 + 1, "zero": lambda x: x * 0, "other sign": lambda x: -x}
    for place, name in enumerate(names):
        for what, change in changes.items():
            overlooked = (what == "int" and name in WHOLE) or (what == "abs" and name in POSITIVE)
            if overlooked or (number, name) in ELSEWHERE:
                continue

            def answer(*arguments, place=place, change=change):
                given = list(arguments)
                if place < len(given):
                    given[place] = leafwise(change, given[place])
                return solution(*given)

            assert refuses(number, answer), (name, what)


def test_a_step_of_bpe_that_overlooks_something_is_wrong():
    solution = find_exercise("02.5")[0].solution
    for overlook in (
        lambda words: dict(list(words.items())[1:] or words),
        lambda words: dict(list(words.items())[:-1] or words),
        lambda words: {word: 1 for word in words},
        lambda words: {word[:2]: n for word, n in words.items()},
        lambda words: {word[::-1]: n for word, n in words.items()},
        lambda words: {tuple(sorted(word)): n for word, n in words.items()},
        lambda words: {tuple("".join(word)): n for word, n in words.items()},
        lambda words: {tuple(dict.fromkeys(word)): n for word, n in words.items()},
        lambda words: {word: -n for word, n in words.items()},
    ):
        assert refuses("02.5", lambda words, overlook=overlook: solution(overlook(words)))


# --- what a student might write ---


def _unfaded_if_close(a, b):
    m = max(a[0], b[0])
    if abs(a[0] - b[0]) < 1:
        return m, a[1] + b[1], a[2] + b[2]
    return tuple([m] + [math.exp(a[0] - m) * x + math.exp(b[0] - m) * y for x, y in zip(a[1:], b[1:])])


def _normalised(a, b):
    m, total, o = find_exercise("02.2")[0].solution(a, b)
    return m, total, o / total


def _second_is_higher(a, b):
    fade = math.exp(min(a[0] - b[0], 700))
    return b[0], fade * a[1] + b[1], fade * a[2] + b[2]


def _base_two(a, b):
    m = max(a[0], b[0])
    return (m, *(2 ** (a[0] - m) * x + 2 ** (b[0] - m) * y for x, y in zip(a[1:], b[1:])))


def _drops_the_faint(a, b):
    m = max(a[0], b[0])
    return find_exercise("02.2")[0].solution(a, b) if abs(a[0] - b[0]) < 1.5 else (m, *max(a, b)[1:])


def _interleaved(x, position, base=10000.0):
    half = len(x) // 2
    turned = find_exercise("02.4")[0].solution(x, position, base)
    return [value for pair in zip(turned[:half], turned[half:]) for value in pair]


def _frequencies_from_one(x, position, base=10000.0):
    half = len(x) // 2
    angles = [position * base ** (-2 * (i + 1) / len(x)) for i in range(half)]
    pairs = [
        (x[i] * math.cos(t) - x[i + half] * math.sin(t), x[i + half] * math.cos(t) + x[i] * math.sin(t))
        for i, t in enumerate(angles)
    ]
    return [a for a, _ in pairs] + [b for _, b in pairs]


def _degrees(x, position, base=10000.0):
    return find_exercise("02.4")[0].solution(x, math.radians(position), base)


def _grouped(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * heads // kv_heads * head_size * itemsize * tokens


def _trapezoid(a, b, delta):
    return math.exp(delta * a), delta * b * (1 + math.exp(delta * a)) / 2


def _bilinear(a, b, delta):
    return (1 + delta * a / 2) / (1 - delta * a / 2), delta * b / (1 - delta * a / 2)


def _zero_by_chance(a, b, delta):
    return find_exercise("03.1")[0].solution(a, b, delta) if a else (1.0, b)


def _real_part_only(a, b, c, length):
    return [sum(c_n * abs(a_n) ** k * b_n for a_n, b_n, c_n in zip(a, b, c)) for k in range(length)]


def _square_only(a, b, c, length):
    return [sum(c_n * a_n**k * b_n for a_n, b_n, c_n in list(zip(a, b, c))[:length]) for k in range(length)]


def _relu_step(h, u, raw_delta, A, B, C, D):
    return find_exercise("03.4")[0].solution(h, u, math.log(math.expm1(max(raw_delta, 1e-9))), A, B, C, D)


def _held_input(h, u, raw_delta, A, B, C, D):
    delta = math.log1p(math.exp(raw_delta))
    h = [math.exp(delta * a) * x + math.expm1(delta * a) / a * b * u for x, a, b in zip(h, A, B)]
    return sum(c * x for c, x in zip(C, h)) + D * u, h


def _cumulative(a):
    return [
        [math.prod(a[j + 1 :]) / math.prod(a[i + 1 :] or [1]) if j <= i else 0.0 for j in range(len(a))]
        for i in range(len(a))
    ]


def _to_the_end(a):
    return [[math.prod(a[j + 1 : 2 * i + 1]) if j <= i else 0.0 for j in range(len(a))] for i in range(len(a))]


def _nearest(bits, symbols, items):
    return round(bits / math.log2(symbols)), find_exercise("03.6")[0].solution(bits, symbols, items)[1]


def _decimal_digits(bits, symbols, items):
    return math.floor(bits / math.log10(symbols)), find_exercise("03.6")[0].solution(bits, symbols, items)[1]


def _tokens_as_a_share(bits, symbols, items):
    tokens, accuracy = find_exercise("03.6")[0].solution(bits, symbols, items)
    return tokens / items, accuracy


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        *(("02.2", f) for f in (_unfaded_if_close, _normalised, _second_is_higher, _base_two, _drops_the_faint)),
        *(("02.4", f) for f in (_interleaved, _frequencies_from_one, _degrees)),
        ("02.3", _grouped),
        *(("03.1", f) for f in (_trapezoid, _bilinear, _zero_by_chance)),
        *(("03.3", f) for f in (_real_part_only, _square_only)),
        *(("03.4", f) for f in (_relu_step, _held_input)),
        *(("03.5", f) for f in (_cumulative, _to_the_end)),
        *(("03.6", f) for f in (_nearest, _decimal_digits, _tokens_as_a_share)),
    ],
)
def test_what_is_nearly_right_is_wrong(number, answer):
    assert refuses(number, answer)
