"""The course's own prose: real text that ships with it, so that nobody mistakes 421 words for the language.

Spanish is what students read: decks, notebooks, pages. English is what contributors read: the docstrings.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

from coursekit.root import find_root

# front matter, comments, code, formulas, tags, addresses, citations: what is not prose
_NOT_PROSE = re.compile(
    r"\A---\n.*?\n---\n|```.*?```|\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]*`"
    r"|<!-- _.*?-->|<!--|-->|<[^>]+>|\]\([^)]*\)|!?\[@?|\]",
    re.DOTALL,
)


def spanish(root: Path | None = None) -> dict[str, str]:
    """The Spanish prose: decks with their notes, notebooks' Markdown, the modules' pages, the README.

    Args:
        root: folder of the course; None looks for it (`coursekit.root.find_root`).

    Returns: {path from the root: text}, in alphabetical order; no code, no formulas, no markup of decks.
    Raises: FileNotFoundError without a course: the prose is in the repository, not in the installed package.
    Taught in: 02-transformer
    """
    root = root or find_root()
    found = {}
    for path in sorted([*root.glob("slides/*.md"), *root.glob("modules/*/README.md"), root / "README.es.md"]):
        found[path.relative_to(root).as_posix()] = _prose(path.read_text(encoding="utf-8"))
    for path in sorted(root.glob("notebooks/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        markdown = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        found[path.relative_to(root).as_posix()] = _prose("\n\n".join(markdown))
    return dict(sorted(found.items()))


def english(package: Path | None = None) -> dict[str, str]:
    """The English prose: the docstrings of coursekit.

    Args:
        package: folder of Python files; None is coursekit itself.

    Returns: {path from the folder: text}, in alphabetical order.
    Taught in: 02-transformer
    """
    package = package or Path(__file__).resolve().parents[1]
    found = {}
    for path in sorted(package.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = [n for n in ast.walk(tree) if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef)]
        docstrings = [text for text in map(ast.get_docstring, nodes) if text]
        if docstrings:
            found[path.relative_to(package).as_posix()] = "\n\n".join(docstrings)
    return found


def _prose(text: str) -> str:
    lines = (line.strip() for line in _NOT_PROSE.sub(" ", text).splitlines())
    return "\n".join(line for line in lines if re.search(r"\w", line))
