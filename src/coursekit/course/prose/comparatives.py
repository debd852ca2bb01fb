"""The gate of the comparisons over notes, notebooks' Markdown, figures' texts and pages: each has its evidence.

The rule is that of the slides (text/comparisons.py): a sentence that says who wins holds the claim that supports it
(``data-claim`` around words), a citation, or a mark with the reason.

Leaves out: quizzes, exercises and claims, whose sentences are there to be judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

from coursekit.course.finding import Finding
from coursekit.course.prose.documents import Passage
from coursekit.course.prose.numbers import INLINE, html_of, is_read, named_works
from coursekit.course.prose.prose import Prose
from coursekit.course.text.attributes import attributes
from coursekit.course.text.comparisons import comparisons
from coursekit.course.text.mask import notes
from coursekit.course.text.numbers import CITE, COVER, SAFE, marked, sentences, sentences_of, shown

_EVIDENCE = {
    f":is({INLINE})[data-claim], :is({INLINE})[data-metric]": COVER,
    "[data-structural]": SAFE,
    "cite[data-cite]": CITE,
}
_REMEDY = 'put the words in the data-claim that supports them, cite, or say why not (data-structural="…")'


def check(prose: Prose) -> Iterator[Finding]:
    """Every comparative sentence of the Markdown documents and of the notes that nothing supports."""
    named = named_works(prose.references.values())
    for document in prose.documents:
        if not (document.is_markdown and is_read(prose.layout, document)):
            continue
        for passage in document.passages:
            texts = [note[1] for note in notes(passage.text)] if document.unit == "slide" else [passage.text]
            for text in texts:
                yield from _check(passage, html_of(text, named))


def _check(passage: Passage, html: Tag) -> Iterator[Finding]:
    said = [(text, False) for text in sentences(marked(html, _EVIDENCE))]
    said += [(text, True) for _, words in attributes(html) for text in sentences_of(words)]
    for text, drawn in said:
        if re.search(f"[{COVER}{CITE}]", text):
            continue
        for words in comparisons(" ".join(text.split()), drawn=drawn):
            at = max(0, passage.text.find(words.split()[0]))
            yield passage.finding(at, f"«{shown(text)}»", f"«{words}» compares without a claim", _REMEDY)
