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
from coursekit.course.text.mask import blank, without_code

_ITEM = r"@[^\s\],;]+(?:,[^\];@]*)?"
CITATION = re.compile(rf"\[({_ITEM}(?:;\s*{_ITEM})*)\]")  # as slides/engine/citations.mjs reads it
# 3.2, A.1, (4), IV, B, «Key concepts»
_AT = r"(?:n[.º]\s?)?(?:\(\d[\w.]*\)|(?:[A-Z]{1,2}\.?)?\d[\w.]*)|(?-i:[IVXLC]+\b|[A-Z](?:\.\d+)*\b)|«[^»]+»"
PLACE = re.compile(
    rf"(?:(?:secci[oó]n(?:es)?|apartados?|tablas?|figuras?|fig\.|ecuaci[oó]n(?:es)?|ec\.|algoritmos?|teoremas?|lemas?|listados?|"
    r"proposici[oó]n(?:es)?|definici[oó]n(?:es)?|corolarios?|cap[ií]tulos?|ap[eé]ndices?|p[aá]ginas?|p[aá]gs?\.|pp?\.|notas?|"
    rf"cuadros?|recuadros?|l[íi]neas?)\s+(?:{_AT})|§{{1,2}}\s?\d|(?:t[ií]tulo|resumen|introducci[oó]n|conclusi[oó]n(?:es)?|"
    r"discusi[oó]n|portada|ficha|pr[oó]logo|prefacio|ap[eé]ndice|obra completa)(?=\s*(?:$|[,;.)\]]|\sy\s)))",
    re.IGNORECASE,
)
_UNREAD = re.compile(r"\[@[^\]\n]*\]?|(?<![\w.@/])@[a-z]+\d{4}\w*")


def check(prose: Prose) -> Iterator[Finding]:
    """Citations of all documents, and sources of claims, that cannot be read, name no entry or no place in the work."""
    for document in prose.documents:
        for passage in document.passages:
            text = without_code(passage.text)
            for match in CITATION.finditer(text):
                for item in match[1].split(";"):
                    yield from _check(passage, match.start(), item.strip(), prose.references)
            for match in _UNREAD.finditer(CITATION.sub(blank, text)):
                yield passage.finding(match.start(), f"«{match[0]}»", "is no citation", "write [@key, sección 3]")
            for match in re.finditer(r"\bdata-cite\b", text):
                yield passage.finding(match.start(), match[0], "is the engine's to write", "cite: [@key, sección 3]")
    for module in prose.modules:
        path = module.folder / "module.toml"
        manifest = Passage(prose.layout.relative(path), "line", 1, "claim", read_text(path))
        for claim in module.claims:  # as TOML reads them, whatever their quotes
            at = max(0, manifest.text.find(claim.source, manifest.text.find(claim.id)))
            yield from _check(manifest, at, claim.source, prose.references)


def _check(passage: Passage, at: int, item: str, references: Mapping[str, Reference]) -> Iterator[Finding]:
    key, _, locator = item.removeprefix("@").partition(",")
    if key.strip() not in references:
        yield passage.finding(at, f"@{key}", "is not in the bibliography", "add it to modules/references.bib")
    elif _has_parts(references[key.strip()]) and not is_place(locator):
        problem = (
            f"names no place in the work, but «{locator.strip()}»" if locator else "does not say where in the work"
        )
        yield passage.finding(at, f"@{key}", problem, f"write [@{key}, sección 3] (or tabla, figura, página, resumen…)")


def is_place(locator: str) -> bool:
    """Whether a locator begins with a place that a work has: «sección 3.2», «resumen»; «tabla» alone is none."""
    return bool(PLACE.match(locator.strip())) or bool(re.match(r"«[^»]+»", locator.strip()))


def _has_parts(reference: Reference) -> bool:
    return any(reference.fields.get(name) for name in ("doi", "eprint", "isbn"))
