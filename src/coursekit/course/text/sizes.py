"""Claims of size without digits, or where digits alone are none: in words, in formulas and in code.

In words: multiples («treinta veces menos», «el doble»), fractions («la mitad»), percentages («nueve de cada diez»),
orders of magnitude, and numbers from 21 on («un millón de tokens») or before a unit («tres segundos»). Small words stay
free: «dos capas», «se lee tres veces». In a formula or in code a number is a size where a unit, % or × follows it.

The patterns of words are asked of text without accents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coursekit.course.text.fold import fold
from coursekit.course.text.numerals import NUMERAL, value
from coursekit.course.text.units import SIGNS, UNIT
from coursekit.course.text.verbs import MULTIPLY, any_of

_N = rf"(?P<n>{NUMERAL})"
_MORE = (
    r"(?:mas(?!\s+alla)|menos|mayor(?:es)?|menor(?:es)?|mejor(?:es)?|peor(?:es)?|superior(?:es)?|inferior(?:es)?|tant?o?|"
    r"lo\s+que|por\s+(?:encima|debajo))"
)
_MEASURING = (
    r"(?:es|son|era|eran|sera|seran|hasta|casi|unas|cerca\s+de|"
    rf"{any_of('costar gastar tardar rendir ahorrar ocupar pesar ganar correr')})"
)
_MULTIPLY = any_of(MULTIPLY)
_BIG_FOLD = r"(?:triple|cuadruple|quintuple|sextuple|decuple|centuple)"
_FOLD = rf"(?:doble|{_BIG_FOLD})s?"
_SMALL_PART = r"(?:decima|centesima|milesima|millonesima)"
_PART = (
    r"(?:cuarto|quinto|sexto|septimo|octavo|noveno|decimo|centesimo|milesimo|"
    r"(?!(?:bravo|octavo|clavo|esclavo|pavo)s?\b)\w+avo)s?"
)
_PARTS = rf"(?:tercera|cuarta|quinta|sexta|septima|octava|novena|{_SMALL_PART}|\w*decima|\w+gesima|\w+ava)s?"
_SIDE = r"(?:izquierda|derecha|superior|inferior)"
_WHOLE = (  # «la tercera parte del curso» is a part of it
    r"(?:de\s+(?:la|este|esta|un|una)\s+|del\s+)(?:curso|modulo|cuaderno|libro|texto|articulo|tema|capitulo|presentacion|"
    r"charla|clase|ejercicio|serie|seccion|trabajo|tutorial)"
)
_OF = r"(?=\s+(?:de|del|que|y|o|en|a|al|por|para|con|mas|menos|si|cuando|sin)\b|\s*(?:[.,;:)»%—–!?…]|$))"
_MEASURE = r"(?:(?:mili|micro|nano)?segundos?|(?:kilo|mega|giga|tera)(?:bytes?|bits?)|[µnm]s|[kKMGT]i?B|vatios?)"
_QUALITY = r"(?:rapid|lent|barat|car[oa]\b|larg|grand|grues|much|buen)\w*"
_WORDS = [  # (pattern, the least that its number n must be)
    # multiples
    (rf"{_N}\s+veces\b", 10),
    (rf"{_N}\s+veces\s+(?:y\s+media\s+)?{_MORE}\b", 2),
    (rf"\b{_MEASURING}\s+(?:(?:de|entre|unas|casi|hasta)\s+)?(?:{NUMERAL}\s+(?:a|o|y)\s+)?{_N}\s+veces\b", 2),
    (r"\b(?:decenas|docenas|centenares|cientos|miles|millones)\s+de\s+veces\b", 0),
    (rf"\b(?:varias|muchas|muchisimas|unas\s+cuantas|un\s+par\s+de|par\s+de)\s+veces\s+{_MORE}\b", 0),
    (r"\bve(?:z|ces)\s+y\s+media\b", 0),
    (rf"\b(?:multiplic|divid)\w+\b(?:\s+\w+){{0,4}}?\s+(?:por|entre)\s+{_N}", 2),
    (rf"\b{_MULTIPLY}\b", 0),
    (rf"(?<!se )\b(?!dobles?\b){any_of('doblar')}\s+(?:el|la|lo|los|las|su|sus)\b", 0),
    (rf"\b(?:el|al|del)\s+{_FOLD}(?:{_OF}|\s+(?:mas\s+)?{_QUALITY})", 0),
    (rf"\b(?:casi|hasta|mas\s+d?el)\s+{_FOLD}\b", 0),
    (rf"\bdobles?\s+(?:de\s+(?:{_QUALITY}|memoria|tiempo|velocidad)|que\b)|\b{_BIG_FOLD}\s+(?:de|del|que)\b", 0),
    (rf"\b(?:un|varios|muchos|{NUMERAL})\s+orden(?:es)?\s+de\s+magnitud\b", 0),
    # fractions
    (rf"(?<!primera )(?<!segunda )(?<!otra )(?<!una )\bla\s+mitad\b(?!\s+{_SIDE})", 0),
    (
        rf"\b(?:a|por|en|menos\s+de|mas\s+de|casi)\s+(?:la\s+)?mitad\b"
        rf"(?!\s+(?:{_SIDE}|del?\s+(?:camino|la\s+frase|la\s+clase|curso)))",
        0,
    ),
    (rf"\b(?:un|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\s+(?:tercios?|{_PART}{_OF}(?!\s+de\s+hora))\b", 0),
    (rf"\b(?:la|una|{NUMERAL})\s+{_PARTS}\s+partes?\b(?!\s+{_WHOLE})|\b{_SMALL_PART}\s+partes?\b", 0),
    (rf"\b(?:una|la|{NUMERAL})\s+{_SMALL_PART}s?\b", 0),
    # percentages
    (rf"(?:{NUMERAL}\s+)?(?<!tanto )(?<!tantos )\bpor\s+(?:ciento|cien)\b", 0),
    (rf"{_N}\s+por\s+mil\b", 1),
    (rf"{_N}\s+de\s+cada\s+{NUMERAL}", 1),
    # with a unit, or large
    (rf"{_N}\s+{_MEASURE}\b", 2),
    (rf"\b(?:por|unos|casi|hasta|sac\w+|gan\w+|sub\w+|baj\w+)\s+{_N}\s+puntos\b", 3),
    (rf"{_N}\s+puntos\s+(?:porcentuales|mas|menos|o\s+mas|por|de\s+(?:acierto|ventaja|diferencia|media))\b", 3),
    (rf"(?<!por ){_N}", 21),
]
WORDS = [(re.compile(pattern, re.IGNORECASE), least) for pattern, least in _WORDS]
_IDIOMS = re.compile(
    r"\b(?:mil gracias|mil y un\w*|a las mil maravillas|las mil y una|cien por cien (?:seguro|de acuerdo)|"
    r"de cien en cien|minutos? de (?:lectura|clase|presentacion))\b",
    re.IGNORECASE,
)
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
    plain = _IDIOMS.sub(lambda match: "\ue001" * len(match[0]), fold(text))
    for pattern, least in WORDS:
        for match in pattern.finditer(plain):
            if least == 0 or value(match["n"]) >= least:
                yield match.start(), text[match.start() : match.end()]
    for match in _ROMAN.finditer(plain):
        yield match.start(), match[0]


def in_formula(tex: str, after: str = "") -> list[str]:
    """The sizes in a formula, as plain text.

    A number before %, a unit, or a × that multiplies nothing; none in a formula that works it out (2 · 64 = 128 bytes).
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
