"""The gate of comparative words: each sentence on a slide that says who wins has its evidence."""

from __future__ import annotations

from pathlib import Path

import pytest
from plaindeck import plain_deck

from coursekit.course.decks.gates import comparatives
from coursekit.course.finding import Finding

CITE = '<span class="cite">(<i data-cite="gu">Gu y Dao, 2023, tabla 2</i>)</span>'
CLAIM = '<span class="claim" data-claim="c" title="publicado: @gu">gana</span>'
METRIC = '<span class="metric" data-metric="m" title="medido">4</span>'
HEAD = "<table><thead><tr><th>veces más rápido</th></tr></thead><tbody><tr><td>{}</td></tr></tbody></table>"


def gate(folder: Path, body: str, title: str = "Título", classes: str = "") -> list[Finding]:
    section = f'<section data-slide="3" class="{classes}"><h1>{title}</h1>{body}</section>'
    return list(comparatives.check(plain_deck(folder, section)))


@pytest.mark.parametrize(
    "body",
    [
        f"<p>Mamba {CLAIM} a todos y es más rápido que nadie.</p>",
        f"<p>El mejor modelo queda a {METRIC} bits.</p>",
        f"<p>Es más lento que la referencia {CITE}.</p>",
        "<p>Es <span data-structural='no dice cuánto'>más rápido</span>.</p>",
        "<p>A lo mejor sí; mejor dicho, no. Lo más importante. Nada más.</p><pre>gana</pre>",
        "<p>Lo que se gana y lo que se pierde; menos texto del que cabe, más de lo que parece.</p>",
        "<p>Perder no es perderse; la ganancia tampoco.</p><!-- gana -->",
        HEAD.format(METRIC).replace("más rápido", CLAIM),
        "<p><img alt='La curva de Mamba queda por debajo de la otra'></p>",
    ],
)
def test_sentences_with_their_evidence_pass(tmp_path: Path, body: str) -> None:
    assert gate(tmp_path, body) == []


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("<p>Mamba gana a todos.</p>", "gana"),
        ("<p>Son casi iguales.</p>", "casi iguales"),
        ("<p>Es tan bueno como el otro.</p>", "tan bueno como"),
        ("<p>Va igual de deprisa.</p>", "igual de deprisa"),
        ("<p>Llega más\nlejos que\nantes.</p>", "más lejos que"),
        ("<p>Recuerda más que la atención.</p>", "Recuerda más"),
        ("<p>Mamba superó a la atención.</p>", "superó"),
        ("<p>Mamba <b data-claim='c'>gana</b>.</p>", "gana"),
        ("<p>Mamba gana <span class='cite'></span>.</p>", "gana"),
        ("<p><img alt='Mamba gana a todos'></p>", "gana"),
        ("<p>Es más eficiente y menor que nunca.</p>", "más eficiente"),
        ("<p>Es más eficiente y menor que nunca.</p>", "menor que"),
        (f"<p>Mide {METRIC}. Es el mejor.</p>", "mejor"),
        (f"<ul><li>Va más despacio</li><li>{METRIC}</li></ul>", "más despacio"),
        (HEAD.format(METRIC), "más rápido"),
    ],
)
def test_sentences_without_it_are_found(tmp_path: Path, body: str, word: str) -> None:
    problems = [finding.problem for finding in gate(tmp_path, body)]
    assert f"«{word}» compares without a claim" in problems


def test_a_finding_names_deck_slide_sentence_and_remedy(tmp_path: Path) -> None:
    (finding,) = gate(tmp_path, "<p>Nada. Mamba supera al Transformer. Fin.</p>")
    assert str(finding) == (
        "07-prueba, slide 3 «Título»: «Mamba supera al Transformer.»: «supera» compares without a claim; "
        'put the words in the data-claim that supports them, cite, or say why not (data-structural="…")'
    )


def test_a_heading_holds_its_own_evidence(tmp_path: Path) -> None:
    assert gate(tmp_path, "<p>Sin más.</p>", title=f"Mamba {CLAIM}") == []
    (finding,) = gate(tmp_path, f"<p>{METRIC}</p>", title="Mamba gana")
    assert finding.element == "«Mamba gana»"


def test_the_references_are_not_read(tmp_path: Path) -> None:
    assert gate(tmp_path, "<p>Less is more: gana.</p>", classes="references") == []
