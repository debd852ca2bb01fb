"""What a recorded number depends on: all the code that it reaches, found and not declared.

From the statements of a notebook, through their imports, definition by definition, into the library. It stops at the
door of a kernel's room, which counts by its reference.py and its checks.py: its rungs are proven equal. A benchmark,
which times the rungs, goes in. Data count, too: files that the code reached names, and entries that it reads.

The names of modules do not count, only what the definitions say and which of them a name leads to: what has only been
moved is what it was. A module whose name stands as a text (imported late) counts whole; where only its package's does
(``f"coursekit.pretrained.{family}"``), all in it do. Leaves out what no text shows, and the room `notebook`, which
says what was measured and measures nothing.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursekit.course.results.dependencies import entry_of, find_experiment
from coursekit.course.results.library import Library, Source
from coursekit.course.results.statements import Statement, Way, calls
from coursekit.notebook.provenance import code_hash

NOTEBOOK = "the notebook"
_BOOKKEEPING = "notebook"  # the room that says what was measured, and measures nothing


def entry_reach(cells: Sequence[str], entry: str, library: Library, root: Path, entries: dict[str, Any]) -> Reach:
    """All that an entry of recorded.json depends on.

    Args:
        cells: source of the notebook's code cells, in order.
        entry: its name, as in `find_experiment`.
        library: the package of the kernels.
        root: folder of the course, from which a notebook reads files.
        entries: those of recorded.json, of which an experiment may read others.
    """
    reach = Reach(library, root)
    experiment = find_experiment(cells, entry, library.is_frozen)
    if experiment is None:
        reach.add(NOTEBOOK, code_hash("\n".join(code_hash(cell) for cell in cells)))
        return reach
    statements = [*experiment.statements, Statement(ast.Expr(experiment.call))]
    reach.start(Source(NOTEBOOK, root / "notebook", statements))
    for call in (call for statement in experiment.statements for call in calls(statement.node)):
        if (name := entry_of(call)) in entries:
            reach.add(f"data recorded as {name}", str(entries[name].get("digest")))
    return reach


def benchmark_reach(benchmark: str, library: Library, root: Path) -> Reach:
    """All that a benchmark (``"coursekit.bench.scan:run"``) depends on, the rungs that it times included."""
    reach = Reach(library, root, enter_rooms=True)
    module, _, function = benchmark.partition(":")
    reach.reach("", (module, (function,)))
    return reach


@dataclass
class Reach:
    """Texts of what is reached, by the place where they stand: a module, the notebook, a file of data.

    Args:
        library: where definitions are looked up.
        root: folder of the course, for the files that a notebook names.
        enter_rooms: count kernels' rungs one by one.
    """

    library: Library
    root: Path
    enter_rooms: bool = False
    texts: dict[str, set[str]] = field(default_factory=dict)
    ways: dict[str, dict[str, str]] = field(default_factory=dict)
    _ends: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def table(self) -> dict[str, str]:
        """A hash for each place reached, to say what changed: of its texts, and of where its names lead."""
        return {place: _digest([*texts, *self.ways.get(place, ())]) for place, texts in sorted(self.texts.items())}

    @property
    def code(self) -> str:
        """One hash of everything: of the texts, and of what stands where the names lead."""
        parts = [*self.texts.values(), *(ends.values() for ends in self.ways.values())]
        return _digest(text for part in parts for text in part)

    def add(self, place: str, text: str) -> None:
        self.texts.setdefault(place, set()).add(text)

    def start(self, source: Source) -> None:
        """Count all statements of a source but its imports, and what they lead to."""
        for statement in source.statements:
            if not statement.is_import:
                self._count(source, statement)

    def reach(self, place: str, way: Way) -> str:
        """Count what stands at the end of a way from `place`; return a text that tells it from anything else."""
        module, path = way
        if module.partition(".")[0] != self.library.name:
            return ".".join([module, *path])
        if f"{module}.{'.'.join(path)}.".startswith(f"{self.library.name}.{_BOOKKEEPING}."):
            return _BOOKKEEPING
        while path and self.library.source(f"{module}.{path[0]}"):
            module, path = f"{module}.{path[0]}", path[1:]
        source = self.library.source(module)
        if source is None:
            return "gone"
        room = self.library.room(module)
        ladders = self.library.ladders(room) if room else set()
        is_ladder = path[0] in ladders if path else bool(ladders & source.binding.keys())
        if is_ladder and not self.enter_rooms and self.library.room(place) != room:
            for door in ("reference", "checks"):
                self._whole(f"{room}.{door}")
            return f"kernel {' '.join(path)}"
        return self._name(source, path[0]) if path else self._whole(module)

    def _whole(self, module: str) -> str:
        source = self.library.source(module)
        return _digest(self._name(source, name) for name in source.binding) if source else "gone"

    def _name(self, source: Source, name: str) -> str:
        """Count what binds a name of a module; where it is only handed on, what it stands for elsewhere."""
        key = (source.module, name)
        if key not in self._ends:
            found = [statement for statement in source.binding.get(name, ()) if not statement.is_import]
            self._ends[key] = _digest(statement.text for statement in found)  # before what may lead back here
            for statement in found:
                self._count(source, statement)
            ends = [self.reach(source.module, way) for way in source.imported(name)]
            if not found:
                stars = [(module, (name,)) for module in source.stars() if not ends]
                self._ends[key] = " ".join(ends or [self.reach(source.module, way) for way in stars] or ["gone"])
        return self._ends[key]

    def _count(self, source: Source, statement: Statement) -> None:
        """Count one statement, and what the names in it lead to."""
        self.add(source.module, statement.text)
        late = dict(pair for node in statement.imports for pair in source.imports(node))
        used = statement.reads | statement.later
        for name, attributes in statement.uses:
            if name in late:
                ways = [late[name]]
            elif name in used:
                ways = self._here(source, name)
            else:
                continue
            for module, path in ways:
                way = (module, path + attributes)
                said, end = ".".join([module, *way[1]]), self.reach(source.module, way)
                self.ways.setdefault(source.module, {})[f"{name} = {said}"] = f"{name} = {end}"
        for text in statement.strings:
            for module in self.library.named(text):
                self.reach(source.module, (module, ()))
        for file in _files_named(statement, source, self.root):
            name = file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else file.name
            self.add(f"data {name}", hashlib.sha256(file.read_bytes()).hexdigest())

    def _here(self, source: Source, name: str) -> list[Way]:
        """Count what binds a name in its own module; return what it stands for elsewhere."""
        if name not in source.binding:
            return [(module, (name,)) for module in source.stars()]
        if any(not binding.is_import for binding in source.binding[name]):
            self._name(source, name)
        return source.imported(name)


def _files_named(statement: Statement, source: Source, root: Path) -> Iterator[Path]:
    """The files that a statement reads, as far as it names them."""
    for text in statement.paths:
        if Path(text).suffix not in ("", ".py") and len(text) < 200 and text.isprintable():
            files = (folder / text for folder in (source.path.parent, root))
            yield from [file.resolve() for file in files if file.is_file()][:1]


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(set(texts))).encode()).hexdigest()[:16]
