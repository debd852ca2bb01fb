"""No number without an origin: the gate over the text of a built deck.

Every digit on a slide is measured (``data-metric``), published (``data-claim``, with a citation after it), stands
before a citation in its sentence (or in its table row, or in a table whose ``.source`` line cites), or is
structural: code, mathematics, page numbers, years, dates, names with digits, ordinals, numbers of slides and
exercises, and what the author marks ``<span data-structural="reason">12</span>``.

Leaves out: numbers in words, and whether a citation says what the slide says.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString

from coursekit.course.deck_html import Section, read_sections
from coursekit.course.finding import Finding

_CITE, _SAFE = "\ue000", "\ue001"  # stand for a citation, and for what has its origin or needs none
_SKIPPED = "pre, code, mjx-container, math, svg, style, script, header, footer, .katex"
_BLOCKS = {
    *("p", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "div", "table", "thead", "tbody", "tr", "dl", "dt"),
    *("dd", "blockquote", "figure", "figcaption", "section", "aside", "details", "summary", "article", "caption"),
}
_MONTHS = "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
_COUNTED = (
    r"ejercicios?|diapositivas?|secci[oó]n(?:es)?|m[oó]dulos?|figuras?|tablas?|cap[ií]tulos?|partes?|pasos?|"
    r"versi[oó]n(?:es)?|ecuaci[oó]n(?:es)?|ec\.|fig\.|ap[eé]ndices?|cuadernos?|preguntas?|algoritmos?|nivel(?:es)?"
)
_FAMILIES = r"BERT|Falcon\w*|Gemma|LLaDA|Llama|Mamba|Mistral|Mixtral|Phi|Qwen[\d.]*|TinyLlama|Zamba\d*"
_STRUCTURAL = re.compile(
    rf"""
      \b\d{{1,2}}(?:\.º)?\s+de\s+(?:{_MONTHS})\b        # 3 de mayo
    | \b\d{{4}}-\d{{2}}-\d{{2}}\b                       # 2024-05-03
    | (?<![\w.,])(?:19[5-9]\d|20[0-2]\d|203[0-5])(?:[-–](?:19[5-9]\d|20[0-2]\d|203[0-5]|\d\d))?(?![\w%]|[.,]\d|\s?%)
    | \b(?:{_COUNTED})\s+\d+(?:[.\-]\d+)*\b             # ejercicio 02.1
    | (?<![\w.])\d\d-[a-z][a-z-]+                       # 03-mamba
    | \b(?:{_FAMILIES})\s\d+(?:\.\d+)?B\b                # Mistral 7B
    | (?<![\w.,])0\d\.\d\b(?![.,]\d)                  # 02.1: an exercise; decimals have a comma
    | \d+(?:\.?[ºª]|\.?er\b)                            # 1.º
    | (?<![\w])[^\W\d_]+[-.]?\d[\w.]*(?:-\w+)*          # GPT-2, T5, FP16, WMT14, Qwen2.5-7B
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HEADING_NUMBER = re.compile(r"^\s*\d+(?:\.\d+)*[.)]?\s+(?=\D)")
_NUMBER = re.compile(r"\d[\d.,\u202f\u00a0 ]*\d|\d")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[¿¡«(\"]?[A-ZÁÉÍÓÚÜÑ])")
_REMEDY = 'measure it (data-metric), cite it ([@key, lugar]), or say why not (data-structural="…")'


def check_numbers(bare_html: Path) -> list[Finding]:
    """Every number of the deck that has no origin, and every published one that no citation follows."""
    return [finding for section in _sections(bare_html) for finding in _check(bare_html.stem, section)]


def structural_numbers(bare_html: Path) -> list[Finding]:
    """What the author marked as structural, with the reason: for a person to judge."""
    return [
        Finding(
            bare_html.stem,
            section.number,
            section.title,
            f"«{span.get_text()}»",
            span["data-structural"] or "no reason",
            "",
        )
        for section in _sections(bare_html)
        for span in section.tag.select("[data-structural]")
    ]


def _sections(bare_html: Path) -> list[Section]:
    soup = BeautifulSoup(bare_html.read_text(encoding="utf-8"), "lxml")
    return [section for section in read_sections(soup) if "references" not in section.classes]


def _check(deck: str, section: Section) -> Iterator[Finding]:
    for claim in section.tag.select("[data-claim]"):
        if not any("cite" in tag.get("class", ()) for tag in claim.find_all_next("span") if section.tag in tag.parents):
            yield Finding(
                deck,
                section.number,
                section.title,
                f"«{claim.get_text()}»",
                "a published figure without a citation after it",
                "add [@key, lugar]",
            )
    for text in _sentences(_marked(section.tag)):
        bare = _STRUCTURAL.sub(_SAFE, text)
        open_ = bare[bare.rfind(_CITE) + 1 :]
        for number in _NUMBER.findall(open_):
            shown = " ".join(text.replace(_CITE, "(…)").replace(_SAFE, "#").split())
            yield Finding(deck, section.number, section.title, f"«{shown}»", f"{number.strip()} has no origin", _REMEDY)


def _marked(section: Tag) -> Tag:
    """A copy of the slide in which citations and numbers with an origin are single characters."""
    marked = copy.copy(section)
    for tag in marked.select(_SKIPPED):
        tag.replace_with(_SAFE)
    for tag in marked.select("[data-metric], [data-claim], [data-structural]"):
        tag.replace_with(_SAFE)
    for tag in marked.select(".cite"):
        tag.replace_with(_CITE)
    return marked


def _sentences(section: Tag) -> Iterator[str]:
    for run in _runs(section):
        yield from _SENTENCE.split(run)


def _runs(tag: Tag) -> Iterator[str]:
    """The text of each block; a table row is one block, and a source line that cites covers its table."""
    text = ""
    for child in tag.children:
        if isinstance(child, PreformattedString):
            continue
        if isinstance(child, NavigableString):
            text += str(child)
        elif child.name not in _BLOCKS:
            text += " " if child.name == "br" else child.get_text()
        else:
            yield text
            text = ""
            if child.name == "tr":
                yield "; ".join(cell.get_text() for cell in child.find_all(["td", "th"])) + _table_source(child)
            elif re.fullmatch("h[1-6]", child.name):
                yield _HEADING_NUMBER.sub(_SAFE, child.get_text())
            else:
                yield from _runs(child)
    yield text


def _table_source(row: Tag) -> str:
    after = row.find_parent("table").find_next_sibling()
    cites = after is not None and "source" in after.get("class", ()) and _CITE in after.get_text()
    return _CITE if cites else ""
