"""A tiny course whose prose is sound, and a way to plant a fault in it."""

from __future__ import annotations

import json
from pathlib import Path

from minicourse import DECK, TOML, MiniCourse

from coursekit.course.course import Course
from coursekit.course.prose.prose import Prose

SLUG = "09-mini"
DECK_PROSE = DECK.replace(
    "La entropía mide la información [@shannon1948].",
    "La entropía mide la información [@shannon1948, sección 6]; "
    "véase el [cuaderno](../notebooks/09-mini.ipynb#1-la-suma).",
).replace("Se cierra con la respuesta.", "Se cierra con la respuesta. Cuaderno: sección 1.")
NOTEBOOK = [
    "# Módulo mínimo\n\n"
    "La [presentación](../slides/09-mini.md#dos-más-dos-son-4) y la [página](../modules/09-mini/README.md).",
    "## 1. La suma\n\nSe suman dos números y sale otro.",
]
PAGE = """\
# Módulo mínimo

- [Presentación](../../slides/09-mini.md), [cuaderno](../../notebooks/09-mini.ipynb) y [curso](../../README.es.md)

## Lecturas

Véase [el artículo](https://example.org/entropia).
"""
README = "# Curso\n\nUn curso pequeño: [el módulo](modules/09-mini).\n"
TERMS = '[[term]]\navoid = "espars\\\\w*"\nwrite = "disperso"\nwhy = "es un calco"\n'
LIST = """\
[checked]
"https://example.org/entropia" = "2026-11-22"
"https://doi.org/10.1002/j.1538-7305.1948.tb01338.x" = "never"
"""


def sound(root: Path) -> MiniCourse:
    """The course; nothing is wrong with its prose."""
    course = MiniCourse(root)
    course.add(SLUG, deck=DECK_PROSE, toml=TOML)
    write_cells(course, NOTEBOOK)
    texts = {
        "modules/09-mini/README.md": PAGE,
        "README.es.md": README,
        "modules/terms.toml": TERMS,
        "modules/external-links.toml": LIST,
        "pyproject.toml": '[project.urls]\nRepository = "https://github.com/quien/curso"\n',
    }
    for path, text in texts.items():
        (root / path).write_text(text, encoding="utf-8")
    return course


def prose_of(course: MiniCourse) -> Prose:
    """What the gates of prose are given, as it is now."""
    return Course(course.layout).prose


def write_cells(course: MiniCourse, cells: list[str]) -> None:
    """The notebook, with these Markdown cells."""
    path = course.layout.notebooks / f"{SLUG}.ipynb"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["cells"] = [
        {"cell_type": "markdown", "id": f"m{i}", "metadata": {}, "source": cell.splitlines(keepends=True)}
        for i, cell in enumerate(cells)
    ]
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def plant(course: MiniCourse, path: str, old: str, new: str) -> None:
    """Replace `old`, which must be there, by `new` in a file of the course."""
    file = course.root / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
