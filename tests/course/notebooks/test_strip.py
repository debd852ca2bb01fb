import json

from minicourse import SUM_CELL

from coursekit.course.notebooks.strip import strip


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
