"""Read the documents of the course, each cut into passages: decks, notebooks, pages, manifests, exercises' messages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coursekit.course.decks.text import read_deck
from coursekit.course.layout import Layout, read_text, read_toml
from coursekit.course.manifest import Module
from coursekit.course.notebooks.read import read_plain
from coursekit.course.prose.documents import Document, Passage
from coursekit.course.text.headings import headings, title_of
from coursekit.course.text.mask import blank

ENGLISH = ("README.md", "CONTRIBUTING.md")
SPANISH = ("README.es.md", "slides/README.md")
# The keys of module.toml and quiz.toml that hold no prose.
_NAMES = {"id", "name", "slug", "kind", "source", "published", "metric", "bench", "answer", "codes", "by"}


def read_documents(layout: Layout, modules: list[Module]) -> list[Document]:
    """Every document of the course that exists.

    Raises:
        CourseError: if a deck, a notebook, a manifest or an exercise cannot be read.
    """
    documents = []
    for module in modules:
        if module.deck(layout).exists():
            documents.append(_deck(module.deck(layout)))
        documents += [_notebook(layout, path) for path in module.notebooks(layout)]
        pages, tables = [module.folder / "README.md"], [module.folder / name for name in ("module.toml", "quiz.toml")]
        documents += [read_page(layout, path) for path in pages if path.exists()]
        documents += [_table(layout, path) for path in tables if path.exists()]
    documents += [_deck(layout.guide)] if layout.guide.exists() else []
    documents += [read_page(layout, layout.root / name) for name in SPANISH if (layout.root / name).exists()]
    exercises = [_exercise(layout, path) for path in sorted((layout.source / "exercises").rglob("*.py"))]
    documents += [document for document in exercises if document.passages]
    english = [layout.root / name for name in ENGLISH if (layout.root / name).exists()]
    return documents + [read_page(layout, path, spanish=False) for path in english]


def read_page(layout: Layout, path: Path, *, spanish: bool = True) -> Document:
    """A Markdown page, one passage a section."""
    text, name = read_text(path), layout.relative(path)
    starts = [0, *(match.start() for match in headings(text) if match.start()), len(text)]
    passages = [
        Passage(name, "line", text.count("\n", 0, start) + 1, title_of(text[start:end]), text[start:end])
        for start, end in zip(starts, starts[1:])
    ]
    return Document(path, name, "line", tuple(passages), spanish)


def _deck(path: Path) -> Document:
    deck = read_deck(path)
    slides = [Passage(deck.name, "slide", slide.number, title_of(slide.text), slide.text) for slide in deck.slides]
    return Document(path, deck.name, "slide", tuple(slides))


def _notebook(layout: Layout, path: Path) -> Document:
    name, passages, title = layout.relative(path), [], ""
    for number, cell in enumerate(read_plain(path)["cells"], start=1):
        if cell["cell_type"] == "markdown":
            text = cell["source"]
            title = title_of(text) or title
            passages.append(Passage(name, "cell", number, title, text.rstrip("\n") + "\n"))
    return Document(path, name, "cell", tuple(passages))


def _table(layout: Layout, path: Path) -> Document:
    """The sentences of a TOML file. Its values are read in order, so each is looked for after the one before."""
    text, name, at, passages = read_text(path), layout.relative(path), 0, []
    for key, value in _sentences(read_toml(path)):
        found = text.find(value.splitlines()[0], at) if value.strip() else -1
        at = found if found >= 0 else at
        passages.append(Passage(name, "line", text.count("\n", 0, at) + 1, key, value + "\n"))
    return Document(path, name, "line", tuple(passages))


def _sentences(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in _NAMES:
                yield from _sentences(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _sentences(inner, key)


def _exercise(layout: Layout, path: Path) -> Document:
    """What an exercise says to the student: its literals with a space, but for docstrings and names of faults."""
    nodes = list(ast.walk(ast.parse(read_text(path))))
    silent = {id(key) for node in nodes if isinstance(node, ast.Dict) for key in node.keys}
    silent |= {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    found = (getattr(node, key, None) for node in nodes for key in ("id", "arg", "attr"))
    names = {name for name in found if isinstance(name, str)}
    code = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names | {'None', 'True', 'False'})))})\b")
    passages = [
        Passage(layout.relative(path), "line", node.lineno, path.stem, code.sub(blank, node.value) + "\n")
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
        if " " in node.value
    ]
    in_order = sorted(passages, key=lambda passage: passage.number) if "EXERCISE" in names else []
    return Document(path, layout.relative(path), "line", tuple(in_order))
