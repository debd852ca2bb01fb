"""Numbers of cells that a notebook passed over are neither missing nor measured: texts and figures stay as locked."""

import pytest
from minicourse import DECK, TOML

from coursekit.course.course import Course
from coursekit.course.results.bands import band_problems
from coursekit.course.results.claims import judge_claims
from coursekit.course.results.drift import find_drift
from coursekit.course.results.sync import sync_figures, sync_lock, sync_texts
from coursekit.notebook.measured import FIGURE_MIME, METRIC_MIME
from coursekit.notebook.optional import PASSED_OVER_MIME

CLAIM = """
[bands]
"suma" = [3.5, 4.5]

[[claim]]
id = "c"
statement = "s"
source = "@shannon1948"
metric = "suma"
band = [3.5, 4.5]
control = "resta"
reproduced = true
"""
IMAGE = "\n---\n\n# Una figura\n\n![Una curva.](figures/09-mini/curva.svg)\n"
MEASURED = (
    {METRIC_MIME: {"name": "suma", "value": 4.02, "unit": "%", "kind": "trained"}},
    {METRIC_MIME: {"name": "resta", "value": 1.0, "unit": "%", "kind": "trained"}},
    {FIGURE_MIME: {"name": "curva", "alt": "Una curva.", "svg": "<svg><!-- acierto --></svg>"}},
)
PASSED_OVER = {PASSED_OVER_MIME: {"mark": "# Modelo", "reason": "Falta el modelo."}}


def synced(mini):
    course = Course(mini.layout)
    (module,) = course.modules
    sync_texts(mini.layout, module, course.numbers[module.slug])
    sync_figures(mini.layout, module, course.figures)
    sync_lock(mini.layout, module, course.numbers[module.slug], course.figures)
    lock, deck = module.folder / "synced.json", mini.layout.slides / "09-mini.md"
    return [path.read_bytes() for path in (lock, deck, mini.layout.figures / "09-mini" / "curva.svg")]


def problems(mini):
    course = Course(mini.layout)
    (module,) = course.modules
    drifts = find_drift(mini.layout, module, course.numbers[module.slug], course.figures)
    (claim,) = judge_claims(module, course.results(module))
    bands = band_problems(module, course.results(module))
    return [*map(str, drifts), *bands, *filter(None, [claim.problem])], claim.verdict


@pytest.fixture
def locked(mini):
    mini.add("09-mini", "pass", toml=TOML + CLAIM, deck=DECK + IMAGE)
    mini.executed("09-mini", *MEASURED)
    before = synced(mini)
    assert b"4,02" in before[1]
    assert problems(mini) == ([], "reproducido")
    return mini, before


def test_what_was_passed_over_stands_as_it_was_locked(locked):
    mini, before = locked
    mini.executed("09-mini", PASSED_OVER)
    assert problems(mini) == ([], "sin medir")
    assert synced(mini) == before
    assert problems(mini) == ([], "sin medir")


def test_what_was_measured_all_the_same_counts(locked):
    mini, _ = locked
    mini.executed("09-mini", PASSED_OVER, {METRIC_MIME: MEASURED[0][METRIC_MIME] | {"value": 9.0}})
    found, verdict = problems(mini)
    assert verdict == "no reproducido"
    assert any("outside [3.5, 4.5]" in problem for problem in found)


def test_what_is_missing_without_a_word_is_missed(locked):
    mini, _ = locked
    mini.executed("09-mini")
    found, _ = problems(mini)
    assert any("unknown metric 'suma'" in problem for problem in found)
    assert any("curva.svg" in problem for problem in found)
    assert any("no executed notebook records" in problem for problem in found)
