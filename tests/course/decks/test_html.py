"""A built page as slides: what a reader sees of it."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup, CData

from coursekit.course.decks.html import text_of


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Uno <b>d</b>os<br>tres</p>", "Uno dos tres"),
        ("<p>Uno<!-- una nota --> y dos</p>", "Uno y dos"),
        (
            '<p>El paso <mjx-container><svg aria-label="\\Delta"><path></path></svg></mjx-container></p>',
            r"El paso \Delta",
        ),
    ],
)
def test_the_text_of_a_tag_is_what_one_reads(html: str, text: str) -> None:
    assert text_of(BeautifulSoup(html, "lxml").p) == text


def test_what_is_no_text_is_not_read() -> None:
    paragraph = BeautifulSoup("<p>Uno</p>", "lxml").p
    paragraph.append(CData("datos"))
    assert text_of(paragraph) == "Uno"
