"""The gate of the numbers over what no engine builds: notebooks, pages, manifests, quizzes, exercises' messages, notes.

The rule is that of the slides (text/numbers.py). A citation may also stand in words, as notebooks cite: «Kaplan et al.
(2020, tabla 2)» is one where the bibliography has the work and a place follows. A notebook holds no measured number in
its Markdown: its cells print them, and `coursekit sync` does not rewrite it. What a claim states is its source's.

Leaves out: what a built slide shows, which the decks' gate reads; slides/README.md, which shows the syntax; code cells
(`coursekit.course.prose.cells`).
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
from coursekit.course.text.attributes import attributes, styled
from coursekit.course.text.marks import faults
from coursekit.course.text.mask import formulas, notes, styles
from coursekit.course.text.numbers import (
    CITE,
    COVER,
    OWN,
    SAFE,
    count,
    formula,
    marked,
    numbered_headings,
    open_in,
    open_numbers,
    sentences_of,
)

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table").disable("code")
_EXERCISES = ["número", "tema", "minutos"]  # the table of a module's page
_COUNTED = re.compile(r"\d\d\.\d{1,2}|\d{1,3}")  # the number of an exercise, its minutes
INLINE = "span, b, strong, em, i, mark, small, code, kbd, var, data"
_MARKS = {
    "[data-structural]": SAFE,
    f":is({INLINE})[data-metric]": OWN,
    f":is({INLINE})[data-claim]": SAFE,
    "cite[data-cite]": CITE,
}
_CITED = ("statement", "published")  # of a claim, which has a source
_ASKED = (".py", "quiz.toml")  # what asks gives numbers to work with: only sizes are claims
_REMEDY = 'let a cell print it, cite it ([@key, lugar]), or say why not (data-structural="…")'


def check(prose: Prose) -> Iterator[Finding]:
    """Every number without an origin, every measured one in a notebook; every mark, and those without a reason."""
    named = named_works(prose.references.values())
    for document in prose.documents:
        if not is_read(prose.layout, document):
            continue
        is_synced = document.path.parent.parent == prose.layout.modules and document.path.name == "README.md"
        for passage in document.passages:
            if document.unit != "slide":
                yield from _check(passage, passage.text, named, is_synced)
                continue
            for note in notes(passage.text):
                yield from _check(passage, note[1], named, is_synced)
            for style in styles(passage.text):
                yield from (_finding(passage, words, words) for words in _written(style[0]))


def is_read(layout: Layout, document: Document) -> bool:
    """Whether the rule holds for a document: all that students and instructors read, but the manual of the decks."""
    return document.spanish and document.path != layout.slides / "README.md"


def _check(passage: Passage, text: str, named: re.Pattern[str], is_synced: bool) -> Iterator[Finding]:
    """`is_synced`: whether `coursekit sync` renews the measured numbers of this text, and its gate holds them."""
    html = html_of(text, named)
    for span in html.select("[data-structural]"):
        words, reason = span.get_text(), span["data-structural"]
        said = re.sub(f"[{COVER}{CITE}]", "(…)", words)
        yield passage.mark(_at(passage, words), f"«{said}»", reason)
        for problem, remedy in faults(words, reason, count(words)):
            yield passage.finding(_at(passage, words), f"«{said}»", problem, remedy)
    for span in html.select("[data-metric], [data-claim]") if not is_synced else ():
        words = span.get_text()
        if span.has_attr("data-metric") or any(map(str.isdigit, words)):
            where = "in a notebook's Markdown, " if passage.unit == "cell" else ""
            remedy = "let a cell print it" if passage.unit == "cell" else "say it on a slide or on a module's page"
            problem = f"is a measured number {where}where nothing keeps it true"
            yield passage.finding(_at(passage, words), f"«{words}»", problem, remedy)
    if passage.title in _CITED and passage.unit == "line" and passage.document.endswith("module.toml"):
        return
    sized = passage.document.endswith(_ASKED)
    for sentence, number in [*open_numbers(marked(_without_exercises(html), _MARKS), sized=sized), *_outside(html)]:
        yield _finding(passage, sentence, number)


def _finding(passage: Passage, sentence: str, number: str) -> Finding:
    return passage.finding(_at(passage, number), f"«{sentence}»", f"{number} has no origin", _REMEDY)


def html_of(text: str, named: re.Pattern[str]) -> Tag:
    """The Markdown as HTML, with the sizes of each formula, or a mark, in its place; citations are marked, too."""
    for match in reversed(formulas(text)):
        after = text[match.end() :]
        text = text[: match.start()] + formula(match[0].strip("$"), after) + after
    text = CITATION.sub("<cite data-cite></cite>", named.sub(COVER, text))
    html = BeautifulSoup(f"<div>{_MARKDOWN.render(text)}</div>", "lxml").div
    return numbered_headings(html)


def named_works(references: Iterable[Reference]) -> re.Pattern[str]:
    """«Kaplan et al. (2020, tabla 2)», «Kaplan et al., 2020, tabla 2»: a work of the bibliography and a place in it."""
    works = {tuple(reference.label.rsplit(", ", 1)) for reference in references}
    either = "|".join(rf"{_spaced(who)},?\s+\(?{year}" for who, year in sorted(works, reverse=True)) or r"(?!)"
    return re.compile(rf"(?:{either})[a-z]?,\s+(?:{PLACE.pattern})[^();]*", re.IGNORECASE)


def _spaced(who: str) -> str:
    """A pattern for names that may run over a line."""
    return r"\s+".join(map(re.escape, who.split()))


def _outside(html: Tag) -> Iterator[tuple[str, str]]:
    for _, words in attributes(html):
        for sentence in sentences_of(words):
            yield from open_in(sentence)


def _written(style: str) -> Iterator[str]:
    for words in styled(style):
        yield from (number for _, number in open_in(words))


def _without_exercises(html: Tag) -> Tag:
    """Without the numbers and the minutes of the table of exercises."""
    for table in html.find_all("table"):
        if [head.get_text().strip().lower() for head in table.find_all("th")] == _EXERCISES:
            for row in table.find_all("tr")[1:]:
                for cell in (row.find_all("td")[0], row.find_all("td")[-1]):
                    if _COUNTED.fullmatch(cell.get_text().strip()):
                        cell.string = SAFE
    return html


def _at(passage: Passage, shown: str) -> int:
    """Where a number stands in the text; its line is what matters."""
    return max(0, passage.text.find(shown))
