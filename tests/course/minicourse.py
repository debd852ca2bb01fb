"""A tiny course in a temporary folder, with the faults that the tests plant in it."""

from __future__ import annotations

import json
from pathlib import Path

from coursekit.course.layout import Layout
from coursekit.course.notebooks.execute import outputs_digest

PARAMETERS = 'profile = "quick"\nseed = 0\ndevice = "auto"\ncheckpoint = ""'

BIBLIOGRAPHY = """\
@article{shannon1948,
  author = {Shannon, Claude E.}, title = {A Mathematical Theory of Communication}, year = {1948},
  journal = {Bell System Technical Journal}, doi = {10.1002/j.1538-7305.1948.tb01338.x}
}
"""

TOML = """\
title = "Módulo mínimo"
question = "¿Cuánto es dos más dos?"
minutes = 2

[budget]
quick_seconds = 20
cell_seconds = 20
"""

DECK = """\
---
marp: true
theme: coursekit
paginate: true
math: mathjax
lang: es
title: "Módulo mínimo"
minutes: 2
---

<!-- _class: lead -->
<!-- _minutes: 1 -->
<!-- _route: 1 -->

# ¿Cuánto es dos más dos?

<!--
Se abre con la pregunta.
-->

---

<!-- _minutes: 1 -->

# Dos más dos son <span data-metric="suma">4</span>

La entropía mide la información [@shannon1948].

<!--
Se cierra con la respuesta.
-->

---

<!-- _class: references -->

# Referencias
"""

SUM_CELL = 'from coursekit.notebook.measured import record\n_ = record("suma", len(range(4)))'


class MiniCourse:
    """A course of one module or more, written file by file."""

    def __init__(self, root: Path):
        self.root = root
        for folder in ("modules", "notebooks", "slides"):
            (root / folder).mkdir(parents=True)
        self.layout = Layout(root)
        (root / "modules" / "references.bib").write_text(BIBLIOGRAPHY, encoding="utf-8")

    def add(self, slug: str, *cells: str, toml: str = TOML, deck: str = DECK, parameters: str = PARAMETERS) -> Path:
        """A module with a notebook of these code cells; returns the notebook."""
        folder = self.root / "modules" / slug
        folder.mkdir()
        (folder / "module.toml").write_text(toml, encoding="utf-8")
        (folder / "README.md").write_text("# Módulo\n", encoding="utf-8")
        (self.root / "slides" / f"{slug}.md").write_text(deck, encoding="utf-8")
        return self.notebook(slug, *cells, parameters=parameters)

    def notebook(self, name: str, *cells: str, parameters: str = PARAMETERS) -> Path:
        path = self.root / "notebooks" / f"{name}.ipynb"
        sources = [(parameters, ["parameters"])] if parameters else []
        sources += [(cell, []) for cell in cells]
        document = {
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"c{i}",
                    "metadata": {"tags": tags} if tags else {},
                    "source": source.splitlines(keepends=True),
                    "outputs": [],
                    "execution_count": None,
                }
                for i, (source, tags) in enumerate(sources)
            ],
            "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    def executed(self, name: str, *bundles: dict, **made: object) -> Path:
        """The executed copy of a notebook, whose first cell after the parameters showed these; nothing is run.

        `made` is what it says of its making.
        """
        document = json.loads((self.layout.notebooks / f"{name}.ipynb").read_text(encoding="utf-8"))
        outputs = [{"output_type": "display_data", "data": data, "metadata": {}} for data in bundles]
        document["cells"][1] |= {"outputs": outputs, "execution_count": 1}
        document["metadata"]["coursekit"] = {**made, "outputs": outputs_digest(document)}
        path = self.layout.executed / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")
        return path
