"""`coursekit new`: the files that a module starts from, each of them valid and each saying what goes there."""

from __future__ import annotations

import json
import re

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout, read_text, write_text
from coursekit.course.notebooks.read import read_notebook

_TOML = """\
title = "{title}"
question = "¿Qué pregunta responde este módulo?"
minutes = 60

[budget]
quick_seconds = 90

# [bands]
# "copia/acierto" = [95.0, 100.0]

# [[claim]]
# id = "{slug}-ejemplo"
# statement = "Qué afirma la fuente, en una frase."
# source = "@key, tabla 1"
# published = "99,8 %"
# metric = "copia/acierto"
# band = [95.0, 100.0]
# control = "copia/azar"
# reproduced = true
"""

_README = """\
# {name}

**Pregunta:** ¿qué pregunta responde este módulo?

- Presentación: [slides/{slug}.md](../../slides/{slug}.md)
- Cuaderno: [notebooks/{slug}.ipynb](../../notebooks/{slug}.ipynb)
- El curso: [coursekit](../../README.es.md)

## Objetivos

Al terminar podrás:

## Requisitos

## Lecturas

## Ejercicios
"""

_DECK = """\
---
marp: true
lang: es
title: "{title}"
theme: coursekit
paginate: true
math: mathjax
footer: "coursekit · {name}"
minutes: 5
---

<!-- _class: lead
_paginate: false
_minutes: 1 -->

# {title}

## Qué se gana y cuánto cuesta

<!-- Qué decir en esta diapositiva. -->

---

<!-- _class: question
_minutes: 2
_route: 1 -->

# ¿Qué pregunta responde este módulo?

<!-- Pide una respuesta antes de seguir. Pregunta para la sala, con su respuesta. -->

---

<!-- _class: summary
_minutes: 2
_route: 1 -->

# Lo que te llevas

- La respuesta a la pregunta, en una frase.
- Todo lo que se ha visto se puede tocar en el [cuaderno](../notebooks/{slug}.ipynb).

<!-- Vuelve a la pregunta del principio. Cuaderno: sección 1. -->
"""

_INTRODUCTION = """\
# {name}

**Pregunta:** ¿qué pregunta responde este módulo?

Qué vas a aprender, y en cuántos minutos.

[Presentación](../slides/{slug}.md) · [página del módulo](../modules/{slug}/README.md)"""

_SECTION = """\
## 1. ¿Qué se mide?

Primero la pregunta; después, el núcleo, la figura y lo que enseña."""


def new_module(layout: Layout, slug: str, title: str) -> list[str]:
    """Create page, manifest, notebook and deck of a module, which link to each other, and list it in README.es.md.

    Returns:
        What was written.

    Raises:
        CourseError: for a malformed slug or title, or a module that exists.
    """
    if not re.fullmatch(r"\d\d-[a-z0-9-]+", slug):
        raise CourseError(f"expected a slug such as '09-datos' (two digits, a hyphen, a-z), got {slug!r}")
    if not title.strip() or not title.isprintable():
        raise CourseError(f"expected a title in one line, got {title!r}")
    given = {"slug": slug, "title": (title := re.sub(r'["\\]', "'", title)), "name": f"{slug[:2]} · {title}"}
    files = {
        layout.modules / slug / "module.toml": _TOML.format(**{**given, "slug": slug[3:]}),
        layout.modules / slug / "README.md": _README.format(**given),
        layout.slides / f"{slug}.md": _DECK.format(**given),
        layout.notebooks / f"{slug}.ipynb": _notebook(given, *_opening(layout, slug)),
    }
    for path in files:
        if path.exists():
            raise CourseError(f"{layout.relative(path)} exists already: choose another slug")
    readme = layout.root / "README.es.md"
    if readme.exists():
        line = f"- [{given['name']}](modules/{slug}/README.md)"
        files[readme] = _listed(read_text(readme), line)
    for path, text in files.items():
        write_text(path, text)
    return [layout.relative(path) for path in files]


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
    slug = given["slug"]
    cells = [
        ("markdown", f"{badge}\n\n{_INTRODUCTION.format(**given)}".strip(), []),
        *([("code", install, ["install"])] if install else []),
        ("code", 'profile = "quick"\nseed = 0\ndevice = "auto"\ncheckpoint = ""', ["parameters"]),
        (
            "code",
            "from coursekit.notebook.lesson import begin\n\n"
            f'lesson = begin("{slug}", profile=profile, seed=seed, device=device)',
            [],
        ),
        ("markdown", _SECTION, []),
    ]
    document = {
        "cells": [_cell(number, *cell) for number, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _cell(number: int, kind: str, source: str, tags: list[str]) -> dict:
    cell = {
        "cell_type": kind,
        "id": f"cell-{number:02d}",
        "metadata": {"tags": tags} if tags else {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})
