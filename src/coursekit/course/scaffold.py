"""`coursekit new`: the files that a module starts from, each of them valid and each saying what goes there."""

from __future__ import annotations

import json
import re

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout, write_text

_TOML = """\
title = "{title}"
question = "¿Qué pregunta responde este módulo?"
minutes = 60
kernels = []

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
# reproduced = true
"""

_README = """\
# {title}

**Pregunta:** ¿qué pregunta responde este módulo?

## Objetivos

## Requisitos

## Lecturas

## Ejercicios
"""

_DECK = """\
---
marp: true
theme: coursekit
paginate: true
math: mathjax
lang: es
title: "{title}"
minutes: 60
---

<!-- _class: lead -->
<!-- _minutes: 1 -->

# {title}

¿Qué pregunta responde este módulo?

<!--
Qué decir en esta diapositiva.
-->
"""


def new_module(layout: Layout, slug: str, title: str) -> list[str]:
    """Create module page, manifest, notebook and deck for `slug`; return what was written.

    Raises:
        CourseError: for a malformed slug or a module that exists.
    """
    if not re.fullmatch(r"\d\d-[a-z0-9-]+", slug):
        raise CourseError(f"expected a slug such as '09-datos' (two digits, a hyphen, a-z), got {slug!r}")
    files = {
        layout.modules / slug / "module.toml": _TOML.format(slug=slug[3:], title=title.replace('"', "'")),
        layout.modules / slug / "README.md": _README.format(title=title),
        layout.slides / f"{slug}.md": _DECK.format(title=title.replace('"', "'")),
        layout.notebooks / f"{slug}.ipynb": _notebook(slug, title),
    }
    for path in files:
        if path.exists():
            raise CourseError(f"{layout.relative(path)} exists already: choose another slug")
    for path, text in files.items():
        write_text(path, text)
    return [layout.relative(path) for path in files]


def _notebook(slug: str, title: str) -> str:
    cells = [
        ("markdown", f"# {title}\n\nQué vas a aprender, y en cuántos minutos.", []),
        ("code", 'profile = "quick"\nseed = 0\ndevice = "auto"\ncheckpoint = ""', ["parameters"]),
        (
            "code",
            "from coursekit.notebook import begin\n\n"
            f'lesson = begin("{slug}", profile=profile, seed=seed, device=device)',
            [],
        ),
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
