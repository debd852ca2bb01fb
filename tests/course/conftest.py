"""The tiny course of minicourse.py as a fixture."""

from pathlib import Path

import pytest
from minicourse import MiniCourse


@pytest.fixture
def mini(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MiniCourse:
    """An empty course that `Layout.find` finds."""
    course = MiniCourse(tmp_path / "course")
    monkeypatch.setenv("COURSEKIT_ROOT", str(course.root))
    return course
