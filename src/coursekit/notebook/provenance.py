"""Where a number comes from: hashes of the sources that made it, the machine, the versions.

Leaves out: what to do about a stale hash (`coursekit.course.results.status`).
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import os
import platform
import re
from collections.abc import Iterable
from typing import Any

_RUNS_PYTHON = re.compile(r"\s*%%(?:time|timeit|capture|prun)\b.*\n?")
_MAGIC = re.compile(r"^([ \t]*)get_ipython\(\)\..*$", re.MULTILINE)  # as IPython writes it
_PACKAGES = ("coursekit-llm", "torch", "numpy", "numba", "transformers", "matplotlib")


def code_hash(source: str) -> str:
    """Hash of Python code that ignores docstrings, comments, blank lines and formatting; the same on every Python.

    Notebook magics are dropped first.
    """
    try:
        normal = tree_text(ast.parse(as_python(source)))
    except SyntaxError:
        normal = source
    return hashlib.sha256(normal.encode()).hexdigest()[:16]


def tree_text(node: Any) -> str:
    """A syntax tree as text: without positions, without strings that stand alone (docstrings), and without what is
    None or empty, in which versions of Python differ (`ast.dump` writes another text on 3.11, 3.12, 3.13).
    """
    if isinstance(node, list):
        return f"[{','.join(tree_text(part) for part in node if not is_string_alone(part))}]"
    if isinstance(node, ast.JoinedStr):  # 3.12 ends a format specification with an empty string
        node = ast.JoinedStr([part for part in node.values if getattr(part, "value", None) != ""])
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = ((name, value) for name, value in ast.iter_fields(node) if value is not None and value != [])
    text = ",".join(f"{name}={tree_text(value)}" for name, value in fields if name not in ("kind", "type_comment"))
    return f"{type(node).__name__}({text})"


def is_string_alone(node: Any) -> bool:
    """Is it a statement that is only a string, as a docstring is?"""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def as_python(source: str) -> str:
    """A notebook's cell as Python: itself, or what IPython makes of it (``files = !ls``, ``%cd …``, ``%%time``).

    A magic that stands alone is dropped; inside a block it is `pass`. What is no Python to IPython either comes back.
    """
    try:
        ast.parse(source)
        return source
    except (SyntaxError, ValueError):  # ValueError: it holds a NUL
        from IPython.core.inputtransformer2 import TransformerManager  # takes a third of a second
    while line := _RUNS_PYTHON.match(source):
        source = source[line.end() :]
    return _MAGIC.sub(lambda line: f"{line[1]}pass" if line[1] else "", TransformerManager().transform_cell(source))


def files_hash(files: Iterable[Any], root: Any) -> str:
    """Hash of the names (relative to `root`) and bytes of `files`, in sorted order."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def machine() -> str:
    """The machine in words: processor, cores, system: ``"AMD EPYC, 2 cores, Linux x86_64"``."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
            name = next(line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def versions() -> dict[str, str]:
    """The installed versions of what results depend on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
