"""The rule of the numbers, over the HTML of a slide, a cell or a page: which digits have no origin.

A digit has one if it is measured (``data-metric``), published (``data-claim``), stands before a citation in its
sentence (or in its table row, or in a table whose ``.source`` line cites), or is structural: code, mathematics, years,
dates, names with digits, ordinals, numbers of slides, sections and exercises, how long something is taught, and what
the author marks ``<span data-structural="reason">12</span>``.

Leaves out: numbers in words, and whether a citation says what the sentence says.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping

from bs4 import NavigableString, Tag
from bs4.element import PreformattedString

# Stand for a citation, which covers what comes before it; for one that covers its sentence («Kaplan et al. (2020,
# tabla 2) dan…»); and for what has its origin or needs none.
CITE, COVER, SAFE = "\ue000", "\ue002", "\ue001"
MARKS = {"[data-metric], [data-claim], [data-structural]": SAFE, ".cite": CITE}
_SKIPPED = "pre, code, mjx-container, math, svg, style, script, header, footer, .katex"
_BLOCKS = {
    *("p", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "div", "table", "thead", "tbody", "tr", "dl", "dt"),
    *("dd", "blockquote", "figure", "figcaption", "section", "aside", "details", "summary", "article", "caption"),
}
_MONTHS = "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
_COUNTED = (
    r"ejercicios?|diapositivas?|secci[oó]n(?:es)?|m[oó]dulos?|figuras?|tablas?|cap[ií]tulos?|partes?|pasos?|"
    r"versi[oó]n(?:es)?|ecuaci[oó]n(?:es)?|ec\.|fig\.|ap[eé]ndices?|cuadernos?|preguntas?|algoritmos?|nivel(?:es)?|"
    r"teoremas?|lemas?|listados?|proposici[oó]n(?:es)?|definici[oó]n(?:es)?|corolarios?"
)
_PLURAL = r"ejercicios|diapositivas|secciones|m[oó]dulos|figuras|tablas|cap[ií]tulos|versiones|ecuaciones|ap[eé]ndices"
_FAMILIES = r"BERT|Falcon\w*|Gemma|LLaDA|Llama|Mamba|Mistral|Mixtral|Phi|Qwen[\d.]*|TinyLlama|Zamba\d*"
_UNITS = "veces|puntos|tokens|bits|bytes|capas|cabezas"
_STRUCTURAL = re.compile(
    rf"""
      \b\d{{1,2}}(?:\.º)?\s+de\s+(?:{_MONTHS})\b        # 3 de mayo
    | \b\d{{4}}-\d{{2}}-\d{{2}}\b                       # 2024-05-03
    | (?<![\w.,])(?:19[4-9]\d|20[0-2]\d|203[0-5])(?:[-–](?:19[4-9]\d|20[0-2]\d|203[0-5]|\d\d))?(?![\w%]|[.,]\d|\s?%)
    | \b(?:{_PLURAL})\s+\d+(?:\.\d+)*(?:(?:,\s|\s[yeoa]\s)\d+(?:\.\d+)*)+\b(?!\s*[%×])  # las secciones 3.1 y 3.2
    | \b(?:{_COUNTED})\s+\d+(?:[.\-]\d+)*\b             # ejercicio 02.1
    | \(\d{{1,3}}\sminutos\) | \bpresentaci[oó]n\sdura\s\d{{1,3}}\sminutos   # how long it is taught
    | \b\d{{1,3}}\sminutos\sde\s(?:lectura|clase|presentaci[oó]n)\b | \bruta\sde\s\d\d\b(?:\sminutos)?
    | \barXiv:\d{{4}}\.\d{{4,5}} | \bdoi:10\.\S+            # arXiv:1706.03762
    | (?<![\w.])\d\d-[a-z][a-z-]+                       # 03-mamba
    | \b(?:{_FAMILIES})\s\d+(?:\.\d+)?B\b                # Mistral 7B
    | \b(?:Gemma|Llama|Phi)\s\d(?:\.\d)?(?![\w%]|[.,]\d|\s?[%×]|\s(?:{_UNITS}))   # Gemma 3
    | (?<![\w.,])0\d\.\d\b(?![.,]\d)                  # 02.1: an exercise; decimals have a comma
    | \d+(?:\.?[ºª]|\.?er\b)                            # 1.º
    | (?<![\w])[^\W\d_]+[-.]?\d[\w.]*(?:-\w+)*          # GPT-2, T5, FP16, WMT14, Qwen2.5-7B
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HEADING_NUMBER = re.compile(r"^\s*\d+(?:\.\d+)*[.)]?\s+(?=\D)")
_NUMBER = re.compile(r"\d[\d.,\u202f\u00a0 ]*\d|\d")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[¿¡«(\"]?[A-ZÁÉÍÓÚÜÑ])")


def open_numbers(marked_tag: Tag) -> Iterator[tuple[str, str]]:
    """(sentence, number) of each number without an origin in a tag that `marked` has marked."""
    for text in sentences(marked_tag):
        bare = "" if COVER in text else _STRUCTURAL.sub(SAFE, text)
        for number in _NUMBER.findall(bare[bare.rfind(CITE) + 1 :]):
            yield shown(text), number.strip()


def shown(text: str) -> str:
    """A marked sentence as a finding quotes it."""
    return " ".join(text.replace(CITE, "(…)").replace(COVER, "(…)").replace(SAFE, "#").split())


def marked(tag: Tag, marks: Mapping[str, str] = MARKS) -> Tag:
    """A copy of the tag in which what each selector of `marks` finds is one character, and so is what is no prose."""
    copied = copy.copy(tag)
    for selector, mark in {_SKIPPED: SAFE, **marks}.items():
        for found in copied.select(selector):
            found.replace_with(mark)
    return copied


def sentences(tag: Tag) -> Iterator[str]:
    """The sentences of a marked tag: no sentence goes from one block into the next."""
    for run in _runs(tag):
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
                yield _HEADING_NUMBER.sub(SAFE, child.get_text())
            else:
                yield from _runs(child)
    yield text


def _table_source(row: Tag) -> str:
    after = row.find_parent("table").find_next_sibling()
    cites = after is not None and "source" in after.get("class", ()) and CITE in after.get_text()
    return CITE if cites else ""
