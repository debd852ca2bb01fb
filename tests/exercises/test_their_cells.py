"""Each exercise in its cell of a committed notebook: pending as it stands, right with the solution pasted into it."""

import ast
import json
from pathlib import Path

import pytest

from coursekit.exercises import check, find_exercise, hint, quiz, solution
from coursekit.notebook.sources import source_of

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def _checks(tree):
    """The calls of `check` in a cell, with the number and the name that they are given."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check":
            yield node.args[0].value, node.args[1].id


def _cells():
    for path in NOTEBOOKS:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and "exercise" in cell["metadata"].get("tags", ()):
                for number, name in _checks(ast.parse(source)):
                    yield pytest.param(source, number, name, id=f"{path.stem} {number}")


CELLS = list(_cells())


def _verdicts(source):
    """What the checks of a cell say, which is all that the notebook has run but for the line that imports `check`."""
    said = []
    names = {"hint": hint, "solution": solution, "quiz": quiz}
    names["check"] = lambda *given: said.append(check(*given)) or said[-1]
    exec(compile(source, "<cell>", "exec"), names)
    return said


@pytest.mark.parametrize(("source", "number", "name"), CELLS)
def test_a_cell_is_pending_and_then_right(source, number, name):
    assert [verdict.state for verdict in _verdicts(source)] == ["pendiente"]
    answer = find_exercise(number)[0].solution
    tree = ast.parse(source)
    (stub,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    assert name == answer.__name__  # what `solution` shows can be pasted over it
    assert _arguments(stub) == _arguments(ast.parse(source_of(answer)).body[-1])
    lines = source.split("\n")
    pasted = [*lines[: stub.lineno - 1], source_of(answer, imports=True), *lines[stub.end_lineno :]]
    assert [bool(verdict) for verdict in _verdicts("\n".join(pasted))] == [True]


def _arguments(function):
    return ast.unparse(function.args)


def test_every_exercise_has_such_a_cell():
    with pytest.raises(LookupError) as error:
        find_exercise("99.9")
    known = str(error.value).partition("Los que hay: ")[2].rstrip(".").split(", ")
    assert sorted(cell.values[1] for cell in CELLS) == sorted(known)
