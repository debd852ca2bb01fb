"""Links inside the course: each leads to a file and a section that exist; what belongs together is linked both ways."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from coursekit.course.finding import Finding
from coursekit.course.layout import Layout
from coursekit.course.manifest import Module
from coursekit.course.prose.documents import Document
from coursekit.course.prose.links import Link
from coursekit.course.prose.prose import Prose
from coursekit.course.text.mask import sentences_only

_SECTION = re.compile(r"\bcuaderno\b[^.;\n]*?\bsecci[oó]n\s+(\d+)\b", re.IGNORECASE)


def check(prose: Prose) -> Iterator[Finding]:
    """Dead links, dead anchors, sections of the notebook that a deck names and that are not there, links that lack."""
    layout, by_path = prose.layout, {document.path.resolve(): document for document in prose.documents}
    for link in prose.links:
        if link.file:
            yield from _dead(layout, by_path, link)
    for module in prose.modules:
        yield from _named_sections(layout, by_path, module)
    for module in prose.modules:
        yield from _one_way(layout, by_path, prose.links, module)


def anchors(document: Document) -> set[str]:
    """The names that a link may give a document's sections: GitHub's, and a deck's slide numbers or Jupyter's names."""
    count: Counter[str] = Counter()
    names: set[str] = set()
    for name in map(slug, document.headings()):
        names.add(f"{name}-{count[name]}" if count[name] else name)
        count[name] += 1
    if document.unit == "slide":
        names |= {str(passage.number) for passage in document.passages}
    if document.unit == "cell":
        names |= {heading.replace(" ", "-") for heading in document.headings()}
    return names


def slug(heading: str) -> str:
    """GitHub's anchor for a heading: lower case, without punctuation, hyphens for spaces; accents stay."""
    text = unicodedata.normalize("NFC", heading).lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def _dead(layout: Layout, by_path: Mapping[Path, Document], link: Link) -> Iterator[Finding]:
    if not link.file.exists():
        problem = f"leads to {layout.relative(link.file)}, which does not exist"
        yield link.passage.finding(link.at, link.target, problem, "correct the path")
    elif link.fragment and link.file.resolve() in by_path:
        names = anchors(by_path[link.file.resolve()])
        if link.fragment not in names:
            near = _nearest(link.fragment, names)
            problem = f"names a section that {layout.relative(link.file)} does not have"
            yield link.passage.finding(link.at, link.target, problem, f"write #{near}" if near else "drop the #…")


def _nearest(name: str, names: set[str]) -> str:
    return next(iter(get_close_matches(name, sorted(names), n=1, cutoff=0)), "")


def _named_sections(layout: Layout, by_path: Mapping[Path, Document], module: Module) -> Iterator[Finding]:
    """«Cuaderno: sección 3» on a slide or in its notes: the notebook has a heading that begins with 3."""
    deck = by_path.get(module.deck(layout).resolve())
    notebooks = [by_path[path.resolve()] for path in module.notebooks(layout)]
    if deck is None or not notebooks:
        return
    numbers = {m[1] for notebook in notebooks for h in notebook.headings() if (m := re.match(r"(\d+)\b", h))}
    for passage in deck.passages:
        for match in _SECTION.finditer(sentences_only(passage.text)):
            if match[1] not in numbers:
                problem = f"names a section that {notebooks[0].name} does not have"
                known = ", ".join(sorted(numbers, key=int)) or "none"
                yield passage.finding(match.start(), f"«{' '.join(match[0].split())}»", problem, f"it has {known}")


def _one_way(
    layout: Layout, by_path: Mapping[Path, Document], links: Sequence[Link], module: Module
) -> Iterator[Finding]:
    """Deck and notebook, page and deck, page and notebook, README.es.md and page link to each other."""
    deck, page, readme = module.deck(layout), module.folder / "README.md", layout.root / "README.es.md"
    notebooks = module.notebooks(layout)
    wanted = [(deck, notebooks[0])] if notebooks else []
    wanted += [(notebook, other) for notebook in notebooks for other in (deck, page)]
    wanted += [(page, other) for other in (deck, *notebooks, readme)] + [(readme, page)]
    leads = {(link.document.path.resolve(), _page_of(link.file)) for link in links if link.file}
    for source, target in wanted:
        document = by_path.get(source.resolve())
        if document and target.exists() and (source.resolve(), target.resolve()) not in leads:
            relative = Path(os.path.relpath(target, source.parent)).as_posix()
            yield document.finding("links", f"has no link to {layout.relative(target)}", f"add […]({relative})")


def _page_of(file: Path) -> Path:
    """A link to a folder shows its page."""
    return ((file / "README.md") if file.is_dir() else file).resolve()
