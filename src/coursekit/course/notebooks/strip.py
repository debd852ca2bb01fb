"""Notebooks as they are committed: without outputs, counters or widget state; tags and reasons stay."""

from __future__ import annotations

import json
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


def stripped(notebook: Notebook) -> str:
    """The text of a notebook as it should be committed.

    Raises:
        CourseError: if it is not a notebook.
    """
    document = {
        **notebook.node,
        "cells": [_bare(cell) for cell in notebook.node.cells],
        "metadata": _METADATA,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(_plain(document), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def strip(path: Path) -> bool:
    """Strip a notebook in place, also of a byte-order mark; return whether it changed."""
    marked = path.read_bytes().startswith(BOM_UTF8)
    if marked:
        write_text(path, read_text(path))
    notebook = Notebook(path, path.name)
    text = stripped(notebook)
    if text == notebook.text:
        return marked
    write_text(path, text)
    return True


def _bare(cell: Any) -> dict[str, Any]:
    metadata = {key: cell.metadata[key] for key in _KEPT_CELL_METADATA if cell.metadata.get(key)}
    unrun = {"outputs": [], "execution_count": None} if cell.cell_type == "code" else {}
    return {**cell, "metadata": metadata, **unrun}


def _plain(value: Any) -> Any:
    """nbformat's nodes as ordinary JSON, with every source as a list of lines (as Jupyter writes it)."""
    if isinstance(value, dict):
        return {k: v.splitlines(keepends=True) if k == "source" else _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value
