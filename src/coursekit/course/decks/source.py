"""Code for the slides, cut out of the source files as text: nothing is imported, so nothing need be installed.

A fenced block ```` ```python source=coursekit.train:train part=body ```` names the module, the function (or
``Class.method``) and the part to show:

- ``part=def`` (the default): the whole definition;
- ``part=body``: its body, dedented;
- ``part=NAME``: the lines between ``# slide: begin NAME`` and ``# slide: end`` inside it.

Docstrings stay out unless ``docstring=yes``.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

from coursekit.course.decks.text import code_blocks, replace_code
from coursekit.course.errors import CourseError
from coursekit.course.layout import read_text
from coursekit.notebook.docstrings import DEFINITIONS, Definition, docstrings

_OPTIONS = ("part", "docstring")
_MARKER = re.compile(r"^[ \t]*# slide: (?:begin|end)\b.*\n?", re.MULTILINE)


def extract(key: str, roots: Sequence[Path]) -> str:
    """The code that `key` names ("module:name part=body docstring=yes").

    Raises:
        CourseError: for a module, name, part or option that does not exist; the message lists what does.
    """
    reference, *options = key.split()
    module, _, name = reference.partition(":")
    chosen = dict(option.partition("=")[::2] for option in options)
    unknown = [option for option in chosen if option not in _OPTIONS]
    if not name or unknown:
        raise CourseError(f"source={key}: expected module:name with options {', '.join(_OPTIONS)}")
    return extract_code(module, name, roots, part=chosen.get("part", "def"), docstring=chosen.get("docstring") == "yes")


def extract_code(module: str, name: str, roots: Sequence[Path], *, part: str = "def", docstring: bool = False) -> str:
    """The source of `name` in `module`, found below `roots`, ending in one newline.

    Raises:
        CourseError: if the module, the name or the part does not exist.
    """
    path = _find(module, roots)
    text = read_text(path)
    node = _definition(ast.parse(text), name, path)
    lines = text.splitlines()
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    drop = set() if docstring else _docstring_lines(node, lines)
    if part == "body":
        first = _first_of_body(node, lines)
    elif part != "def":
        first, last = _marked(lines, node, part, path)
        return _tidy(lines[first - 1 : last])
    return _tidy(
        [line for number, line in enumerate(lines[: node.end_lineno], 1) if number >= first and number not in drop]
    )


def sync_code(deck_text: str, roots: Sequence[Path]) -> str:
    """`deck_text` with the literal of every ``source=`` block rewritten from the source as it is now.

    Raises:
        CourseError: as `extract`.
    """
    return replace_code(deck_text, lambda key: extract(key, roots))


def code_drifts(deck_text: str, roots: Sequence[Path]) -> list[tuple[int, str, str]]:
    """(line, key, problem) of each ``source=`` block whose literal is not the source as it is now."""
    found = []
    for line, key, literal in code_blocks(deck_text):
        try:
            fresh = literal.rstrip("\n") == extract(key, roots).rstrip("\n")
            problem = "" if fresh else "the code has changed since: run `coursekit sync`"
        except CourseError as error:
            problem = str(error)
        if problem:
            found.append((line, key, problem))
    return found


def _find(module: str, roots: Sequence[Path]) -> Path:
    names = module.split(".")
    relative = Path(*names)
    for root in roots if all(name.isidentifier() for name in names) else ():
        for path in (root / relative.with_suffix(".py"), root / relative / "__init__.py"):
            if path.is_file() and path.resolve().is_relative_to(root.resolve()):  # no link leads out
                return path
    looked = ", ".join(str(root) for root in roots)
    raise CourseError(f"no module {module} below {looked}: check the name in source=")


def _definition(tree: ast.AST, name: str, path: Path) -> Definition:
    node = tree
    for step in name.split("."):
        known = {child.name: child for child in ast.iter_child_nodes(node) if isinstance(child, DEFINITIONS)}
        if step not in known:
            raise CourseError(f"{path.name} has no {name}: it has {', '.join(known) or 'no functions'}")
        node = known[step]
    return node


def _docstring_lines(node: Definition, lines: list[str]) -> set[int]:
    """The lines of the docstrings of `node` and of what it holds; a body that is only a docstring keeps it."""
    drop: set[int] = set()
    for owner, docstring in docstrings(node):
        if len(owner.body) > 1:
            last = docstring.end_lineno
            drop |= set(range(docstring.lineno, last + 1 + (not lines[last].strip())))
    return drop


def _first_of_body(node: Definition, lines: list[str]) -> int:
    """The first line of the body, with the comments that stand above its first statement."""
    first = node.body[0].lineno
    while first - 1 > node.lineno and lines[first - 2].lstrip().startswith("#"):
        first -= 1
    return first


def _marked(lines: list[str], node: Definition, part: str, path: Path) -> tuple[int, int]:
    inside = range(node.lineno, node.end_lineno + 1)
    begins = {words[3]: n for n in range(inside[0], len(lines) + 1) if (words := _begin(lines[n - 1])) and n in inside}
    if part not in begins:
        known = ", ".join(["def", "body", *begins])
        raise CourseError(f"{path.name}: {node.name} has no part {part!r}: it has {known}")
    first = begins[part] + 1
    indent = len(lines[begins[part] - 1]) - len(lines[begins[part] - 1].lstrip())
    for last in range(first, len(lines) + 1):
        if lines[last - 1].strip().startswith("# slide: end"):
            return first, last - 1
        if lines[last - 1].strip() and len(lines[last - 1]) - len(lines[last - 1].lstrip()) < indent:
            break
    raise CourseError(f"{path.name}: part {part!r} of {node.name} is not closed: add '# slide: end'")


def _begin(line: str) -> list[str]:
    words = line.split()
    return words if words[:3] == ["#", "slide:", "begin"] and len(words) == 4 else []


def _tidy(lines: list[str]) -> str:
    return textwrap.dedent(_MARKER.sub("", "\n".join(lines) + "\n")).strip("\n") + "\n"
