"""The rule of the numbers, sentence by sentence: planted claims of size are found, honest sentences are not.

The sentences stand in planted_numbers.txt and honest_numbers.txt, one a line.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from coursekit.course.text.numbers import (
    COVER,
    count,
    formula,
    marked,
    numbered_headings,
    open_in,
    open_numbers,
    shown,
)

HERE = Path(__file__).parent
CITE = '<span class="cite">(<i data-cite="gu">Gu y Dao, 2023, tabla 2</i>)</span>'
METRIC = '<span data-metric="m">69 %</span>'


def lines(name: str) -> list[str]:
    return (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def html(body: str) -> Tag:
    return BeautifulSoup(f"<div>{body}</div>", "lxml").div


def found(body: str, *, sized: bool = False) -> list[str]:
    return [number for _, number in open_numbers(marked(html(body)), sized=sized)]


@pytest.mark.parametrize("sentence", lines("planted_numbers"))
def test_a_planted_size_is_found(sentence: str) -> None:
    assert found(f"<p>{sentence}</p>"), sentence


@pytest.mark.parametrize("sentence", lines("honest_numbers"))
def test_an_honest_sentence_passes(sentence: str) -> None:
    assert found(f"<p>{sentence}</p>") == []


def test_there_are_many_of_both() -> None:
    assert min(len(set(lines(name))) for name in ("planted_numbers", "honest_numbers")) >= 60


@pytest.mark.parametrize(
    "body",
    [
        f"<p>Usa 65 536 tokens y 8 cabezas {CITE}.</p>",
        f"<p>Gana el doble y tarda la mitad {CITE}.</p>",
        f"<p>Uno, 12, y dos, 14 {CITE}, o 16 {CITE}.</p>",
        f"<table><tr><td>1</td><td>22</td><td>33</td><td>44</td><td>55</td><td>{CITE}</td></tr></table>",
        f"<table><tr><td>33</td></tr></table><div class='source'><p>Fuente: {CITE}</p></div>",
        f"<p>Shannon {COVER} mide 37, 38 y 39 bits.</p>",
    ],
)
def test_a_citation_covers_what_stands_before_it(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        (f"<p>Publica {CITE} un 33.</p>", ["33"]),
        (f"<p>Tiene 11 capas, 12 cabezas, 13 tokens, 14 bits y 15 pasos {CITE}.</p>", ["11", "12"]),
        (f"<p>Tiene 11 capas; usa 12 cabezas {CITE}.</p>", ["11"]),
        (f"<p>Acierta 99, frente a {METRIC}, y lo dice {CITE}.</p>", ["99"]),
        (f"<p>Tiene 11 capas. El artículo {CITE}.</p>", ["11"]),
        (f"<table><tr><td>{CITE}</td><td>33</td></tr></table>", ["33"]),
        (f"<p>Shannon {COVER} mide 31, 32, 33 y 34 bits; y 35.</p>", ["34", "35"]),
    ],
)
def test_but_no_more_than_three_and_none_of_another_part(body: str, numbers: list[str]) -> None:
    assert found(body) == numbers


@pytest.mark.parametrize(
    ("tex", "after", "left"),
    [
        (r"35\times", "", "35×"),
        (r"99{,}8\,\%", "", "99,8 %"),
        (r"35~\text{ms}", "", "35 ms"),
        (r"\times 35", "", "× 35"),
        (r"x = 35\,\%", "", "35 %"),
        ("35", " más", "35"),
        ("8", " veces", "8"),
        ("10^{6}", " tokens", "10^6"),
    ],
)
def test_a_size_in_a_formula_is_one(tex: str, after: str, left: str) -> None:
    assert formula(tex, after) == left
    assert found(f'<p><mjx-container><svg aria-label="{tex}"></svg></mjx-container>{after}</p>')


@pytest.mark.parametrize(
    ("tex", "after"),
    [
        ("n^2", ""),
        ("k = 37", ""),
        (r"3 \times 4", ""),
        ("n^{42}", ""),
        (r"2 \cdot 64 = 128 \text{ bytes}", ""),
        ("0", " en el ruido"),
        ("10^{12}", ") de tokens"),
        (r"\frac{1}{2}", ""),
    ],
)
def test_a_formula_is_none(tex: str, after: str) -> None:
    assert found(f'<p><mjx-container><svg aria-label="{tex}"></svg></mjx-container>{after}</p>') == []


@pytest.mark.parametrize("code", ["35×", "99,8 %", "███ 99 %", "t = 35 ms", "35x", "Mamba  ████ 99 %\nRoPE   ██ 19 %"])
def test_a_size_in_code_is_one(code: str) -> None:
    assert found(f"<p>Da <code>{code}</code>.</p>")
    assert found(f"<pre><code>{code}</code></pre>")


@pytest.mark.parametrize(
    "code", ["x[12]", "range(7)", "x % 2", "100 % 3", "3 × n", "y = 5", 'f"{x:.1f} %"', "lr=0.003"]
)
def test_code_is_none(code: str) -> None:
    assert found(f"<p>Da <code>{code}</code>.</p><pre><code>{code}</code></pre>") == []


def test_only_sizes_count_where_numbers_are_given_to_work_with() -> None:
    assert found("<p>Un modelo con 32 cabezas pasa a 8.</p>", sized=True) == []
    assert found("<p>Acierta el 99 %, usa 35 veces menos y la mitad.</p>", sized=True) == ["99", "35", "la mitad"]


def test_a_heading_of_a_notebook_may_have_its_section_number() -> None:
    for heading in ("2.1 La máscara", "3. ¿Qué es?", "10. otra", "10 · Datos"):
        assert found(str(numbered_headings(html(f"<h2>{heading}</h2>")))) == []
    for heading in ("99 % de acierto", "35 veces menos", "2 capas"):
        assert found(str(numbered_headings(html(f"<h2>{heading}</h2>"))))
    assert found("<h2>2.1 La máscara</h2>") == ["2.1"]  # a slide's has none


def test_a_range_is_one_number_and_a_sentence_is_quoted_whole() -> None:
    assert [count(words) for words in ("2 a 32", "20-40×", "1536 canales y 16 estados", "el doble")] == [1, 1, 2, 1]
    assert next(iter(open_in("Acierta 7 de 10.")))[0] == "Acierta 7 de 10."
    assert shown("mide \ue001\ue001 y \ue003 \ue000") == "mide # y # (…)"
