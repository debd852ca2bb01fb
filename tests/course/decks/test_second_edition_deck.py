"""A whole deck of the second edition, with all that the kit and the theme have, passes every gate in every format."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coursekit.course.bibliography import load_bibliography
from coursekit.course.browser import find_browser
from coursekit.course.decks.build import build_deck
from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.gates import GATES
from coursekit.course.finding import Mark
from coursekit.notebook.drawing import Drawing, arcs, cache, chips, text, tokens

FIXTURES = Path(__file__).parents[1] / "fixtures_decks"
ROOT = Path(__file__).parents[3]
MARK = "grabado el 2026-11-22 en AMD EPYC, 2 núcleos"
CONTEXT = {
    "metrics": {
        "arcos/llaves": {"text": "62 %", "origin": "medido"},
        "cabeza/acierto": {"text": "44 %", "origin": f"medido por el cuaderno x; {MARK}"},
        "cabeza/acierto@recorded": {"text": MARK, "origin": MARK},
        "contexto/cache": {"text": "8 MiB", "origin": "medido"},
    },
    "states": {
        "contexto": {
            "labels": ["64 tokens", "512 tokens", "4096 tokens"],
            "values": {"cache": ["1 MiB", "8 MiB", "64 MiB"]},
            "default": 1,
        }
    },
    "references": load_bibliography(ROOT / "modules" / "references.bib"),
}


def draw(figures: Path) -> None:
    """What the notebooks and slides/drawings of a module would draw."""
    grows = Drawing(400, title="Arcos", alt="El hueco mira sobre todo a «llaves», con un arco grueso.")
    row = tokens(["Las", "llaves", "que", "guardaba", "el", "pescador", None], 120, 250, size=26)
    grows.add(row)
    grows.next_frame()
    grows.add(chips(row.parts[:-1], "key", 312), chips(row.parts[-1:], "query", 312))
    grows.next_frame()
    grows.add(arcs(row.parts, 6, [0.04, 0.62, 0.02, 0.05, 0.02, 0.2], labels=[1, 5], reach=190))
    points = Drawing(420, title="Puntos", alt="Un punto por cabeza: casi todos arriba, uno abajo.", wide=680)
    points.add(text("una cabeza, un punto", 340, 380), tokens(["0", "1", "2", "3"], 60, 100, pitch=140))
    states = Drawing(
        240, title="Contexto", alt="La estantería de la caché, con más huecos llenos.", states=True, default=1
    )
    for filled in (1, 6, 20):
        if filled > 1:
            states.next_frame()
        states.add(cache(filled, 60, 30, places=20, slot=40))
    for name, drawing in (("arcos", grows), ("puntos", points), ("contexto", states)):
        (figures / f"{name}.svg").write_text(drawing.svg, encoding="utf-8")


@pytest.mark.browser
@pytest.mark.slow
def test_it_passes_every_gate(tmp_path: Path) -> None:
    slides = tmp_path / "course" / "slides"
    (slides / "figures").mkdir(parents=True)
    (tmp_path / "course" / "modules").mkdir()
    shutil.copy(FIXTURES / "91-segunda.md", slides)
    draw(slides / "figures")
    out = tmp_path / "course" / "build" / "decks"
    result = build_deck(slides / "91-segunda.md", context=CONTEXT, out=out, browser=find_browser(), project=ROOT)
    assert result.warnings == []
    found = [finding for gate in GATES for finding in gate(BuiltDeck("91-segunda", out))]
    assert [str(finding) for finding in found if not isinstance(finding, Mark)] == []
