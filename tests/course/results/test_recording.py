import json
import os
import sys

import pytest
from minicourse import SUM_CELL

from coursekit.course import commands
from coursekit.course.commands import jobs_for
from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.manifest import discover
from coursekit.course.notebooks.execute import execute
from coursekit.course.results.bench import bench
from coursekit.course.results.collect import collect, read_recorded
from coursekit.course.results.recording import (
    experiment_hash,
    fresh_entries,
    is_recorded,
    save_recorded,
    stale_entries,
    write_recorded,
)
from coursekit.course.results.status import recorded_notes
from coursekit.notebook.formatting import format_number
from coursekit.notebook.provenance import source_hashes

RECORDING = """\
from coursekit.notebook.formatting import format_number
from coursekit.notebook import Lesson
from coursekit.notebook import record
from coursekit.root import find_root
lesson = Lesson("09-mini", profile, seed, "cpu", find_root())
data = lesson.recorded("suma-larga", lambda: {"z": 0, "rows": [2, 4]}, kernels=[format_number])
_ = record("larga", [float(x) for x in data["rows"]], kind="trained", recorded=data)
"""


def record(layout, only, stale=False):
    commands.record(Course(layout, only), stale)


@pytest.mark.slow
def test_a_recorded_run_travels_to_the_quick_notebook(mini):
    notebook = mini.add("09-mini", RECORDING)
    module = discover(mini.layout)[0]
    (quick,) = jobs_for(mini.layout, [module])
    with pytest.raises(CourseError, match="No hay datos grabados «suma-larga»"):
        execute(quick)
    (long,) = jobs_for(mini.layout, [module], {"profile": "record"})
    execute(long)
    assert save_recorded(module, long) == ["suma-larga"]
    entry = read_recorded(module)["entries"]["suma-larga"]
    assert entry["data"] == {"z": 0, "rows": [2, 4]}
    assert list(entry["data"]) == ["z", "rows"]  # in the order in which they were measured
    assert {"date", "machine", "versions", "seconds", "parameters", "cells"} <= set(entry)
    assert list(entry["kernels"]) == ["coursekit.notebook.formatting"]
    execute(quick)
    metric = collect(mini.layout, module).metrics["larga"]
    assert metric.value == 3.0
    assert metric.recorded["entry"] == "suma-larga"
    assert metric.recorded["date"] == entry["date"]
    assert stale_entries(module, [notebook]) == []


@pytest.mark.slow
def test_a_failing_notebook_loses_nothing_of_what_its_sister_recorded(mini):
    mini.add("09-mini", RECORDING)
    mini.notebook("09-mini-a-fondo", "raise ValueError('se rompió')")
    with pytest.raises(CourseError, match="1 of 2 notebooks failed: 09-mini-a-fondo"):
        record(mini.layout, "09")
    assert list(read_recorded(discover(mini.layout)[0])["entries"]) == ["suma-larga"]


OTHER = """\
more = 1
other = lesson.recorded("otra", lambda: {"rows": [more]})
"""


@pytest.mark.slow
def test_what_a_notebook_measured_before_it_failed_is_saved_and_then_only_read(mini):
    notebook = mini.add("09-mini", RECORDING, "raise ValueError('se rompió')", OTHER)
    module = discover(mini.layout)[0]
    write_recorded(module, {"entries": {"otra": {"notebook": "09-mini", "cells": "old", "kernels": {}, "data": {}}}})
    with pytest.raises(CourseError, match="1 of 1 notebooks failed: 09-mini"):
        record(mini.layout, "09")
    written = read_recorded(module)
    assert sorted(written["entries"]) == ["otra", "suma-larga"]  # the old one is not lost, and is stale
    assert fresh_entries(module, notebook) == ["suma-larga"]
    assert not is_recorded(module, notebook)
    written["entries"]["suma-larga"]["data"] = {"rows": [6, 8]}
    write_recorded(module, written)
    mini.notebook("09-mini", RECORDING, OTHER)
    record(mini.layout, "09", stale=True)
    entries = read_recorded(module)["entries"]
    assert entries["suma-larga"]["data"] == {"rows": [6, 8]}  # read, not measured
    assert entries["otra"]["data"] == {"rows": [1]}
    mini.notebook("09-mini", RECORDING, OTHER.replace("more = 1", "more = 2"))
    record(mini.layout, "09", stale=True)
    assert [e["data"]["rows"] for e in read_recorded(module)["entries"].values()] == [[6, 8], [2]]
    mini.notebook("09-mini", RECORDING, OTHER, OTHER.replace("otra", "nueva"))
    record(mini.layout, "09", stale=True)
    assert read_recorded(module)["entries"]["nueva"]["data"] == {"rows": [1]}
    # a full recording measures everything anew, and drops what is no longer made
    mini.notebook("09-mini", RECORDING)
    record(mini.layout, "09")
    assert {name: e["data"]["rows"] for name, e in read_recorded(module)["entries"].items()} == {"suma-larga": [2, 4]}


@pytest.mark.slow
def test_only_what_is_stale_or_missing_is_recorded_again(mini, capsys):
    notebook = mini.add("09-mini", RECORDING)
    module = discover(mini.layout)[0]
    assert not is_recorded(module, notebook)
    record(mini.layout, "09", stale=True)
    assert is_recorded(module, notebook)
    written = read_recorded(module)
    written["entries"]["suma-larga"]["data"] = {"rows": [6, 8]}
    write_recorded(module, written)
    record(mini.layout, "09", stale=True)
    assert "nothing to do" in capsys.readouterr().err
    assert read_recorded(module) == written
    mini.notebook("09-mini", RECORDING.replace("suma-larga", "otra"))
    record(mini.layout, "09", stale=True)
    # the entry that the notebook no longer makes is gone
    assert list(read_recorded(module)["entries"]) == ["otra"]


def test_a_changed_notebook_or_kernel_makes_an_entry_stale_but_a_comment_does_not(mini):
    notebook = mini.add("09-mini", SUM_CELL)
    module = discover(mini.layout)[0]
    entry = {"notebook": "09-mini", "cells": experiment_hash(notebook, "a"), "kernels": {}}
    write_recorded(module, {"entries": {"a": entry}})
    assert stale_entries(module, [notebook]) == []
    mini.notebook("09-mini", "# comment\n" + SUM_CELL.replace("2 + 2", "2  +  2"))
    assert stale_entries(module, [notebook]) == []
    document = json.loads(notebook.read_text())
    for tag in ("install", "exercise", "injected-parameters"):
        document["cells"].append({**document["cells"][-1], "id": tag, "metadata": {"tags": [tag]}, "source": "x = 1"})
    notebook.write_text(json.dumps(document))
    assert stale_entries(module, [notebook]) == []
    mini.notebook("09-mini", SUM_CELL.replace("2 + 2", "2 + 3"))
    assert [s.reason for s in stale_entries(module, [notebook])] == ["the code in 09-mini changed"]
    write_recorded(
        module, {"entries": {"a": {**entry, "kernels": {"coursekit.notebook.formatting": "old", "no.such": "x"}}}}
    )
    mini.notebook("09-mini", SUM_CELL)
    reasons = [s.reason for s in stale_entries(module, [notebook])]
    assert reasons == ["coursekit.notebook.formatting changed", "no.such changed"]
    assert [s.reason for s in stale_entries(module, [])][0] == "the notebook 09-mini is gone"


def test_a_corrupt_recorded_json_is_one_clear_line(mini):
    mini.add("09-mini")
    (mini.layout.modules / "09-mini" / "recorded.json").write_text("{")
    with pytest.raises(CourseError, match="modules/09-mini/recorded.json: not valid JSON"):
        read_recorded(discover(mini.layout)[0])


KERNELS = (format_number,)


def fake_bench():
    """What module.toml's `bench` names: yields (name, ratio, unit)."""
    yield "rapidez", 2.5, "×"


def broken_bench():
    yield "antes", 3.0, "×"
    raise ValueError("se rompió")


def benchmarks(mini, monkeypatch, *functions):
    """A module with these functions of this file as its benchmarks."""
    monkeypatch.setitem(sys.modules, "fake_bench_module", sys.modules[__name__])
    names = [f"fake_bench_module:{function}" for function in functions]
    mini.add("09-mini", toml=f'title = "x"\nquestion = "y"\nminutes = 1\nbench = {json.dumps(names)}\n')
    return discover(mini.layout)[0]


def rows(module):
    return {row["name"]: row for row in read_recorded(module)["bench"]}


def test_a_bench_puts_its_ratios_beside_the_entries(mini, monkeypatch):
    module = benchmarks(mini, monkeypatch, "fake_bench")
    write_recorded(module, {"entries": {"kept": {}}, "bench": [{"name": "gone"}]})
    assert [m.literal for m in bench(module)] == ["2,50×"]
    assert "kept" in read_recorded(module)["entries"]
    assert list(rows(module)) == ["rapidez"]
    metric = collect(mini.layout, module).metrics["rapidez"]
    assert (metric.kind, metric.value, metric.notebook) == ("timed", 2.5, "bench")
    assert {"date", "machine", "versions"} <= set(metric.recorded)
    assert list(metric.kernels) == ["coursekit.notebook.formatting", __name__]


def test_waiting_threads_do_not_spin_while_kernels_are_timed(mini, monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "")  # restored afterwards
    monkeypatch.delenv("OMP_WAIT_POLICY")
    bench(benchmarks(mini, monkeypatch, "fake_bench"))
    assert os.environ["OMP_WAIT_POLICY"] == "passive"


def test_a_failing_benchmark_is_named_and_loses_nothing(mini, monkeypatch):
    module = benchmarks(mini, monkeypatch, "broken_bench", "fake_bench")
    write_recorded(module, {"bench": [{"name": "antes", "value": 1.0}, {"name": "otra", "value": 7.0}]})
    with pytest.raises(CourseError, match="1 of 2 benchmarks failed:\n  fake_bench_module:broken_bench: .*se rompió"):
        bench(module)
    assert {name: row["value"] for name, row in rows(module).items()} == {"antes": 3.0, "otra": 7.0, "rapidez": 2.5}


def test_two_benchmarks_may_not_yield_the_same_name(mini, monkeypatch):
    with pytest.raises(CourseError, match="'rapidez' is recorded twice"):
        bench(benchmarks(mini, monkeypatch, "fake_bench", "fake_bench"))


def test_a_changed_kernel_makes_the_rows_of_its_benchmark_stale(mini, monkeypatch):
    module = benchmarks(mini, monkeypatch, "fake_bench")
    kernels = source_hashes([format_number])
    write_recorded(module, {"bench": [{"name": "rapidez", "kernels": kernels}]})
    assert stale_entries(module, []) == []
    write_recorded(module, {"bench": [{"name": "rapidez", "kernels": {**kernels, "coursekit.bench.timing": "old"}}]})
    (note,) = recorded_notes(mini.layout, [module])
    assert note.thing == "09-mini: 1 benchmark row (rapidez)"
    assert (note.state, note.advice) == ("coursekit.bench.timing changed", "coursekit bench 09-mini")


def test_one_change_is_one_line_however_many_entries_it_makes_stale(mini):
    timing, packing = {"coursekit.bench.timing": "old"}, {"coursekit.packing": "old"}
    for slug in ("08-otro", "09-mini"):
        notebook = mini.add(slug, SUM_CELL)
        entry = {"notebook": slug, "cells": experiment_hash(notebook, "x"), "kernels": timing}
        changed = {**entry, "cells": "old", "kernels": {}}
        rows = [{"name": name, "kernels": timing} for name in "pqr"] + [{"name": "s", "kernels": timing | packing}]
        module = discover(mini.layout, slug)[0]
        write_recorded(module, {"entries": {"x": entry, "y": entry, "z": changed}, "bench": rows})
    notes = recorded_notes(mini.layout, discover(mini.layout))
    assert all(note.stale for note in notes)
    assert [(note.thing, note.state, note.advice) for note in notes[4:]] == [
        ("09-mini: 2 recorded entries (x, y)", "coursekit.bench.timing changed", "coursekit record 09-mini"),
        ("09-mini: 1 recorded entry (z)", "the code in 09-mini changed", "coursekit record 09-mini"),
        ("09-mini: 4 benchmark rows (p, q, …)", "coursekit.bench.timing changed", "coursekit bench 09-mini"),
        ("09-mini: 1 benchmark row (s)", "coursekit.packing changed", "coursekit bench 09-mini"),
    ]
    assert [note.thing.replace("08-otro", "09-mini") for note in notes[:4]] == [note.thing for note in notes[4:]]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "has no benchmark"),
        ('bench = ["no.such:thing"]', "No module named"),
        ('bench = ["coursekit.bench.attention:thing"]', "thing"),
        ('bench = ["json:loads"]', "KERNELS"),
    ],
)
def test_a_bench_that_is_not_there_is_named(mini, line, message):
    mini.add("09-mini", toml=f'title = "x"\nquestion = "y"\nminutes = 1\n{line}\n')
    with pytest.raises(CourseError, match=message):
        bench(discover(mini.layout)[0])
