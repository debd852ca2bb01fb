import json
import os
import sys
from dataclasses import replace

import pytest
from minicourse import TOML

from coursekit.course import commands
from coursekit.course.commands import jobs_for
from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.layout import write_text
from coursekit.course.manifest import discover
from coursekit.course.notebooks.execute import Job, execute, failed_copy
from coursekit.course.results.bench import bench
from coursekit.course.results.collect import collect, read_recorded
from coursekit.course.results.reach import benchmark_reach, entry_reach
from coursekit.course.results.recording import (
    code_cells,
    digest_of,
    library_of,
    save_recorded,
    sealed,
    write_recorded,
)
from coursekit.course.results.stale import fresh_entries, is_recorded, stale_entries
from coursekit.course.results.stand import let_stand
from coursekit.course.results.status import recorded_notes
from coursekit.notebook.lesson import RECORDED_MIME
from coursekit.notebook.provenance import versions

RECORDING = """\
from coursekit.notebook.formatting import format_number
from coursekit.notebook import Lesson
from coursekit.notebook import record
from coursekit.root import find_root
lesson = Lesson("09-mini", profile, seed, "cpu", find_root())
data = lesson.recorded("suma-larga", lambda: {"z": 0, "rows": [2, 4]})
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
    assert {"date", "machine", "versions", "seconds", "parameters"} <= set(entry)
    assert entry["digest"] == digest_of(entry)
    assert "the notebook" in read_recorded(module)["reached"][entry["code"]]
    execute(quick)
    metric = collect(mini.layout, module).metrics["larga"]
    assert metric.value == 3.0
    assert metric.recorded["entry"] == "suma-larga"
    assert metric.recorded["date"] == entry["date"]
    assert stale_entries(mini.layout, module, [notebook]) == []


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
    write_recorded(module, {"entries": {"otra": {"notebook": "09-mini", "code": "old", "data": {}}}})
    with pytest.raises(CourseError, match="1 of 1 notebooks failed: 09-mini"):
        record(mini.layout, "09")
    written = read_recorded(module)
    assert sorted(written["entries"]) == ["otra", "suma-larga"]  # the old one is not lost, and is stale
    assert fresh_entries(mini.layout, module, notebook) == ["suma-larga"]
    assert not is_recorded(mini.layout, module, notebook)
    written["entries"]["suma-larga"] = sealed(written["entries"]["suma-larga"] | {"data": {"rows": [6, 8]}})
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
    assert not is_recorded(mini.layout, module, notebook)
    record(mini.layout, "09", stale=True)
    assert is_recorded(mini.layout, module, notebook)
    written = read_recorded(module)
    written["entries"]["suma-larga"] = sealed(written["entries"]["suma-larga"] | {"data": {"rows": [6, 8]}})
    write_recorded(module, written)
    record(mini.layout, "09", stale=True)
    assert "nothing to do" in capsys.readouterr().err
    assert read_recorded(module) == written
    mini.notebook("09-mini", RECORDING.replace("suma-larga", "otra"))
    record(mini.layout, "09", stale=True)
    # the entry that the notebook no longer makes is gone
    assert list(read_recorded(module)["entries"]) == ["otra"]


@pytest.fixture
def emitted(mini):
    """A module, and its job in profile `record` whose executed copy emitted "a" and "lee", which reads "a"."""
    cells = ["lesson = begin('09-mini')", "first = lesson.recorded('a', lambda: {'rows': [3, 1]})"]
    mini.add("09-mini", *cells, "lesson.recorded('lee', lambda: first)")
    module = discover(mini.layout)[0]
    (job,) = jobs_for(mini.layout, [module], {"profile": "record"})
    payloads = [{"name": "a", "data": '{"z": 1, "b": 2}', "seconds": 1.5}, {"name": "lee", "data": "2", "seconds": 0.1}]
    job.output().parent.mkdir(parents=True)
    mini.executed("09-mini", *({RECORDED_MIME: payload} for payload in payloads)).rename(job.output())
    return module, job


@pytest.mark.parametrize(("failed", "kept"), [(False, ["ajena", "fija"]), (True, ["ajena", "b", "fija"])])
def test_a_run_drops_what_its_notebook_no_longer_makes_and_nothing_else(emitted, failed, kept):
    module, job = emitted
    if failed:  # what it did not come to stays
        job.output().rename(failed_copy(job))
    old = {name: {"notebook": "09-mini", "code": "old", "data": name} for name in ("a", "b", "fija")}
    old["ajena"] = {"notebook": "09-mini-a-fondo", "code": "old", "data": "of a sister"}
    write_recorded(module, {"entries": old, "bench": [{"name": "r"}]})
    assert save_recorded(module, replace(job, fresh=["fija"]), failed=failed) == ["a", "lee"]
    written = read_recorded(module)
    entries = written["entries"]
    assert entries.pop("lee")["data"] == 2
    assert entries.pop("a")["data"] == {"z": 1, "b": 2}
    assert entries == {name: old[name] for name in kept}
    assert written["bench"] == [{"name": "r"}]


@pytest.mark.parametrize("failed", [False, True])
def test_new_weights_take_their_place_when_their_hash_is_recorded(mini, failed):
    mini.add("09-mini", "lesson = begin('09-mini')", "lesson.trained('a', model, train)")
    module = discover(mini.layout)[0]
    (job,) = jobs_for(mini.layout, [module], {"profile": "record"})
    payload = {"name": "weights/a", "data": '{"sha256": "neu"}', "seconds": 1.5}
    job.output().parent.mkdir(parents=True)
    made = mini.executed("09-mini", {RECORDED_MIME: payload})
    weights = module.folder / "weights"
    weights.mkdir()
    for name in ("a.safetensors", "a.new", "b.safetensors", "b.new"):
        (weights / name).write_text(name)
    # the run was broken off: nothing was recorded, and nothing is another
    assert save_recorded(module, job, failed=failed) == []
    assert (weights / "a.safetensors").read_text() == "a.safetensors"
    made.rename(failed_copy(job) if failed else job.output())
    assert save_recorded(module, job, failed=failed) == ["weights/a"]
    assert read_recorded(module)["entries"]["weights/a"]["data"] == {"sha256": "neu"}
    assert {path.name: path.read_text() for path in weights.iterdir()} == {
        "a.safetensors": "a.new",
        "b.safetensors": "b.safetensors",
        "b.new": "b.new",
    }


def test_an_entry_says_where_it_comes_from_and_is_fresh(mini, emitted):
    module, job = emitted
    save_recorded(module, job)
    written = read_recorded(module)
    made, reader = written["entries"]["a"], written["entries"]["lee"]
    assert list(made["data"]) == ["z", "b"]  # in the order in which they were measured
    assert (made["notebook"], made["profile"], made["parameters"]) == ("09-mini", "record", {"profile": "record"})
    assert made["seconds"] == 1.5
    assert [entry["digest"] == digest_of(entry) for entry in (made, reader)] == [True, True]
    assert set(written["reached"]) == {made["code"], reader["code"]}
    assert set(written["reached"][reader["code"]]) == {"the notebook", "data recorded as a"}
    assert stale_entries(mini.layout, module, module.notebooks(mini.layout)) == []


def test_a_run_that_left_nothing_records_nothing(mini):
    notebook = mini.add("09-mini", TOTAL_CELL)
    module = discover(mini.layout)[0]
    write_text(module.folder / "recorded.json", '{"entries": {"a": {"notebook": "09-mini"}}}')
    assert save_recorded(module, Job(str(notebook), str(mini.root)), failed=True) == []
    assert (module.folder / "recorded.json").read_text() == '{"entries": {"a": {"notebook": "09-mini"}}}'


def test_the_cells_that_may_measure_something(mini):
    path = mini.notebook("09-mini", *"abcdef", parameters="")
    document = json.loads(path.read_text(encoding="utf-8"))
    for cell, tag in zip(document["cells"], ("install", "exercise", "injected-parameters", "parameters", "experiment")):
        cell["metadata"]["tags"] = ["other", tag]
    document["cells"].append(document["cells"][-1] | {"cell_type": "markdown", "source": "g"})
    path.write_text(json.dumps(document), encoding="utf-8")
    assert code_cells(path) == ["d", "e", "f"]


def test_a_table_that_no_entry_was_made_from_is_left_out(mini):
    mini.add("09-mini")
    module = discover(mini.layout)[0]
    document = {"entries": {"a": {"notebook": "09-mini", "code": "1"}}, "bench": [{"name": "r", "code": "2"}]}
    write_recorded(module, {**document, "reached": {"1": {"x": "y"}, "2": {}, "3": {}}})
    assert read_recorded(module) == {**document, "reached": {"1": {"x": "y"}, "2": {}}}
    write_recorded(module, {"entries": {}, "reached": {"1": {}}})
    assert read_recorded(module) == {"entries": {}}


LIBRARY = {
    "__init__.py": "",
    "sums.py": "SIZE = 2\n\n\ndef total():\n    return SIZE\n",
    "bench.py": "from coursekit.sums import total\n\n\ndef run():\n    yield 'rapidez', 2.5 + total(), '×'\n",
}
TOTAL_CELL = "from coursekit.sums import total\nlesson.recorded('a', lambda: {'rows': [total()]})"


@pytest.fixture
def kernels(mini):
    """A course with kernels of its own."""
    for name, text in LIBRARY.items():
        write_text(mini.layout.source / name, text)
    return mini.layout.source


def entry_of(mini, notebook, name="a", **more):
    """An entry as `save_recorded` makes it, and what it reaches."""
    reach = entry_reach(code_cells(notebook), name, library_of(mini.layout), mini.layout.root, {})
    entry = {"notebook": notebook.stem, "code": reach.code, "data": {"rows": [2]}, "versions": versions(), **more}
    return sealed(entry), {reach.code: reach.table}


def test_a_changed_notebook_or_kernel_makes_an_entry_stale_but_a_comment_does_not(mini, kernels):
    notebook = mini.add("09-mini", TOTAL_CELL)
    module = discover(mini.layout)[0]
    entry, reached = entry_of(mini, notebook)
    write_recorded(module, {"entries": {"a": entry}, "reached": reached})

    def reasons():
        return [stale.reason for stale in stale_entries(mini.layout, module, [notebook])]

    assert reasons() == []
    mini.notebook("09-mini", "# comment\n" + TOTAL_CELL.replace("[total()]", "[ total() ]"))
    assert reasons() == []
    document = json.loads(notebook.read_text())
    for tag in ("install", "exercise", "injected-parameters"):
        document["cells"].insert(
            1, {**document["cells"][-1], "id": tag, "metadata": {"tags": [tag]}, "source": "x = 1"}
        )
    notebook.write_text(json.dumps(document))
    assert reasons() == []
    mini.notebook("09-mini", TOTAL_CELL.replace("[total()]", "[1 + total()]"))
    assert reasons() == ["the notebook changed"]
    mini.notebook("09-mini", TOTAL_CELL)
    write_text(kernels / "sums.py", LIBRARY["sums.py"].replace("SIZE = 2", "SIZE = 3"))
    assert reasons() == ["coursekit.sums changed"]
    write_text(kernels / "sums.py", LIBRARY["sums.py"])
    write_recorded(module, {"entries": {"a": entry}})
    assert [s.reason for s in stale_entries(mini.layout, module, [])] == ["the notebook 09-mini is gone"]
    mini.notebook("09-mini", TOTAL_CELL, TOTAL_CELL.replace("'a'", "'b'"))
    assert reasons() == ["09-mini makes it, and it has not been recorded yet"]


def test_a_number_that_was_edited_by_hand_is_seen(mini, kernels):
    notebook = mini.add("09-mini", TOTAL_CELL)
    module = discover(mini.layout)[0]
    entry, reached = entry_of(mini, notebook)
    row = sealed({"name": "r", "value": 1.0, "recorded": {}, "benchmark": "coursekit.bench:run", "code": "x"})
    for edited in ({**entry, "data": {"rows": [3]}}, {**entry, "date": "2020-01-01"}, {**entry, "digest": ""}):
        write_recorded(module, {"entries": {"a": edited}, "reached": reached})
        (stale,) = stale_entries(mini.layout, module, [notebook])
        assert stale.reason == "it was edited by hand: its digest is another"
        assert stale.code == ""  # nothing that a mark could let stand
    write_recorded(module, {"entries": {"a": entry}, "reached": reached, "bench": [{**row, "value": 9.0}]})
    (stale,) = stale_entries(mini.layout, module, [notebook])
    assert (stale.entry, stale.command) == ("r", "bench")
    assert "by hand" in stale.reason
    assert stale.code == ""


def test_an_author_lets_an_entry_stand_until_the_next_change(mini, kernels):
    notebook = mini.add("09-mini", TOTAL_CELL)
    entry, reached = entry_of(mini, notebook)
    write_recorded(discover(mini.layout)[0], {"entries": {"a": entry}, "reached": reached})
    with pytest.raises(CourseError, match=r"'a' is not stale: expected one of \(none\)"):
        let_stand(mini.layout, discover(mini.layout)[0], "porque sí", ["a"])
    write_text(kernels / "sums.py", LIBRARY["sums.py"].replace("return SIZE", "return +SIZE"))
    why = 'un signo que no cambia nada, "de verdad"'
    assert let_stand(mini.layout, discover(mini.layout)[0], why) == ["a"]
    (note,) = recorded_notes(mini.layout, discover(mini.layout))
    assert (note.stale, note.stands, note.state, note.advice) == (False, True, "other code, let stand", why)
    assert fresh_entries(mini.layout, discover(mini.layout)[0], notebook) == ["a"]  # `record --stale` leaves it
    toml = (mini.layout.modules / "09-mini" / "module.toml").read_text()
    assert toml.startswith(TOML.rstrip())
    let_stand(mini.layout, discover(mini.layout)[0], why)
    assert (mini.layout.modules / "09-mini" / "module.toml").read_text() == toml  # once is enough
    write_text(kernels / "sums.py", LIBRARY["sums.py"].replace("return SIZE", "return -SIZE"))
    (note,) = recorded_notes(mini.layout, discover(mini.layout))
    assert note.stale
    with pytest.raises(CourseError, match="expected a reason"):
        let_stand(mini.layout, discover(mini.layout)[0], " ", ["a"])
    write_text(kernels / "sums.py", LIBRARY["sums.py"])
    let_stand(mini.layout, discover(mini.layout)[0], why)  # nothing is stale any more: the mark goes
    assert "stands" not in (mini.layout.modules / "09-mini" / "module.toml").read_text()


def test_marks_of_other_entries_stay_and_a_benchmark_is_one_mark(mini, kernels):
    notebook = mini.add("09-mini", TOTAL_CELL, TOTAL_CELL.replace("'a'", "'b'"))
    reach = benchmark_reach("coursekit.bench:run", library_of(mini.layout), mini.layout.root)
    made = {"recorded": {}, "benchmark": "coursekit.bench:run", "code": reach.code}
    entries, reached = {}, {reach.code: reach.table}
    for name in "ab":
        entries[name], more = entry_of(mini, notebook, name)
        reached |= more
    rows = [sealed({"name": name, **made}) for name in "pq"]
    write_recorded(discover(mini.layout)[0], {"entries": entries, "bench": rows, "reached": reached})
    write_text(kernels / "sums.py", LIBRARY["sums.py"].replace("SIZE = 2", "SIZE = 1 + 1"))
    assert let_stand(mini.layout, discover(mini.layout)[0], "uno", ["a"]) == ["a"]
    assert let_stand(mini.layout, discover(mini.layout)[0], "dos", ["b", "coursekit.bench:run"]) == [
        "b",
        "coursekit.bench:run",
    ]
    (module,) = discover(mini.layout)
    assert [(stand.reason, list(stand.codes)) for stand in module.stands] == [
        ("uno", ["a"]),
        ("dos", ["b", "coursekit.bench:run"]),
    ]
    assert not any(note.stale for note in recorded_notes(mini.layout, [module]))


def test_other_versions_are_reported_and_are_not_stale(mini, kernels):
    notebook = mini.add("09-mini", TOTAL_CELL)
    module = discover(mini.layout)[0]
    patch = {**versions(), "torch": versions()["torch"].split("+")[0] + ".9", "python": "2.7.18", "numba": "0.1.0"}
    entry, reached = entry_of(mini, notebook, versions=patch)
    write_recorded(module, {"entries": {"a": entry}, "reached": reached})
    notes = recorded_notes(mini.layout, [module])
    assert [note.stale for note in notes] == [False, False]
    here = ".".join(versions()["python"].split(".")[:2])
    assert [(note.thing, note.state.split(",")[0]) for note in notes] == [
        ("09-mini: 1 recorded (a)", "made with python 2.7"),
        ("09-mini: 1 recorded (a)", "made with numba 0.1"),
    ]
    assert notes[0].state.endswith(f"here {here}")


def test_a_corrupt_recorded_json_is_one_clear_line(mini):
    mini.add("09-mini")
    (mini.layout.modules / "09-mini" / "recorded.json").write_text("{")
    with pytest.raises(CourseError, match="modules/09-mini/recorded.json: not valid JSON"):
        read_recorded(discover(mini.layout)[0])


def fake_bench():
    """What module.toml's `bench` names: yields (name, ratio, unit)."""
    yield "rapidez", 2.5, "×"


def broken_bench():
    yield "antes", 3.0, "×"
    raise ValueError("se rompió")


def passed_over_bench():
    """What it times is not installed."""
    yield from ()


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
    write_recorded(module, {"entries": {"kept": {"notebook": "09-mini"}}, "bench": [{"name": "gone"}]})
    assert [m.literal for m in bench(mini.layout, module)] == ["2,50×"]
    assert "kept" in read_recorded(module)["entries"]
    assert list(rows(module)) == ["rapidez"]
    metric = collect(mini.layout, module).metrics["rapidez"]
    assert (metric.kind, metric.value, metric.notebook) == ("timed", 2.5, "bench")
    assert {"date", "machine", "versions"} <= set(metric.recorded)
    assert metric.benchmark == "fake_bench_module:fake_bench"
    assert metric.digest == digest_of(rows(module)["rapidez"])


def test_waiting_threads_do_not_spin_while_kernels_are_timed(mini, monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "")  # restored afterwards
    monkeypatch.delenv("OMP_WAIT_POLICY")
    bench(mini.layout, benchmarks(mini, monkeypatch, "fake_bench"))
    assert os.environ["OMP_WAIT_POLICY"] == "passive"


def test_a_failing_benchmark_is_named_and_loses_nothing(mini, monkeypatch):
    module = benchmarks(mini, monkeypatch, "broken_bench", "fake_bench")
    write_recorded(module, {"bench": [{"name": "antes", "value": 1.0}, {"name": "otra", "value": 7.0}]})
    with pytest.raises(CourseError, match="1 of 2 benchmarks failed:\n  fake_bench_module:broken_bench: .*se rompió"):
        bench(mini.layout, module)
    assert {name: row["value"] for name, row in rows(module).items()} == {"antes": 3.0, "otra": 7.0, "rapidez": 2.5}


def test_a_benchmark_that_is_passed_over_keeps_its_rows(mini, monkeypatch):
    module = benchmarks(mini, monkeypatch, "passed_over_bench", "fake_bench")
    names = ("passed_over_bench", "fake_bench", "gone_bench")
    before = [{"name": name, "benchmark": f"fake_bench_module:{name}"} for name in names]
    write_recorded(module, {"bench": before})
    bench(mini.layout, module)
    assert list(rows(module)) == ["passed_over_bench", "rapidez"]
    assert rows(module)["passed_over_bench"] == before[0]


def test_two_benchmarks_may_not_yield_the_same_name(mini, monkeypatch):
    with pytest.raises(CourseError, match="'rapidez' is recorded twice"):
        bench(mini.layout, benchmarks(mini, monkeypatch, "fake_bench", "fake_bench"))


def test_a_changed_kernel_makes_the_rows_of_its_benchmark_stale(mini, kernels):
    reach = benchmark_reach("coursekit.bench:run", library_of(mini.layout), mini.layout.root)
    made = {"recorded": {}, "benchmark": "coursekit.bench:run", "code": reach.code}
    rows = [sealed({"name": name, **made}) for name in "pqrs"]
    for slug in ("08-otro", "09-mini"):
        notebook = mini.add(slug, TOTAL_CELL)
        entry, reached = entry_of(mini, notebook)
        module, changed = discover(mini.layout, slug)[0], sealed({**entry, "code": "old"})
        document = {"entries": {"a": entry, "b": changed, "c": changed}, "bench": rows}
        write_recorded(module, {**document, "reached": reached | {reach.code: reach.table}})
    write_text(kernels / "sums.py", LIBRARY["sums.py"].replace("SIZE = 2", "SIZE = 3"))
    notes = recorded_notes(mini.layout, discover(mini.layout))
    assert all(note.stale for note in notes)
    assert [(note.thing, note.state, note.advice) for note in notes[3:]] == [
        ("09-mini: 1 recorded entry (a)", "coursekit.sums changed", "coursekit record 09-mini --stale"),
        ("09-mini: 2 recorded entries (b, c)", "the code that it reaches changed", "coursekit record 09-mini --stale"),
        ("09-mini: 4 benchmark rows (p, q, …)", "coursekit.sums changed", "coursekit bench 09-mini"),
    ]
    assert [note.thing.replace("08-otro", "09-mini") for note in notes[:3]] == [note.thing for note in notes[3:]]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "has no benchmark"),
        ('bench = ["no.such:thing"]', "No module named"),
        ('bench = ["coursekit.bench.attention:thing"]', "thing"),
    ],
)
def test_a_bench_that_is_not_there_is_named(mini, line, message):
    mini.add("09-mini", toml=f'title = "x"\nquestion = "y"\nminutes = 1\n{line}\n')
    with pytest.raises(CourseError, match=message):
        bench(mini.layout, discover(mini.layout)[0])
