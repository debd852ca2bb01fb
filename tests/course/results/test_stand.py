"""Marks in module.toml: what an author lets stand, until the next change and no longer."""

import pytest
from minicourse import TOML

from coursekit.course.errors import CourseError
from coursekit.course.layout import write_text
from coursekit.course.manifest import discover
from coursekit.course.results.recording import sealed, write_recorded
from coursekit.course.results.stale import stale_entries
from coursekit.course.results.stand import let_stand

CLAIM = '[[claim]]\nid = "c"\nstatement = "s"\nsource = "@shannon1948"\npublished = "4"\n'


@pytest.fixture
def recorded(mini):
    """A module whose two entries other code made."""
    mini.add("09-mini", *(f"lesson.recorded({name!r}, lambda: 1)" for name in "ab"))
    (module,) = discover(mini.layout)
    old = {"notebook": "09-mini", "code": "old", "data": 0}
    write_recorded(module, {"entries": {name: sealed(old) for name in "ab"}})
    return module.folder / "module.toml"


def marks(mini):
    """{reason: the entries that it lets stand}, as the manifest now says."""
    return {stand.reason: list(stand.codes) for stand in discover(mini.layout)[0].stands}


def standing(mini):
    (module,) = discover(mini.layout)
    return [each.entry for each in stale_entries(mini.layout, module, module.notebooks(mini.layout)) if each.stands]


@pytest.mark.parametrize("reason", ['dice "a"', r"en C:\nada", "ñ, «uno»", "con\ttabulador", "dos\nlíneas \x7f"])
def test_a_reason_is_read_as_it_was_given(mini, recorded, reason):
    let_stand(mini.layout, discover(mini.layout)[0], reason)
    assert marks(mini) == {reason: ["a", "b"]}


def test_what_stands_before_and_after_the_marks_is_left_as_it_is(mini, recorded):
    mark = '\n[[stands]]\ndate = 2026-11-27\nreason = "antes"\n[stands.codes]\n"a" = "x"\n'
    write_text(recorded, TOML + mark + mark.replace("antes", "más") + "\n[bands]\nx = [1, 2]\n" + mark + CLAIM)
    let_stand(mini.layout, discover(mini.layout)[0], "ahora", ["b"])
    (module,) = discover(mini.layout)
    assert [claim.id for claim in module.claims] == ["c"]
    assert module.bands == {"x": (1.0, 2.0)}
    assert recorded.read_text(encoding="utf-8").startswith(TOML.rstrip())
    assert marks(mini) == {"ahora": ["b"]}  # those that named other code are gone


def test_an_entry_has_one_mark_the_last(mini, recorded):
    let_stand(mini.layout, discover(mini.layout)[0], "los dos")
    assert standing(mini) == ["a", "b"]
    let_stand(mini.layout, discover(mini.layout)[0], "solo este", ["b"])
    assert marks(mini) == {"los dos": ["a"], "solo este": ["b"]}


def test_a_mark_whose_code_has_changed_since_is_not_written_again(mini, recorded):
    let_stand(mini.layout, discover(mini.layout)[0], "los dos")
    mini.notebook("09-mini", *(f"lesson.recorded({name!r}, lambda: 2)" for name in "ab"))
    assert standing(mini) == []
    let_stand(mini.layout, discover(mini.layout)[0], "otra vez", ["b"])
    assert marks(mini) == {"otra vez": ["b"]}
    assert standing(mini) == ["b"]


def test_an_entry_that_was_edited_by_hand_cannot_stand(mini, recorded):
    (module,) = discover(mini.layout)
    edited = sealed({"notebook": "09-mini", "code": "old", "data": 0}) | {"data": 1}
    write_recorded(module, {"entries": {"a": edited}})
    with pytest.raises(CourseError, match=r"09-mini: 'a' is not stale: expected one of \(none\)"):
        let_stand(mini.layout, module, "porque sí", ["a"])
    write_text(recorded, f'{TOML}\n[[stands]]\ndate = 2026-11-27\nreason = "r"\ncodes = {{ a = "" }}\n')
    assert standing(mini) == []
