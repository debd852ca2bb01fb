"""The gate of cells that are played again: what a later cell takes from an earlier one's names is named."""

from __future__ import annotations

import pytest
from minicourse import MiniCourse

from coursekit.course.notebooks import replay
from coursekit.course.notebooks.read import Notebook


def findings(course: MiniCourse, *cells: str) -> list[str]:
    path = course.notebook("09-mini", *cells)
    return [str(finding) for finding in replay.check(Notebook(path, course.layout.relative(path)))]


@pytest.mark.parametrize(
    "cells",
    [
        ("x = 1", "y = x", "z = x + y"),
        ("x = 1", "x = 2\nprint(x)", "x = 3\nprint(x)"),  # each begins anew
        ("from a import f", "f()", "from a import f\nf()"),
        ("x = 1", "print(x)", "y = [x for x in range(3)]"),  # a comprehension's own
        ("x = 1", "print(x)", "def f(x):\n    x = 2\n    return x"),
        ("x = 1\nfor i in range(3):\n    x = x + i", "print(x)"),
        ("xs = []\nxs.append(1)", "print(xs)"),
        ("print(profile)", "x = profile"),
    ],
)
def test_a_cell_that_means_the_same_in_its_turn_and_after_it_passes(mini: MiniCourse, cells: tuple[str, ...]) -> None:
    assert findings(mini, *cells) == []


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (("x = 1", "print(x)", "x = 2"), "x"),
        (("head = 1", "print(head)", "for head, axes in enumerate('ab'):\n    print(axes)"), "head"),
        (("x = 1", "def f():\n    return x", "x = 2\nprint(x)"), "x"),
        (("seen = {}", "print(seen['x'])", "hook = lambda given: seen.update(x=given)"), "seen"),
        (("xs = [1]", "print(xs)", "xs.append(2)"), "xs"),
        (("xs = [1]", "print(xs)", "xs[0] = 2"), "xs"),
        (("x = 1", "print(x)", "x += 1"), "x"),
        (("from a import f", "f()", "from b import f"), "f"),
        (("x = 1", "print(x)", "with open('a') as x:\n    pass"), "x"),
    ],
)
def test_a_name_that_a_later_cell_gives_another_value_is_named(
    mini: MiniCourse, cells: tuple[str, ...], name: str
) -> None:
    (found,) = findings(mini, *cells)
    assert found == (
        f"notebooks/09-mini.ipynb, cell 3 «»: {name}: gets another value in cell 4, which this one takes when it is "
        "played again; give it another name in cell 4"
    )
