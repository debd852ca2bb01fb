"""The exercises of a module are where it says: test and cell of each, and the same minutes in every place.

module.toml numbers them; its page lists them in a table; the notebook sets each one («**02.1 · Título** (10 minutos).»,
or «(10 minutos, dificultad ●○○)») and checks it in a cell tagged "exercise". Leaves out its file, which is asked for
with all that a manifest names (`quality.names_nothing`), and what an exercise asks and accepts: its tests are for that.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from coursekit.course.layout import Layout, read_text
from coursekit.course.manifest import ExerciseEntry, Module
from coursekit.course.notebooks.code import parsed
from coursekit.course.notebooks.read import Notebook

_SET = re.compile(r"\*\*(?P<number>\d\d\.\d+)\b[^\n]*?\*\*\s*\((?P<minutes>\d+)\sminutos?(?:,[^)\d\n]{1,30})?\)")
_ROW = re.compile(r"^\|\s*(?P<number>\d\d\.\d+)\s*\|.*\|\s*(?P<minutes>\d+)\s*\|\s*$", re.MULTILINE)
_LASTS = re.compile(r"\bpresentaci[oó]n dura (?P<minutes>\d+)\sminutos")
_IN_ALL = re.compile(r"(?P<minutes>\d+)(?:</span>)?\sminutos de lectura y ejercicios")


def exercise_problems(layout: Layout, module: Module) -> Iterator[str]:
    """What is missing of a module's exercises, and minutes that disagree, one line each.

    Raises:
        CourseError: if a notebook is not one.
    """
    notebooks = [Notebook(path, layout.relative(path)) for path in module.notebooks(layout)]
    page = module.folder / "README.md"
    listed = dict(_ROW.findall(read_text(page))) if page.exists() else {}
    told = {number: minutes for notebook in notebooks for number, minutes in _SET.findall(_prose(notebook))}
    checked = {number for notebook in notebooks for number in _checked(notebook)}
    numbers = {entry.id for entry in module.exercises}
    for entry in module.exercises:
        where = f"{module.slug}: exercise {entry.id}"
        if (tests := layout.root / "tests" / "exercises").exists() and not (test := _test(tests, entry)).exists():
            yield f"{where}: {layout.relative(test)} is missing: write one that fails for a wrong answer"
        if entry.id not in checked:
            yield f'{where}: no cell tagged "exercise" of its notebooks calls check("{entry.id}", …)'
        for place, minutes in ((layout.relative(page), listed), ("its notebook", told)):
            if entry.id not in minutes:
                yield f"{where}: {place} does not say its minutes"
            elif int(minutes[entry.id]) != entry.minutes:
                yield f"{where}: {place} says {minutes[entry.id]} minutes, and module.toml {entry.minutes}"
    for number in sorted({*listed, *told, *checked} - numbers):
        yield f"{module.slug}: exercise {number} is set and is not in module.toml: add an [[exercise]]"
    yield from _module_minutes(module, read_text(page) if page.exists() else "", notebooks)


def _module_minutes(module: Module, page: str, notebooks: list[Notebook]) -> Iterator[str]:
    lasts = _LASTS.search(page)
    if lasts and int(lasts["minutes"]) != module.minutes:
        said = f"its page says that the deck lasts {lasts['minutes']} minutes"
        yield f"{module.slug}: {said}, and module.toml {module.minutes}"
    for notebook in notebooks:
        checked, in_all = set(_checked(notebook)), _IN_ALL.search(_prose(notebook))
        exercises = sum(entry.minutes for entry in module.exercises if entry.id in checked)
        if in_all and int(in_all["minutes"]) <= exercises:
            problem = f"says {in_all['minutes']} minutes with the exercises, which alone take {exercises}"
            yield f"{notebook.name}: {problem}: say more, or set fewer"


def _test(tests: Path, entry: ExerciseEntry) -> Path:
    *folders, name = entry.name.split(".")
    return tests.joinpath(*folders, f"test_{name}.py")


def _prose(notebook: Notebook) -> str:
    return "\n".join(cell.node.source for cell in notebook.cells if cell.node.cell_type == "markdown")


def _checked(notebook: Notebook) -> Iterator[str]:
    """The numbers of the exercises that the notebook's cells check."""
    for cell in notebook.cells:
        tree = parsed(cell) if "exercise" in cell.tags else None
        for node in ast.walk(tree) if tree else ():
            is_check = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check"
            if is_check and node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)
