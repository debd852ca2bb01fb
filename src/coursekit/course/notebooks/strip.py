"""Notebooks as they are committed: without outputs, counters or widget state; tags and reasons stay.

A cell of code with the tag "hide-input" is folded in JupyterLab and on Colab: what it does is bookkeeping.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from pathlib import Path
from typing import Any

from coursekit.course.layout import read_text, write_text
from coursekit.course.notebooks.read import Notebook

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_KEPT_CELL_METADATA = ("tags", "coursekit")
_FOLDED = {"cellView": "form", "jupyter": {"source_hidden": True}}


def stripped(notebook: Notebook) -> str:
    """The text of a notebook as it should be committed.

    Raises:
        CourseError: if it is not a notebook.
    """
    import nbformat

    return nbformat.v4.writes(_as_committed(notebook)) + "\n"


def why_not_stripped(notebook: Notebook) -> str:
    """What `strip` would change in a notebook, in words; empty if nothing.

    Raises:
        CourseError: if it is not a notebook.
    """
    if stripped(notebook) == notebook.text:
        return ""
    committed = _as_committed(notebook)
    if any(_ran(cell) for cell in notebook.node.cells):
        return "holds outputs or counters"
    if committed != notebook.node:
        return "holds other metadata than are committed"
    written = re.search(r'"nbformat_minor"\s*:\s*(\d+)', notebook.text)
    if written and written[1] != "5":
        return f"is in format 4.{written[1]}, and is committed in 4.5, where each cell has an id"
    return "is laid out otherwise than Jupyter writes it (spaces, order of keys, escapes, ids)"


def _as_committed(notebook: Notebook) -> Any:
    import nbformat

    cells = [_bare(cell) for cell in notebook.node.cells]
    return nbformat.from_dict({**notebook.node, "cells": cells, "metadata": _METADATA})


def _ran(cell: Any) -> bool:
    return bool(cell.get("outputs")) or cell.get("execution_count") is not None


def strip(path: Path) -> bool:
    """Strip a notebook in place, also of a byte-order mark; return whether it changed."""
    text = read_text(path)
    marked = path.read_bytes().startswith(BOM_UTF8)
    if marked:
        write_text(path, text)
    notebook = Notebook(path, path.name)
    text = stripped(notebook)
    if text == notebook.text:
        return marked
    write_text(path, text)
    return True


def _bare(cell: Any) -> dict[str, Any]:
    metadata = {key: cell.metadata[key] for key in _KEPT_CELL_METADATA if cell.metadata.get(key)}
    if cell.cell_type != "code":
        return {**cell, "metadata": metadata}
    folded = _FOLDED if "hide-input" in metadata.get("tags", ()) else {}
    return {**cell, "metadata": {**metadata, **folded}, "outputs": [], "execution_count": None}
