"""The claims of a slide: cited from their own work, in their place, and no more than what was reproduced."""

from __future__ import annotations

from pathlib import Path

import pytest
from plaindeck import plain_deck

from coursekit.course.decks.gates import claims
from coursekit.course.finding import Finding, Mark


def cite(*keys: str) -> str:
    return f'<span class="cite">({"; ".join(f"""<a href="#9" data-cite="{key}">x</a>""" for key in keys)})</span>'


def claim(words: str, verdict: str = "") -> str:
    return f'<span data-claim="c" class="claim" title="publicado: @gu2023mamba, tabla 1{verdict}">{words}</span>'


OWN, OTHER = cite("gu2023mamba"), cite("dao2022flashattention")
FIGURE, FAILED, DENIED = claim("99,8 %"), "; no reproducido aquí", "; contradicho aquí"


def everything(folder: Path, body: str, classes: str = "") -> list[Finding]:
    return list(claims.check(plain_deck(folder, f'<section data-slide="3" class="{classes}">{body}</section>')))


def found(folder: Path, body: str, classes: str = "") -> list[str]:
    return [str(finding) for finding in everything(folder, body, classes) if not isinstance(finding, Mark)]


@pytest.mark.parametrize(
    "body",
    [
        f"<p>Publica el {FIGURE} {OWN}.</p>",
        f"<p>Publica el {FIGURE} {cite('dao2022flashattention', 'gu2023mamba')}, y {OTHER}.</p>",
        f"<ul><li>Publica el {FIGURE} {OWN}</li><li>otra {OTHER}</li></ul>",
        f"<table><tr><td>{FIGURE}</td><td>algo</td><td>{OWN}</td></tr></table>",
        f"<p>Publica el {FIGURE}.</p><div class='source'><p>De {OWN}.</p></div>",
        f"<h1>{claim('Acierta')}</h1><p>Véase {OWN}.</p>",
        f"<h1>{claim('Acierta', '; reproducido aquí')}</h1><p>{OWN}</p>",
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


@pytest.mark.parametrize("verdict", [FAILED, DENIED])
def test_words_of_what_failed_are_printed_and_must_deny_something(tmp_path: Path, verdict: str) -> None:
    mark, problem = everything(tmp_path, f"<h1>{claim('gana siempre', verdict)}</h1><p>{OWN}</p>")
    assert isinstance(mark, Mark)
    assert mark.problem == f"c: {verdict[2:-5]}"
    assert f"«gana siempre»: c is «{verdict[2:-5]}», and nothing there says so; say that it is not so" in str(problem)
    assert found(tmp_path, f"<h1>Aquí no {claim('gana siempre', verdict)}</h1><p>{OWN}</p>") == []
    assert everything(tmp_path, f"<p>{claim('99,8 %', verdict)} {OWN}</p>") == []  # what is published is published


def test_the_references_are_no_slide_of_the_author(tmp_path: Path) -> None:
    assert found(tmp_path, f"<p>{FIGURE}</p>", "references") == []
