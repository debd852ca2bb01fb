"""Citations as they are used: each [@key, locator] has an entry, and says where in the work.

`load_bibliography` checks the entries. A work that is only a web page (no doi, eprint or isbn) has no parts to name;
whoever cites a work as a whole writes «obra completa».
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from coursekit.course.bibliography import Reference
from coursekit.course.finding import Finding
from coursekit.course.layout import read_text
from coursekit.course.prose.documents import Passage
from coursekit.course.prose.prose import Prose
from coursekit.course.text.mask import without_code

_ITEM = r"@[^\s\],;]+(?:,[^\];@]*)?"
CITATION = re.compile(rf"\[({_ITEM}(?:;\s*{_ITEM})*)\]")  # as slides/engine/citations.mjs reads it
PLACE = re.compile(
    r"(?:secci[oó]n(?:es)?|apartados?|§|tablas?|figuras?|ecuaci[oó]n(?:es)?|ec\.|algoritmos?|teoremas?|lemas?|listados?|"
    r"proposici[oó]n(?:es)?|definici[oó]n(?:es)?|corolarios?|cap[ií]tulos?|ap[eé]ndices?|p[aá]ginas?|p[aá]gs?\.|pp?\.|notas?|"
    r"t[ií]tulo|resumen|introducci[oó]n|conclusi[oó]n(?:es)?|portada|ficha|obra completa)(?=\s|$|[\d,.])",
    re.IGNORECASE,
)


def check(prose: Prose) -> Iterator[Finding]:
    """Citations of all documents, and sources of claims, that name no entry or no place in the work."""
    for document in prose.documents:
        for passage in document.passages:
            for match in CITATION.finditer(without_code(passage.text)):
                for item in match[1].split(";"):
                    yield from _check(passage, match.start(), item.strip(), prose.references)
    for module in prose.modules:
        path = module.folder / "module.toml"
        text = read_text(path)
        manifest = Passage(prose.layout.relative(path), "line", 1, "claim", text)
        for claim in module.claims:  # as TOML reads them, whatever their quotes
            at = max(text.find(claim.source, max(text.find(claim.id), 0)), 0)
            yield from _check(manifest, at, claim.source, prose.references)


def _check(passage: Passage, at: int, item: str, references: Mapping[str, Reference]) -> Iterator[Finding]:
    key, _, locator = item.removeprefix("@").partition(",")
    if key not in references:
        yield passage.finding(at, f"@{key}", "is not in the bibliography", "add it to modules/references.bib")
    elif _has_parts(references[key]) and not PLACE.match(locator.strip()):
        problem = (
            f"names no place in the work, but «{locator.strip()}»" if locator else "does not say where in the work"
        )
        yield passage.finding(at, f"@{key}", problem, f"write [@{key}, sección 3] (or tabla, figura, página, resumen…)")


def _has_parts(reference: Reference) -> bool:
    return any(reference.fields.get(name) for name in ("doi", "eprint", "isbn"))
