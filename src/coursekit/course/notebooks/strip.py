"""Notebooks as they are committed: without outputs, counters or widget state; tags and reasons stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from coursekit.course.layout import write_text
from coursekit.course.notebooks.read import read_notebook

_KEPT_METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
_KEPT_CELL_METADATA = ("tags", "coursekit")
_LANGUAGE = {"name": "python"}


def stripped(path: Path) -> str:
    """The text of a notebook as it should be committed.

    Raises:
        CourseError: if it is not a notebook.
    """
    notebook = read_notebook(path)
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in _KEPT_CELL_METADATA if cell.metadata.get(key)}
        if cell.cell_type == "code":
            cell["outputs"], cell["execution_count"] = [], None
    notebook.metadata = {**_KEPT_METADATA, "language_info": _LANGUAGE}
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    return json.dumps(_plain(notebook), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def strip(path: Path) -> bool:
    """Strip a notebook in place; return whether it changed."""
    text = stripped(path)
    if text == path.read_text(encoding="utf-8"):
        return False
    write_text(path, text)
    return True


def _plain(value: Any) -> Any:
    """nbformat's nodes as ordinary JSON, with every source as a list of lines (as Jupyter writes it)."""
    if isinstance(value, dict):
        return {k: v.splitlines(keepends=True) if k == "source" else _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value
