import json

import pytest
from minicourse import SUM_CELL

from coursekit.course import commands
from coursekit.course.commands import jobs_for
from coursekit.course.course import Course
from coursekit.course.manifest import discover
from coursekit.course.notebooks.execute import inputs_hash
from coursekit.course.results.reach import entry_reach
from coursekit.course.results.recording import code_cells, library_of, sealed, write_recorded
from coursekit.course.results.status import Note, notebook_notes, recorded_notes


def test_status_says_what_was_never_executed(mini):
    mini.add("09-mini", SUM_CELL)
    (note,) = notebook_notes(jobs_for(mini.layout, discover(mini.layout)))
    assert (note.thing, note.state, note.advice) == ("09-mini", "not executed", "coursekit run 09-mini")
    assert note.stale


def test_status_advises_a_command_that_there_is(mini):
    mini.add("09-mini", SUM_CELL)
    notebook = mini.layout.notebooks / "09-mini.ipynb"
    notebook.with_name("09-mini-a-fondo.ipynb").write_text(notebook.read_text(encoding="utf-8"), encoding="utf-8")
    notes = notebook_notes(jobs_for(mini.layout, discover(mini.layout)))
    assert [(note.thing, note.advice) for note in notes] == [
        ("09-mini", "coursekit run 09-mini"),
        ("09-mini-a-fondo", "coursekit run 09-mini"),
    ]


def test_what_took_longer_than_its_budget_is_told_and_stays_fresh(mini):
    mini.add("09-mini", SUM_CELL)
    jobs = jobs_for(mini.layout, discover(mini.layout))
    mini.executed("09-mini", inputs=inputs_hash(jobs[0]), date="2026-11-27", seconds=45.2)
    note, *_ = commands.status(Course(mini.layout))
    assert (note.state, note.advice) == ("fresh", "took 45 s, more than its budget.quick_seconds of 20")
    assert not note.stale
    mini.executed("09-mini", inputs=inputs_hash(jobs[0]), date="2026-11-27", seconds=19.9)
    assert commands.status(Course(mini.layout))[0].advice == ""


def test_status_says_that_a_source_has_changed_since(mini):
    mini.add("09-mini", SUM_CELL)
    path = mini.executed("09-mini")
    document = json.loads(path.read_text(encoding="utf-8"))
    document["metadata"]["coursekit"] |= {"inputs": "of another day", "date": "2026-11-27"}
    path.write_text(json.dumps(document), encoding="utf-8")
    (note,) = notebook_notes(jobs_for(mini.layout, discover(mini.layout)))
    assert (note.state, note.advice) == ("executed 2026-11-27, sources changed", "coursekit run 09-mini")
    assert note.stale


def test_what_somebody_lets_stand_or_other_versions_made_is_not_stale():
    assert Note("a", "changed").stale
    assert not Note("a", "fresh").stale
    assert not Note("a", "changed", stands=True).stale
    assert not Note("a", "changed", other=True).stale


@pytest.mark.parametrize(
    ("places", "state"),
    [
        ("a", "a is reached no more"),
        ("ab", "a is reached no more, b is reached no more"),
        ("abc", "a is reached no more, b is reached no more and 1 more"),
        ("abcd", "a is reached no more, b is reached no more and 2 more"),
    ],
)
def test_of_many_reasons_two_are_named(mini, places, state):
    notebook = mini.add("09-mini", "lesson.recorded('e', lambda: 1)")
    (module,) = discover(mini.layout)
    here = entry_reach(code_cells(notebook), "e", library_of(mini.layout), mini.root, {}).table
    document = {"entries": {"e": sealed({"notebook": "09-mini", "code": "old"})}}
    write_recorded(module, document | {"reached": {"old": here | dict.fromkeys(places, "x")}})
    assert [note.state for note in recorded_notes(mini.layout, [module])] == [state]


@pytest.mark.parametrize(
    ("names", "thing"),
    [
        ("a", "09-mini: 1 recorded (a)"),
        ("ab", "09-mini: 2 recorded (a, b)"),
        ("abc", "09-mini: 3 recorded (a, b, …)"),
    ],
)
def test_of_many_entries_two_are_named(mini, names, thing):
    mini.add("09-mini")
    (module,) = discover(mini.layout)
    rows = [{"name": name, "recorded": {"versions": {"python": "2.7.1"}}} for name in names]
    write_recorded(module, {"bench": [sealed(row) for row in rows]})
    *_, note = recorded_notes(mini.layout, [module])
    assert (note.thing, note.other, note.stale) == (thing, True, False)
    assert note.state.startswith("made with python 2.7, here 3.")
