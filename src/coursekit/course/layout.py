"""Where things are: every path of the course, in one place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from coursekit.course.errors import CourseError
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

    def relative(self, path: Path) -> str:
        """`path` as the user would type it from the root."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder; rename it to `path` only if the block succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix=f".partial-{os.getpid()}-", dir=path.parent))
    partial = folder / path.name
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
        folder.rmdir()


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
        CourseError: if it is not UTF-8 (Latin-1, Windows-1252, UTF-16 …); it names the file and the first such line.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_utf8(path, data.count(b"\n", 0, error.start)) from error
    if "\0" in text:  # UTF-16 without its mark
        raise _no_utf8(path, text[: text.index("\0")].count("\n"))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _no_utf8(path: Path, lines_before: int) -> CourseError:
    try:
        name = Layout(find_root(path.resolve().parent)).relative(path.resolve())
    except FileNotFoundError:
        name = str(path)
    return CourseError(f"{name}, line {lines_before + 1}: is not UTF-8: save the file with the encoding UTF-8")


def write_text(path: Path, text: str) -> None:
    """Write `text` (UTF-8, Unix line ends) so that a reader sees the old file or the new one, never half."""
    with atomic_write(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
