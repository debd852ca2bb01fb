"""A package's modules as definitions that lead to each other, without importing any: importing torch takes seconds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from coursekit.course.layout import read_text
from coursekit.course.results.statements import Statement, Way, imported, read_statements


@dataclass(frozen=True)
class Source:
    """A module's file, read."""

    module: str
    path: Path
    statements: Sequence[Statement]

    @cached_property
    def binding(self) -> dict[str, list[Statement]]:
        """The statements that bind each name, or may change what it means."""
        table: dict[str, list[Statement]] = {}
        for statement in self.statements:
            # an assignment that hands a name to a call seldom changes it; a call that stands alone does nothing else
            alone = not isinstance(statement.node, ast.Assign | ast.AnnAssign)
            for name in statement.binds | statement.sets | (statement.touches() if alone else frozenset()):
                table.setdefault(name, []).append(statement)
        return table

    def imported(self, name: str) -> list[Way]:
        """What a name stands for that an import binds."""
        nodes = [statement.node for statement in self.binding.get(name, ()) if statement.is_import]
        return [way for node in nodes for bound, way in self.imports(node) if bound == name]

    def stars(self) -> list[str]:
        """The modules of which this one takes every name."""
        nodes = [statement.node for statement in self.binding.get("*", ())]
        return [module for node in nodes for _, (module, _) in self.imports(node)]

    def imports(self, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Way]]:
        """(the name that an import binds, what it stands for) of each name."""
        up = getattr(node, "level", 0) - (self.path.name == "__init__.py")
        return imported(node, self.module.rsplit(".", up)[0] if up > 0 else self.module)


@dataclass
class Library:
    """The package at `folder`: its modules by dotted name.

    A kernel's room is a folder with a reference.py; what its `__all__` names are ladders of equal functions.
    """

    folder: Path
    _sources: dict[str, Source | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.folder.name

    def source(self, module: str) -> Source | None:
        """A module of the package, or None if there is no such module."""
        if module not in self._sources:
            self._sources[module] = self._read(module)
        return self._sources[module]

    def room(self, module: str) -> str:
        """The kernel's room that a module stands in, or ""."""
        for folder in (module, module.rpartition(".")[0]):
            source = self.source(folder)
            if source and source.path.name == "__init__.py" and (source.path.parent / "reference.py").is_file():
                return folder
        return ""

    def ladders(self, room: str) -> set[str]:
        """The functions of which every rung of a room is a form: what its face exports."""
        for statement in self.source(room).statements:
            if statement.binds == {"__all__"}:
                return set(ast.literal_eval(statement.node.value))
        return set()

    def is_frozen(self, way: Way) -> bool:
        """Is what stands at the end of a way a frozen dataclass of this package?"""
        module, path = way
        source = self.source(module)
        if not source or len(path) != 1:
            return False
        if ways := source.imported(path[0]):
            return all(map(self.is_frozen, ways))
        nodes = [statement.node for statement in source.binding.get(path[0], ())]
        return bool(nodes) and all(isinstance(n, ast.ClassDef) and any(map(_freezes, n.decorator_list)) for n in nodes)

    def named(self, text: str) -> list[str]:
        """The modules that a text names: by its whole dotted name, or by a package's with a dot at its end."""
        if not re.fullmatch(rf"{self.name}(\.\w+)*\.?", text) or "." not in text:
            return []
        source = self.source(text.rstrip("."))
        if not text.endswith("."):
            return [text] if source else []
        inside = sorted(source.path.parent.glob("*.py")) if source and source.path.name == "__init__.py" else []
        return [f"{text}{path.stem}" for path in inside if path.name != "__init__.py"]

    def _read(self, module: str) -> Source | None:
        first, *inner = module.split(".")
        if first != self.name:
            return None
        base = self.folder.joinpath(*inner)
        for path in (base.with_suffix(".py"), base / "__init__.py") if inner else (base / "__init__.py",):
            if path.is_file():
                return Source(module, path, read_statements(read_text(path)))
        return None


def _freezes(decorator: ast.expr) -> bool:
    """Is it ``@dataclass(frozen=True)``?"""
    return isinstance(decorator, ast.Call) and any(
        keyword.arg == "frozen" and getattr(keyword.value, "value", False) is True for keyword in decorator.keywords
    )
