"""The exercises of a module: each has its file, its test and its cell, and the same minutes in every place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from minicourse import SUM_CELL, TOML, MiniCourse
from notebookfile import tag

from coursekit.course import quality
from coursekit.course.course import Course

ENTRY = '[[exercise]]\nid = "09.1"\nname = "attention.causal_mask"\ntitle = "la máscara"\nminutes = 10\n'
TEXT = "Unos 20 minutos de lectura y ejercicios.\n\n**09.1 · La máscara** (10 minutos). Devuelve la máscara."
ROWS = "| número | tema | minutos |\n|---|---|---|\n| 09.1 | la máscara | 10 |\n"
PAGE = f"# Módulo\n\nLa presentación dura 2 minutos.\n\n{ROWS}"
CELL = 'def causal_mask(T):\n    raise NotImplementedError\n\n\ncheck("09.1", causal_mask)'


def problems(course: MiniCourse, toml: str = ENTRY, text: str = TEXT, page: str = PAGE, cell: str = CELL) -> list[str]:
    course.add("09-mini", SUM_CELL, cell, toml=TOML + toml)
    path = tag(course, 2, ["exercise"])
    document = json.loads(path.read_text(encoding="utf-8"))
    document["cells"].insert(2, {"cell_type": "markdown", "id": "m", "metadata": {}, "source": [text]})
    path.write_text(json.dumps(document), encoding="utf-8")
    (course.layout.modules / "09-mini" / "README.md").write_text(page, encoding="utf-8")
    return quality.manifests(Course(course.layout))


def test_a_sound_exercise_passes(mini: MiniCourse) -> None:
    assert problems(mini) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cell": "check('09.1' + '', f)"}, 'no cell tagged "exercise" of its notebooks calls check("09.1", …)'),
        ({"toml": ENTRY.replace("10", "999")}, "modules/09-mini/README.md says 10 minutes, and module.toml 999"),
        ({"text": TEXT.replace("(10 minutos", "(15 minutos, dificultad ●●○")}, "its notebook says 15 minutes, and"),
        ({"text": TEXT.replace("(10", "(15")}, "its notebook says 15 minutes, and module.toml 10"),
        ({"text": "Nada."}, "its notebook does not say its minutes"),
        ({"page": PAGE.replace("| 10", "| 15")}, "README.md says 15 minutes, and module.toml 10"),
        ({"page": "# Módulo\n"}, "modules/09-mini/README.md does not say its minutes"),
    ],
)
def test_what_is_missing_or_disagrees_is_named(mini: MiniCourse, changes: dict[str, str], said: str) -> None:
    found = problems(mini, **changes)
    assert any(problem.startswith("09-mini: exercise 09.1: ") and said in problem for problem in found), found


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"page": PAGE.replace("dura 2", "dura 60")},
            "09-mini: its page says that the deck lasts 60 minutes, and module.",
        ),
        (
            {"text": TEXT.replace("20", "10")},
            "notebooks/09-mini.ipynb: says 10 minutes with the exercises, which alone",
        ),
        (
            {"cell": CELL + '\ncheck("09.2", f)'},
            "09-mini: exercise 09.2 is set and is not in module.toml: add an [[exer",
        ),
        ({"page": PAGE + "| 09.7 | otro | 5 |\n"}, "09-mini: exercise 09.7 is set and is not in module.toml"),
    ],
)
def test_what_is_said_of_the_module_agrees_too(mini: MiniCourse, changes: dict[str, str], said: str) -> None:
    (found,) = problems(mini, **changes)
    assert said in found


def test_an_exercise_has_a_test_of_its_own(mini: MiniCourse) -> None:
    (mini.root / "tests" / "exercises" / "attention").mkdir(parents=True)
    (problem,) = problems(mini)
    assert "exercise 09.1: tests/exercises/attention/test_causal_mask.py is missing: write one that fails" in problem
    Path(mini.root / "tests/exercises/attention/test_causal_mask.py").touch()
    assert quality.manifests(Course(mini.layout)) == []
