import json

import pytest

from coursekit.notebook.benchmarks import read_benchmarks


def _write(root, rows):
    folder = root / "modules" / "09-mini"
    folder.mkdir(parents=True)
    (folder / "recorded.json").write_text(json.dumps({"bench": rows}))


def test_rows_become_ratios_with_their_oldest_date(tmp_path):
    rows = [
        {"name": f"bench/{n}", "value": n, "recorded": {"date": f"2026-11-2{n}", "machine": "AMD EPYC, 2 cores"}}
        for n in (3, 1, 2)
    ]
    _write(tmp_path, rows)
    found = read_benchmarks(tmp_path, "09-mini")
    assert found.values == {"bench/3": 3, "bench/1": 1, "bench/2": 2}
    assert (found.date, found.machine) == ("2026-11-21", "AMD EPYC, 2 núcleos")


def test_without_any_a_student_is_told_what_to_run(tmp_path):
    with pytest.raises(RuntimeError, match="Ejecuta `coursekit bench 09-mini`"):
        read_benchmarks(tmp_path, "09-mini")
    _write(tmp_path, [])
    with pytest.raises(RuntimeError, match="No hay tiempos en modules/09-mini/recorded.json"):
        read_benchmarks(tmp_path, "09-mini")
