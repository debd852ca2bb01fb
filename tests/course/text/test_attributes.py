"""What a reader meets outside the text."""

import pytest
from bs4 import BeautifulSoup

from coursekit.course.text.attributes import attributes


def found(html: str) -> list[str]:
    return [words for _, words in attributes(BeautifulSoup(f"<div>{html}</div>", "lxml").div)]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ('<img alt="Acierta el 99 %">', "Acierta el 99 %"),
        ('<b title="99 %">x</b>', "99 %"),
        ('<ol start="99"><li>x</li></ol>', "99"),
        ('<ol><li value="99">x</li></ol>', "99"),
        ("<style>p::after { content: '99 %' }</style>", "99 %"),
        ('<style>p { color: red } p::after{content:"35×";}</style>', "35×"),
        ("<style>ol { counter-reset: item 98 }</style>", "98"),
        ('<p style="counter-set: item 98">x</p>', "98"),
        ('<svg aria-label="99 %"></svg>', "99 %"),
    ],
)
def test_it_is_found(html: str, words: str) -> None:
    assert words in found(html)


@pytest.mark.parametrize(
    "html",
    [
        '<ol start="3"><li>x</li></ol>',
        "<style>p { font-size: 99px; width: 35% } ol { counter-reset: item }</style>",
        '<span data-metric="a" class="metric" title="medido el 2026-11-22">4</span>',
        '<mjx-container title="9"><svg aria-label="n^{42}"></svg></mjx-container>',
        '<img alt="" width="99">',
    ],
)
def test_what_shows_no_words_is_not(html: str) -> None:
    assert found(html) == []
