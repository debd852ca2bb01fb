"""Which recorded numbers do not stand any more, and what they were made with."""

import pytest

from coursekit.course.manifest import discover
from coursekit.course.results import stale
from coursekit.course.results.recording import sealed, write_recorded
from coursekit.course.results.stale import is_recorded, other_versions, stale_entries

HERE = {"python": "3.13.1", "torch": "2.9.0+cpu", "numpy": "2.3.4", "matplotlib": "3.10"}


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (HERE, []),
        ({"python": "3.13.9", "torch": "2.9.1+cu128"}, []),  # the third number is no other version
        ({"python": "3.12.1"}, ["python 3.12, here 3.13"]),
        ({"torch": "1.9.0"}, ["torch 1.9, here 2.9"]),
        ({"numpy": "2.2.4", "torch": "2.8.0"}, ["torch 2.8, here 2.9", "numpy 2.2, here 2.3"]),
        ({"matplotlib": "3.9", "numba": "0.60.0", "other": "1.0"}, []),  # draws; is not here; is not watched
        ({}, []),
    ],
)
def test_what_was_made_with_other_versions_is_said_of_entries_and_of_rows(mini, monkeypatch, then, said):
    monkeypatch.setattr(stale, "versions", lambda: HERE)
    mini.add("09-mini")
    (module,) = discover(mini.layout)
    rows = [{"name": "r", "recorded": {"versions": then}}, {"name": "old", "recorded": {}}]
    write_recorded(
        module, {"entries": {"a": {"notebook": "n", "versions": then}, "b": {"notebook": "n"}}, "bench": rows}
    )
    assert other_versions(module) == {line: ["a", "r"] for line in said}


@pytest.mark.parametrize(
    ("then", "reasons"),
    [
        ({"the notebook": "x", "coursekit.a": "y"}, ["the notebook changed", "coursekit.a is reached no more"]),
        ({"coursekit.a": "y"}, ["coursekit.a is reached no more", "the notebook is reached now"]),
        ({}, ["the code that it reaches changed"]),
        (None, ["the code that it reaches changed"]),
    ],
)
def test_each_place_that_changed_is_a_reason(mini, then, reasons):
    notebook = mini.add("09-mini", "lesson.recorded('a', lambda: 1)")
    (module,) = discover(mini.layout)
    document = {"entries": {"a": sealed({"notebook": "09-mini", "code": "old"})}}
    write_recorded(module, document | ({} if then is None else {"reached": {"old": then}}))
    assert [each.reason for each in stale_entries(mini.layout, module, [notebook])] == reasons


def test_a_notebook_that_records_nothing_has_nothing_recorded(mini):
    notebook = mini.add("09-mini", "x = 1")
    (module,) = discover(mini.layout)
    assert stale_entries(mini.layout, module, [notebook]) == []
    assert not is_recorded(mini.layout, module, notebook)
    write_recorded(module, {"entries": {"z": {"notebook": "09-mini-a-fondo"}}})  # of a sister
    assert not is_recorded(mini.layout, module, notebook)
