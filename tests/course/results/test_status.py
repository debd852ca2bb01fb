from minicourse import SUM_CELL

from coursekit.course.commands import jobs_for
from coursekit.course.manifest import discover
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
