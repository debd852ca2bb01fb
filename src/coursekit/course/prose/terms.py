"""Terms that the course does not write: the table modules/terms.toml against every Spanish sentence.

A term may stand where it is spoken of: quoted, with the reason, ``<span data-term="the reason">«esparso»</span>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding
from coursekit.course.layout import Layout, read_toml
from coursekit.course.prose.documents import Passage
from coursekit.course.prose.prose import Prose
from coursekit.course.schema import STRICT, Words, tables, validated
from coursekit.course.text.fold import fold
from coursekit.course.text.mask import MARK, blank, sentences_only, without_code

TERMS = "terms.toml"  # in modules/


@dataclass(frozen=True)
class Term:
    """`avoid` matches whole words of folded text; `write` and `why` are for the author."""

    avoid: re.Pattern[str]
    write: str
    why: str


def load_terms(layout: Layout) -> list[Term]:
    """The table; empty if there is none.

    Raises:
        CourseError: if the file is not TOML, or an entry lacks a key, has one too many, or no regular expression.
    """
    path = layout.modules / TERMS
    if not path.exists():
        return []
    return [_term(entry) for entry in validated(_Terms, read_toml(path), f"modules/{TERMS}").terms]


def check(prose: Prose) -> Iterator[Finding]:
    """Every mark; in the Spanish documents, every term to avoid and every mark without a reason or without quotes."""
    terms = load_terms(prose.layout)
    for document in prose.documents:
        for passage in document.passages:
            for mark in MARK.finditer(without_code(passage.text)):
                yield passage.mark(mark.start(), mark[2], mark[1])
                if document.spanish:
                    yield from _faults(passage, mark)
            if document.spanish:
                yield from _found(passage, terms)


@dataclass(frozen=True)
class _Entry:
    __pydantic_config__ = STRICT
    avoid: Words
    write: Words
    why: Words


@dataclass(frozen=True)
class _Terms:
    __pydantic_config__ = STRICT
    terms: tables("term", _Entry) = ()


def _term(entry: _Entry) -> Term:
    try:
        return Term(re.compile(rf"\b(?:{fold(entry.avoid)})\b", re.IGNORECASE), entry.write, entry.why)
    except (re.error, OverflowError, RecursionError) as error:
        raise CourseError(f"modules/{TERMS}: {entry.avoid!r} is no regular expression: {error}") from error


def _faults(passage: Passage, mark: re.Match[str]) -> Iterator[Finding]:
    if not mark[1].strip():
        yield passage.finding(mark.start(), mark[2], "is marked without a reason", 'say it: data-term="…"')
    if not re.fullmatch(r"«[^«»]+»", mark[2]):
        yield passage.finding(mark.start(), mark[2], "is marked but not quoted", f"write «{mark[2].strip('«»')}»")


def _found(passage: Passage, terms: Sequence[Term]) -> Iterator[Finding]:
    text = fold(sentences_only(MARK.sub(blank, passage.text)))
    for term in terms:
        for match in term.avoid.finditer(text):
            shown = " ".join(passage.text[match.start() : match.end()].split())
            remedy = f"write «{term.write}» ({term.why})"
            yield passage.finding(match.start(), f"«{shown}»", "is a term to avoid", remedy)
