"""Build a deck: HTML, PDF, PPTX and notes, for instructors and for students, and its 15-minute route.

The deck is first rendered plainly to build/check/decks, which finds what Marp would pass over in silence; only a
sound deck is then rendered to all its outputs. Whatever is up to date is skipped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.course.decks.built import EDITIONS, BuiltDeck, BuiltPage
from coursekit.course.decks.cache import Stamps
from coursekit.course.decks.context import deck_context
from coursekit.course.decks.inputs import inputs_digest
from coursekit.course.decks.make import Maker
from coursekit.course.decks.notes import notes_text
from coursekit.course.decks.outputs import FORMATS, Output, outputs_of, plain_page
from coursekit.course.decks.text import read_deck
from coursekit.course.errors import CourseError
from coursekit.course.layout import write_text
from coursekit.course.processes import end_all
from coursekit.root import checkout

_WORKERS = 2  # each is a browser


@dataclass(frozen=True)
class DeckResult:
    """`paths`: every output, old or new; `built`: those that had to be made; `bare`: the page for the gates."""

    paths: list[Path]
    built: list[Path]
    bare: Path
    warnings: list[str]


def build_deck(
    deck: Path,
    *,
    context: Mapping[str, Any],
    out: Path,
    browser: Path | None,
    formats: Sequence[str] = FORMATS,
    editions: Sequence[str] = EDITIONS,
    route: bool = True,
    project: Path | None = None,
) -> DeckResult:
    """Build every output of one deck below `out` (build/decks).

    Args:
        deck: the source, slides/02-transformer.md.
        context: fresh numbers, references and code; see `deck_context`.
        out: gets instructor/ and student/; beside it, check/decks/ gets the page that the gates read.
        browser: Chromium, Chrome or Edge; None builds HTML and notes only, with a warning.
        formats: some of "html", "pdf", "pptx", "txt" (the notes; instructor only; needs "html").
        editions: some of "instructor", "student".
        route: also build the 15-minute route, where slides are marked for it.
        project: the folder with marp.config.mjs and node_modules; by default found upwards from the deck.

    Raises:
        FindingsError: one line for each problem of the deck: slide, title, element, remedy.
        CourseError: if Node.js or Marp is missing or fails. Outputs are whole or absent, never half-written.
    """
    _check_names("formats", formats, FORMATS)
    _check_names("editions", editions, EDITIONS)
    if "txt" in formats and "html" not in formats:
        raise ValueError('expected "html" beside "txt", which is read from it, got only "txt"')
    project = project or _find_project(deck)
    text = read_deck(deck)
    given = deck_context(text, context, deck.parent)
    built = BuiltDeck(text.name, out)
    stamps = Stamps(out.parent / "cache" / "decks" / f"{text.name}.json")
    maker = Maker(project, deck, built, given, inputs_digest(project, deck, text), stamps, browser)
    maker.make(plain_page(built))
    possible = [form for form in formats if browser is not None or form in ("html", "txt")]
    title = str(text.front.get("title", text.name))
    outputs = outputs_of(built, title, possible, editions, route and "_route:" in text.text)
    _make_all(maker, outputs)
    paths = [output.path for output in outputs]
    if "txt" in possible and "instructor" in editions:
        paths.append(_write_notes(built.instructor, maker.built))
    missing = {"pdf", "pptx"} & set(formats) - set(possible)
    warnings = [f"{text.name}: without a browser there is no PDF or PPTX, only HTML"] if missing else []
    return DeckResult(paths, maker.built, built.page.path, warnings)


def _make_all(maker: Maker, outputs: Sequence[Output]) -> None:
    """Render at the same time; then empty what is made from a rendered one."""
    with ThreadPoolExecutor(_WORKERS) as pool:
        rendered = [pool.submit(maker.make, output) for output in outputs if output.form != "emptied"]
        try:
            for done in rendered:
                done.result()
        except BaseException as error:  # the pool's end would wait for all that is queued
            pool.shutdown(wait=False, cancel_futures=True)
            if not isinstance(error, Exception):  # Ctrl-C, SIGTERM
                end_all()
            raise
    for output in outputs:
        if output.form == "emptied":
            maker.make(output)


def _write_notes(page: BuiltPage, built: list[Path]) -> Path:
    path = page.path.with_name(f"{page.path.stem}.notas.txt")
    text = notes_text(page)
    if not path.exists() or path.read_bytes() != text.encode():
        write_text(path, text)
        built.append(path)
    return path


def _find_project(deck: Path) -> Path:
    for folder in [*deck.resolve().parents, checkout()]:
        if (folder / "marp.config.mjs").is_file():
            return folder
    raise CourseError(f"no marp.config.mjs from {deck} upwards: the deck must be inside a clone of the course")


def _check_names(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ValueError(f"expected {what} among {', '.join(known)}, got {', '.join(unknown)}")
