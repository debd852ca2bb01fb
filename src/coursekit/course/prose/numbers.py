"""The gate of the numbers over what is not a slide: the Markdown of notebooks and the modules' pages.

The rule is that of the slides (text/numbers.py). A citation may also stand in words, as notebooks cite: «Kaplan et al.
(2020, tabla 2)» is one where the bibliography has the work and a place follows, and covers its sentence.
A notebook holds no measured number in its Markdown: its cells print them, and `coursekit sync` does not rewrite it.

Leaves out: README.es.md, which says how to install the course, and the messages of exercises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, Tag
from markdown_it import MarkdownIt

from coursekit.course.bibliography import Reference
from coursekit.course.finding import Finding
from coursekit.course.layout import Layout
from coursekit.course.prose.citations import CITATION, PLACE
from coursekit.course.prose.documents import Document, Passage
from coursekit.course.prose.prose import Prose
from coursekit.course.text.mask import without_code
from coursekit.course.text.numbers import COVER, MARKS, SAFE, marked, open_numbers

# Code and formulas are blanked before; what begins with their blanks is no indented code.
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table").disable("code")
_EXERCISES = ["número", "tema", "minutos"]  # the table of a module's page
_REMEDY = 'let a cell print it, cite it ([@key, lugar]), or say why not (data-structural="…")'


def check(prose: Prose) -> Iterator[Finding]:
    """Every number without an origin, every measured one in a notebook; every mark, and those without a reason."""
    named = _named(prose.references.values())
    for document in prose.documents:
        if _is_read(prose.layout, document):
            for passage in document.passages:
                yield from _check(passage, named)


def _is_read(layout: Layout, document: Document) -> bool:
    page = document.path.name == "README.md" and document.path.parent.parent == layout.modules
    return document.path.suffix == ".ipynb" or page


def _check(passage: Passage, named: re.Pattern[str]) -> Iterator[Finding]:
    html = _html(named.sub(COVER, passage.text))
    for span in html.select("[data-structural]"):
        text, reason = span.get_text().replace(COVER, "(…)"), span["data-structural"]
        yield passage.mark(_at(passage, text), f"«{text}»", reason)
        if not reason.strip():
            remedy = 'say it: data-structural="…"'
            yield passage.finding(_at(passage, text), f"«{text}»", "is let stand without a reason", remedy)
    if passage.unit == "cell":
        for span in html.select("[data-metric], [data-claim]"):
            problem = "is a measured number in a notebook's Markdown, where nothing keeps it true"
            yield passage.finding(_at(passage, span.get_text()), f"«{span.get_text()}»", problem, "let a cell print it")
    for sentence, number in open_numbers(marked(_without_minutes(html), MARKS)):
        yield passage.finding(_at(passage, number), f"«{sentence}»", f"{number} has no origin", _REMEDY)


def _html(text: str) -> Tag:
    """The Markdown as HTML, with a mark in place of code and formulas; citations are spans, as in a deck."""
    cited = CITATION.sub('<span class="cite">·</span>', _hidden(text))
    return BeautifulSoup(f"<div>{_MARKDOWN.render(cited)}</div>", "lxml").div


def _hidden(text: str) -> str:
    """The text with one mark for each piece of code or formula inside a line; whole lines of them stay empty."""
    marked = "".join(SAFE if blank != char else char for blank, char in zip(without_code(text), text))
    return re.sub(rf"^[ {SAFE}]*$", "", re.sub(rf"{SAFE}(?: *{SAFE})*", SAFE, marked), flags=re.MULTILINE)


def _without_minutes(html: Tag) -> Tag:
    """Without the minutes of the table of exercises."""
    for table in html.find_all("table"):
        if [head.get_text().strip().lower() for head in table.find_all("th")] == _EXERCISES:
            for row in table.find_all("tr")[1:]:
                row.find_all("td")[-1].string = SAFE
    return html


def _named(references: Iterable[Reference]) -> re.Pattern[str]:
    """«Kaplan et al. (2020, tabla 2)», «Kaplan et al., 2020, tabla 2»: a work of the bibliography and a place in it."""
    works = {tuple(reference.label.rsplit(", ", 1)) for reference in references}
    either = "|".join(rf"{_spaced(who)},?\s+\(?{year}" for who, year in sorted(works, reverse=True)) or r"(?!)"
    return re.compile(rf"(?:{either})[a-z]?,\s+(?:{PLACE.pattern})[^();]*", re.IGNORECASE)


def _spaced(who: str) -> str:
    """A pattern for names that may run over a line."""
    return r"\s+".join(map(re.escape, who.split()))


def _at(passage: Passage, shown: str) -> int:
    """Where a number stands in the text; its line is what matters."""
    return max(0, passage.text.find(shown))
