"""Every sign has a glyph in the theme's own fonts: what a system's font draws here is a box on another machine.

On slides: the faces of slides/theme/fonts.css and signs.css, in the order of the theme's --sans and --mono. In
formulas: MathJax draws what it has, and leaves the rest to the browser. In figures: matplotlib draws letters as paths,
under the words as a comment, and for a sign that its font has not a box of the font LastResort (before 3.9, the font's
glyph 0); a drawing by hand has words, which the browser sets in whatever fonts there are, so they are held to the
theme's.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bs4 import NavigableString, Tag
from bs4.element import PreformattedString
from lxml import etree

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.html import Section
from coursekit.course.finding import Finding
from coursekit.root import checkout

_UNSEEN = {"script", "style", "title", "desc"}
_CODE = {"code", "pre", "kbd", "samp"}
_SVG = re.compile(r"data:image/svg\+xml;base64,(\S+)")
_REMEDY = "write another sign, or show it in a figure"


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Every sign without a glyph, once a slide or figure."""
    for section in deck.page.sections:
        for sign in sorted(_missing(section)):
            yield section.finding(deck.name, _named(sign), "is in no font of the theme", _REMEDY)
        for sign in sorted({sign for text in section.tag.select("mjx-container svg text") for sign in text.get_text()}):
            element = f"{_named(sign)} in a formula"
            yield section.finding(deck.name, element, "is in no font of the formulas", "write it outside the formula")
        for image in section.tag.select("img[src]"):
            for sign in sorted(_missing_in_figure(image["src"])):
                element = f"{_named(sign)} in the figure «{image.get('alt', '')[:50]}»"
                yield section.finding(deck.name, element, "is in no font, so a box is drawn", "write another sign")


def _missing(section: Section) -> set[str]:
    missing: set[str] = set()
    for text in section.tag.find_all(string=True):
        inside = {parent.name for parent in _parents(text, section.tag)}
        if not isinstance(text, PreformattedString) and not inside & _UNSEEN:
            missing |= _outside(text, _covered("--mono" if inside & _CODE else "--sans"))
    return missing


def _parents(text: NavigableString, top: Tag) -> Iterator[Tag]:
    for parent in text.parents:
        yield parent
        if parent is top:
            return


def _missing_in_figure(source: str) -> set[str]:
    found = _SVG.fullmatch(source)
    if not found:
        return set()
    root = etree.fromstring(base64.b64decode(found[1]))
    words = "".join("".join(text.itertext()) for text in root.iter("{*}text"))
    return _boxes(root) | _outside(words, _covered("--sans"))


def _boxes(root: etree._Element) -> set[str]:
    """Signs of the words of a figure that its own font has not, and for which it has a box."""
    drawn = " ".join(path.get("id", "") for path in root.iter("{*}path"))
    signs = set("".join(comment.text for comment in root.iter(etree.Comment)))
    lacking = {sign for sign in signs if ord(sign) not in _figures_font() and not _has_no_glyph(sign)}
    return {sign for sign in lacking if re.search(rf"\bLastResort|-(?:0|{ord(sign):x})(?:\s|$)", drawn)}


def _outside(text: str, covered: frozenset[int]) -> set[str]:
    return {sign for sign in text if ord(sign) not in covered and not _has_no_glyph(sign)}


def _has_no_glyph(sign: str) -> bool:
    """Spaces, line ends, joiners and the no-break hyphen, which a browser makes of what there is."""
    return unicodedata.category(sign) in {"Zs", "Cc", "Cf", "Zl", "Zp"} or sign in "\u2011\ufe0e\ufe0f"


@cache
def _covered(stack: str, theme: Path | None = None) -> frozenset[int]:
    """The signs of the theme's faces in ``--sans`` or ``--mono``, as their ranges say."""
    theme = theme or checkout() / "slides" / "theme"
    css = (theme / "coursekit.css").read_text(encoding="utf-8")
    families = re.findall(r'"([^"]+)"', re.search(rf"{stack}: ([^;]+);", css)[1])
    faces = "".join((theme / name).read_text(encoding="utf-8") for name in ("fonts.css", "signs.css"))
    covered: set[int] = set()
    for face in re.findall(r"@font-face \{([^}]*)\}", faces):
        if re.search(r'font-family: "([^"]+)"', face)[1] in families:
            for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", face):
                covered |= set(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(covered)


@cache
def _figures_font() -> frozenset[int]:
    """The signs of DejaVu Sans, matplotlib's own."""
    import matplotlib
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf").get_charmap())


def _named(sign: str) -> str:
    return f"«{sign}» (U+{ord(sign):04X})"
