"""Links of decks, notebooks and pages: every one in its place, and where it leads.

A link to this repository's own address (on GitHub or in Colab) leads to a file here, as a relative one does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from coursekit.course.layout import Layout, read_toml
from coursekit.course.prose.documents import Document, Passage
from coursekit.course.schema import LOOSE, Text, validated
from coursekit.course.text.mask import without_code

_TARGETS = re.compile(
    r"""
      \]\(\s*<?(?P<inline>(?:[^()\s>]|\([^()\s]*\))+)>?(?:\s+"[^"]*")?\s*\)   # [text](target "title"), ![alt](target)
    | ^[ ]{0,3}\[[^\]@]+\]:\s*<?(?P<reference>[^\s>]+)                        # [name]: target
    | \b(?:href|src)="(?P<html>[^"]+)"
    | (?P<bare>https?://[^\s<>()"'`\]»]+)
    """,
    re.VERBOSE | re.MULTILINE,
)
_HOSTED = re.compile(
    r"https://(?:colab\.research\.google\.com/)?github(?:\.com)?/([^/]+/[^/]+)/(?:blob|tree|raw)/[^/]+/([^?#]+)"
)


@dataclass(frozen=True)
class Link:
    """A link in a document. `file` is where it leads in this repository, None if outside; `fragment` follows the #."""

    document: Document
    passage: Passage
    at: int
    target: str
    file: Path | None
    fragment: str = ""


def read_links(layout: Layout, documents: Sequence[Document]) -> list[Link]:
    """Every link of the documents, in order."""
    own = _own_repository(layout)
    return [
        _link(layout, own, document, passage, at, target)
        for document in documents
        for passage in document.passages
        for at, target in _targets(passage)
        if not target.startswith(("mailto:", "data:"))
    ]


def _targets(passage: Passage) -> Iterator[tuple[int, str]]:
    for match in _TARGETS.finditer(without_code(passage.text)):
        target = match["inline"] or match["reference"] or match["html"] or match["bare"].rstrip(".,;:!?")
        yield match.start(), target


def _link(layout: Layout, own: str, document: Document, passage: Passage, at: int, target: str) -> Link:
    hosted = _HOSTED.match(target)
    if hosted and own and hosted[1] == own:
        return Link(document, passage, at, target, (layout.root / unquote(hosted[2])).resolve())
    if re.match(r"[a-z][a-z+.-]*:", target):
        return Link(document, passage, at, target, None)
    path, _, fragment = unquote(target).partition("#")
    file = (document.path.parent / path).resolve() if path else document.path.resolve()
    return Link(document, passage, at, target, file, fragment)


def _own_repository(layout: Layout) -> str:
    """«owner/name» of the course on GitHub, as pyproject.toml says; empty if it says nothing."""
    path = layout.root / "pyproject.toml"
    table = read_toml(path) if path.exists() else {}
    urls = validated(_Packaging, table, path.name).project.urls
    return urls.get("Repository", "").removeprefix("https://github.com/")


@dataclass(frozen=True)
class _Project:
    __pydantic_config__ = LOOSE
    urls: dict[Text, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class _Packaging:
    """What is read of a pyproject.toml."""

    __pydantic_config__ = LOOSE
    project: _Project = _Project()
