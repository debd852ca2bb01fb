"""The number gate, sentence by sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from plaindeck import plain_deck

from coursekit.course.decks.gates import numbers
from coursekit.course.finding import Finding, Mark

# As the engine writes them (slides/engine/spans.mjs, citations.mjs).
CITE = '<span class="cite">(<a data-cite="gu" href="#9">Gu y Dao, 2023, tabla 2</a>)</span>'
METRIC = '<span class="metric" data-metric="a" title="medido por el cuaderno 07-prueba">99,8 %</span>'
CLAIM = '<span class="claim" data-claim="a" title="publicado: @gu, tabla 2">33,1</span>'


def gate(folder: Path, body: str, classes: str = "") -> list[Finding]:
    return [finding for finding in everything(folder, body, classes) if not isinstance(finding, Mark)]


def everything(folder: Path, body: str, classes: str = "") -> list[Finding]:
    """Problems and marks, in order."""
    section = f'<section data-slide="3" class="{classes}"><h1>Título</h1>{body}</section>'
    return list(numbers.check(plain_deck(folder, section)))


@pytest.mark.parametrize(
    "body",
    [
        f"<p>Mide {METRIC}.</p>",
        f"<p>Publica {CLAIM} BLEU {CITE}.</p>",
        f"<p>Usa 65 536 tokens y 8 cabezas {CITE}.</p>",
        f"<p>Sube un 2.5 % {CITE}. Y nada más.</p>",
        "<p>Son <span data-structural='los lados del cuadrado'>4</span> lados.</p>",
        "<pre><code>x[12]</code></pre><p><code>range(7)</code></p>",
        "<mjx-container><svg><text>42</text></svg></mjx-container>",
        "<footer>módulo 2 de 9</footer>",
        "<p>En 2017, entre 2017-2019 y (2023), 1998–99.</p>",
        "<p>El 3 de mayo de 2024 y 2024-05-03.</p>",
        "<p>GPT-2, T5, FP16, H100, Qwen2, int8, WMT14, Qwen2.5-7B, LLaMA-65B y BF16.</p>",
        "<p>Mistral 7B y TinyLlama 1.1B, en su versión 0.1.</p>",
        "<p>El 1.º, la 2.ª y el 3er capítulo.</p>",
        "<p>Ejercicio 02.1, diapositiva 12, sección 3.2, figura 4, 03-mamba.</p>",
        "<p>También: 02.1, la máscara; 02.3 y 02.5.</p>",
        "<p>Las secciones 3.1, 3.2 y 4, y las versiones 0.2 y 0.3.</p>",
        "<p>La máscara (10 minutos). La presentación dura 60 minutos, y hay una ruta de 15.</p>",
        "<p>Unos 90 minutos de lectura; Shannon (1948); arXiv:1706.03762; Gemma 3 y Llama 3.2.</p>",
        "<p>Por el teorema 1 (doi:10.1145/7902.7903).</p>",
        "<p><img alt='Acierto de dos modelos en 2024'></p>",
        f"<div class='number'><p>{CLAIM}</p></div><div class='source'><p>{CITE}</p></div>",
        "<p>Nada que contar.</p><!-- 12 -->",
        f"<table><tr><td>SSM</td><td>33</td><td>{CITE}</td></tr></table>",
        f"<table><tr><td>33</td></tr></table><div class='source'><p>Fuente: {CITE}</p></div>",
    ],
)
def test_numbers_with_an_origin_pass(tmp_path: Path, body: str) -> None:
    assert gate(tmp_path, body) == []


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("<p>Acierta el 99,8 %.</p>", "99,8"),
        (f"<p>Publica {CITE} un 33.</p>", "33"),
        (f"<p>Tiene 7 capas. El artículo {CITE}.</p>", "7"),
        ("<p>Son 175B parámetros.</p>", "175"),
        ("<p>El entrenamiento dura 60 minutos.</p>", "60"),
        ("<p>Tarda (10 minutos y medio).</p>", "10"),
        ("<p>La tabla 1 y 7 capas.</p>", "7"),
        ("<p>Las secciones 3.1 y 40 %.</p>", "40"),
        ("<p>Llama 3 veces.</p>", "3"),
        ("<p>arXiv:17.</p>", "17"),
        ("<p>Un 4× más rápido.</p>", "4"),
        ("<p>Con 2048 tokens.</p>", "2048"),
        ("<p>Mide 02.1,5 o 2.1.</p>", "2.1"),
        ("<p>Baja un 2000 % o 2.017,5.</p>", "2000"),
        ("<ul><li>Uno<ul><li>dos 12</li></ul></li></ul>", "12"),
        ("<p>Con <strong>k=3</strong> expertos</p>", "3"),
        ("<h1>Gana por 3</h1>", "3"),
        (f"<table><tr><td>SSM</td><td>33</td></tr><tr><td>{CITE}</td></tr></table>", "33"),
        ("<table><tr><td>33</td></tr></table><p>Nada.</p>", "33"),
        ("<p>Gasta la mitad.</p>", "la mitad"),
        ("<h1>99 % de acierto</h1>", "99"),
        ("<h2>2.1 La máscara</h2>", "2.1"),
        ("<p>Da <code>35×</code>.</p>", "35"),
        ("<footer>Acierta 99</footer>", "99"),
        ("<p><img alt='Acierta el 99 %'></p>", "99"),
        ("<ol start='99'><li>x</li></ol>", "99"),
        ("<svg><text>99 %</text></svg>", "99"),
        # what only looks like an origin
        ("<p>Mide <span data-metric='a'>99</span>.</p>", "99"),
        ("<p>Mide <b data-metric='a' title='b'>99</b>.</p>", "99"),
        ("<div data-metric='a'><p>Mide 99.</p></div>", "99"),
        ("<p>Mide <span class='metric' title='medido'>99</span>.</p>", "99"),
        ("<p>Dice <span data-claim='a'>99</span> " + CITE + ".</p><p>Mide 98.</p>", "98"),
        ("<p>Mide 99 <span class='cite'></span>.</p>", "99"),
    ],
)
def test_numbers_without_one_are_found(tmp_path: Path, body: str, number: str) -> None:
    findings = gate(tmp_path, body)
    assert any(finding.problem == f"{number} has no origin" for finding in findings), findings


def test_a_finding_names_deck_slide_sentence_and_remedy(tmp_path: Path) -> None:
    (finding,) = gate(tmp_path, f"<p>Nada. Acierta 7 de cada diez, y mide {METRIC}. Fin.</p>")
    assert str(finding) == (
        "07-prueba, slide 3 «Título»: «Acierta 7 de cada diez, y mide #.»: 7 has no origin; "
        'measure it (data-metric), cite it ([@key, lugar]), or say why not (data-structural="…")'
    )


def test_a_footer_may_have_the_number_of_its_module(tmp_path: Path) -> None:
    assert gate(tmp_path, "<footer>Curso · 07 Datos</footer>") == gate(tmp_path, "<header>07 Datos</header>") == []
    assert gate(tmp_path, "<footer>Curso · 12 Datos</footer>") != []


def test_a_footer_is_read_once(tmp_path: Path) -> None:
    slide = "<section data-slide='{}'><p>Nada.</p><footer>Acierta 99</footer></section>"
    assert len(list(numbers.check(plain_deck(tmp_path, slide.format(1), slide.format(2))))) == 1


def test_the_references_are_not_read(tmp_path: Path) -> None:
    assert gate(tmp_path, "<p>Gu (2023), 12:345.</p>", classes="references") == []


def test_structural_numbers_are_listed_with_their_reason(tmp_path: Path) -> None:
    body = "<p><span data-structural='lados'>4</span> <span data-structural=''>5</span></p>"
    listed = [item for item in everything(tmp_path, body) if isinstance(item, Mark)]
    assert [str(item) for item in listed] == [
        "07-prueba, slide 3 «Título»: «4»: lados",
        "07-prueba, slide 3 «Título»: «5»: ",
    ]
    assert everything(tmp_path, body, "references") == []


def test_a_number_is_not_let_stand_without_a_reason(tmp_path: Path) -> None:
    (finding,) = gate(tmp_path, "<p>Son <span data-structural=' '>4</span>.</p>")
    assert (finding.element, finding.problem) == ("«4»", "is let stand without a reason")
    (finding,) = gate(tmp_path, "<p><span data-structural='lados de un cuadrado'>4 lados y 5 caras</span>.</p>")
    assert finding.problem == "is one mark around 2 numbers"


def test_a_title_reads_as_on_the_slide(tmp_path: Path) -> None:
    title = "<h1>Es <span>exacta</span>: <em>a</em>horra<br>memoria</h1><p>Son 7.</p>"
    deck = plain_deck(tmp_path, f"<section data-slide='1'>{title}</section>")
    assert [finding.title for finding in numbers.check(deck)] == ["Es exacta: ahorra memoria"]
