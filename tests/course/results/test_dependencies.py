from pathlib import Path

import pytest

from coursekit.course.results.dependencies import experiment_names, find_experiment
from coursekit.course.results.library import Library
from coursekit.course.results.reach import entry_reach

CELLS = (
    "from somewhere import Model, train, plt, record\nimport unused",
    "seed = 0\nsize = 8\nother = 3",
    "def build(s):\n    model = Model(size)\n    return [train(model, s) for n in range(other)]",
    "def rows():\n    return build(seed)",
    "title = 'a'\nfigure, axes = plt.subplots()\naxes.plot(size)\nrecord('x', size)",
    "data = lesson.recorded('long', rows, Model)\nprint(title)",
    "after = 1",
)


def experiment_source(cells, entry):
    """What an entry depends on, as a text; None where its call is not found."""
    nowhere = Path("nowhere")
    return find_experiment(cells, entry) and entry_reach(cells, entry, Library(nowhere), nowhere, {}).code


def changed(old, new, entry="long", cells=CELLS):
    assert any(old in cell for cell in cells)
    edited = [cell.replace(old, new) for cell in cells]
    return experiment_source(cells, entry) != experiment_source(edited, entry)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed = 0", "seed = 1"),
        ("size = 8", "size = 9"),
        ("other = 3", "other = 4"),  # read inside a comprehension of a function that a function calls
        ("train(model, s)", "train(model, s + 1)"),
        ("import Model, train", "import Model, fit as train"),
        ("rows, Model)", "rows, train)"),
    ],
)
def test_what_the_experiment_reaches_counts(old, new):
    assert changed(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title = 'a'", "title = 'b'"),
        ("axes.plot(size)", "axes.plot(size, size)"),
        ("record('x', size)", "record('x', 2 * size)"),
        ("import unused", "import unused_too"),
        ("train, plt, record", "train, plt, record, more"),
        ("print(title)", "print(title, title)"),
        ("after = 1", "after = 2"),
        ("return build(seed)", "return  build( seed)  # spaces and comments"),
    ],
)
def test_what_it_does_not_reach_does_not(old, new):
    assert not changed(old, new)


def test_a_function_s_own_variables_are_not_those_of_the_notebook():
    cells = ("model = 1", "for s in range(3):\n    n = s", *CELLS)
    assert not changed("model = 1", "model = 2", cells=cells)
    assert not changed("range(3)", "range(4)", cells=cells[1:2] + CELLS)


def test_a_module_is_not_changed_by_being_used():
    cells = ("import torch", "x = torch.ones(3)", "lesson.recorded('long', lambda: torch.zeros(2))")
    assert not changed("ones(3)", "ones(4)", cells=cells)


def test_one_recorded_run_does_not_depend_on_another_that_came_before():
    cells = (
        "lesson = begin('09')",
        "first = lesson.recorded('first', lambda: {'n': 1})",
        "box = Box(7).to(lesson.device)",
        "seed, rate = 1, 0.5",
        "x = draw(seed, 9)",
        "lesson.recorded('long', lambda: {'device': lesson.device, 'seed': seed})",
    )
    assert not changed("'n': 1", "'n': 2", cells=cells)
    assert not changed("Box(7)", "Box(8)", cells=cells)
    assert not changed("draw(seed, 9)", "draw(seed, 8)", cells=cells)
    assert changed("1, 0.5", "2, 0.5", cells=cells)
    assert changed("begin('09')", "begin('08')", cells=cells)


def test_what_was_done_to_an_object_before_counts():
    cells = (
        "model = Model()",
        "history = train(model, 1)",
        "model.freeze(True)",
        "model.table['a'] = 0",
        "entry = lesson.recorded('long', lambda: measure(model))",
        "train(model, 5)",
    )
    assert changed("train(model, 1)", "train(model, 2)", cells=cells)
    assert changed("freeze(True)", "freeze(False)", cells=cells)
    assert changed("['a'] = 0", "['b'] = 0", cells=cells)
    assert not changed("train(model, 5)", "train(model, 6)", cells=cells)  # later


def test_trained_weights_depend_on_the_model_and_its_training():
    cells = ("model = Model(4)", "def fit(m):\n    train(m, 9)", "entry = lesson.trained('small', model, fit)")
    assert changed("Model(4)", "Model(5)", "weights/small", cells)
    assert changed("train(m, 9)", "train(m, 8)", "weights/small", cells)
    assert experiment_source(cells, "small") is None


def test_magics_are_no_python_and_a_call_that_is_not_found_gives_nothing():
    assert experiment_source(("%cd somewhere\n!ls", *CELLS), "long") == experiment_source(CELLS, "long")
    assert experiment_source(CELLS, "short") is None
    assert experiment_source(("name = 'long'\nlesson.recorded(name, rows)",), "long") is None
    assert experiment_source(("def broken(:", *CELLS), "long") is None


def test_what_only_shows_an_object_does_not_count():
    cells = (
        "model = Model()",
        "record('x', model)",
        "figure, panels = plt.subplots(1, 2)\nfor axes, name in zip(panels, 'ab'):\n    axes.hist(model, 4)",
        "panels[0].plot(model, 'o')",
        "plt.gca().plot(model, 's')",
        "lesson.recorded('long', lambda: measure(model))",
    )
    for old, new in (("'x', model", "'y', model"), ("'o'", "'v'"), ("'s'", "'v'"), ("model, 4", "model, 5")):
        assert not changed(old, new, cells=cells)


def test_a_name_that_is_no_figure_s_is_not_taken_for_one():
    cells = (
        "model = Model()",
        "axes = Axes(model)",
        "axes.rotate(model, 1)",
        "lesson.recorded('long', lambda: measure(model))",
    )
    assert changed("model, 1", "model, 2", cells=cells)


def test_what_is_bound_only_perhaps_or_not_at_all_is_still_followed():
    cells = (
        "if fast:\n    model = Model(1)",
        "train(model, 3)",
        "train(data, 4)",
        "lesson.recorded('long', lambda: measure(model, data))",
    )
    for old, new in (("Model(1)", "Model(2)"), ("model, 3", "model, 5"), ("data, 4", "data, 5")):
        assert changed(old, new, cells=cells)


def test_the_entries_that_a_notebook_makes_are_named():
    cells = (
        "!ls",
        "a = lesson.trained('small', model, fit)",
        "b = lesson.recorded('long', rows)\nlesson.recorded(name, r)",
    )
    assert experiment_names(cells) == ["weights/small", "long"]
    assert experiment_names((*cells, "def broken(:")) == []
