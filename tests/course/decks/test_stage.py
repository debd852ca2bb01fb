"""The glue between a module and its deck: what the engine is given, the preview, the code of the slides."""

import json

import pytest
from minicourse import DECK

from coursekit.course import commands
from coursekit.course.course import Course
from coursekit.course.decks import stage
from coursekit.course.decks.gates import page
from coursekit.course.errors import CourseError
from coursekit.course.manifest import discover
from coursekit.course.results.collect import Metric, Results
from coursekit.course.results.numbers import numbers_for


@pytest.fixture
def module_and_numbers(mini):
    mini.add("09-mini", deck=DECK + '\n<span data-metric="suma@recorded"></span>\n')
    modules = discover(mini.layout)
    recorded = {"date": "2026-11-22", "machine": "AMD EPYC, 2 cores, Linux x86_64"}
    metric = Metric("suma", 4, notebook="09-mini", recorded=recorded)
    return modules[0], numbers_for(modules[0], {"09-mini": Results({"suma": metric})}, modules)


def test_the_preview_gets_the_numbers_and_follows_the_source(mini, module_and_numbers, monkeypatch):
    module, numbers = module_and_numbers
    called = {}

    def call(command, **options):
        called["command"] = command
        called["context"] = json.loads(open(options["env"]["COURSEKIT_DECK_CONTEXT"]).read())  # noqa: SIM115

    monkeypatch.setattr(stage.subprocess, "call", call)
    monkeypatch.setattr(stage, "_project", lambda layout: stage.Path(__file__).parents[3])
    references = Course(mini.layout).references
    stage.preview(mini.layout, module, numbers, references)
    assert {"--preview", "--watch", str(module.deck(mini.layout))} <= set(called["command"])
    mark = "grabado el 2026-11-22 en AMD EPYC, 2 núcleos"
    origin = f"medido por el cuaderno 09-mini; {mark}"
    assert called["context"]["metrics"] == {
        "suma": {"text": "4", "origin": origin},
        "suma@recorded": {"text": mark, "origin": origin},
    }
    assert called["context"]["edition"] == "instructor"
    assert "shannon1948" in called["context"]["references"]
    module.deck(mini.layout).unlink()
    with pytest.raises(CourseError, match="09-mini has no deck: write slides/09-mini.md"):
        stage.preview(mini.layout, module, numbers, references)


def test_present_finds_the_module(mini, module_and_numbers, monkeypatch):
    shown = []
    monkeypatch.setattr(stage, "preview", lambda layout, module, numbers, references: shown.append(module.slug))
    commands.present(Course(mini.layout, "09"))
    assert shown == ["09-mini"]


def test_gates_need_a_browser_and_a_built_deck(mini, module_and_numbers, monkeypatch):
    with pytest.raises(CourseError, match="its deck was not built: run `coursekit slides 09-mini`"):
        list(stage.gate_findings(mini.layout, [module_and_numbers[0]]))
    monkeypatch.setattr(page, "browser_or_hint", lambda: (None, "install one"))
    with pytest.raises(CourseError, match="the decks cannot be tested: install one"):
        list(stage.gate_findings(mini.layout, [module_and_numbers[0]]))


def test_embedded_code_is_rewritten_from_the_source(mini):
    block = "\n```python source=coursekit.tiny:f\nold\n```\n"
    mini.add("09-mini", deck=DECK.replace("La entropía", block + "\nLa entropía"))
    (mini.root / "src" / "coursekit").mkdir(parents=True)
    (mini.root / "src" / "coursekit" / "tiny.py").write_text("def f(x):\n    return x + 1\n")
    module = discover(mini.layout)[0]
    assert stage.sync_deck_code(mini.layout, module.deck(mini.layout)) == ["slides/09-mini.md"]
    assert "def f(x):\n    return x + 1\n```" in module.deck(mini.layout).read_text(encoding="utf-8")
    assert stage.sync_deck_code(mini.layout, module.deck(mini.layout)) == []
    module.deck(mini.layout).unlink()
    assert stage.sync_deck_code(mini.layout, module.deck(mini.layout)) == []


def test_the_style_guide_is_built_and_synchronized_with_the_whole_course(mini, monkeypatch, capsys):
    mini.add("09-mini", deck=DECK.replace('<span data-metric="suma">4</span>', "cuatro"))
    (mini.root / "src" / "coursekit").mkdir(parents=True)
    (mini.root / "src" / "coursekit" / "tiny.py").write_text("def f(x):\n    return x + 1\n")
    mini.layout.guide.write_text("# Uno\n\n```python source=coursekit.tiny:f\nold\n```\n")
    commands.sync(Course(mini.layout, "09-mini"))
    assert "old" in mini.layout.guide.read_text()
    commands.sync(Course(mini.layout))
    assert "return x + 1" in mini.layout.guide.read_text()
    assert "rewrote slides/guia-de-estilo.md" in capsys.readouterr().err
    built = []
    monkeypatch.setattr(
        stage, "build_module_decks", lambda layout, module, numbers, references: built.append("09") or []
    )
    monkeypatch.setattr(stage, "build_guide", lambda layout, references: built.append("guide") or [])
    commands.build_decks(Course(mini.layout, "09-mini"))
    assert built == ["09"]
    commands.build_decks(Course(mini.layout))
    assert built == ["09", "09", "guide"]


def test_a_module_without_a_deck_is_passed_over_and_a_faulty_one_stops_no_other(mini, monkeypatch):
    mini.add("08-otro", deck=DECK)
    mini.add("09-mini")
    built = []

    def fake(layout, module, numbers, references):
        built.append(module.slug)
        if module.slug == "08-otro":
            raise CourseError("08-otro is broken")
        return ["fine"]

    monkeypatch.setattr(stage, "build_module_decks", fake)
    with pytest.raises(CourseError, match="1 deck.s. failed: 08-otro"):
        commands.build_decks(Course(mini.layout))
    assert built == ["08-otro", "09-mini"]
    (mini.layout.slides / "08-otro.md").unlink()
    commands.build_decks(Course(mini.layout))
    assert built == ["08-otro", "09-mini", "09-mini"]


def test_code_that_a_deck_shows_and_that_has_changed_is_drift(mini):
    mini.add("09-mini", deck=DECK + "\n```python source=pack.kernel:f\ndef f(): return 1\n```\n")
    source = mini.root / "src" / "pack" / "kernel.py"
    source.parent.mkdir(parents=True)
    source.write_text("def f(): return 2\n", encoding="utf-8")
    deck = mini.layout.slides / "09-mini.md"
    (drift,) = stage.deck_code_drift(mini.layout, deck)
    line = deck.read_text(encoding="utf-8").splitlines().index("```python source=pack.kernel:f") + 1
    assert str(drift).startswith(f"slides/09-mini.md:{line}: source=pack.kernel:f: the code has changed since")
    assert [str(d) for d in commands.drift(Course(mini.layout)) if "source=" in d.name] == [str(drift)]
    assert stage.sync_deck_code(mini.layout, deck) == ["slides/09-mini.md"]
    assert stage.deck_code_drift(mini.layout, deck) == []
