"""A notebook's file: what it says, and what it refuses in one line."""

import json

import pytest

from coursekit.course.errors import CourseError
from coursekit.course.notebooks.read import Notebook, read_notebook, read_plain

CELL = {"cell_type": "code", "id": "a", "metadata": {}, "source": ["x = 1\n", "y = 2"], "outputs": []}


@pytest.mark.parametrize(
    ("content", "reads"),
    [
        *((content, (read_notebook, read_plain)) for content in (b'{"cells": [', b"", b"[]", b"null")),
        *(
            (content, (read_notebook, read_plain))
            for content in (b'{"cells": 3}', b'{"cells": [3]}', b'{"nbformat": 4}')
        ),
        (b'{"cells": [{"source": 3, "metadata": {}}]}', (read_plain,)),
        (b'{"cells": [{"source": "x"}]}', (read_plain,)),
        (b'{"cells": [{"source": "x", "metadata": []}]}', (read_plain,)),
    ],
)
def test_what_is_no_notebook_is_one_line(tmp_path, content, reads):
    path = tmp_path / "09-mini.ipynb"
    path.write_bytes(content)
    for read in reads:
        with pytest.raises(
            CourseError, match=r"^\S+09-mini.ipynb: not a valid notebook \([^\n]+\): restore it from git$"
        ):
            read(path)


def test_a_cell_s_source_is_one_text_however_it_is_written(tmp_path):
    path = tmp_path / "09-mini.ipynb"
    path.write_text(json.dumps({"cells": [CELL, CELL | {"source": "z = 3\n"}], "metadata": {}}), encoding="utf-8")
    assert [cell["source"] for cell in read_plain(path)["cells"]] == ["x = 1\ny = 2", "z = 3\n"]


def test_a_cell_stands_under_the_last_heading_above_it(mini):
    path = mini.notebook("09-mini", "x = 1")
    document = json.loads(path.read_text(encoding="utf-8"))
    texts = ["# Uno", "sin título", "## Dos\n\ny más"]
    document["cells"][1:1] = [
        {"cell_type": "markdown", "id": f"m{i}", "metadata": {}, "source": text} for i, text in enumerate(texts)
    ]
    path.write_text(json.dumps(document), encoding="utf-8")
    cells = Notebook(path, "el cuaderno").cells
    assert [(cell.number, cell.title) for cell in cells] == [(1, ""), (2, "Uno"), (3, "Uno"), (4, "Dos"), (5, "Dos")]
    finding = cells[4].finding("«x»", "problem", "remedy")
    assert (finding.document, finding.number, finding.title, finding.unit) == ("el cuaderno", 5, "Dos", "cell")
