"""`coursekit new`: the files that a module starts from, each of them valid and each saying what goes there.

Their texts are in skeleton/; here they get the module's name and their places.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout, read_text, write_text
from coursekit.course.notebooks.read import read_notebook
from coursekit.course.notebooks.strip import strip
from coursekit.course.results.collect import Metric
from coursekit.course.results.drawings import drawings_of
from coursekit.course.results.numbers import Numbers
from coursekit.course.skeleton import deck, drawings, manifest, notebook, page


def new_module(layout: Layout, slug: str, title: str) -> list[str]:
    """Create page, manifest, notebook, deck and drawings of a module, which link to each other, and list it in
    README.es.md.

    Returns:
        What was written.

    Raises:
        CourseError: for a malformed slug or title, or a module that exists.
    """
    if not re.fullmatch(r"\d\d-[a-z0-9-]+", slug):
        raise CourseError(f"expected a slug such as '09-datos' (two digits, a hyphen, a-z), got {slug!r}")
    if not title.strip() or not title.isprintable():
        raise CourseError(f"expected a title in one line, got {title!r}")
    given = {"SLUG": slug, "NUMBER": slug[:2], "TITLE": (title := re.sub(r'["\\]', "'", title))}
    given["NAME"] = f"{slug[:2]} · {title}"
    files = {
        layout.modules / slug / "module.toml": _filled(manifest.TOML, given),
        layout.modules / slug / "README.md": _filled(page.PAGE, given),
        layout.slides / f"{slug}.md": _filled(deck.DECK, given),
        layout.drawings / f"{slug}.py": _filled(drawings.SCRIPT, given),
        layout.notebooks / f"{slug}.ipynb": _notebook(given, *_opening(layout, slug)),
    }
    for path in files:
        if path.exists():
            raise CourseError(f"{layout.relative(path)} exists already: choose another slug")
    readme = layout.root / "README.es.md"
    if readme.exists():
        line = f"- [{given['NAME']}](modules/{slug}/README.md)"
        files[readme] = _listed(read_text(readme), line)
    for path, text in files.items():
        write_text(path, text)
    strip(layout.notebooks / f"{slug}.ipynb")
    return [*(layout.relative(path) for path in files), *_drawn(layout, slug)]


def _filled(text: str, given: dict[str, str]) -> str:
    for key, value in given.items():
        text = text.replace(f"@{key}@", value)
    return text


def _drawn(layout: Layout, slug: str) -> list[str]:
    """Draw what the deck shows, with what its sample measures; `coursekit sync` will do it anew."""
    metrics = {name: Metric(name, value, "%", "trained", 0) for name, value in drawings.MEASURED.items()}
    found = drawings_of(layout, slug, Numbers(metrics, {}, {}))
    for path, drawing in found.items():
        write_text(layout.root / path, drawing.svg)
    return list(found)


def _listed(readme: str, line: str) -> str:
    """README.es.md with one more line in its list of modules, in order."""
    before, heading, after = readme.partition("## Módulos\n")
    if not heading:
        return f"{readme.rstrip()}\n\n## Módulos\n\n{line}\n"
    section, following, rest = after.partition("\n## ")
    lines = [*section.strip().splitlines(), line]
    prose, items = [text for text in lines if not text.startswith("- ")], [t for t in lines if t.startswith("- ")]
    return "\n".join([before + heading, *prose, *sorted(items)]) + "\n" + following + rest


def _opening(layout: Layout, slug: str) -> tuple[str, str]:
    """(badge, code of the cell that installs), as the course's first notebook has them; empty if none has."""
    for path in sorted(layout.notebooks.glob("*.ipynb")):
        cells = read_notebook(path).cells
        install = [cell.source for cell in cells if "install" in cell.metadata.get("tags", ())]
        badge = cells[0].source.partition("\n")[0]
        if install and badge.startswith("[!["):
            return badge.replace(path.stem, slug), install[0]
    return "", ""


def _notebook(given: dict[str, str], badge: str, install: str) -> str:
    cells = [
        ("markdown", f"{badge}\n\n{notebook.INTRODUCTION}".strip(), ()),
        *([("code", install, ("install",))] if install else []),
        *notebook.CELLS,
    ]
    document = {
        "cells": [
            _cell(number, kind, _filled(source, given), tags) for number, (kind, source, tags) in enumerate(cells)
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document)


def _cell(number: int, kind: str, source: str, tags: Sequence[str]) -> dict:
    cell = {
        "cell_type": kind,
        "id": f"cell-{number:02d}",
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})
