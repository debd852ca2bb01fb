"""The course is read once: manifests, results, bibliography; and anew after its notebooks have run."""

from collections import Counter
from pathlib import Path

import pytest
from minicourse import SUM_CELL, TOML, MiniCourse

from coursekit.course import bibliography, commands, course, manifest, quality, setup
from coursekit.course.course import Course
from coursekit.course.decks import stage
from coursekit.course.decks.build import DeckResult
from coursekit.course.errors import CourseError
from coursekit.course.notebooks.execute import Job
from coursekit.course.notebooks.runner import Outcome
from coursekit.notebook.measured import METRIC_MIME

CLAIM = (
    '[[claim]]\nid = "{}"\nstatement = "s"\nsource = "@shannon1948"\nmetric = "suma"\nequals = {}\nreproduced = true\n'
)


HEAD = TOML.partition("[budget]")[0]
MEASURED = {METRIC_MIME: {"name": "suma", "value": 4}}


@pytest.fixture
def built(mini: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict]:
    """A course of two modules, what its decks were built with, by name; nothing is run or rendered."""
    mini.add("08-otro", SUM_CELL, toml=TOML + CLAIM.format("tres", 3))
    mini.add("09-mini", SUM_CELL, toml=TOML + CLAIM.format("cuatro", 4))
    given: dict[str, dict] = {}

    def execute(jobs: list[Job], **options: object) -> list[Outcome]:
        return [Outcome(job) for job in jobs if mini.executed(job.name, MEASURED)]

    def build_deck(deck: Path, *, context: dict, **options: object) -> DeckResult:
        given[deck.stem] = context
        return DeckResult([], [], deck, [])

    monkeypatch.setattr(setup, "ensure_node_packages", lambda root: None)
    monkeypatch.setattr(setup, "ensure_browser", lambda required: None)
    monkeypatch.setattr(commands, "run_notebooks", execute)
    monkeypatch.setattr(stage, "build_deck", build_deck)
    return given


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each manifest, each module's results and the bibliography are read."""
    count: Counter[str] = Counter()
    for module, name, key in (
        (manifest, "load", lambda path: path.parent.name),
        (course, "collect", lambda layout, module: f"results of {module.slug}"),
        (course, "load_bibliography", lambda path: path.name),
    ):
        read = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, read=read, key=key: count.update([key(*a)]) or read(*a))
    return count


def test_a_course_is_read_before_its_notebooks_run_and_once_after(mini, built, reads):
    commands.build_course(Course(mini.layout))
    assert reads == {
        **{"08-otro": 2, "09-mini": 2},  # one manifest, two readings
        **{"results of 08-otro": 1, "results of 09-mini": 1, "references.bib": 1},
    }
    for slug, other in (("08-otro", "09-mini"), ("09-mini", "08-otro")):
        assert built[slug]["metrics"]["suma"]["text"] == "4"  # as measured by the run, not as before it
        assert f"{other}:suma" in built[slug]["metrics"]
    assert "reproducido" in (mini.layout.build / "claims.html").read_text(encoding="utf-8")


def test_one_module_is_run_alone_and_shown_with_the_numbers_of_all(mini, built, reads):
    commands.build_course(Course(mini.layout, "09"))
    assert reads["08-otro"] == 1  # after the run
    assert list(built) == ["09-mini"]
    assert "08-otro:suma" not in built["09-mini"]["metrics"]  # not executed


def test_a_faulty_manifest_stops_what_reads_it_and_nothing_else(mini, reads):
    mini.add("08-otro", toml="title = ")
    mini.add("09-mini")
    found = Course(mini.layout, "09")
    assert [module.slug for module in found.chosen] == ["09-mini"]
    with pytest.raises(CourseError, match="modules/08-otro/module.toml: not valid TOML"):
        found.modules  # noqa: B018


def test_a_reading_stays_as_it_was_and_the_next_one_sees_what_changed(mini, reads):
    mini.add("09-mini", SUM_CELL)
    found = Course.find("09")
    assert found == Course(mini.layout, "09")
    assert found.results(found.chosen[0]).metrics == {}
    mini.executed("09-mini", MEASURED)
    assert found.numbers["09-mini"].metrics == {}
    assert found.reread().numbers["09-mini"].metrics["suma"].value == 4
    assert found.references == bibliography.load_bibliography(mini.layout.bibliography)


def test_only_a_claim_that_does_not_hold_is_a_warning(mini, built, capsys):
    commands.build_course(Course(mini.layout))
    assert [line for line in capsys.readouterr().err.splitlines() if "warning" in line] == [
        "  warning: 08-otro: claim 'tres' says reproducido, but suma = 4 is not 3: mend the kernel or the claim"
    ]


def test_the_checks_after_the_notebooks_see_what_they_measured(mini, built, reads, capsys):
    steps = [step for step in quality.course_steps(mini.layout) if step[0] in ("every notebook", "claims", "drift")]
    assert quality.run_steps(steps) == 1
    printed = capsys.readouterr().out
    assert "08-otro: claim 'tres' says reproducido, but suma = 4 is not 3: mend the kernel or the claim" in printed
    assert "slides/09-mini.md:25: suma: is not in the lock: run `coursekit sync`" in printed
    assert reads["results of 09-mini"] == 1


def test_a_failing_notebook_or_deck_stops_neither_the_ledger_nor_the_index(mini, built, monkeypatch, capsys):
    def run(jobs, **options):
        return [Outcome(job, error="08-otro: cell 2: se rompió" if job.name == "08-otro" else "") for job in jobs]

    def build_deck(deck, **options):
        raise CourseError(f"{deck.stem}: no such image")

    monkeypatch.setattr(stage, "build_deck", build_deck)
    for runs, message in (
        (commands.run_notebooks, r"deck\(s\) failed: 08-otro, 09-mini"),
        (run, "1 of 2 notebooks failed"),
    ):
        monkeypatch.setattr(commands, "run_notebooks", runs)
        for name in ("claims.html", "index.html"):
            (mini.layout.build / name).unlink(missing_ok=True)
        with pytest.raises(CourseError, match=message):  # the first that failed
            commands.build_course(Course(mini.layout))
        assert (mini.layout.build / "claims.html").exists()
        assert (mini.layout.build / "index.html").exists()
    assert "FAILED 08-otro: cell 2: se rompió" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("parameters", "given", "seconds"),
    [
        (None, {"profile": "quick"}, (4 * 20, 4 * 70)),  # four times its budget
        ({"seed": 3}, {"profile": "quick", "seed": 3}, (4 * 20, 4 * 70)),
        ({"profile": "record"}, {"profile": "record"}, (3600, 3600)),
    ],
)
def test_a_notebook_may_take_its_budget_on_a_busy_machine_and_an_hour_where_it_records(
    mini, parameters, given, seconds
):
    mini.add("09-mini", SUM_CELL, toml=HEAD + "[budget]\ncell_seconds = 20\nquick_seconds = 70\n")
    (job,) = commands.jobs_for(mini.layout, manifest.discover(mini.layout), parameters)
    assert (job.notebook, job.root) == (str(mini.layout.notebooks / "09-mini.ipynb"), str(mini.root))
    assert (job.parameters, (job.cell_seconds, job.total_seconds)) == (given, seconds)
