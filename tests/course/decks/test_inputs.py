"""What a deck is built anew for: its builder, and not what only looks at it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coursekit.course.decks import inputs
from coursekit.course.decks.cache import digest_files

COURSE = Path(inputs.__file__).parents[1]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the builder, to change a word in."""
    return Path(shutil.copytree(COURSE, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.mark.parametrize(
    ("name", "stale"),
    [
        ("decks/marp.py", True),
        ("decks/outputs.py", True),
        ("bibliography.py", True),
        ("results/numbers.py", True),
        ("text/numbers.py", True),
        ("decks/gates/page.py", False),
        ("decks/gates/numbers.py", False),
        ("prose/terms.py", False),
        ("notebooks/runner.py", False),
        ("quality.py", False),
    ],
)
def test_a_word_in_what_decides_about_a_slide_builds_anew_and_no_other(course: Path, name: str, stale: bool) -> None:
    before = digest_files(inputs.builder_files(course))
    assert before == digest_files(inputs.builder_files())
    file = course / name
    file.write_text(file.read_text(encoding="utf-8") + "# a word\n", encoding="utf-8")
    assert (digest_files(inputs.builder_files(course)) != before) == stale


def test_a_new_file_of_the_room_counts(course: Path) -> None:
    before = digest_files(inputs.builder_files(course))
    (course / "decks" / "new.py").touch()
    assert digest_files(inputs.builder_files(course)) != before
