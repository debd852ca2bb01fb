from minicourse import SUM_CELL

from coursekit.course import commands
from coursekit.course.commands import jobs_for
from coursekit.course.course import Course
from coursekit.course.manifest import discover
from coursekit.course.notebooks.execute import inputs_hash
from coursekit.course.results.status import notebook_notes


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
