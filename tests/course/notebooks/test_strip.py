import json

import nbformat
import pytest
from minicourse import SUM_CELL

from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.notebooks.read import Notebook
from coursekit.course.notebooks.strip import strip, why_not_stripped
from coursekit.course.quality import committed_notebooks


def test_strip_removes_outputs_counters_and_widgets_and_then_has_nothing_to_do(mini):
    path = mini.add("09-mini", SUM_CELL)
    document = json.loads(path.read_text())
    document["cells"][1] |= {
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "4"}],
        "execution_count": 7,
    }
    document["cells"][1]["metadata"] = {"collapsed": True}
    document["metadata"]["widgets"] = {}
    path.write_text(json.dumps(document))
    assert strip(path)
    clean = json.loads(path.read_text())
    assert clean["cells"][1]["outputs"] == []
    assert clean["cells"][1]["execution_count"] is None
    assert clean["cells"][1]["metadata"] == {}
    assert clean["cells"][0]["metadata"] == {"tags": ["parameters"]}
    assert clean["cells"][1]["source"] == SUM_CELL.splitlines(keepends=True)
    assert "widgets" not in clean["metadata"]
    assert not strip(path)


def test_a_cell_of_bookkeeping_is_folded_by_its_tag(tmp_path):
    path, tag = tmp_path / "x.ipynb", {"tags": ["hide-input"]}
    folded = {"cellView": "form", "jupyter": {"source_hidden": True}}
    note = {"cell_type": "markdown", "metadata": tag, "source": "x", "id": "c"}
    cells = [code(id="a", metadata=tag), code(id="b", metadata=folded), note]
    path.write_text(json.dumps(bare(*cells)), encoding="utf-8")
    assert strip(path)
    assert [cell["metadata"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]] == [
        {**tag, **folded},
        {},  # whoever folded it by hand did so for themselves
        tag,
    ]
    assert not strip(path)


def bare(*cells, minor=5, **metadata):
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}


def code(source="x = 1", **more):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None, **more}


PICTURE = {"image/png": "iVBORw0KGgo="}
RAW = {"cell_type": "raw", "metadata": {}, "source": ".. note::\n"}


@pytest.mark.parametrize("minor", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("ids", [(), ("celda-1", "celda-2", "celda-3", "celda-4")])
def test_an_older_format_becomes_a_valid_one_whose_ids_stay(tmp_path, minor, ids):
    note = {"cell_type": "markdown", "metadata": {}, "source": "![x](attachment:a.png)"}
    note |= {"attachments": {"a.png": PICTURE, "source": PICTURE}} if minor else {}
    cells = [code(), code(), note, RAW]  # two that say the same
    for cell, name in zip(cells, ids):  # as Colab writes them
        cell |= {"id": name}
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(bare(*cells, minor=minor)), encoding="utf-8")
    assert why_not_stripped(Notebook(path, "x"))
    assert strip(path)
    document = json.loads(path.read_text(encoding="utf-8"))
    nbformat.validate(nbformat.from_dict(document))
    assert document["nbformat_minor"] == 5
    made = [cell["id"] for cell in document["cells"]]
    assert len(set(made)) == 4
    assert not ids or made == list(ids)
    assert document["cells"][2].get("attachments") == note.get("attachments")
    assert document["cells"][3]["source"] == [".. note::\n"]
    assert not strip(path)
    assert why_not_stripped(Notebook(path, "x")) == ""
    (tmp_path / "y.ipynb").write_text(json.dumps(bare(*cells, minor=minor)), encoding="utf-8")
    strip(tmp_path / "y.ipynb")
    assert (tmp_path / "y.ipynb").read_bytes() == path.read_bytes()  # not made by chance


@pytest.mark.parametrize("ids", [("a", "a"), ("a b", "x" * 65), (None, 3), ("", "é")])
def test_ids_that_are_no_ids_or_stand_twice_are_made_anew(tmp_path, ids):
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(bare(*(code(id=name) for name in ids))), encoding="utf-8")
    assert strip(path)
    document = json.loads(path.read_text(encoding="utf-8"))
    nbformat.validate(nbformat.from_dict(document))
    assert document["cells"][0]["id"] == "a" or ids != ("a", "a")


def test_a_notebook_of_format_3_is_brought_up(tmp_path):
    cell = {"cell_type": "code", "input": "x = 1", "outputs": [], "language": "python", "metadata": {}}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": [cell]}]}
    texts = set()
    for name in "ab":
        path = tmp_path / f"{name}.ipynb"
        path.write_text(json.dumps(old), encoding="utf-8")
        strip(path)
        texts.add(path.read_text(encoding="utf-8"))
    assert len(texts) == 1
    assert not strip(path)


def test_a_newer_format_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "x.ipynb"
    for text in (json.dumps(bare(code(id="a"), minor=9)), json.dumps(bare() | {"nbformat": 5})):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(CourseError, match=r"x\.ipynb: not a valid notebook \("):
            strip(path)
        assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text, ""),
        (lambda text: text.replace("\n ", "\n  "), "is laid out otherwise than Jupyter writes it"),
        (lambda text: json.dumps(json.loads(text), indent=1), "is laid out otherwise than Jupyter writes it"),
        (lambda text: json.dumps(json.loads(text)), "is laid out otherwise than Jupyter writes it"),
        (
            lambda text: text.replace('"nbformat_minor": 5', '"nbformat_minor": 2'),
            "is in format 4.2, and is committed in",
        ),
        (lambda text: text.replace('"execution_count": null', '"execution_count": 7'), "holds outputs or counters"),
        (
            lambda text: text.replace('"metadata": {}', '"metadata": {"collapsed": true}'),
            "holds other metadata than are",
        ),
        (lambda text: text.replace('"name": "python3"', '"name": "conda"'), "holds other metadata than are"),
    ],
)
def test_the_line_says_what_strip_would_change(mini, change, why):
    path = mini.add("09-mini", "x = 'ñ'")
    strip(path)
    text = change(path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    problems = committed_notebooks(Course(mini.layout))
    assert why_not_stripped(Notebook(path, "x")).startswith(why)
    assert any(problem.startswith(f"notebooks/09-mini.ipynb {why}") for problem in problems) is bool(why)
    assert strip(path) is bool(why)
