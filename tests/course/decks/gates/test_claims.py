"""The claims of a slide: cited from their own work, in their place."""

from __future__ import annotations

from pathlib import Path

import pytest
from plaindeck import plain_deck

from coursekit.course.decks.gates import claims


def cite(*keys: str) -> str:
    return f'<span class="cite">({"; ".join(f"""<a href="#9" data-cite="{key}">x</a>""" for key in keys)})</span>'


def claim(words: str) -> str:
    return f'<span data-claim="c" class="claim" title="publicado: @gu2023mamba, tabla 1">{words}</span>'


OWN, OTHER = cite("gu2023mamba"), cite("dao2022flashattention")
FIGURE = claim("99,8 %")


def found(folder: Path, body: str, classes: str = "") -> list[str]:
    deck = plain_deck(folder, f'<section data-slide="3" class="{classes}">{body}</section>')
    return [str(finding) for finding in claims.check(deck)]


@pytest.mark.parametrize(
    "body",
    [
        f"<p>Publica el {FIGURE} {OWN}.</p>",
        f"<p>Publica el {FIGURE} {cite('dao2022flashattention', 'gu2023mamba')}, y {OTHER}.</p>",
        f"<ul><li>Publica el {FIGURE} {OWN}</li><li>otra {OTHER}</li></ul>",
        f"<table><tr><td>{FIGURE}</td><td>algo</td><td>{OWN}</td></tr></table>",
        f"<p>Publica el {FIGURE}.</p><div class='source'><p>De {OWN}.</p></div>",
        f"<p>Publica el {FIGURE} {OTHER}.</p><div class='source'>{OWN}</div>",
        f"<h1>{claim('Acierta')}</h1><p>Véase {OWN}.</p>",
        f"<p>{OTHER} no; {FIGURE} {OWN}</p>",
    ],
)
def test_a_claim_with_its_own_citation_in_its_place_is_sound(tmp_path: Path, body: str) -> None:
    assert found(tmp_path, body) == []


@pytest.mark.parametrize(
    "body",
    [
        f"<p>Publica el {FIGURE} {OTHER}.</p>",
        f"<p>Publica el {FIGURE} {OTHER}, y también {OWN}.</p>",
        f"<p>Publica el {FIGURE}.</p><p>Otra cosa {OWN}.</p>",
        f"<p>{OWN} dice {FIGURE}.</p>",
        f"<ul><li>Publica el {FIGURE}</li><li>otra {OWN}</li></ul>",
        f"<table><tr><td>{FIGURE}</td></tr><tr><td>{OWN}</td></tr></table>",
        f"<p>Publica el {FIGURE}.</p><div class='source'>{OTHER}</div>",
        f"<h1>{claim('Acierta')}</h1><p>Véase {OTHER}.</p>",
    ],
)
def test_a_claim_cited_from_another_work_or_elsewhere_is_named(tmp_path: Path, body: str) -> None:
    (problem,) = found(tmp_path, body)
    assert "slide 3" in problem
    assert "its claim is of @gu2023mamba, which is not cited there; add [@gu2023mamba, lugar] after it" in problem


def test_an_empty_claim_is_named(tmp_path: Path) -> None:
    (problem,) = found(tmp_path, f"<p>{claim(' ')} {OWN}</p>")
    assert 'data-claim="c": holds no words; write what the claim supports' in problem


def test_the_references_are_no_slide_of_the_author(tmp_path: Path) -> None:
    assert found(tmp_path, f"<p>{FIGURE}</p>", "references") == []
