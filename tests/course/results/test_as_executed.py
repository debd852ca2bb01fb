"""What an executed copy says cannot be edited by hand unseen."""

import json

import pytest
from minicourse import SUM_CELL

from coursekit.course.commands import jobs_for
from coursekit.course.errors import CourseError
from coursekit.course.layout import write_text
from coursekit.course.manifest import discover
from coursekit.course.notebooks.execute import inputs_hash, is_fresh, outputs_digest
from coursekit.course.results.collect import collect
from coursekit.course.results.status import notebook_notes
from coursekit.notebook.measured import METRIC_MIME


@pytest.fixture
def executed(mini):
    """(its job, its document): a notebook with one metric, as executing it leaves it."""
    source = mini.add("09-mini", SUM_CELL)
    (job,) = jobs_for(mini.layout, discover(mini.layout))
    document = json.loads(source.read_text(encoding="utf-8"))
    bundle = {METRIC_MIME: {"name": "suma", "value": 4.0}, "text/plain": ["suma = 4"]}
    document["cells"][-1]["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": bundle}]
    made = {"inputs": inputs_hash(job), "outputs": outputs_digest(document), "date": "2026-11-27"}
    document["metadata"]["coursekit"] = made
    write_text(job.output(), json.dumps(document))
    return job, document


def test_as_it_was_executed_it_is_fresh_and_collected(mini, executed):
    job, _ = executed
    assert is_fresh(job)
    assert [note.state for note in notebook_notes([job])] == ["fresh"]
    assert collect(mini.layout, discover(mini.layout)[0]).metrics["suma"].value == 4.0


@pytest.mark.parametrize("edit", ["value", "text", "dropped", "digest"])
def test_an_edit_by_hand_is_seen(mini, executed, edit):
    job, document = executed
    outputs = document["cells"][-1]["outputs"]
    if edit == "value":
        outputs[0]["data"][METRIC_MIME]["value"] = 5.0
    elif edit == "text":
        outputs[0]["data"]["text/plain"] = ["suma = 5"]
    elif edit == "dropped":
        outputs.clear()
    else:
        document["metadata"]["coursekit"].pop("outputs")
    write_text(job.output(), json.dumps(document))
    assert not is_fresh(job)
    (note,) = notebook_notes([job])
    assert (note.state, note.advice) == ("executed 2026-11-27, edited afterwards", "coursekit run 09-mini")
    with pytest.raises(CourseError, match="09-mini.ipynb was edited after it was executed: coursekit run 09-mini"):
        collect(mini.layout, discover(mini.layout)[0])
