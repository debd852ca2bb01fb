"""Claims of size without digits, or where digits alone are none: in words, in formulas and in code.

In words: multiples («treinta veces menos», «el doble»), fractions («la mitad»), percentages («nueve de cada diez»), orders
of magnitude, and numbers from 21 on («un millón de tokens») or before a unit («tres segundos»). Small words stay free:
«dos capas», «se lee tres veces». In a formula or in code a number is a size where a unit, % or × follows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coursekit.course.text.numerals import NUMERAL, value
from coursekit.course.text.units import SIGNS, UNIT
from coursekit.course.text.verbs import finite

_N = rf"(?P<n>{NUMERAL})"
_MORE = r"(?:m[áa]s(?!\s+all[áa])|menos|mayor(?:es)?|menor(?:es)?|mejor(?:es)?|peor(?:es)?|superior(?:es)?|inferior(?:es)?|tant?o?|lo\s+que|por\s+(?:encima|debajo))"
_MEASURING = r"(?:es|son|era|eran|ser[áa]n?|hasta|casi|unas|cerca\s+de|" + "|".join(
    finite(verb) for verb in "costar gastar tardar rendir ahorrar ocupar pesar ganar correr".split()
) + ")"
_TIMES_VERBS = "|".join(finite(f"{stem}plicar") for stem in "du tri cuadru quintu sextu septu octu decu centu".split())
_FOLD = r"(?:dobles?|triples?|cu[áa]druples?|qu[íi]ntuples?|s[ée]xtuples?|d[ée]cuples?|c[ée]ntuples?)"
_PART = (
    r"(?:tercios?|cuartos?|quintos?|sextos?|s[ée]ptimos?|octavos?|novenos?|d[ée]cimos?|cent[ée]simos?|mil[ée]simos?|"
    r"(?!(?:bravo|octavo|clavo|esclavo|pavo|nuevo|cabo)s?\b)\w+avos?)"
)
_PARTS = (
    r"(?:tercera|cuarta|quinta|sexta|s[ée]ptima|octava|novena|d[ée]cima|und[ée]cima|duod[ée]cima|vig[ée]sima|trig[ée]sima|"
    r"cent[ée]sima|mil[ée]sima|millon[ée]sima|\w+ava)"
)
_WORKS = r"(?:curso|m[óo]dulo|cuaderno|libro|texto|art[íi]culo|tema|cap[íi]tulo|presentaci[óo]n|charla|clase|ejercicio|serie|secci[óo]n|trabajo|tutorial)"
_OF = r"(?=\s+(?:de|del|que|y|o|en|a|al|por|para|con|m[áa]s|menos|si|cuando|sin)\b|\s*(?:[.,;:)»%—–!?…]|$))"
_STRONG = (
    r"(?:(?:mili|micro|nano)?segundos?|(?:kilo|mega|giga|tera)(?:bytes?|bits?)|[µnm]s|[kKMGT]i?B|vatios?)"
)
# (pattern, the least that its number must be)
_WORDS = [
    (rf"{_N}\s+veces\b", 10),
    (rf"{_N}\s+veces\s+(?:y\s+media\s+)?{_MORE}\b", 2),
    (rf"\b{_MEASURING}\s+(?:(?:de|entre|unas|casi|hasta)\s+)?(?:{NUMERAL}\s+(?:a|o|y)\s+)?{_N}\s+veces\b", 2),
    (r"\b(?:decenas|docenas|centenares|cientos|miles|millones)\s+de\s+veces\b", 0),
    (rf"\b(?:varias|muchas|much[íi]simas|unas\s+cuantas|un\s+par\s+de|par\s+de)\s+veces\s+{_MORE}\b", 0),
    (r"\bve(?:z|ces)\s+y\s+media\b", 0),
    (rf"\b(?:multiplic|divid)\w+\b(?:\s+\w+){{0,4}}?\s+(?:por|entre)\s+{_N}", 2),
    (rf"\b(?:{_TIMES_VERBS})\b", 0),
    (rf"(?<!se )\b(?!dobles?\b)(?:{finite('doblar')})\s+(?:el|la|lo|los|las|su|sus)\b", 0),
    (r"\b(?:d[ée]cima|cent[ée]sima|mil[ée]sima|millon[ée]sima)\s+partes?\b", 0),
    (rf"\b(?:el|al|del)\s+{_FOLD}{_OF}", 0),
    (rf"\b(?:casi|hasta|m[áa]s\s+d?el)\s+{_FOLD}\b", 0),
    (r"\b(?:el|la)\s+(?:doble|triple|cu[áa]druple)\s+(?:m[áa]s\s+)?(?:r[áa]pid|lent|barat|car[oa]|larg|grand|gross|much|buen)\w*", 0),
    (r"\b(?:dobles?|triples?|cu[áa]druples?)\s+(?:de\s+(?:r[áa]pid|lent|barat|larg|memoria|tiempo|velocidad)\w*|que\b)", 0),
    (r"\b(?:triple|cu[áa]druple|qu[íi]ntuple|s[ée]xtuple|d[ée]cuple|c[ée]ntuple)\s+(?:de|del|que)\b", 0),
    (r"(?<!primera )(?<!segunda )(?<!otra )(?<!una )\bla\s+mitad\b(?!\s+(?:izquierda|derecha|superior|inferior))", 0),
    (r"\b(?:a|por|en|menos\s+de|m[áa]s\s+de|casi)\s+(?:la\s+)?mitad\b(?!\s+(?:izquierda|derecha|superior|inferior|del?\s+(?:camino|la\s+frase|la\s+clase|curso)))", 0),
    (rf"\b(?:un|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\s+(?:tercios?|{_PART}{_OF}(?!\s+de\s+hora))\b", 0),
    (rf"\b(?:la|una|{NUMERAL})\s+{_PARTS}s?\s+partes?\b(?!\s+(?:de\s+(?:la|este|esta|un|una)\s+|del\s+){_WORKS})", 0),
    (rf"\b(?:una|la|{NUMERAL})\s+(?:d[ée]cima|cent[ée]sima|mil[ée]sima|millon[ée]sima)s?\b", 0),
    (rf"(?:{NUMERAL}\s+)?(?<!tanto )(?<!tantos )\bpor\s+(?:ciento|cien)\b", 0),
    (rf"{_N}\s+por\s+mil\b", 1),
    (rf"{_N}\s+de\s+cada\s+{NUMERAL}", 1),
    (rf"\b(?:un|varios|muchos|{NUMERAL})\s+[óo]rden(?:es)?\s+de\s+magnitud\b", 0),
    (rf"{_N}\s+{_STRONG}\b", 2),
    (rf"\b(?:por|unos|casi|hasta|sac\w+|gan\w+|sub\w+|baj\w+)\s+{_N}\s+puntos\b", 3),
    (rf"{_N}\s+puntos\s+(?:porcentuales|m[áa]s|menos|o\s+m[áa]s|por|de\s+(?:acierto|ventaja|diferencia|media))\b", 3),
    (rf"(?<!por ){_N}", 21),
]
_IDIOMS = re.compile(
    r"\b(?:mil gracias|mil y un\w*|a las mil maravillas|cien por cien (?:seguro|de acuerdo)|de cien en cien|las mil y una|"
    r"minutos? de (?:lectura|clase|presentación))\b",
    re.IGNORECASE,
)
WORDS = [(re.compile(pattern, re.IGNORECASE), least) for pattern, least in _WORDS]
_ROMAN = re.compile(rf"\b[IVXLCDM]+\s?(?={SIGNS}|veces\b|por\s+ciento\b)")

_SPACE = r"(?:\s|\\[,;:! ]|~|\{\}|\\quad|\\text\{\s*\}|&nbsp;)*"
_NUMBER = r"\d(?:[\d.,\u202f\u00a0]|\{,\}|\\,(?=\d))*(?:e[+-]?\d+)?"
_TEX_UNIT = rf"\\(?:text|mathrm|mbox|textrm|textbf|operatorname|mathbf)\s*\{{\s*(?:{UNIT}|{SIGNS}|por\s)[^}}]*\}}"
# 35\times stands at the end, or before words; 3 \times 4 multiplies
_TIMES_SIGN = r"(?:\\times|×)" + _SPACE + r"(?=$|[.,;)]|\\text|\\mathrm|\\quad)"
_IN_TEX = re.compile(
    rf"{_NUMBER}\}}*{_SPACE}(?:\\?%|‰|{_TIMES_SIGN}|{_TEX_UNIT})|^{_SPACE}(?:\\times|×){_SPACE}{_NUMBER}"
    rf"|\\(?:text|mathrm|mbox|textrm|textbf)\s*\{{[^}}]*\d\s*(?:\\?%|×|{UNIT})[^}}]*\}}"
)
_WORKED_OUT = re.compile(r"\d[^=]*(?:\\cdot|\\times|\\frac|\\div|[+/·×^])[^=]*\d[^=]*=")  # 2 \cdot 64 = 128
_BARE = re.compile(rf"[-−+≈~±]?{_SPACE}{_NUMBER}")
_POWER = re.compile(rf"(?:{_NUMBER}{_SPACE}(?:\\cdot|\\times){_SPACE})?{_NUMBER}(?:\^(?:\d|\{{-?\d+\}}))?")
_UNIT_AFTER = re.compile(rf"\s?(?:{SIGNS}|{UNIT}|de\s+cada\b)")
_IN_CODE = re.compile(
    rf"(?<![\w.])\d[\d.,\u202f\u00a0]*(?:e[+-]?\d+)?(?:[ \u202f\u00a0]?(?:[%×](?!\s*(?:\d|\w\b|\w+[(\[.]|[({{\"']))|‰)"
    rf"|[ \u202f\u00a0]{UNIT}|(?:ms|[KMG]i?B|x)(?![\w])(?!\s*[\d(=]))|×\s?\d[\d.,]*(?![\w\s]*[×x])"
)


def in_words(text: str) -> Iterator[tuple[int, str]]:
    """(place, words) of each claim of size in words, in order; none lies inside another."""
    found = sorted(_in_words(text), key=lambda item: (item[0], -len(item[1])))
    end = -1
    for start, words in found:
        if start >= end:
            yield start, words
            end = start + len(words)


def _in_words(text: str) -> Iterator[tuple[int, str]]:
    text = _IDIOMS.sub(lambda match: "\ue001" * len(match[0]), text)
    for pattern, least in WORDS:
        for match in pattern.finditer(text):
            if least == 0 or value(match["n"]) >= least:
                yield match.start(), match[0]
    for match in _ROMAN.finditer(text):
        yield match.start(), match[0]


def in_formula(tex: str, after: str = "") -> list[str]:
    """The sizes in a formula, as plain text.

    A number before %, a unit, or a × that multiplies nothing; none in a formula that works it out, as 2 · 64 = 128 bytes.
    A number that is all of a formula is text in another type, if it has two digits or a unit `after` it.
    """
    tex = re.sub(r"\{,\}", ",", re.sub(r"(?<=\d)\\,(?=\d)", "\u202f", tex.strip()))
    number = _POWER.fullmatch(tex)
    if _BARE.fullmatch(tex) and sum(map(str.isdigit, tex)) > 1 or number and _UNIT_AFTER.match(after):
        return [re.sub(r"[{}]", "", tex)]
    return [] if _WORKED_OUT.search(tex) else [_plain(match[0]) for match in _IN_TEX.finditer(tex)]


def _plain(tex: str) -> str:
    words = re.sub(r"\\(?:text|mathrm|mbox|textrm|textbf|operatorname|mathbf)\s*", "", tex.replace(r"\times", "×"))
    return " ".join(re.sub(r"\\[,;:! ]|~", " ", words).replace("\\", "").replace("{", "").replace("}", "").split())


def in_code(code: str) -> list[str]:
    """The sizes in code or in a drawing of characters: «███ 99 %», «35×»; `x % 2` and `3 × n` are sums."""
    return [match[0] for match in _IN_CODE.finditer(code)]
