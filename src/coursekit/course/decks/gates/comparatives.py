"""No comparison without its evidence: the gate over the words of a built deck that say who wins.

A comparative sentence («gana», «más rápido que», «casi igual») holds the claim that supports it (``data-claim``), a
number measured for it (``data-metric``), or a citation; so does a heading. One that states no result is marked,
``<span data-structural="the reason">más rápido</span>``. An alternative text stands for its figure and may say which
curve lies above, but not who wins.

Leaves out: whether the evidence bears the sentence out (`claims`); notes, which `coursekit.course.prose` reads; and
comparisons in words that text/comparisons.py does not know.
"""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.gates.numbers import CITATION, CLAIM, METRIC
from coursekit.course.decks.html import Section
from coursekit.course.finding import Finding
from coursekit.course.text.attributes import attributes
from coursekit.course.text.comparisons import comparisons
from coursekit.course.text.numbers import CITE, COVER, SAFE, marked, sentences, sentences_of, shown

_EVIDENCE = {f"{CLAIM}, {METRIC}": COVER, "[data-structural]": SAFE, CITATION: CITE}
_REMEDY = 'put the words in the data-claim that supports them, cite, or say why not (data-structural="…")'


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """Every comparative sentence of a deck that nothing supports."""
    for section in deck.page.written:
        yield from _check(deck.name, section)


def _check(deck: str, section: Section) -> Iterator[Finding]:
    said = [(text, False) for text in sentences(marked(section.tag, _EVIDENCE))]
    said += [(text, True) for _, words in attributes(section.tag) for text in sentences_of(words)]
    for text, drawn in said:
        if COVER in text or CITE in text:
            continue
        for words in comparisons(" ".join(text.split()), drawn=drawn):
            yield section.finding(deck, f"«{shown(text)}»", f"«{words}» compares without a claim", _REMEDY)
