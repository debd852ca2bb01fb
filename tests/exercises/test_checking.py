import pytest

from coursekit.exercises import Case, Exercise, check, find_exercise, hint
from coursekit.exercises.checking import judge


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
        (lambda x: x / 0, "incorrecto", "con la entrada 1, tu función falla con ZeroDivisionError"),
        (lambda: 1, "incorrecto", "tu función falla con TypeError"),
    ],
)
def test_the_verdict_tells_about_the_smallest_case_that_fails(answer, state, message):
    verdict = judge(DOUBLE, answer, "Doble")
    assert verdict.state == state
    assert message in repr(verdict)
    assert bool(verdict) == (state == "correcto")


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
    (tmp_path / "modules" / "09-x" / "module.toml").write_text('[[exercise]]\nid = "09.1"\nname = "x"\n')
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


def test_a_hint_level_starts_at_one():
    with pytest.raises(ValueError, match="level debe ser 1 o más"):
        hint(_all_numbers()[0], level=0)
