"""Links out of the course: modules/external-links.toml lists each address with the day a person last opened it.

Nothing here fetches anything: an address that answers may still say something else, so a person looks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

from coursekit.course.finding import Finding
from coursekit.course.layout import Layout, read_text, read_toml, write_text
from coursekit.course.prose.documents import Passage
from coursekit.course.prose.prose import Prose
from coursekit.course.schema import STRICT, Text, validated

LIST, NEVER = "external-links.toml", "never"
_HEAD = """\
# Every address outside this repository that decks, notebooks, pages and the bibliography link to, with the day on which
# a person last opened it (2026-11-22) or "never". `coursekit links --update` adds and drops addresses; it opens none.

[checked]
"""


def check(prose: Prose) -> Iterator[Finding]:
    """Addresses that are not listed, listed ones that nothing uses, and dates that are none.

    Raises:
        CourseError: if the list is not TOML.
    """
    listed, used = read_list(prose.layout), _used(prose)
    remedy = "run `coursekit links --update`"
    for url, (passage, at) in used.items():
        if url not in listed:
            yield passage.finding(at, url, f"is not listed in modules/{LIST}", remedy)
    table = _whole_file(prose.layout, prose.layout.modules / LIST)
    for url, day in listed.items():
        at = table.text.find(f'"{url}"')
        if url not in used:
            yield table.finding(at, url, "is listed, but nothing links to it", remedy)
        elif day != NEVER and not _is_day(day):
            yield table.finding(at, url, f"has the date «{day}»", f'write 2026-11-22, or "{NEVER}"')


def update_list(prose: Prose) -> tuple[list[str], list[str]]:
    """Rewrite the list, keeping the dates; return the addresses that were added and those that were dropped."""
    listed, used = read_list(prose.layout), _used(prose)
    lines = [f"{json.dumps(url)} = {json.dumps(listed.get(url, NEVER))}\n" for url in sorted(used)]
    write_text(prose.layout.modules / LIST, _HEAD + "".join(lines))
    return sorted(used.keys() - listed.keys()), sorted(listed.keys() - used.keys())


def read_list(layout: Layout) -> dict[str, str]:
    """address → day; empty if there is no list."""
    path = layout.modules / LIST
    table = read_toml(path) if path.exists() else {}
    return {url: str(day) for url, day in validated(_List, table, f"modules/{LIST}").checked.items()}


@dataclass(frozen=True)
class _List:
    __pydantic_config__ = STRICT
    checked: dict[Text, Any] = field(default_factory=dict)


def _used(prose: Prose) -> dict[str, tuple[Passage, int]]:
    """Each address, with the first place that links to it."""
    first: dict[str, tuple[Passage, int]] = {}
    for link in prose.links:
        if link.file is None:
            first.setdefault(link.target, (link.passage, link.at))
    entries = _whole_file(prose.layout, prose.layout.bibliography)
    for reference in prose.references.values():
        for address in re.findall(r'href="([^"]*)"', reference.html):
            first.setdefault(unescape(address), (entries, max(0, entries.text.find(f"{{{reference.key},"))))
    return first


def _whole_file(layout: Layout, path: Path) -> Passage:
    text = read_text(path) if path.exists() else ""
    return Passage(layout.relative(path), "line", 1, path.stem, text)


def _is_day(day: str) -> bool:
    try:
        return date.fromisoformat(day).isoformat() == day
    except ValueError:
        return False
