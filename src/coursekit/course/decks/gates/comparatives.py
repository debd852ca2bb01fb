"""No comparison without its evidence: the gate over the words of a built deck that say who wins.

A comparative sentence («gana», «más rápido que», «casi igual») holds the claim that supports it (``data-claim``), a
number measured for it (``data-metric``), or a citation; so does a heading. One that states no result is marked,
``<span data-structural="the reason">más rápido</span>``.

Leaves out: whether the evidence bears the sentence out (`claims`), and comparisons in words that are not listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.html import Section
from coursekit.course.finding import Finding
from coursekit.course.text.numbers import CITE, COVER, SAFE, marked, sentences, shown

_EVIDENCE = {"[data-claim], [data-metric]": COVER, "[data-structural]": SAFE, ".cite": CITE}
_COMPARATIVE = re.compile(
    r"""
      \b(?<!se\ )(?:ganan?|ganaron|pierden?|vencen?|superan?|supera[nd]o|aventajan?|empatan?)\b
    | (?<!a\ lo\ )\b(?:mejor|peor)(?:es)?\b(?!\ dicho)
    | \b(?:mayor|menor)(?:es)?\ que\b
    | \b(?:m[aá]s|menos)\ (?:r[aá]pid|lent|precis|exact|barat|car|eficient|eficaz|potent)\w*
    | \b(?:m[aá]s|menos)\ (?:deprisa|despacio)\b
    | \b(?:m[aá]s|menos)(?:\ [^\W\d_]+){1,2}(?<!\ del)(?<!\ lo)\ que\b
    | \b(?:casi\ )igual(?:es)?\b | \bigual(?:es)?\ de\ [^\W\d_]+ | \btan\ [^\W\d_]+\ como\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REMEDY = 'put the words in the data-claim that supports them, cite, or say why not (data-structural="…")'


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Every comparative sentence of a deck that nothing supports."""
    for section in deck.page.written:
        yield from _check(deck.name, section)


def _check(deck: str, section: Section) -> Iterator[Finding]:
    for sentence in sentences(marked(section.tag, _EVIDENCE)):
        if _is_supported(sentence):
            continue
        for word in _COMPARATIVE.findall(" ".join(sentence.split())):
            yield section.finding(deck, f"«{shown(sentence)}»", f"«{word}» compares without a claim", _REMEDY)


def _is_supported(text: str) -> bool:
    return COVER in text or CITE in text
