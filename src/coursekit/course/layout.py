"""Where things are: every path of the course, in one place."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from coursekit.course.errors import CourseError, reason
from coursekit.root import find_root


@dataclass(frozen=True)
class Layout:
    """The paths below a course's root. `build` is ignored by git; everything generated goes there."""

    root: Path

    @classmethod
    def find(cls) -> Layout:
        try:
            return cls(find_root())
        except FileNotFoundError as error:
            raise CourseError(str(error)) from error

    @property
    def modules(self) -> Path:
        return self.root / "modules"

    @property
    def bibliography(self) -> Path:
        return self.modules / "references.bib"

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def slides(self) -> Path:
        return self.root / "slides"

    @property
    def figures(self) -> Path:
        return self.slides / "figures"

    @property
    def drawings(self) -> Path:
        """Drawings that no notebook makes, a file a module."""
        return self.slides / "drawings"

    @property
    def guide(self) -> Path:
        """The deck that shows every layout of the theme; it belongs to no module."""
        return self.slides / "guia-de-estilo.md"

    @property
    def source(self) -> Path:
        return self.root / "src" / "coursekit"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def executed(self) -> Path:
        return self.build / "notebooks"

    @property
    def decks(self) -> Path:
        return self.build / "decks"

    def slugs(self) -> list[str]:
        """The folders of modules, in order: a link that leads nowhere counts, it is an error and no module less."""
        return sorted(folder.name for folder in self.modules.iterdir() if os.path.lexists(folder / "module.toml"))

    def module_of(self, notebook: str) -> str:
        """The module that a notebook belongs to, by its name: "03-mamba-a-fondo" → "03-mamba".

        Of two modules of which one's slug continues the other's, the longer one; of none, its own name.
        """
        slugs = self.slugs() if self.modules.is_dir() else []
        return max((s for s in slugs if f"{notebook}-".startswith(f"{s}-")), key=len, default=notebook)

    def relative(self, path: Path) -> str:
        """`path` as the user would type it from the root."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder; rename it to `path` only if the block succeeds.

    Raises:
        CourseError: where the system refuses: it names `path` and the reason.
    """
    folder = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix=f".partial-{os.getpid()}-", dir=path.parent))
        yield folder / path.name
        os.replace(folder / path.name, path)
    except OSError as error:
        raise CourseError(f"{named(path)}: cannot be written: {reason(error)}") from error
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def named(path: Path) -> str:
    """A path as the user would type it: from the root of its course, if it is in one."""
    try:
        whole = path.parent.resolve() / path.name  # a link keeps its own name
        return Layout(find_root(whole.parent)).relative(whole)
    except (OSError, RuntimeError):  # no course; a link that leads to itself
        return str(path)


def sweep(folder: Path) -> None:
    """Remove what `atomic_write` left below `folder` in processes that are gone: killed, they could not."""
    import psutil

    for litter in list(folder.rglob(".partial-*")):
        made_by = litter.name.split("-")[1]
        if not (made_by.isdigit() and psutil.pid_exists(int(made_by))):
            shutil.rmtree(litter, ignore_errors=True)


def read_text(path: Path) -> str:
    """A text of the course, as whatever editor saved it: a byte-order mark is dropped, line ends are Unix's.

    Raises:
        CourseError: if it cannot be read, or is not UTF-8 (Latin-1, Windows-1252, UTF-16 …); it names the file and the
            first such line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{named(path)}: cannot be read: {reason(error)}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_utf8(path, data.count(b"\n", 0, error.start)) from error
    if "\0" in text:  # UTF-16 without its mark
        raise _no_utf8(path, text[: text.index("\0")].count("\n"))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_toml(path: Path) -> dict[str, Any]:
    """The table of a TOML file.

    Raises:
        CourseError: if it cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(read_text(path))
    except (ValueError, RecursionError) as error:  # tomllib's own, or a number of thousands of digits
        raise CourseError(f"{named(path)}: not valid TOML: {error}") from error


def _no_utf8(path: Path, lines_before: int) -> CourseError:
    return CourseError(f"{named(path)}, line {lines_before + 1}: is not UTF-8: save the file with the encoding UTF-8")


def write_text(path: Path, text: str) -> None:
    """Write `text` (UTF-8, Unix line ends) so that a reader sees the old file or the new one, never half."""
    with atomic_write(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
