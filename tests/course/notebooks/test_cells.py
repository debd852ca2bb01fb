"""The gate of committed notebooks: a sound one passes; every fault planted in one is named."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import indent

import pytest
from minicourse import PARAMETERS, SUM_CELL, MiniCourse
from notebookfile import tag

from coursekit.course import quality
from coursekit.course.course import Course
from coursekit.course.finding import Finding
from coursekit.course.notebooks import cells, read
from coursekit.course.notebooks.code import bookkeeping, definitions, experiments, loop_depth, parse
from coursekit.course.notebooks.read import Notebook
from coursekit.course.notebooks.strip import strip, stripped


def function(lines: int) -> str:
    """A function of so many lines of code, and a docstring, a comment and blank lines besides."""
    body = "".join(f"    x += {i}\n\n" for i in range(lines - 2))
    return f'def algorithm(x):\n    """Adds\n    up.\n    """\n    # in a loop\n{body}    return x'


LOOPS = "for i in range(2):\n    for j in range(2):\n        for k in range(2):\n            print(i)"


def findings(course: MiniCourse, *cells: str, parameters: str = PARAMETERS) -> list[str]:
    path = course.notebook("09-mini", *cells, parameters=parameters)
    return [str(finding) for finding in check(course, path)]


def check(course: MiniCourse, path: Path) -> list[Finding]:
    return list(cells.check(Notebook(path, course.layout.relative(path))))


def test_a_sound_notebook_passes(mini: MiniCourse) -> None:
    assert findings(mini, SUM_CELL, function(25), LOOPS.replace("for k", "if j:  #"), "!pip list\n%cd x") == []


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (function(26), "algorithm: has 26 lines of code, more than 25; move it to src/coursekit"),
        ("class Model:\n" + indent(function(26), "    "), "Model: has 27 lines of code, more than 25"),
        (LOOPS, "«for i in range(2):»: nests 3 loops, more than 2; move it to src/coursekit"),
        ("a = = 1", "«a = = 1»: is not Python; mend the cell"),
        ("\n".join(f"x = {i}" for i in range(41)), "«x = 0»: 41 of its lines run as they stand, more than 40"),
        ("; ".join(f"x = {i}" for i in range(41)), "41 of its lines run as they stand, more than 40"),
        ("for i in range(3):\n" + "    x = i\n" * 15, "16 of its lines stand in loops, more than 15; move it to src"),
        (f"{function(21)}\n\n\n{function(20)}", "41 of its lines define functions and classes, more than 40"),
    ],
)
def test_an_algorithm_in_a_cell_is_named(mini: MiniCourse, cell: str, message: str) -> None:
    found = findings(mini, SUM_CELL, cell)
    assert found
    assert found[0].startswith("notebooks/09-mini.ipynb, cell 3 «»: ")
    assert message in found[0]


def test_visible_bookkeeping_is_named_and_folded_it_passes(mini: MiniCourse) -> None:
    work, books = (
        "\n".join(f"x{i} = {i}" for i in range(36)),
        "record(\n    'x', x0\n)\nfor i in range(2):\n    record(i)",
    )
    path = mini.notebook("09-mini", SUM_CELL, work, books)
    (found,) = check(mini, path)
    assert "bookkeeping: 5 of 42 visible lines of code record numbers or figures, more than a tenth" in str(found)
    assert "tagged 'hide-input'" in str(found)
    tag(mini, 3, ["hide-input"])
    assert check(mini, path) == []
    few = mini.notebook("09-mini", SUM_CELL, "x0 = 1", books)  # a sketch is not judged
    assert check(mini, few) == []


def test_a_call_that_reads_a_longer_run_keeps_no_books() -> None:
    assert bookkeeping(parse("rows = lesson.recorded('a', f)\nrecording = records(rows)")) == 0
    assert bookkeeping(parse("def f():\n    return record_table('a', {})\nlesson.record('b', 1)")) == 2


def test_a_reason_lets_a_cell_stand_and_is_printed(mini: MiniCourse, capsys: pytest.CaptureFixture[str]) -> None:
    path = mini.add("09-mini", LOOPS)
    tag(mini, 1, ["experiment"])
    (found,) = check(mini, path)
    assert str(found).startswith("notebooks/09-mini.ipynb, cell 2 «»: experiment: gives no reason")
    tag(mini, 1, ["experiment"], coursekit={"reason": "recorre tres rejillas"}, collapsed=True)
    strip(path)
    assert quality.committed_notebooks(Course(mini.layout)) == []
    assert "let stand: notebooks/09-mini.ipynb, cell 2 «»: experiment: recorre tres rejillas" in capsys.readouterr().out
    assert "collapsed" not in stripped(Notebook(path, path.name))


def test_a_notebook_is_read_once_and_left_as_it_is(mini: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    path = mini.add("09-mini", LOOPS)
    tag(mini, 1, ["experiment"], coursekit={"reason": "recorre tres rejillas"}, collapsed=True)
    reads = []
    read_notebook = read.read_notebook
    monkeypatch.setattr(read, "read_notebook", lambda path: reads.append(path) or read_notebook(path))
    assert quality.committed_notebooks(Course(mini.layout)) == [
        "notebooks/09-mini.ipynb holds other metadata than are committed: run `coursekit strip`"
    ]
    assert reads == [path]
    notebook = Notebook(path, path.name)
    stripped(notebook)
    assert notebook.node == read_notebook(path)


def test_exercises_and_the_installation_may_do_as_they_like(mini: MiniCourse) -> None:
    path = mini.notebook("09-mini", LOOPS, LOOPS)
    tag(mini, 1, ["exercise"])
    tag(mini, 2, ["install"])
    assert check(mini, path) == []


def test_parameters_are_asked_for(mini: MiniCourse) -> None:
    assert findings(mini, SUM_CELL, parameters="") == [
        "notebooks/09-mini.ipynb, notebook: parameters: 0 cells have the tag; "
        "tag one cell 'parameters', with profile, seed, device, checkpoint"
    ]
    (found,) = findings(mini, SUM_CELL, parameters=PARAMETERS.replace("seed", "sed"))
    assert found.startswith("notebooks/09-mini.ipynb, cell 1 «»: seed: is no parameter")


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("profile", '"record"', """profile: is 'record'; commit "quick": a student begins with it"""),
        ("device", '"cuda"', """device: is 'cuda'; commit "auto\""""),
        ("device", "None", "device: is None"),
        ("checkpoint", '"gpt2"', """checkpoint: is 'gpt2'; commit "\""""),
        ("seed", "time.time()", "seed: is time.time(); commit a whole number"),
    ],
)
def test_a_student_begins_with_the_quick_profile(mini: MiniCourse, name: str, value: str, problem: str) -> None:
    lines = [f"{name} = {value}" if line.startswith(name) else line for line in PARAMETERS.splitlines()]
    (found,) = findings(mini, SUM_CELL, parameters="\n".join(lines))
    assert found.startswith("notebooks/09-mini.ipynb, cell 1 «»: " + problem)


def test_definitions_are_counted_in_all(mini: MiniCourse) -> None:
    assert findings(mini, *[function(25)] * 4) == []
    (found,) = findings(mini, *[function(25)] * 4, "def f():\n    return 1")
    assert "notebook: definitions: 102 lines define functions and classes, more than 100; move the longest" in found
    tag(mini, 5, ["experiment"], coursekit={"reason": "se lee aquí"})
    assert "definitions" not in str(check(mini, mini.layout.notebooks / "09-mini.ipynb"))


def test_cells_are_counted_but_for_exercises_and_folded_ones(mini: MiniCourse) -> None:
    assert findings(mini, *["x = 1"] * 31) == []
    (found,) = findings(mini, *["x = 1"] * 32)
    assert "code cells: 33, more than 32; move part of it to the notebook that goes deeper" in found
    for reason in ("exercise", "hide-input"):
        tag(mini, 5, [reason])
        assert check(mini, mini.layout.notebooks / "09-mini.ipynb") == []


def test_experiments_are_counted_by_section(mini: MiniCourse) -> None:
    path = mini.notebook("09-mini", *["train(model)", "lesson.recorded('a', f)"] * 7)
    document = json.loads(path.read_text(encoding="utf-8"))

    def heading(i: int) -> dict[str, object]:
        return {"cell_type": "markdown", "id": f"m{i}", "metadata": {}, "source": [f"## {i}. Título"]}

    code = document["cells"]
    document["cells"] = [code[0], *(c for i in range(6) for c in (heading(i), code[2 * i + 1], code[2 * i + 2]))]
    path.write_text(json.dumps(document), encoding="utf-8")
    assert check(mini, path) == []
    document["cells"] += [heading(6), code[13]]
    path.write_text(json.dumps(document), encoding="utf-8")
    (found,) = check(mini, path)
    assert "experiments: 7 sections train, time or read a longer run, more than 6" in str(found)
    assert check(mini, path.rename(path.with_stem("09-mini-a-fondo"))) == []


def test_widgets_and_broken_notebooks_are_named_and_stop_no_other(mini: MiniCourse) -> None:
    widgets, broken = mini.add("08-otro", SUM_CELL), mini.add("09-mini", SUM_CELL)
    strip(widgets)
    assert quality.committed_notebooks(Course(mini.layout))[0].startswith("notebooks/09-mini.ipynb holds")
    document = json.loads(widgets.read_text(encoding="utf-8"))
    document["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    widgets.write_text(json.dumps(document), encoding="utf-8")
    document["cells"][0]["cell_type"] = "cod"
    broken.write_text(json.dumps(document), encoding="utf-8")
    problems = quality.committed_notebooks(Course(mini.layout))
    assert problems[0] == "notebooks/08-otro.ipynb holds other metadata than are committed: run `coursekit strip`"
    assert problems[1].startswith("notebooks/09-mini.ipynb: not a valid notebook (")


def test_what_counts_as_code_as_loops_and_as_experiments() -> None:
    source = "def f():\n    '''Doc.'''\n\n    # no\n    def g():\n        return 1\n    return g"
    assert list(definitions(parse(source), source)) == [("f", 4), ("g", 2)]
    assert loop_depth(parse("for a in b:\n    while a:\n        c = [d for d in e for f in g]")) == 2
    assert not experiments(parse("record('a', 1)"))
    assert experiments(parse("rows = lesson.recorded('a', f)"))
