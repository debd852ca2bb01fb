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


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (b"{", r"recorded.json no se puede leer \(.*\): recupéralo con git"),
        (b'{"bench": 3}', "recorded.json no tiene la forma que debe: recupéralo con git"),
        (
            b'{"bench": [{"name": "a"}]}',
            "el tiempo «a» no tiene su valor, su fecha y su máquina. Ejecuta `coursekit bench",
        ),
        (b'{"bench": [{"name": "a", "value": 1}]}', "el tiempo «a» no tiene"),
        (b'{"bench": [{"name": "a", "value": 1, "recorded": []}]}', "el tiempo «a» no tiene"),
        (b'{"bench": [{"name": "a", "value": 1, "recorded": {"date": 3, "machine": "m"}}]}', "el tiempo «a» no tiene"),
        (
            b'{"bench": [{"name": "a", "value": "x", "recorded": {"date": "d", "machine": "m"}}]}',
            "el tiempo «a» no tiene",
        ),
    ],
)
def test_timings_that_are_not_as_they_were_written_are_one_line_in_spanish(tmp_path, document, problem):
    path = tmp_path / "modules" / "09-mini" / "recorded.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(document)
    with pytest.raises(RuntimeError, match=problem) as caught:
        read_benchmarks(tmp_path, "09-mini")
    assert "\n" not in str(caught.value)
