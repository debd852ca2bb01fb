"""The maps are true: what a room's docstring names is there, and what is there is named; the README's tree likewise."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "src" / "coursekit"
ROOMS = sorted(path.parent for path in HOUSE.rglob("__init__.py") if path.parent != HOUSE)
# `file.py`, `pdf_*.py`, `folder/`, `decks/gates/`; not the first half of «bits/token» or of modules/<slug>/quiz.toml
_NAME = re.compile(r"(?<![\w/.<])(?:[\w*]+/)*[\w*]+(?:\.py|\.mjs|/)(?![\w</]|\.\w)")


def named(text: str) -> set[str]:
    return set(_NAME.findall(text))


def held(room: Path) -> set[str]:
    """The files and rooms of a room, as its map names them."""
    files = {path.name for path in room.iterdir() if path.suffix in (".py", ".mjs") and path.name != "__init__.py"}
    return files | {f"{path.parent.name}/" for path in room.glob("*/__init__.py")}


def missing(room: Path, names: set[str]) -> list[str]:
    """What is named and is not there."""
    return sorted(name for name in names if not list(room.glob(name.rstrip("/"))))


def unnamed(room: Path, names: set[str]) -> list[str]:
    """What is there and is not named."""
    return sorted(thing for thing in held(room) if not any(fnmatch(thing, name) for name in names))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.relative_to(HOUSE).as_posix())
def test_a_room_s_map_names_what_is_there_and_nothing_else(room: Path) -> None:
    names = named(ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or "")
    assert missing(room, names) == []
    assert unnamed(room, names) == []


def test_the_readme_s_tree_names_what_is_there_and_nothing_else() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = re.search(r"^src/coursekit/\n(.*?)^\S", readme, re.MULTILINE | re.DOTALL)[1]
    names: set[str] = set()
    for line in tree.splitlines():
        first, *others = _NAME.findall(line)  # a line about a room may name what is in it
        inside = HOUSE / first if first.endswith("/") else HOUSE
        assert missing(HOUSE, {first}) == []
        assert [name for name in others if missing(inside, {name}) and missing(HOUSE, {name})] == []
        names |= {first, *others}
    assert unnamed(HOUSE, names) == []


def test_what_counts_as_a_name() -> None:
    text = "a.py (b_c.py): d/, pdf_*.py; see text/numbers.py, e/f/ and page.mjs. Not bits/token, modules/<slug>/x.json"
    assert named(text) == {"a.py", "b_c.py", "d/", "pdf_*.py", "text/numbers.py", "e/f/", "page.mjs"}
