"""The docstrings in Python code."""

from __future__ import annotations

import ast
from collections.abc import Iterator

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def docstrings(tree: ast.AST) -> Iterator[tuple[Definition, ast.stmt]]:
    """(function or class, its docstring) of each that has one, `tree` itself included."""
    for node in ast.walk(tree):
        if isinstance(node, DEFINITIONS) and ast.get_docstring(node) is not None:
            yield node, node.body[0]
