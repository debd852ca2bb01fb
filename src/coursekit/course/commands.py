"""The stages in order: what each command of `cli.py` does, for the chosen modules of a course."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console

from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout, sweep
from coursekit.course.manifest import Module
from coursekit.course.notebooks.execute import Job
from coursekit.course.notebooks.runner import Outcome, run_notebooks
from coursekit.course.pages import write_claims, write_index
from coursekit.course.results.claims import Judgement, judge_claims
from coursekit.course.results.collect import Results, read_recorded
from coursekit.course.results.drift import Drift, find_drift, guide_drift, orphans
from coursekit.course.results.status import Note, notebook_notes, recorded_notes
from coursekit.course.results.sync import sync_figures, sync_guide, sync_lock, sync_texts
from coursekit.notebook.lesson import PROFILES

console = Console(stderr=True, highlight=False, soft_wrap=True)

# Under load (two notebooks at a time, a busy machine) a notebook may take four times its budget.
_PATIENCE = 4
_RECORD_SECONDS = 60 * 60


def jobs_for(layout: Layout, modules: list[Module], parameters: dict[str, Any] | None = None) -> list[Job]:
    """One job for each notebook of `modules`; longer limits outside the profile `quick`.

    Raises:
        CourseError: for a profile that does not exist.
    """
    parameters = {"profile": "quick", **(parameters or {})}
    if parameters["profile"] not in PROFILES:
        gpu = " (a GPU is used where there is one: device=auto)" * (parameters["profile"] == "gpu")
        raise CourseError(f"unknown profile {parameters['profile']!r}: expected {' or '.join(PROFILES)}{gpu}")
    quick = parameters["profile"] == "quick"
    return [
        Job(
            str(notebook),
            str(layout.root),
            parameters,
            cell_seconds=module.cell_seconds * _PATIENCE if quick else _RECORD_SECONDS,
            total_seconds=module.quick_seconds * _PATIENCE if quick else _RECORD_SECONDS,
        )
        for module in modules
        for notebook in module.notebooks(layout)
    ]


def execute(course: Course, *, force: bool = False, parameters: dict[str, Any] | None = None) -> None:
    """Execute notebooks. What they measured is seen by a course that is read after it.

    Raises:
        CourseError: after all have run, if one failed (its own line has been printed).
    """
    _fail_on(_run(jobs_for(course.layout, course.chosen, parameters), force))


def record(course: Course, stale: bool = False) -> None:
    """Execute a module's notebooks in profile `record` and save what those that succeeded recorded.

    Args:
        course: its `only` names the module.
        stale: only what is stale or missing; what is fresh is read.

    Raises:
        CourseError: before anything runs, if recorded.json is broken; after saving, if one failed.
    """
    from coursekit.course.results.recording import save_recorded
    from coursekit.course.results.stale import fresh_entries, is_recorded

    layout, module = course.layout, course.chosen[0]
    read_recorded(module)  # what could not be added to is said before the hours of a run
    jobs = jobs_for(layout, [module], {"profile": "record"})
    if stale:
        jobs = [
            replace(job, fresh=fresh_entries(layout, module, Path(job.notebook)))
            for job in jobs
            if not is_recorded(layout, module, Path(job.notebook))
        ]
        if not jobs:
            console.print(f"  nothing to do: all records of {module.slug} are fresh")
            return
    outcomes = _run(jobs, force=True)
    for outcome in outcomes:
        for name in save_recorded(module, outcome.job, failed=bool(outcome.error)):
            console.print(f"  recorded {name} from {outcome.job.name}")
    _fail_on(outcomes)


def _run(jobs: list[Job], force: bool) -> list[Outcome]:
    if not jobs:
        raise CourseError("no notebooks: add notebooks/<module>.ipynb")
    outcomes = run_notebooks(jobs, force=force, console=console)
    fresh = sum(outcome.fresh for outcome in outcomes)
    if fresh:
        console.print(f"  {fresh} of {len(outcomes)} notebooks are fresh (--force runs them again)")
    return outcomes


def _fail_on(outcomes: list[Outcome]) -> None:
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        console.print(f"  FAILED {outcome.error}", style="red", markup=False)
    if failed:
        raise CourseError(f"{len(failed)} of {len(outcomes)} notebooks failed: {', '.join(o.job.name for o in failed)}")


def judge(course: Course, modules: Sequence[Module]) -> list[Judgement]:
    """The judged claims of `modules`. Where what a module recorded is corrupt, its first claim says so."""
    judged: list[Judgement] = []
    for module in modules:
        try:
            judged += judge_claims(module, course.results(module))
        except CourseError as error:
            unmeasured = judge_claims(module, Results())
            judged += [replace(each, problem="" if i else str(error)) for i, each in enumerate(unmeasured)]
    return judged


def drift(course: Course) -> list[Drift]:
    """The numbers and images of decks and pages that no longer are what was measured, and code that has changed."""
    from coursekit.course.decks.stage import deck_code_drift

    found = [*orphans(course.layout, course.modules), *_guide(course.layout)] if not course.only else []
    for module in course.chosen:
        try:
            course.drawn(module)
            found += find_drift(course.layout, module, course.numbers[module.slug], course.figures)
            found += deck_code_drift(course.layout, module.deck(course.layout))
        except CourseError as error:
            found.append(Drift(module.slug, 0, "", str(error)))
    return found + (deck_code_drift(course.layout, course.layout.guide) if not course.only else [])


def _guide(layout: Layout) -> list[Drift]:
    try:
        return guide_drift(layout)
    except CourseError as error:
        return [Drift(layout.guide.stem, 0, "", str(error))]


def sync(course: Course) -> None:
    """Rewrite literals, embedded code and figures from the last results, and lock them."""
    from coursekit.course.decks.stage import sync_deck_code

    layout, changed = course.layout, []
    for module in course.chosen:
        numbers = course.numbers[module.slug]
        course.drawn(module)
        changed += sync_texts(layout, module, numbers)
        changed += sync_figures(layout, module, course.figures)
        changed += sync_deck_code(layout, module.deck(layout))
        changed += sync_lock(layout, module, numbers, course.figures)
    if not course.only:
        changed += sync_deck_code(layout, layout.guide) + sync_guide(layout)
    for path in changed:
        console.print(f"  rewrote {path}")
    if not changed:
        console.print("  nothing to rewrite")


def status(course: Course) -> list[Note]:
    """What is stale: executed notebooks, recorded entries, literals."""
    budgets = {module.slug: module.quick_seconds for module in course.chosen}
    notes = notebook_notes(jobs_for(course.layout, course.chosen), budgets) + recorded_notes(
        course.layout, course.chosen
    )
    return notes + [Note(f"{d.file}:{d.line}", d.problem) for d in drift(course)]


def build_course(course: Course, *, force: bool = False) -> None:
    """Execute, build decks, write the ledger and the index, say where to look.

    A failing notebook stops neither the others nor the decks of other modules; the error comes at the end.
    """
    from coursekit.course.setup import ensure_browser, ensure_node_packages

    started = perf_counter()
    ensure_node_packages(course.layout.root)
    ensure_browser(required=False)
    failure = None
    console.print("notebooks")
    try:
        execute(course, force=force)
    except CourseError as error:
        failure = error
    course = course.reread()
    for note in recorded_notes(course.layout, course.chosen):
        if note.stale:
            console.print(f"  warning: stale: {note.thing}: {note.state}", style="yellow", markup=False)
    try:
        build_decks(course)
    except CourseError as error:
        failure = failure or error
    judgements = judge(course, course.modules)
    for judgement in judgements:
        if judgement.problem:
            console.print(f"  warning: {judgement.problem}", style="yellow", markup=False)
    write_claims(course, judgements)
    console.print(f"done in {perf_counter() - started:.0f} s: open {write_index(course)}")
    if failure:
        raise failure


def build_decks(course: Course) -> None:
    """Build the decks of one module, or of all and the style guide, in all formats that this machine can.

    Raises:
        CourseError: after all were tried, if a deck is at fault.
    """
    from coursekit.course.decks.stage import build_guide, build_module_decks

    console.print("decks")
    layout = course.layout
    sweep(layout.build)
    works: dict[str, Callable[[], Iterable[str]]] = {}
    for module in course.chosen:
        if not module.deck(layout).exists():
            console.print(f"  warning: {module.slug} has no deck")
            continue
        works[module.slug] = lambda m=module: build_module_decks(layout, m, course.numbers[m.slug], course.references)
    if not course.only and layout.guide.exists():
        works[layout.guide.stem] = lambda: build_guide(layout, course.references)
    failures = []
    for name, work in works.items():
        try:
            for line in work():
                console.print(f"  {line}", markup=False)
        except CourseError as error:
            failures.append(name)
            console.print(f"  FAILED {error}", style="red", markup=False)
    if failures:
        raise CourseError(f"{len(failures)} deck(s) failed: {', '.join(failures)}")


def present(course: Course) -> None:
    """Serve a deck with Marp's live preview, with the numbers of the last results."""
    from coursekit.course.decks.stage import preview

    module = course.chosen[0]
    preview(course.layout, module, course.numbers[module.slug], course.references)
