"""The `coursekit` command. Thin: each command calls one stage and prints what it did.

What a user can mend, or the system refuses, is printed as one line and ends the command with exit code 1.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from coursekit.course import commands
from coursekit.course.course import Course
from coursekit.course.errors import CourseError, reason
from coursekit.course.layout import Layout
from coursekit.course.processes import end_all, end_on_signals

app = typer.Typer(
    help="Build, run and check the course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True, markup=False)

Only = Annotated[str | None, typer.Argument(metavar="[MODULE]", help="A module, such as 03-mamba; all by default.")]
One = Annotated[str, typer.Argument(metavar="MODULE", help="A module, such as 03-mamba.")]
Force = Annotated[bool, typer.Option("--force", help="Run even what is fresh.")]
Parameter = Annotated[list[str] | None, typer.Option("-p", metavar="NAME=VALUE", help="A notebook parameter.")]


@app.command()
def course(module: Only = None, force: Force = False) -> None:
    """Build everything: execute the notebooks, build the decks, the ledger and the index."""
    commands.build_course(Course.find(module), force=force)


@app.command()
def test(quick: Annotated[bool, typer.Option("--quick", help="What `check` runs.")] = False) -> None:
    """Lint, prose, unit and parity tests, every notebook, claims, drift, and the decks in a real browser."""
    from coursekit.course.quality import run_all

    raise typer.Exit(run_all(Layout.find(), quick=quick))


@app.command()
def check() -> None:
    """The quick tests: lint, manifests, notebooks as committed, prose, unit tests that take no time."""
    test(quick=True)


@app.command()
def run(module: Only = None, force: Force = False, profile: str = "quick", p: Parameter = None) -> None:
    """Execute the notebooks of a module (or of all) into build/notebooks/."""
    parameters = {"profile": profile, **_parameters(p)}
    commands.execute(Course.find(module), force=force, parameters=parameters)


@app.command()
def record(
    module: One,
    stale: Annotated[bool, typer.Option(help="Only the notebooks whose records are stale or missing.")] = False,
) -> None:
    """Execute a module's notebooks in profile `record` (long) and write its recorded.json and weights."""
    commands.record(Course.find(module), stale)


@app.command()
def slides(module: Only = None) -> None:
    """Build the decks from the results that are there."""
    commands.build_decks(Course.find(module))


@app.command()
def present(module: One) -> None:
    """Open a live preview of a deck that follows every change of its source."""
    commands.present(Course.find(module))


@app.command()
def sync(module: Only = None) -> None:
    """Rewrite literals, code and figures of the decks from the last results."""
    commands.sync(Course.find(module))


@app.command()
def claims(module: Only = None) -> None:
    """Print the ledger: claim, source, published, measured here, verdict."""
    course = Course.find(module)
    judgements = commands.judge(course, course.chosen)
    table = Table("claim", "source", "published", "measured", "verdict")
    for judgement in judgements:
        row = (judgement.claim.id, judgement.claim.source, judgement.claim.published, judgement.measured)
        table.add_row(*row, judgement.verdict, style="red" if judgement.problem else None)
    out.print(table)
    problems = [judgement.problem for judgement in judgements if judgement.problem]
    for problem in problems:
        out.print(problem)
    raise typer.Exit(1 if problems else 0)


@app.command()
def status(module: Only = None) -> None:
    """What is stale, and why. Exit code 1 if something is."""
    notes = commands.status(Course.find(module))
    for note in notes:
        out.print(f"{note.thing}: {note.state}{': ' + note.advice if note.advice else ''}")
    raise typer.Exit(1 if any(note.stale for note in notes) else 0)


@app.command()
def stand(module: One, reason: str, entries: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Let stale records stand (all of a module by default), with a reason in Spanish; a release refuses them."""
    from coursekit.course.results.stand import let_stand

    course = Course.find(module)
    for name in let_stand(course.layout, course.chosen[0], reason, entries or ()):
        out.print(f"let stand: {name}")


@app.command()
def bench(module: One) -> None:
    """Time a module's kernels against the alternatives, serially, and record the ratios."""
    from coursekit.course.results.bench import bench as run_bench

    course = Course.find(module)
    for metric in run_bench(course.layout, course.chosen[0]):
        out.print(f"{metric.name}: {metric.literal}")


@app.command()
def links(
    update: Annotated[bool, typer.Option("--update", help="Add new addresses, drop unused ones.")] = False,
) -> None:
    """List the addresses outside the course with the day each was last checked. Opens none of them."""
    from coursekit.course.prose.links_external import read_list, update_list

    course = Course.find()
    if update:
        added, dropped = update_list(course.prose)
        for line in [*(f"added {url}" for url in added), *(f"dropped {url}" for url in dropped)]:
            out.print(line)
        return
    for url, day in read_list(course.layout).items():
        out.print(f"{day:10}  {url}")


@app.command()
def new(slug: str, title: str) -> None:
    """Create the files of a module: `coursekit new 09-datos "Datos y preentrenamiento"`."""
    from coursekit.course.scaffold import new_module

    for path in new_module(Layout.find(), slug, title):
        out.print(f"wrote {path}")


@app.command()
def strip(notebooks: Annotated[list[Path] | None, typer.Argument()] = None) -> None:
    """Remove outputs and counters from notebooks (all of notebooks/ by default)."""
    from coursekit.course.notebooks.strip import strip as strip_one

    for path in notebooks or sorted(Layout.find().notebooks.glob("*.ipynb")):
        if not path.exists():
            raise CourseError(f"no such notebook: {path}")
        if strip_one(path):
            out.print(f"stripped {path.name}")


@app.command()
def lab() -> None:
    """Open the notebooks in JupyterLab."""
    layout = Layout.find()
    raise typer.Exit(subprocess.call([sys.executable, "-m", "jupyterlab", str(layout.notebooks)]))


@app.command()
def chat(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="smollm2, or the path of a GGUF file.")] = "smollm2",
    temperature: Annotated[float, typer.Option(help="0: always the most probable token.")] = 0.7,
    max_tokens: Annotated[int, typer.Option(help="Most tokens of an answer.")] = 256,
    seed: int = 0,
    system: Annotated[str | None, typer.Option(help="What the model is told first.")] = None,
) -> None:
    """Talk to a real model in the terminal."""
    from coursekit.course.chat import chat as talk

    talk(model, temperature, max_tokens, seed, system)


@app.command()
def serve(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", help="smollm2, a GGUF file, or a Python file whose model() gives a decoder."),
    ] = "smollm2",
    host: Annotated[str, typer.Option(help="Address to listen on; others than loopback are open to anybody.")] = (
        "127.0.0.1"
    ),
    port: int = 11435,
    seats: Annotated[int, typer.Option(help="Most requests in a batch.")] = 8,
    chunk: Annotated[int, typer.Option(help="Tokens of prompts read in a step.")] = 64,
    cache_tokens: Annotated[int, typer.Option(help="Tokens that the cache holds, for all requests.")] = 8192,
    prompt_tokens: Annotated[int, typer.Option(help="Longest prompt.")] = 4096,
    max_tokens: Annotated[int, typer.Option(help="Longest answer, in tokens.")] = 1024,
    requests: Annotated[int, typer.Option(help="Most requests at a time, waiting ones included.")] = 64,
    seconds: Annotated[float, typer.Option(help="Longest time for an answer.")] = 300.0,
    lookup: Annotated[int, typer.Option(help="Tokens proposed by copying from the text; 0 = none.")] = 0,
) -> None:
    """Serve a model to the clients of OpenAI (/v1) and of Ollama (/api)."""
    from coursekit.course.serve import Options
    from coursekit.course.serve import serve as run_server

    options = Options(host, port, seats, chunk, cache_tokens, prompt_tokens, max_tokens, requests, seconds, lookup)
    run_server(model, options)


@app.command()
def release(
    allow_other_versions: Annotated[
        bool, typer.Option("--allow-other-versions", help="Accept what was recorded with other versions.")
    ] = False,
) -> None:
    """Refuse unless nothing is stale or let stand and every claim holds; say what to tag."""
    course = Course.find()
    notes = [note for note in commands.status(course) if note.state != "fresh"]
    notes = [note for note in notes if not (note.other and allow_other_versions)]
    problems = [j.problem for j in commands.judge(course, course.modules) if j.problem]
    for line in [*(f"{note.thing}: {note.state}" for note in notes), *problems]:
        out.print(line)
    if notes or problems:
        raise CourseError("not ready for a release: mend the lines above")
    out.print("ready: tag this commit")


@app.command("import-deck")
def import_deck(source: Path, target: Path) -> None:
    """Convert Deckset notes (lines that begin with ^) of a deck into Marp's presenter notes."""
    from coursekit.course.decks.deckset import convert
    from coursekit.course.layout import read_text, write_text

    if not source.exists():
        raise CourseError(f"no such deck: {source}")
    if target.exists():
        raise CourseError(f"{target} exists already: choose another name")
    if not target.parent.is_dir():
        raise CourseError(f"no such folder: {target.parent}: make it, or mend the path")
    write_text(target, convert(read_text(source)))
    out.print(f"wrote {target}")


def _parameters(pairs: list[str] | None) -> dict[str, object]:
    """``["seed=1", "device=cpu"]`` → a dict; values are read as JSON where they are JSON."""
    parameters: dict[str, object] = {}
    for pair in pairs or []:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise CourseError(f"expected NAME=VALUE, got {pair!r}")
        try:
            parameters[name] = json.loads(value)
        except json.JSONDecodeError:
            parameters[name] = value
    return parameters


def main() -> None:
    """Entry point: errors that a user can mend become one line; however it ends, what it started ends, too."""
    end_on_signals()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # where the system's encoding lacks a letter: «?», and no error
            stream.reconfigure(errors="replace")
    try:
        app()
    except (CourseError, OSError, UnicodeEncodeError) as error:
        if os.environ.get("COURSEKIT_DEBUG"):
            raise
        print(f"error: {_line(error)}", file=sys.stderr)
        raise SystemExit(1) from None
    finally:
        end_all()


def _line(error: Exception) -> str:
    """What is wrong, for the user. Where more is known than the system says, a `CourseError` has said it already."""
    if isinstance(error, OSError):
        return f"{error.filename}: {reason(error)}" if error.filename else reason(error)
    if isinstance(error, UnicodeEncodeError):
        return f"this system's encoding, {error.encoding}, lacks {error.object[error.start]!a}: set PYTHONUTF8=1"
    return str(error)


if __name__ == "__main__":
    main()
