import importlib
import itertools
import time

import numpy as np
import pytest
import torch

from coursekit.exercises import Case, Exercise, check, checking, find_exercise, hint
from coursekit.exercises.checking import Wrong, judge
from coursekit.exercises.numeric import Numbers


def _expects(value):
    return lambda answer: None if answer == value else f"se esperaba {value} y devuelve {answer}"


DOUBLE = Exercise(
    cases=(Case((1,), _expects(2)), Case((5,), _expects(10), shown="x = 5")),
    hints=("Suma.", "x + x"),
    solution=lambda x: x + x,
    wrong={"square": lambda x: x * x + 1},
)


def _stub(x):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("answer", "state", "message"),
    [
        (_stub, "pendiente", "⏳ Doble: pendiente"),
        (DOUBLE.solution, "correcto", "✅ Doble: correcto (2 casos)."),
        (DOUBLE.wrong["square"], "incorrecto", "❌ Doble: con la entrada x = 5, se esperaba 10 y devuelve 26"),
        (
            lambda x: x / 0,
            "incorrecto",
            "con la entrada 1, tu función falla con ZeroDivisionError: division by zero (línea",
        ),
        (lambda: 1, "incorrecto", "tu función falla con TypeError"),
    ],
)
def test_the_verdict_tells_about_the_smallest_case_that_fails(answer, state, message):
    verdict = judge(DOUBLE, answer, "Doble")
    assert verdict.state == state
    assert message in repr(verdict)
    assert bool(verdict) == (state == "correcto")


def _for_ever(x):
    while x:
        time.sleep(0.001)


def _catches(x):
    while x:
        try:
            x += x / 0
        except Exception:
            continue


@pytest.mark.parametrize(
    ("answer", "line"), [(_for_ever, "time.sleep(0.001)|while x:"), (_catches, "x|while|try|exc|cont")]
)
def test_an_endless_loop_ends_with_its_line(answer, line, monkeypatch):
    monkeypatch.setattr(checking, "SECONDS", 0.2)
    verdict = judge(DOUBLE, answer, "Doble")
    assert verdict.state == "incorrecto"
    start = (
        "❌ Doble: con la entrada 1, tu función no ha terminado en 0,2 segundos. ¿Hay un bucle que no acaba? (línea "
    )
    assert verdict.message.startswith(start)
    assert any(text in verdict.message for text in line.split("|"))


def test_each_case_has_the_whole_time(monkeypatch):
    monkeypatch.setattr(checking, "SECONDS", 1.5)

    def slow(x):
        time.sleep(0.8)
        return 2 * x

    assert judge(DOUBLE, slow, "Doble")


def _exits(x):
    raise SystemExit(3)


def _long_message(x):
    raise ValueError("uno\ndos " + "z" * 500)


def _no_message(x):
    raise MemoryError


def _endless_recursion(x):
    return _endless_recursion(x) + 1


def _not_in_torch(x):
    raise NotImplementedError("this operator is not implemented for 'Bool'")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (_exits, "tu función falla con SystemExit: 3 (línea"),
        (_exits, "return, no con exit()."),
        (_long_message, "tu función falla con ValueError: uno dos zzz"),
        (_no_message, "tu función falla con MemoryError (línea"),
        (_no_message, "¿Hay algo que crece sin fin?"),
        (_endless_recursion, "tu función falla con RecursionError: maximum recursion depth exceeded"),
        (_endless_recursion, "¿Se llama a sí misma sin fin?"),
        (_not_in_torch, "tu función falla con NotImplementedError: this operator is not implemented"),
        (lambda x: len(x), "tu función falla con TypeError: object of type 'int' has no len() (línea"),
        (ord, "tu función falla con TypeError: ord() expected string of length 1, but int found"),
    ],
)
def test_what_the_student_s_code_raises_comes_in_one_line_with_its_place(answer, message):
    verdict = judge(DOUBLE, answer, "Doble")
    assert verdict.state == "incorrecto"
    assert "con la entrada 1, tu función falla con " in verdict.message
    assert message in verdict.message
    assert "\n" not in verdict.message
    assert len(verdict.message) < 450
    assert ("línea" in verdict.message) == (answer is not ord)


def test_an_exception_that_a_case_expects_has_a_message_of_its_own():
    case = Case((0,), lambda answer: None, raised={ZeroDivisionError: "divides entre cero."})
    exercise = Exercise((case,), (), abs)
    assert "con la entrada 0, divides entre cero. (línea" in judge(exercise, lambda x: 1 / x, "E").message
    assert "falla con KeyError" in judge(exercise, lambda x: {}[x], "E").message


def _broken(answer):
    raise AttributeError("'NoneType' object has no attribute 'shape'")


def _run_broken(function, x):
    function(x)
    return [] + 1


def _run_times_out(function, x):
    while True:
        pass


def _run_is_pending(function, x):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("case", "what"),
    [
        (Case((1,), _broken), "AttributeError: 'NoneType' object has no attribute 'shape'"),
        (Case((1,), abs, run=_run_broken), "TypeError: "),
        (Case((1,), abs, run=_run_times_out), "TimeoutError"),
        (Case((1,), abs, run=_run_is_pending), "NotImplementedError"),
    ],
)
def test_a_fault_of_the_check_is_not_the_student_s(case, what, monkeypatch):
    monkeypatch.setattr(checking, "SECONDS", 0.2)
    verdict = judge(Exercise((case,), (), abs), abs, "E")
    assert verdict.state == "sin juzgar"
    assert not verdict
    assert f"⚠️ E: con la entrada 1, el comprobador del curso ha fallado con {what}" in verdict.message
    assert "No es culpa de tu función, que queda sin juzgar" in verdict.message
    assert "tu función falla" not in verdict.message


def test_a_run_may_say_what_is_wrong_on_the_way():
    def run(function, x):
        if function(x) is None:
            raise Wrong("se esperaba algo.")

    exercise = Exercise((Case((1,), lambda answer: None, run=run),), (), abs)
    assert judge(exercise, print, "E").message == "❌ E: con la entrada 1, se esperaba algo."
    assert judge(exercise, abs, "E")


def test_an_interruption_goes_on_and_says_with_what_input(monkeypatch):
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        judge(DOUBLE, interrupted, "Doble")
    assert caught.value.__notes__ == ["Doble: interrumpido con la entrada 1"]


@pytest.mark.parametrize("answer", [None, 3, torch.ones(2, 2), "causal_mask"])
def test_what_is_no_function_is_told_so(answer):
    verdict = judge(DOUBLE, answer, "Doble")
    assert verdict.message.startswith("❌ Doble: hace falta una función y es ")
    assert verdict.message.endswith("; pon el nombre de tu función, sin paréntesis: así no se llama.")
    assert "\n" not in verdict.message


def test_the_verdict_is_printed_wherever_the_check_stands(capsys):
    verdict = check("02.1", find_exercise("02.1")[0].solution)
    assert capsys.readouterr().out == f"{verdict}\n"
    verdict._ipython_display_()  # at the end of a cell: not twice
    assert capsys.readouterr().out == ""


def test_a_case_may_call_the_answer_more_than_once_and_on_copies():
    def twice(function, x):
        return function(x), function([*x, 0])

    even = Case(([1, 2],), lambda answers: None if answers == (2, 3) else f"devuelve {answers}", run=twice)
    exercise = Exercise(cases=(even, even), hints=(), solution=len)

    def greedy(x):
        size = len(x)
        x.clear()
        return size

    assert judge(exercise, len, "Cuenta")
    assert judge(exercise, greedy, "Cuenta").message.endswith("con la entrada [1, 2], devuelve (2, 1)")
    assert judge(exercise, greedy, "Cuenta").message.endswith("devuelve (2, 1)")
    assert even.arguments == ([1, 2],)


def test_an_unknown_number_lists_those_there_are(monkeypatch, tmp_path):
    (tmp_path / "modules" / "09-x").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    entry = '[[exercise]]\nid = "09.1"\nname = "x"\ntitle = "X"\nminutes = 5\n'
    (tmp_path / "modules" / "09-x" / "module.toml").write_text(entry)
    monkeypatch.setenv("COURSEKIT_ROOT", str(tmp_path))
    with pytest.raises(LookupError, match="No hay ejercicio '09.2'. Los que hay: 09.1."):
        check("09.2", len)


def _all_numbers():
    import tomllib

    from coursekit.root import find_root

    paths = sorted(find_root().glob("modules/*/module.toml"))
    return [e["id"] for p in paths for e in tomllib.loads(p.read_text(encoding="utf-8")).get("exercise", [])]


@pytest.mark.parametrize("number", _all_numbers())
def test_every_exercise_accepts_its_solution_and_rejects_the_classic_mistakes(number, capsys):
    exercise, entry = find_exercise(number)
    assert check(number, exercise.solution), repr(check(number, exercise.solution))
    assert check(number, _stub_any).state == "pendiente"
    assert len(exercise.wrong) >= 2
    messages = {name: repr(check(number, wrong)) for name, wrong in exercise.wrong.items()}
    assert all(message.startswith("❌") for message in messages.values()), messages
    assert len(set(messages.values())) == len(messages), messages
    assert entry["title"] in next(iter(messages.values()))
    hint(number, level=len(exercise.hints) + 1)
    printed = capsys.readouterr().out
    assert all(text in printed for text in exercise.hints)
    assert "No hay más pistas" in printed


def _stub_any(*arguments):
    raise NotImplementedError


def _messages(exercise):
    """The message of each mistake, as the exercise's file has them."""
    names = vars(importlib.import_module(exercise.solution.__module__))
    tables = [value.mistakes for value in names.values() if isinstance(value, Numbers)]
    return dict(itertools.chain(*tables, names.get("_MESSAGES", ())))


@pytest.mark.parametrize("number", _all_numbers())
def test_each_classic_mistake_gets_its_own_diagnosis(number):
    exercise, _ = find_exercise(number)
    messages = _messages(exercise)
    for name, wrong in exercise.wrong.items():
        if wrong in messages:
            assert messages[wrong] in judge(exercise, wrong, "").message, name
    assert {*messages} <= {*exercise.wrong.values()}


NONSENSE = [
    *(None, 0, 1.5, -1, True, "a", b"a", (), [], {}, [[]], ((),), (None,), (None, None), (None,) * 3, [None] * 4),
    *(float("nan"), float("inf"), 10**400, 1j, object(), int, print, iter(()), (x for x in "ab"), range(3), {1, 2}),
    *(torch.zeros(2, 2), torch.zeros(0), torch.tensor(float("nan")), torch.zeros(3, dtype=torch.complex64)),
    *((float("nan"),) * 2, (float("nan"),) * 3, (10**400, 1), ("a", "b"), ({}, {}), (("a", "b"), None), (1, {"a": 1})),
    *((("a", "b"), {("ab",): 1}), ([1], 2), (1, [2]), (1, [[2]]), [[[[[[1]]]]]], np.zeros((2, 2, 2)), np.array("a")),
    *(np.array([None, 1]), np.datetime64("2020-01-01"), (np.ones(2), np.ones((1, 1))), Ellipsis, NotImplemented),
]  # fmt: skip


@pytest.mark.parametrize("number", _all_numbers())
def test_no_answer_breaks_a_check(number):
    exercise, _ = find_exercise(number)
    loop = []
    loop.append(loop)
    for nonsense in [*NONSENSE, loop]:
        verdict = judge(exercise, lambda *_, nonsense=nonsense, **__: nonsense, "")
        assert verdict.state == "incorrecto", (nonsense, verdict)
        assert "\n" not in verdict.message
        assert len(verdict.message) < 700


@pytest.mark.parametrize("number", _all_numbers())
def test_arguments_that_are_changed_are_the_student_s_own(number):
    exercise, _ = find_exercise(number)

    def spoils(*arguments):
        answer = exercise.solution(*arguments)
        for argument in arguments:
            if isinstance(argument, list | dict):
                argument.clear()
        return answer

    for _ in range(2):
        assert judge(exercise, spoils, ""), judge(exercise, spoils, "")


@pytest.mark.parametrize("level", [0, -1, "2", 1.5, None])
def test_a_hint_level_starts_at_one(level):
    with pytest.raises(ValueError, match=f"level debe ser 1 o más; es {level!r}"):
        hint(_all_numbers()[0], level=level)
