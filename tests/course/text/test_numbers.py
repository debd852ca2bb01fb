"""Which digits have no origin, in the HTML of a slide, a cell or a page."""

import pytest
from bs4 import BeautifulSoup

from coursekit.course.text.numbers import marked, open_numbers, sentences, shown

CITE = '<span class="cite">(Gu, 2023)</span>'
ROW = "<table><tr><td>33</td><td>SSM</td></tr></table>"


def tag(html):
    return marked(BeautifulSoup(f"<section>{html}</section>", "lxml").section)


@pytest.mark.parametrize(
    ("html", "numbers"),
    [
        ("<p>7 capas</p>", ["7"]),  # the first character
        ("<p>Son 7</p>", ["7"]),  # and the last
        (f"<p>Son 7 {CITE}</p>", []),
        (f"<p>Son 7 {CITE}9 y 10</p>", ["9", "10"]),  # right behind the citation
        (f"<p>Son 7 {CITE}, 8 {CITE} y 9</p>", ["9"]),
        ("<p>Son 1 234,5 y 6.7</p>", ["1 234,5", "6.7"]),
        ("Suelto 7<p>Dentro 8</p>suelto 9", ["7", "8", "9"]),
        ("<p>Son 7<br>y 8</p>", ["7", "8"]),
        (ROW, ["33"]),
        (f"{ROW}<div class='source'>Fuente: {CITE}</div>", []),
        (f"{ROW}<div class='source'>Fuente: nosotros</div>", ["33"]),  # which cites nobody
        (f"{ROW}<p>Según {CITE}</p>", ["33"]),  # a citation that is no source line of the table
        (f"{ROW}<p>Nada</p><div class='source'>{CITE}</div>", ["33"]),
        (f"<table><tr><td>33</td><td>{CITE}</td></tr><tr><td>44</td></tr></table>", ["44"]),
        ("<h2>2.1 Las 3 capas</h2>", ["3"]),  # its own number needs no origin
        ("<p>2.1 Las 3 capas</p>", ["2.1", "3"]),
        ("<p>Son <code>7</code> y <svg>8</svg></p><!-- 9 -->", []),
    ],
)
def test_the_numbers_that_have_no_origin(html, numbers):
    assert [number for _, number in open_numbers(tag(html))] == numbers


def test_a_finding_quotes_its_sentence_as_one_reads_it():
    html = f"<p>Nada. Son   7 y <code>x</code> {CITE}. ¿Y 8?</p>"
    assert [sentence for sentence, _ in open_numbers(tag(html))] == ["¿Y 8?"]
    assert [shown(sentence) for sentence in sentences(tag(html))] == ["", "Nada.", "Son 7 y # (…).", "¿Y 8?", ""]
