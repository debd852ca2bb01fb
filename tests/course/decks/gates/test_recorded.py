"""A number of a longer run stands beside its own mark."""

from __future__ import annotations

from pathlib import Path

import pytest
from plaindeck import plain_deck

from coursekit.course.decks.gates import recorded

MARK = "grabado el 2026-11-22 en AMD EPYC, 2 núcleos"
NUMBER = f'<span data-metric="a" title="medido por el cuaderno bench; {MARK}">1,43×</span>'
LIVE = '<span data-metric="b" title="medido por el cuaderno 02">41 %</span>'


def found(folder: Path, *bodies: str, classes: str = "") -> list[str]:
    head = f'class="{classes}"><h1>Título</h1>'
    slides = [f'<section data-slide="{n}" {head}{body}</section>' for n, body in enumerate(bodies, start=1)]
    return [str(finding) for finding in recorded.check(plain_deck(folder, *slides))]


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{NUMBER}</p><p>Un hilo; <span data-metric='a@recorded'>{MARK}</span>.</p>",
        f"<p>{NUMBER}</p><p>grabado el\n2026-11-22 en\nAMD EPYC, 2 núcleos</p>",
        f"<p>{NUMBER}</p><p><span data-metric='a@recorded' class='recorded' title='{MARK}'>2026-11-22</span></p>",
        f"<p>{LIVE}</p>",
        "<p>nada</p>",
    ],
)
def test_a_number_beside_its_mark_or_measured_in_this_run_is_sound(tmp_path: Path, body: str) -> None:
    assert found(tmp_path, body) == []


def test_a_number_without_its_mark_is_named(tmp_path: Path) -> None:
    (problem,) = found(tmp_path, f"<p>{NUMBER} y {LIVE}</p>")
    assert "slide 1" in problem
    assert "«1,43×»: stands without its mark, «" + MARK in problem
    assert "a@recorded" in problem


def test_the_mark_of_another_row_is_not_its_own_and_neither_is_that_of_another_slide(tmp_path: Path) -> None:
    other = f"<p>{MARK.replace('-22', '-27')}</p>"
    assert len(found(tmp_path, f"<p>{NUMBER}</p>{other}")) == 1
    assert len(found(tmp_path, f"<p>{NUMBER}</p>", f"<p>{MARK}</p>")) == 1
    assert found(tmp_path, f"<p>{NUMBER}</p>", classes="references") == []
