"""The source of a function, as a notebook shows it and as a student can paste it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from coursekit.notebook.docstrings import docstrings


def source_of(function: Callable[..., Any], *, docstring: bool = False, imports: bool = False) -> str:
    """The source of a function or class.

    Args:
        function: defined in a file, or in a notebook's cell.
        docstring: with its docstring.
        imports: with those imports at the top of its file that it needs, so that it runs where it is pasted.
    """
    source = textwrap.dedent(inspect.getsource(function))
    needed = "\n".join(_imports(function, source)) if imports else ""
    if not docstring:
        source = _without_docstring(source)
    return f"{needed}\n\n\n{source}" if needed else source


def _imports(function: Callable[..., Any], source: str) -> Iterator[str]:
    """The imports at the top of the function's module that bind a name which the function uses."""
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    for node in ast.parse(inspect.getsource(inspect.getmodule(function))).body:
        if not isinstance(node, ast.Import | ast.ImportFrom) or getattr(node, "module", "") == "__future__":
            continue
        names = [alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) in used]
        if names:
            node.names = names
            yield ast.unparse(node)


def _without_docstring(source: str) -> str:
    lines, definition = source.splitlines(), ast.parse(source).body[0]
    for node, docstring in docstrings(definition):
        if node is definition:
            return "\n".join(lines[: docstring.lineno - 1] + lines[docstring.end_lineno :])
    return source
