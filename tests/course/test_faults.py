"""Each fault that can be planted in a course makes the checks fail, with one clear line that names it."""

import shutil
from functools import partial

import pytest
from minicourse import DECK, SUM_CELL, TOML, MiniCourse

from coursekit.course import commands, quality
from coursekit.course.course import Course
from coursekit.course.decks import stage
from coursekit.course.decks.build import build_deck

CLAIM = '[[claim]]\nid = "c"\nstatement = "s"\nsource = "@shannon1948"\npublished = "4"\nmetric = "suma"\n'


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A sound course whose notebook has been executed once."""
    course = MiniCourse(tmp_path_factory.mktemp("faults") / "course")
    course.add("09-mini", SUM_CELL, toml=TOML + CLAIM + "equals = 4\nreproduced = true\n")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("COURSEKIT_ROOT", str(course.root))
        commands.execute(Course(course.layout))
        commands.sync(Course(course.layout))
        assert quality.run_steps(quality.course_steps(course.layout)) == 0
    return course


@pytest.fixture
def course(executed, tmp_path, monkeypatch):
    """A copy of it, to plant a fault in; the executed notebook and the built decks come along."""
    shutil.copytree(executed.root, tmp_path / "course")
    monkeypatch.setenv("COURSEKIT_ROOT", str(tmp_path / "course"))
    copy = object.__new__(MiniCourse)
    copy.root, copy.layout = tmp_path / "course", type(executed.layout)(tmp_path / "course")
    return copy


def _checks(course, capsys, *names):
    """(exit code, what was printed) of the steps that need no new execution."""
    steps = [step for step in quality.course_steps(course.layout) if step[0] in names]
    assert len(steps) == len(names)
    code, said = quality.run_steps(steps), capsys.readouterr()
    return code, said.out + said.err


@pytest.mark.slow
@pytest.mark.browser
def test_a_sound_course_has_all_its_outputs(executed):
    built = executed.layout.build
    for edition in ("instructor", "student"):
        for name in ("09-mini.html", "09-mini.pdf", "09-mini.pptx", "09-mini-15min.html", "09-mini-15min.pdf"):
            assert (built / "decks" / edition / name).stat().st_size > 1000
    assert (built / "decks" / "instructor" / "09-mini.notas.txt").exists()
    assert not (built / "decks" / "student" / "09-mini.notas.txt").exists()
    index = (built / "index.html").read_text(encoding="utf-8")
    assert "09-mini.pptx" in index
    assert "reproducido" in (built / "claims.html").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize(
    ("old", "new", "step", "message"),
    [
        ("# Dos más", "![Una recta](figures/nada.svg)\n\n# Dos más", "decks", "figures/nada.svg"),
        ("La entropía mide", "$\\frac{1$ La entropía mide", "decks", "TeX"),
        ("@shannon1948", "@nadie2000", "decks", "nadie2000"),
        ('data-metric="suma"', 'data-metric="resta"', "decks", "resta"),
        (">4<", ">5<", "drift", "the text says «5», measured «4»"),
        ("La entropía mide la información", "Mide un 37 % más. Y la información", "decks in a browser", "37"),
        ("La entropía mide", "La entropía gana. Y mide", "decks in a browser", "«gana» compares without a claim"),
        ("<!--\nSe cierra con la respuesta.\n-->", "", "decks in a browser", "notes"),
        ("minutes: 2", "minutes: 40", "decks in a browser", "minutes"),
        (
            "La entropía",
            '<b style="color: #ddd">La</b> entropía',
            "decks in a browser",
            "«Dos más dos son 4»: b «La»: color-c",
        ),
        ("La entropía", "La entropía\n" * 30 + "\nLa entropía", "decks in a browser", "slide 2"),
    ],
)
def test_a_fault_in_a_deck_is_named(course, capsys, monkeypatch, old, new, step, message):
    deck = course.layout.slides / "09-mini.md"
    assert old in DECK
    deck.write_text(DECK.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(stage, "build_deck", partial(build_deck, formats=("html",), editions=("student",), route=False))
    steps = ("decks", "decks in a browser") if step == "decks in a browser" else (step,)
    code, printed = _checks(course, capsys, *steps)
    assert code == 1
    assert message in printed
    assert "09-mini" in printed
    assert not list(course.layout.build.rglob(".partial*"))


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        (TOML + CLAIM + "equals = 5\nreproduced = true\n", "claim 'c' says reproducido, but suma = 4 is not 5"),
        (TOML + CLAIM.replace("suma", "resta") + "equals = 5\nreproduced = true\n", "rests on metric 'resta'"),
    ],
)
@pytest.mark.slow
@pytest.mark.browser
def test_a_claim_that_does_not_hold_is_named(course, capsys, toml, message):
    (course.layout.modules / "09-mini" / "module.toml").write_text(toml, encoding="utf-8")
    code, printed = _checks(course, capsys, "claims")
    assert code == 1
    assert message in printed


@pytest.mark.slow
@pytest.mark.browser
def test_a_notebook_with_outputs_or_without_a_module_is_named(course, capsys):
    path = course.notebook("09-mini", SUM_CELL)
    path.write_text(path.read_text().replace('"execution_count": null', '"execution_count": 4'))
    course.notebook("10-suelto", SUM_CELL)
    problems = quality.committed_notebooks(Course(course.layout))
    assert "notebooks/09-mini.ipynb holds outputs or counters: run `coursekit strip`" in problems
    assert any("10-suelto.ipynb belongs to no module" in problem for problem in problems)
