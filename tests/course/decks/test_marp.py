"""Marp as a process: what it says becomes findings or one line, and nothing is left half-written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coursekit.course.decks import marp
from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding, FindingsError

PROBLEM = {"slide": 2, "title": "Dos", "element": "x.svg", "problem": "no such image", "remedy": "check the path"}


@pytest.fixture
def run(tmp_path: Path):
    """Render 09-mini.md with a Marp that is this script."""

    def run(script: str) -> Path:
        cli = tmp_path / "node_modules" / "@marp-team" / "marp-cli" / "marp-cli.js"
        cli.parent.mkdir(parents=True, exist_ok=True)
        cli.write_text(script, encoding="utf-8")
        marp.run_marp(tmp_path, Path("09-mini.md"), tmp_path / "out" / "x.html", ("--template", "bare"), {}, None)
        return tmp_path / "out" / "x.html"

    yield run
    assert not list(tmp_path.rglob(".partial*"))


def test_a_rendered_deck_is_where_it_was_asked_for(run):
    write = "require('fs').writeFileSync(process.argv[process.argv.indexOf('--output') + 1], process.argv.join(' '))"
    assert run(write).read_text(encoding="utf-8").endswith("--template bare")


def test_each_problem_of_the_engine_is_a_finding(run):
    with pytest.raises(FindingsError) as raised:
        run(f"console.error('COURSEKIT-PROBLEM ' + JSON.stringify({json.dumps(PROBLEM)})); process.exit(1)")
    assert raised.value.findings == [Finding("09-mini", 2, "Dos", "x.svg", "no such image", "check the path")]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("console.error('[ ERROR ] no\\nway'); process.exit(1)", "09-mini: Marp could not write x.html: no way"),
        ("", "09-mini: Marp could not write x.html: it gave no reason"),
        ("console.error('a'.repeat(9) + 'z'.repeat(400)); process.exit(1)", f"09-mini: .* x.html: {'z' * 400}"),
        ("console.error('[ ERROR ] ' + 'a'.repeat(401)); process.exit(1)", f"09-mini: .* x.html: {'a' * 400}"),
        ("setTimeout(() => {}, 60000)", "09-mini: Marp took over 0.3 s for x.html: try again"),
    ],
)
def test_another_failure_is_one_line(run, monkeypatch, script, message):
    if "60000" in script:
        monkeypatch.setattr(marp, "_TIMEOUT", 0.3)
    with pytest.raises(CourseError, match=f"^{message}$"):
        run(script)
