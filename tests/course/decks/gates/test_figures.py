"""What a notebook found in a figure is said of the decks of the second edition that show it."""

from __future__ import annotations

import base64
from pathlib import Path

from plaindeck import plain_deck

from coursekit.course.decks.gates import figures


def image(svg: str) -> str:
    return f'<img alt="Una curva que sube" src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">'


def found(folder: Path, body: str, edition: str = "2") -> list[str]:
    slide = f'<section data-slide="1" data-edition="{edition}"><h1>A</h1>{body}</section>'
    return [str(finding) for finding in figures.check(plain_deck(folder, slide))]


def test_each_fault_of_a_figure_is_named(tmp_path: Path) -> None:
    faulty = image(
        '<svg data-faults="the legend «a» lies over what is drawn; «Mamba» is drawn in #000000" id="x"></svg>'
    )
    legend, colour = found(tmp_path, image("<svg></svg>") + faulty + '<img src="data:image/png;base64,AAAA">')
    assert "figure «Una curva que sube»: the legend «a» lies over what is drawn; draw it anew" in legend
    assert "«Mamba» is drawn in #000000; draw it anew" in colour
    assert found(tmp_path, faulty, edition="1") == []
