"""The bands of a manifest: what no notebook records, and what its metric has left."""

from __future__ import annotations

from minicourse import SUM_CELL, TOML, MiniCourse

from coursekit.course import quality
from coursekit.course.course import Course
from coursekit.notebook.measured import METRIC_MIME


def problems(course: MiniCourse, bands: str, value: float = 4.0) -> list[str]:
    course.add("09-mini", SUM_CELL, toml=f"{TOML}[bands]\n{bands}\n")
    bundle = {METRIC_MIME: {"name": "suma", "value": value, "unit": "", "kind": "trained"}, "text/plain": "x"}
    course.executed("09-mini", bundle)
    return quality.claims(Course(course.layout))


def test_a_sound_band_passes(mini: MiniCourse) -> None:
    assert problems(mini, "suma = [3, 5]") == []


def test_a_band_that_excludes_nothing_is_named(mini: MiniCourse) -> None:
    (problem,) = problems(mini, "suma = [-1e9, 1e9]")
    assert problem.startswith("09-mini: [bands] 'suma': its band [-1e+09, 1e+09] is so wide around 4 that")


def test_a_metric_outside_its_band_is_named_though_no_slide_shows_it(mini: MiniCourse) -> None:
    (problem,) = problems(mini, "suma = [3, 5]", value=6.0)
    assert problem == "09-mini: [bands] 'suma': measured 6.0, outside its band [3, 5]: mend the kernel or the band"


def test_a_band_of_what_nobody_records_is_named_once_all_was_executed(mini: MiniCourse) -> None:
    (problem,) = problems(mini, "'suma/otra' = [3, 5]")
    assert problem == "09-mini: [bands] 'suma/otra': no notebook records it: mend the name or drop it"
    (mini.layout.executed / "09-mini.ipynb").unlink()
    assert quality.claims(Course(mini.layout)) == []
