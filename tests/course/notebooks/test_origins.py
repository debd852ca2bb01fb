"""The gate of what a notebook records: what is computed passes; what is typed, timed or left to chance is named."""

from __future__ import annotations

import pytest
from minicourse import SUM_CELL, MiniCourse
from notebookfile import tag

from coursekit.course.finding import Mark
from coursekit.course.notebooks import origins
from coursekit.course.notebooks.read import Notebook

START = "import matplotlib.pyplot as plt\nfrom coursekit.notebook import record, record_figure\nfrom x import run, rows"
FIGURE = "figure, axes = plt.subplots()\n{}\nrecord_figure('f', figure, alt='a')"


def findings(course: MiniCourse, *cells: str) -> list[str]:
    path = course.notebook("09-mini", START, *cells)
    return [str(finding) for finding in origins.check(Notebook(path, course.layout.relative(path)))]


@pytest.mark.parametrize(
    "cell",
    [
        "record('a', run())",
        "record('a', 100 * run().share)",
        "error = 0.0\nfor row in rows:\n    error = max(error, run(row))\nrecord('a', error)",
        "found = []\nfor row in rows:\n    found.append(run(row))\nrecord('a', found)",
        "found = {}\nfor name in ('a', 'b'):\n    found[name] = run(name)\nrecord('a', found['a'])",
        "count = 0\nfor row in rows:\n    if row > 3:\n        count += 1\nrecord('a', count)",
        "best = 0\nif run() > 3:\n    best = 1\nrecord('a', best)",
        "record('a', sum(1 for row in rows if row > 3))",
        "def first():\n    for i in range(9):\n        if run(i):\n            return 5\n\n\nrecord('a', first())",
        "record('a', seed)",
        "lengths = [2**k for k in range(9)]\nrecord('a', lengths[-1])",
        "from math import log2\nrecord('a', log2(8))",
        "for name, value in run().items():\n    record(name, value)",
        "def show(name, value):\n    record(name, value)\n\n\nshow('a', run())",
        "low, high = run()\nrecord('a', high)",
        "record('a', 3 * len(rows))",
        "from x import record as other\nother('a', 99.8)",
        FIGURE.format("axes.plot([1, 2, 3], rows)\naxes.plot([0, 18], [0, 18 / 6])\naxes.axhline(98)"),
        FIGURE.format("for place, row in enumerate(rows):\n    axes.bar(place, row, 0.8)"),
        FIGURE.format("axes.imshow(run(), vmin=0)\naxes.hist(rows, 20)"),
    ],
)
def test_what_is_computed_passes(mini: MiniCourse, cell: str) -> None:
    assert findings(mini, SUM_CELL, cell) == []


@pytest.mark.parametrize(
    "cell",
    [
        "record('a', 99.8)",
        "record('a', value=-99.8)",
        "record('a', [99.8, 97.1])",
        "record('a', 100 * 998 / 1000)",
        "value = 99.8\nrecord('a', value)",
        "value: float = 99.8\nother = value\nrecord('a', other)",
        "low, high = 97.1, 99.8\nrecord('a', high)",
        "values = [99.8, 97.1]\nrecord('a', sum(values) / len(values))",
        "values = {'a': 99.8}\nrecord('a', values['a'])",
        "for name, value in {'a': 99.8}.items():\n    record(name, value)",
        "for name, value in (('a', 99.8), ('b', 97.1)):\n    record(name, value)",
        "def measured():\n    return 99.8\n\n\nrecord('a', measured())",
        "measured = lambda x: 0.1 * x\nrecord('a', measured(998))",
        "def show(name, value):\n    record(name, value)\n\n\nshow('b', run())\nshow('a', 99.8)",
        "import numpy as np\nrecord('a', np.array([99.8, 97.1]).mean())",
        "import torch\nvalue = torch.tensor(99.8)\nrecord('a', value.item())",
        "record('a', float('99.8'))",
        "value = run()\nvalue = 99.8\nrecord('a', value)",
        "value = 99\nvalue += 0.8\nrecord('a', value)",
        "values = []\nvalues.append(99.8)\nrecord('a', values)",
        "values = [99.8 for _ in (1, 2)]\nrecord('a', values)",
        "import coursekit.notebook as cn\ncn.record('a', 99.8)",
        "r = record\nr('a', 99.8)",
        "record('a', 99.8 if True else 97.1)",
        "record(*('a', 99.8))",
        "record('a', (x := 99.8))",
        "record('a', 99.8, kind='timed')",
        "from statistics import mean\nrecord('a', mean([99.8, 97.1]))",
        "from decimal import Decimal\nrecord('a', Decimal('99.8'))",
    ],
)
def test_a_typed_number_is_named(mini: MiniCourse, cell: str) -> None:
    found = findings(mini, SUM_CELL, cell)
    assert len(found) == 1, found
    assert found[0].startswith("notebooks/09-mini.ipynb, cell 4 «»: record «")
    assert "its value is typed, not measured; record what the library computes" in found[0]


TABLE = "from coursekit.notebook import Row, record_table\n"
ROWS = [
    ("record_table('T 1', {'a': ('x 2', run()), 'b': ('y 3', 99.8)})", ["«b»"]),
    ("record_table('T', {'a': ('x', run()), 'b': ('y', 2 * run(), '%', 1)})", []),
    ("record_table('T', {'a': ('x', 3, '%', 1), 'b': ('y', 2)})", ["«a»", "«b»"]),
    ("record_table('T', rows={'a': ('x', 3)})", ["«a»"]),
    ("record_table('T', {'a': Row('x', 3, kind='trained'), 'b': Row('y', value=run())})", ["«a»"]),
    ("mine = {'a': ('x', 3)}\nrecord_table('T', mine | {'b': ('y', run())})", ["«a»"]),
    ("mine = {'a': ('x', run())}\nrecord_table('T', {**mine, 'b': ('y', 4)})", ["«b»"]),
    ("record_table('T', {f'a-{n}': ('x', n) for n in (1, 2)})", ["«f'a-{n}'»"]),
    ("record_table('T', {f'a-{n}': (f'{n} capas', run(n)) for n in (1, 2)})", []),
    ("mine = {}\nfor n in rows:\n    mine[n] = ('x', run(n))\nrecord_table('T', mine)", []),
    ("mine = dict(a=('x', 3))\nrecord_table('T', mine)", ["«dict(a=('x', 3))»"]),
    ("record_table('T', run())", []),
    ("record_table('T', {'a': (f'{run()} capas', 3)})", ["«a»"]),
    ("record_table('T', {'a': ('x', run())} | {'b': ('y', 3)})", ["«b»"]),
    ("record_table(*('T', {'a': ('x', 3)}))", ["«('T', {'a': ('x', 3)})»"]),
]


@pytest.mark.parametrize(("cell", "named"), ROWS)
def test_a_table_is_read_row_by_row(mini: MiniCourse, cell: str, named: list[str]) -> None:
    found = findings(mini, SUM_CELL, TABLE + cell)
    assert [finding.partition("record ")[2].partition(": its value is typed")[0] for finding in found] == named


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (
            "import time\nrecord_table('T', {'a': ('x', time.time())}, kind='trained')",
            "a clock goes into it, and it is tr",
        ),
        ("import time\nrecord_table('T', {'a': Row('x', time.time(), kind='timed')})", ""),
        ("import time\nrecord_table('T', {'a': ('x', time.time())}, kind='timed')", ""),
        ("record_table('T', {'a': ('x', hash('a'))})", "randomness without a seed goes into it, and it is exact"),
        ("record_table('T', {'a': Row('x', hash('a'), kind='exact')}, kind='trained')", "randomness without a seed"),
        ("record_table('T', {'a': ('x', hash('a'))}, kind='trained')", ""),
    ],
)
def test_a_clock_and_chance_in_a_table_are_named(mini: MiniCourse, cell: str, problem: str) -> None:
    found = findings(mini, SUM_CELL, TABLE + cell)
    assert len(found) == bool(problem)
    assert not problem or problem in found[0]


def test_a_row_typed_on_purpose_says_why_under_its_name(mini: MiniCourse) -> None:
    findings(mini, TABLE + "record_table('T', {'a': ('x', 3), 'b': ('y', 4)})")
    path = tag(mini, 2, [], coursekit={"typed": {"a": "dimensiones publicadas"}})
    mark, problem = origins.check(Notebook(path, path.name))
    assert (isinstance(mark, Mark), mark.problem) == (True, "dimensiones publicadas")
    assert (problem.element, isinstance(problem, Mark)) == ("record «b»", False)


@pytest.mark.parametrize(
    "drawing",
    [
        "axes.plot([1, 2, 3], [99, 98, 97])",
        "axes.plot([1, 2], [99, 98])",
        "heights = {'a': 99, 'b': 98}\naxes.bar(list(heights), list(heights.values()))",
        "axes.bar(['a', 'b'], height=[99, 98])",
        "axes.plot(rows)\naxes.plot([1, 2, 3], [99, 98, 97], 'o')",
        "axes.plot(rows)\naxes.bar(4, 99)",
        "axes.scatter([1], [99])",
        "axes.pie([99, 1])",
    ],
)
def test_a_figure_of_typed_numbers_is_named(mini: MiniCourse, drawing: str) -> None:
    (found,) = findings(mini, FIGURE.format(drawing))
    assert "draws numbers that are typed, not measured; draw what was measured" in found


def test_what_is_typed_on_purpose_says_why_under_its_name(mini: MiniCourse) -> None:
    findings(mini, "record('a', 99.8)\nrecord('b', 97.1)", FIGURE.format("axes.plot([1, 2, 3], [1, 4, 9])"))
    tag(mini, 2, [], coursekit={"typed": {"a": "dimensiones publicadas"}})
    path = tag(mini, 3, [], coursekit={"typed": {"f": "ejemplo de juguete"}})
    mark, problem, drawn = origins.check(Notebook(path, path.name))
    assert isinstance(mark, Mark)
    assert mark.problem == "dimensiones publicadas"
    assert (problem.element, isinstance(problem, Mark)) == ("record «b»", False)
    assert (drawn.problem, isinstance(drawn, Mark)) == ("ejemplo de juguete", True)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("import time\nstarted = time.time()\nrun()\nrecord('a', time.time() - started)", "a clock goes into it"),
        ("from time import perf_counter as now\n\n\ndef took():\n    start = now()\n    return now() - start\n\n\n"
         "record('a', 1000 * took(), kind='trained')", "a clock goes into it, and it is trained; kind=\"timed\""),
        ("from coursekit.bench.timing import interleaved\nt = interleaved({})\nrecord('a', t['b'])", "a clock"),
        ("from datetime import datetime\nrecord('a', datetime.now().year)", "a clock goes into it, and it is exact"),
        ("import numpy as np\nrecord('a', np.random.default_rng().normal())", "randomness without a seed goes into it"),
        ("import random\nx = random.Random().random()\nrecord('a', round(x))", "randomness without a seed"),
        ("import secrets\nrecord('a', secrets.randbelow(9))", "randomness without a seed"),
        ("record('a', hash('a') % 9)", "randomness without a seed"),
    ],
)  # fmt: skip
def test_a_clock_and_chance_are_named(mini: MiniCourse, cell: str, problem: str) -> None:
    (found,) = findings(mini, SUM_CELL, cell)
    assert "cell 4 «»: record «a»: " in found
    assert problem in found


@pytest.mark.parametrize(
    "cell",
    [
        "import time\nstarted = time.time()\nprint(time.time() - started)\nrecord('a', run())",
        "from coursekit.bench.timing import interleaved\nrecord('a', interleaved({})['b'], kind='timed')",
        "import numpy as np\nrecord('a', np.random.default_rng(seed).normal())",
        "import numpy as np\nrecord('a', np.random.default_rng().normal(), kind='trained')",
        "import torch\nrecord('a', torch.randn(3).sum().item())",  # `begin` has seeded it
    ],
)
def test_a_clock_that_is_no_metric_and_a_seed_pass(mini: MiniCourse, cell: str) -> None:
    assert findings(mini, SUM_CELL, cell) == []


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("record_drawing('a', noise(0.3, 0, 0, 9, 9))", True),
        ("d.add(gates(row.parts, [1, 0, 1], 90))", True),
        ("d.add(arcs(row.parts, 2, weights=[0.2, 0.8]))", True),
        ("d.add(gates(row.parts, weights[0], 90))", False),
        ("d.add(tokens(['4', '1'], 0, 0))", False),
    ],
)
def test_what_a_drawing_s_pieces_draw_is_measured(mini, code, typed):
    head = "from coursekit.notebook.drawing import arcs, gates, noise, tokens\nfrom x import run\nweights = run()\n"
    found = findings(mini, f"{head}from coursekit.notebook import record_drawing\n{code}")
    assert ["typed, not measured" in finding for finding in found] == [True] * typed
