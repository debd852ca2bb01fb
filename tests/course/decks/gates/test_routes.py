"""The route of the second edition: short, and its summary names nothing that it does not show."""

from __future__ import annotations

from pathlib import Path

import pytest
from plaindeck import plain_deck

from coursekit.course.decks.gates import routes


def slide(body: str, number: int = 1, route: bool = True, classes: str = "", edition: str = "2") -> str:
    marks = f'data-edition="{edition}" class="{classes}"' + ' data-route="1"' * route
    return f'<section data-slide="{number}" {marks}><h1>El título</h1>{body}</section>'


def found(folder: Path, *slides: str) -> list[str]:
    return [str(finding) for finding in routes.check(plain_deck(folder, *slides))]


def test_eight_slides_are_the_most(tmp_path: Path) -> None:
    references = slide("", classes="references")
    assert found(tmp_path, *[slide("")] * 8, slide("", route=False), references) == []
    assert "route: has 9 slides, more than 8" in found(tmp_path, *[slide("")] * 9)[0]
    assert found(tmp_path, *[slide("", edition="1")] * 9) == []
    assert found(tmp_path, slide("", route=False)) == []


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("<strong>caché</strong> que crece", "caché"),
        ("La de Mamba no crece", "Mamba"),
        ("Con <code>GQA</code> se divide", "GQA"),
        ("Y el SmolLM2 también", "SmolLM2"),
        ("Mira todo. Nada, mientras quepa", None),
        ("La atención mira", None),
    ],
)
def test_a_summary_names_what_the_route_shows(tmp_path: Path, said: str, named: str | None) -> None:
    summary = slide(f"<ul><li>{said}</li></ul>", 3, classes="summary")
    elsewhere = slide("<p>La caché de Mamba, con GQA, de SmolLM2.</p>", 2, route=False)
    problems = found(tmp_path, slide("<p>Nada.</p>"), elsewhere, summary)
    assert [f"«{named}»: is named in the route and not shown in it" in problem for problem in problems] == (
        [True] if named else []
    )
    assert found(tmp_path, slide("<p>La caché de Mamba, con GQA, de SmolLM2.</p>"), summary) == []
