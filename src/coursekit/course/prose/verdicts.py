"""Words that a claim supports (``<span data-claim="mamba-copy">gana</span>``), held to what the claim says.

Each is printed with the claim's verdict and statement, for a person to compare. A size in them stands in the claim
(«treinta veces» is no word that any claim supports), and a claim that the measurement here did not bear out does not
say who wins, unless the words themselves say no.

Leaves out: claims whose metric is timed, which are observed and never reproduced; whether the words mean the statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

from coursekit.course.finding import Finding
from coursekit.course.manifest import Claim
from coursekit.course.prose.documents import Passage
from coursekit.course.prose.numbers import html_of
from coursekit.course.prose.prose import Prose
from coursekit.course.text.comparisons import comparisons
from coursekit.course.text.sizes import in_words

_NOTHING = re.compile(r"(?!)")
_NO = re.compile(r"\b(?:no|ni|tampoco|nunca|sin)\b", re.IGNORECASE)
_NOT_BORNE_OUT = ("no reproducido", "no comparable", "contradicho")
_TIMED = "bench/"


def check(prose: Prose) -> Iterator[Finding]:
    """Every word that a claim supports, with its verdict; those that say more than the claim."""
    claims = {claim.id: claim for module in prose.modules for claim in module.claims}
    for document in prose.documents:
        if document.is_markdown and document.spanish:
            for passage in document.passages:
                if "data-claim" in passage.text:
                    yield from _check(passage, claims)


def _check(passage: Passage, claims: dict[str, Claim]) -> Iterator[Finding]:
    for span in html_of(passage.text, _NOTHING).select("[data-claim]"):
        words, claim = " ".join(span.get_text().split()), claims.get(span["data-claim"])
        if claim is None or any(map(str.isdigit, words)) or span.find_parent("code"):
            continue
        at = max(0, passage.text.find(claim.id))
        yield passage.mark(at, f"«{words}»", f"{verdict(claim)}: {claim.statement}")
        said = f"{claim.statement} {claim.published}".lower()
        for _, size in in_words(words):
            if size.lower() not in said:
                problem = f"claims a size that {claim.id!r} does not state"
                yield passage.finding(at, f"«{size}»", problem, "say it in the claim, or drop it")
        if verdict(claim) in _NOT_BORNE_OUT and not _NO.search(words) and not _is_marked(span):
            for compared in comparisons(words):
                problem = f"is said of {claim.id!r}, which is {verdict(claim)} here"
                remedy = "say that it is published and not measured here, or mark it with a reason (data-structural)"
                yield passage.finding(at, f"«{compared}»", problem, remedy)


def verdict(claim: Claim) -> str:
    """The verdict as the manifest gives it; `coursekit.course.results.claims` holds it to what was measured."""
    is_timed = claim.metric.rpartition(":")[2].startswith(_TIMED) and not (claim.reproduced or claim.contradicted)
    return "observado" if is_timed else claim.verdict


def _is_marked(span: Tag) -> bool:
    return span.has_attr("data-structural") or span.find_parent(attrs={"data-structural": True}) is not None
