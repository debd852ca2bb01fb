import json
import re

import pytest
import torch
from torch import nn

from coursekit.notebook import lesson as notebook
from coursekit.notebook.lesson import Lesson, begin, progress_wanted, show_source


@pytest.fixture
def lesson(tmp_path):
    (tmp_path / "modules" / "09-x").mkdir(parents=True)
    return lambda profile: Lesson("09-x", profile, 0, "cpu", tmp_path)


def test_quick_reads_what_was_recorded_and_says_when(lesson, capsys):
    entry = {"data": {"rows": [1]}, "date": "2026-11-22", "machine": "una máquina", "seconds": 61.0}
    path = lesson("quick").root / "modules" / "09-x" / "recorded.json"
    path.write_text(json.dumps({"entries": {"a": entry}}))
    data = lesson("quick").recorded("a", experiment=lambda: pytest.fail("must not run"))
    assert data == {"rows": [1]}
    assert data.provenance == {"entry": "a", "date": "2026-11-22", "machine": "una máquina", "seconds": 61.0}
    assert "«a» se grabó el 2026-11-22 en una máquina (tardó 61 s)." in capsys.readouterr().out
    with pytest.raises(RuntimeError, match="No hay datos grabados «b».*coursekit record 09-x"):
        lesson("quick").recorded("b", experiment=dict)


@pytest.mark.parametrize("key", ["data", "date", "machine", "seconds"])
@pytest.mark.parametrize("value", [None, [1], {3: 4}])
def test_an_entry_that_is_not_as_it_was_written_says_what_to_do(lesson, key, value):
    entry = {"data": {"rows": [1]}, "date": "2026-11-22", "machine": "una máquina", "seconds": 61.0}
    path = lesson("quick").root / "modules" / "09-x" / "recorded.json"
    for broken in ({k: v for k, v in entry.items() if k != key}, entry | {key: value}):
        if isinstance(broken.get(key), dict) and key == "data":
            continue
        path.write_text(json.dumps({"entries": {"a": broken}}))
        with pytest.raises(
            RuntimeError, match=f"«a» les falta '{key}', o no es lo que debe. Ejecuta `coursekit record 09-x`"
        ):
            lesson("quick").recorded("a", experiment=dict)


def test_the_profile_record_measures_anew_and_emits_the_rows(lesson, monkeypatch):
    shown = []
    monkeypatch.setattr(notebook, "publish", shown.append)
    data = lesson("record").recorded("a", experiment=lambda: {"rows": (1, 2)})
    assert data == {"rows": [1, 2]}
    payload = shown[0][notebook.RECORDED_MIME]
    assert json.loads(payload["data"]) == {"rows": [1, 2]}
    assert {"date", "machine", "seconds"} == set(data.provenance)


def _train(model):
    with torch.no_grad():
        model.weight.fill_(3.0)


def test_weights_are_trained_once_and_loaded_ever_after(lesson, monkeypatch):
    shown = []
    monkeypatch.setattr(notebook, "publish", shown.append)
    with pytest.raises(
        RuntimeError, match="Falta modules/09-x/weights/a.safetensors. Recupéralo con git, o ejecuta `coursekit record"
    ):
        lesson("quick").trained("a", nn.Linear(2, 2), _train)
    monkeypatch.setenv("COURSEKIT_FRESH", "")  # as the builder does
    lesson("record").trained("a", nn.Linear(2, 2), _train)
    module = lesson("quick").root / "modules" / "09-x"
    assert [path.name for path in (module / "weights").iterdir()] == ["a.new"]  # until the run is over
    (module / "weights" / "a.new").rename(module / "weights" / "a.safetensors")  # as the builder does
    payload = shown[0][notebook.RECORDED_MIME]
    assert payload["name"] == "weights/a"
    entry = {"data": json.loads(payload["data"]), "date": "2026-11-22", "machine": "una máquina", "seconds": 1.0}
    (module / "recorded.json").write_text(json.dumps({"entries": {"weights/a": entry}}))
    model = nn.Linear(2, 2)
    recorded = lesson("quick").trained("a", model, lambda m: pytest.fail("must not train"))
    assert recorded.provenance["entry"] == "weights/a"
    assert model.weight.tolist() == [[3.0, 3.0], [3.0, 3.0]]
    assert not model.training
    with pytest.raises(RuntimeError, match="está dañado o no corresponde"):
        lesson("quick").trained("a", nn.Linear(3, 2), _train)
    for hashed, problem in (({}, "«weights/a» les falta 'sha256'"), ({"sha256": None}, "está dañado o no corresponde")):
        (module / "recorded.json").write_text(json.dumps({"entries": {"weights/a": entry | {"data": hashed}}}))
        with pytest.raises(RuntimeError, match=f"{problem}.*ejecuta `coursekit record 09-x`"):
            lesson("quick").trained("a", nn.Linear(2, 2), _train)
    (module / "recorded.json").write_text(json.dumps({"entries": {"weights/a": entry}}))
    (module / "weights" / "a.safetensors").write_bytes(b"not weights")
    with pytest.raises(RuntimeError, match="está dañado o no corresponde"):
        lesson("quick").trained("a", nn.Linear(2, 2), _train)


def test_a_student_s_run_trains_and_writes_nothing(lesson, monkeypatch, capsys):
    monkeypatch.delenv("COURSEKIT_FRESH", raising=False)
    monkeypatch.setattr(notebook, "publish", lambda bundle: None)
    model = nn.Linear(2, 2)
    lesson("record").trained("a", model, _train)
    assert model.weight[0, 0] == 3.0
    assert not (lesson("record").root / "modules" / "09-x" / "weights").exists()
    assert "Pesos «a» entrenados ahora, sin guardar: los guarda `coursekit record 09-x`." in capsys.readouterr().out


def test_begin_fixes_the_seeds_and_says_what_runs(capsys):
    lesson = begin("02-transformer", profile="quick", seed=3, device="cpu")
    first = torch.rand(1).item()
    begin("02-transformer", profile="quick", seed=3, device="cpu")
    assert torch.rand(1).item() == first
    assert lesson.quick
    assert "Módulo 02-transformer · perfil quick · semilla 3 · cpu" in capsys.readouterr().out
    with pytest.raises(ValueError, match="profile debe ser quick o record; es 'fast'.$"):
        begin("02-transformer", profile="fast")
    with pytest.raises(ValueError, match="es 'gpu'. Para usar una GPU no hace falta un perfil: con device = 'auto'"):
        begin("02-transformer", profile="gpu")


def test_begin_says_what_a_longer_profile_means(capsys):
    begin("02-transformer", profile="quick", device="cpu")
    assert "Se medirá aquí" not in capsys.readouterr().out
    begin("02-transformer", profile="record", device="cpu")
    said = capsys.readouterr().out
    assert re.search(r"Se medirá aquí .*: entre los cuadernos del módulo, unos \d+ minutos donde se grabaron\.\n", said)
    begin("99-nada", profile="record", device="cpu")
    assert "entre los cuadernos del módulo, puede ser mucho tiempo." in capsys.readouterr().out


def test_progress_is_for_people(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("COURSEKIT_QUIET", raising=False)
    assert progress_wanted()
    monkeypatch.setenv("COURSEKIT_QUIET", "1")
    assert not progress_wanted()
    monkeypatch.delenv("COURSEKIT_QUIET")
    monkeypatch.setenv("CI", "true")
    assert not progress_wanted()


def shown_kernel(x):
    """A docstring.

    Of two paragraphs.
    """
    return x + 1


def test_source_is_shown_without_its_docstring_unless_asked_for(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    show_source(shown_kernel)
    show_source(shown_kernel, docstring=True)
    show_source(_train)
    assert shown[0].data == "def shown_kernel(x):\n    return x + 1"
    assert "Of two paragraphs" in shown[1].data
    assert "fill_(3.0)" in shown[2].data
