"""The course's own prose: real text that ships with it, so that nobody mistakes 421 words for the language.

Spanish is what students read: decks, notebooks, pages. English is what contributors read: the docstrings. The text is
a snapshot with a date, so that a word in a deck's note moves no experiment that was trained on it:
``python -m coursekit.corpus.curso`` takes it anew, and all that was recorded with the old one is stale then.
"""

from __future__ import annotations

import ast
import json
import re
from datetime import date
from functools import cache
from pathlib import Path

from coursekit.root import find_root

SNAPSHOT = Path(__file__).with_name("curso.json")

# front matter, comments, code, formulas, tags, addresses, citations: what is not prose
_NOT_PROSE = re.compile(
    r"\A---\n.*?\n---\n|```.*?```|\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]*`"
    r"|<!-- _.*?-->|<!--|-->|<[^>]+>|\]\([^)]*\)|!?\[@?|\]",
    re.DOTALL,
)


def spanish() -> dict[str, str]:
    """The Spanish prose: decks with their notes, notebooks' Markdown, the modules' pages, the README.

    Returns: {path from the root of the course: text}, in alphabetical order; no code, no formulas, no markup of decks.
    Taught in: 02-transformer
    """
    return dict(_snapshot()["spanish"])


def english() -> dict[str, str]:
    """The English prose: the docstrings of coursekit.

    Returns: {path from the package: text}, in alphabetical order.
    Taught in: 02-transformer
    """
    return dict(_snapshot()["english"])


def snapshot_date() -> str:
    """The day on which the text was taken, "2026-01-31"."""
    return _snapshot()["date"]


def take_snapshot(root: Path, file: Path = SNAPSHOT) -> None:
    """Write the prose of the course as it is now.

    Args:
        root: folder of the course (`coursekit.root.find_root`).
        file: where to.

    Taught in: 02-transformer
    """
    package = Path(__file__).resolve().parents[1]
    taken = {"date": date.today().isoformat(), "spanish": read_spanish(root), "english": read_english(package)}
    file.write_text(json.dumps(taken, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_spanish(root: Path) -> dict[str, str]:
    """`spanish` as it stands in the files of a course now."""
    found = {}
    for path in sorted([*root.glob("slides/*.md"), *root.glob("modules/*/README.md"), root / "README.es.md"]):
        found[path.relative_to(root).as_posix()] = _prose(path.read_text(encoding="utf-8"))
    for path in sorted(root.glob("notebooks/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        markdown = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        found[path.relative_to(root).as_posix()] = _prose("\n\n".join(markdown))
    return dict(sorted(found.items()))


def read_english(package: Path) -> dict[str, str]:
    """`english` as it stands in the files of a package now."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = [n for n in ast.walk(tree) if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef)]
        docstrings = [text for text in map(ast.get_docstring, nodes) if text]
        if docstrings:
            found[path.relative_to(package).as_posix()] = "\n\n".join(docstrings)
    return found


@cache
def _snapshot() -> dict:
    return json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def _prose(text: str) -> str:
    lines = (line.strip() for line in _NOT_PROSE.sub(" ", text).splitlines())
    return "\n".join(line for line in lines if re.search(r"\w", line))


if __name__ == "__main__":
    take_snapshot(find_root())
