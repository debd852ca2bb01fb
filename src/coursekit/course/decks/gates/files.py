"""The gate of a deck's files, as people open them: HTML, PDF and PPTX of both editions and of the route.

Every slide is a page, and every frame of a strip; a PDF is in Spanish, tagged and has an outline; no sentence of the
presenter notes can be extracted from any file of the student edition.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from bs4 import Tag
from pypdf import PdfReader

from coursekit.course.decks.built import EDITIONS, ROUTE_SUFFIX, BuiltDeck
from coursekit.course.decks.html import Section
from coursekit.course.finding import Finding

_NOTE_WORDS = 5  # a shorter sentence may well stand on a slide too
_BUILD = "build it again: `coursekit slides`"


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """What is wrong with the files of a complete deck; of the style guide, which has not all of them, nothing."""
    if not deck.complete:
        return
    lengths = {"": _pages([slide for slide in deck.page.sections if not slide.only_route])}
    if any(slide.route is not None for slide in deck.page.sections):
        lengths[ROUTE_SUFFIX] = _pages(deck.route.sections) if deck.route.path.exists() else 0
    for edition in EDITIONS:
        for suffix, length in lengths.items():
            for form in ("html", "pdf", "pptx") if not suffix else ("html", "pdf"):
                path = deck.file(edition, f"{suffix}.{form}")
                if not path.exists():
                    yield _whole(deck.name, path, "is missing", _BUILD)
                elif form != "html":
                    yield from _check_pages(deck.name, path, length)
    yield from _check_notes(deck)


def _pages(slides: list[Section]) -> int:
    return sum(slide.pages for slide in slides)


def _check_pages(name: str, path: Path, slides: int) -> Iterator[Finding]:
    pages = _pptx_slides(path) if path.suffix == ".pptx" else len(PdfReader(path).pages)
    if pages != slides:
        yield _whole(name, path, f"has {pages} pages for {slides} slides", _BUILD)
    if path.suffix != ".pdf":
        return
    reader = PdfReader(path)
    root = reader.trailer["/Root"]
    if root.get("/Lang") != "es":
        yield _whole(name, path, f"says it is in {root.get('/Lang')}, not in es", 'write "lang: es" on top of the deck')
    if "/StructTreeRoot" not in root or not root.get("/MarkInfo", {}).get("/Marked"):
        yield _whole(name, path, "is not tagged, so screen readers have no headings", "print it with Chromium")
    if not reader.outline:
        yield _whole(name, path, "has no outline", "give the slides headings")


def _check_notes(deck: BuiltDeck) -> Iterator[Finding]:
    """Sentences of the notes that a file of the student edition holds, but for those that stand on a slide too."""
    if not deck.instructor.path.exists():
        return  # reported as missing
    name, slides = deck.name, deck.page.sections
    notes = {index: _sentences(tags) for index, tags in sorted(deck.instructor.notes.items())}
    shown = _letters(" ".join(slide.tag.get_text(" ") for slide in slides))
    for path in sorted((deck.outputs / "student").glob(f"{name}*")):
        if path.name.removeprefix(name).removeprefix(ROUTE_SUFFIX) not in (".html", ".pdf", ".pptx", ".notas.txt"):
            continue  # another deck
        held = _letters(_text(path))
        for index, sentences in notes.items():
            leaked = [s for s in sentences if _letters(s) in held and _letters(s) not in shown]
            if leaked:
                element = f"{path.parent.name}/{path.name}"
                yield slides[index].finding(name, element, f"holds the note «{leaked[0][:50]}»", _BUILD)


def _sentences(notes: list[Tag]) -> list[str]:
    """The longer sentences of a slide's notes."""
    parts = [part for note in notes for part in re.split(r"[.!?:;]\s|\n\n", note.get_text())]
    sentences = [" ".join(part.split()) for part in parts]
    return [sentence for sentence in sentences if len(sentence.split()) >= _NOTE_WORDS]


def _text(path: Path) -> str:
    """All the text of a file: comments and annotations too."""
    if path.suffix == ".pdf":
        pages = PdfReader(path).pages
        annotations = [str(a.get_object().get("/Contents", "")) for page in pages for a in page.get("/Annots", ())]
        return " ".join([page.extract_text() for page in pages] + annotations)
    if path.suffix == ".pptx":
        with zipfile.ZipFile(path) as pptx:
            parts = [pptx.read(name).decode("utf-8") for name in pptx.namelist() if name.endswith(".xml")]
        return _untagged(" ".join(parts))
    return _untagged(path.read_text(encoding="utf-8"))


def _untagged(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", text.replace("<!--", " ")))


def _letters(text: str) -> str:
    """Letters and digits only: the files break lines and words each in its own way."""
    return re.sub(r"[\W_]+", "", text).lower()


def _pptx_slides(path: Path) -> int:
    with zipfile.ZipFile(path) as pptx:
        return sum(bool(re.fullmatch(r"ppt/slides/slide\d+\.xml", name)) for name in pptx.namelist())


def _whole(name: str, path: Path, problem: str, remedy: str) -> Finding:
    return Finding(name, 0, "", f"{path.parent.name}/{path.name}", problem, remedy)
