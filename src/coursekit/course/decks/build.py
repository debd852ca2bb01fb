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

from coursekit.course.decks.built import EDITIONS, ROUTE_SUFFIX, BuiltDeck, BuiltPage
from coursekit.course.decks.cache import Stamps, digest_files, digest_values
from coursekit.course.decks.context import deck_context
from coursekit.course.decks.marp import marp_folder, run_marp
from coursekit.course.decks.notes import notes_text
from coursekit.course.decks.pdf_finish import finish_pdf
from coursekit.course.decks.pptx_notes import strip_notes
from coursekit.course.decks.text import DeckText, read_deck
from coursekit.course.errors import CourseError
from coursekit.course.finding import FindingsError
from coursekit.course.layout import write_text
from coursekit.root import checkout

FORMATS = ("html", "pdf", "pptx", "txt")
_WORKERS = 2  # each is a browser


@dataclass(frozen=True)
class DeckResult:
    """`paths`: every output, old or new; `built`: those that had to be made; `bare`: the page for the gates."""

    paths: list[Path]
    built: list[Path]
    bare: Path
    warnings: list[str]


@dataclass(frozen=True)
class _Job:
    output: Path
    edition: str
    route: bool
    arguments: tuple[str, ...]


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
    base = deck_context(text, context, deck.parent)
    inputs = _inputs_digest(project, deck, text)
    stamps = Stamps(out.parent / "cache" / "decks" / f"{text.name}.json")
    deck_built = BuiltDeck(text.name, out)
    bare = deck_built.page.path
    built: list[Path] = []

    def make(job: _Job, like: Path | None = None) -> None:
        chosen = {**base, "edition": job.edition, "route": job.route}
        digest = digest_values({"inputs": inputs, "context": chosen, "arguments": job.arguments})
        if stamps.fresh(job.output, digest):
            return
        if like:
            strip_notes(like, job.output)
        else:
            run_marp(project, deck, job.output, job.arguments, chosen, browser)
        if job.output.suffix == ".pdf":
            # the route ends with its own references, which are fewer
            slides = [slide for slide in deck_built.page.sections if not job.route or slide.route is not None]
            finish_pdf(job.output, [slide.title for slide in slides])
        if job.output == bare:
            _check_page(deck_built)
        stamps.save(job.output, digest)
        built.append(job.output)

    make(_Job(bare, "instructor", False, ("--template", "bare")))
    warnings = []
    if browser is None and {"pdf", "pptx"} & set(formats):
        warnings.append(f"{text.name}: without a browser there is no PDF or PPTX, only HTML")
    shown = [name for name in formats if browser is not None or name in ("html", "txt")]
    has_route = route and "_route:" in text.text
    jobs = _jobs(text, out, shown, editions, has_route)
    like = {job: _twin(job, jobs) for job in jobs}
    with ThreadPoolExecutor(_WORKERS) as pool:
        for done in [pool.submit(make, job) for job in jobs if not like[job]]:
            done.result()
    for job in jobs:
        if like[job]:
            make(job, like[job])
    paths = [job.output for job in jobs]
    if "txt" in shown and "instructor" in editions:
        paths.append(_write_notes(deck_built.instructor, built))
    return DeckResult(paths, built, bare, warnings)


def _jobs(text: DeckText, out: Path, formats: Sequence[str], editions: Sequence[str], route: bool) -> list[_Job]:
    """Slowest first, so that the two workers end together."""
    jobs = []
    title = str(text.front.get("title", text.name))
    for form in [form for form in ("pptx", "pdf", "html") if form in formats]:
        for edition in editions:
            jobs.append(_Job(out / edition / f"{text.name}.{form}", edition, False, _arguments(form)))
            if route and form != "pptx":
                output = out / edition / f"{text.name}{ROUTE_SUFFIX}.{form}"
                extra = ("--title", f"{title} (ruta de 15 minutos)")
                jobs.append(_Job(output, edition, True, (*_arguments(form), *extra)))
    return jobs


def _twin(job: _Job, jobs: Sequence[_Job]) -> Path | None:
    """The instructor PPTX that a student PPTX can be made from, if it is built too."""
    if job.output.suffix != ".pptx" or job.edition != "student":
        return None
    return next((o.output for o in jobs if o.output.suffix == ".pptx" and o.edition == "instructor"), None)


def _arguments(form: str) -> tuple[str, ...]:
    if form == "pptx":
        return ("--pptx",)
    if form == "pdf":
        return ("--pdf", "--pdf-outlines", "--pdf-notes")  # a student deck has no notes to write
    return ("--template", "bespoke")


def _check_page(deck: BuiltDeck) -> None:
    """What only the rendered page shows: formulas that MathJax could not read. A faulty page is removed."""
    findings = [
        section.finding(deck.name, "formula", f"TeX error: {error['data-mjx-error']}", "mend the formula")
        for section in deck.page.sections
        for error in section.tag.select("[data-mjx-error]")
    ]
    if findings:
        deck.page.path.unlink()
        raise FindingsError(findings)


def _write_notes(page: BuiltPage, built: list[Path]) -> Path:
    path = page.path.with_name(f"{page.path.stem}.notas.txt")
    text = notes_text(page)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)
        built.append(path)
    return path


def _inputs_digest(project: Path, deck: Path, text: DeckText) -> str:
    slides = project / "slides"
    files = [project / "marp.config.mjs", deck, marp_folder(project) / "package.json"]
    files += [path for folder in ("engine", "theme") for path in (slides / folder).rglob("*") if path.is_file()]
    files += [deck.parent / image for image in text.images() if "://" not in image]
    files += Path(__file__).parent.glob("*.py")  # a changed builder builds anew
    course = Path(__file__).parents[1]  # and so does what decides about a slide's references and numbers
    files += [course / name for name in ("bibliography.py", "results/numbers.py", "text/numbers.py")]
    return digest_files(files)


def _find_project(deck: Path) -> Path:
    for folder in [*deck.resolve().parents, checkout()]:
        if (folder / "marp.config.mjs").is_file():
            return folder
    raise CourseError(f"no marp.config.mjs from {deck} upwards: the deck must be inside a clone of the course")


def _check_names(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ValueError(f"expected {what} among {', '.join(known)}, got {', '.join(unknown)}")
