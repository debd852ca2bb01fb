"""The bibliography: modules/references.bib into labels («Vaswani et al., 2017») and entries for the slides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from urllib.parse import quote

from pybtex.database import Entry, parse_string
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from coursekit.course.errors import CourseError
from coursekit.course.layout import read_text

_AUTHORS_SHOWN = 3
_ADDRESS = "/:?#[]@!$&'()*+,;=%~"  # what stands in an address as it is; all else is quoted


@dataclass(frozen=True)
class Reference:
    """One work. `authors` are family names, `who` names them in the entry; `letter` stands after the year."""

    key: str
    authors: tuple[str, ...]
    year: str
    title: str
    who: str
    fields: Mapping[str, str]
    letter: str = ""

    @property
    def label(self) -> str:
        """«Shannon, 1948», «Gu y Dao, 2023», «Vaswani et al., 2017»."""
        names = self.authors[0] if len(self.authors) == 1 else " y ".join(self.authors)
        if len(self.authors) > 2:
            names = f"{self.authors[0]} et al."
        return f"{names}, {self.year}{self.letter}"

    @property
    def html(self) -> str:
        """The entry as the references slide shows it."""
        links = (f'<a href="{escape(url)}">{escape(name)}</a>' if url else escape(name) for name, url in self._links)
        return f"{escape(self._head)}<em>{escape(self.title)}</em>.{escape(self._tail)} {', '.join(links)}"

    @property
    def text(self) -> str:
        """The entry without marks."""
        return f"{self._head}{self.title}.{self._tail} {', '.join(name for name, _ in self._links)}"

    @property
    def url(self) -> str:
        """Where it can be read, by http or https; "" where it has no address."""
        return next((url for _, url in self._links if url), "")

    @property
    def _head(self) -> str:
        return f"{self.who} ({self.year}{self.letter}). "

    @property
    def _tail(self) -> str:
        places = ("journal", "booktitle", "publisher", "institution", "school", "howpublished")
        venue = next((self.fields[name] for name in places if self.fields.get(name)), "")
        return f" {venue}." if venue and not venue.lower().startswith("arxiv") else ""

    @property
    def _links(self) -> list[tuple[str, str]]:
        return _links(self.fields)


def load_bibliography(path: Path) -> dict[str, Reference]:
    """Every entry of a BibTeX file, by key.

    Raises:
        CourseError: if the file is missing or is not BibTeX, or an entry lacks author, year, title or an
            identifier (doi, eprint, isbn or url).
    """
    if not path.is_file():
        raise CourseError(f"no bibliography at {path}: create it, with one BibTeX entry a work")
    try:
        entries = parse_string(read_text(path), "bibtex").entries
    except (PybtexError, RecursionError) as error:
        raise CourseError(f"{path.name}: {' '.join(str(error).split())}") from error
    problems, references = [], {}
    for key, entry in entries.items():
        try:
            problems += (missing := _missing(path, key, entry))
            references |= {} if missing else {key: _reference(key, entry)}
        except (PybtexError, ValueError, RecursionError) as error:  # ValueError: LaTeX that is cut off
            problems.append(f"{path.name}: @{key} is not LaTeX ({' '.join(str(error).split())}): mend its fields")
    if problems:
        raise CourseError("\n".join(problems))
    return references


def lettered(references: Iterable[Reference]) -> dict[str, Reference]:
    """By key; works that would share a label get a letter after the year, in label and entry: «Gu y Dao, 2023a»."""
    same: dict[str, list[Reference]] = {}
    for reference in sorted(references, key=lambda reference: (reference.title, reference.key)):
        same.setdefault(reference.label, []).append(reference)
    return {
        reference.key: replace(reference, letter="abcdefghijklmnopqrstuvwxyz"[i] if len(group) > 1 else "")
        for group in same.values()
        for i, reference in enumerate(group)
    }


def _missing(path: Path, key: str, entry: Entry) -> list[str]:
    fields = entry.fields
    lacks = [name for name in ("title", "year") if not fields.get(name, "").strip()]
    if not (entry.persons.get("author") or entry.persons.get("editor")):
        lacks.insert(0, "author")
    if not any(fields.get(name) for name in ("doi", "eprint", "isbn", "url")):
        lacks.append("an identifier (doi, eprint, isbn or url)")
    found = [f"{path.name}: @{key} lacks {what}: add it" for what in lacks]
    address = _plain(fields.get("url", ""))
    if address and not re.match(r"https?://[^\s/]", address):
        found.append(f"{path.name}: @{key} has url {address[:60]!r}: expected an address with http:// or https://")
    if "year" not in lacks and not re.fullmatch(r"\d{4}", fields["year"].strip()):
        found.append(f"{path.name}: @{key} has year {fields['year']!r}: expected four digits")
    return found


def _reference(key: str, entry: Entry) -> Reference:
    people = entry.persons.get("author") or entry.persons["editor"]
    fields = {name.lower(): _plain(value) for name, value in entry.fields.items()}
    names = [_plain(" ".join([*person.prelast_names, *person.last_names])) for person in people]
    others = names[-1:] == ["others"]
    names = names[:-1] if others else names
    shown = [_person(person, name) for person, name in zip(people, names)][:_AUTHORS_SHOWN]
    who = "; ".join(shown) + ("; et al." if others or len(names) > _AUTHORS_SHOWN else "")
    return Reference(
        key=key,
        authors=tuple(names + ["et al."] * 2 if others and len(names) == 1 else names),
        year=fields["year"],
        title=fields["title"],
        who=who,
        fields=fields,
    )


def _person(person: object, family: str) -> str:
    given = [_plain(name) for name in [*person.first_names, *person.middle_names]]
    initials = " ".join("-".join(f"{part[0]}." for part in name.split("-") if part) for name in given if name)
    return f"{family}, {initials}" if initials else family


def _links(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """(what is shown, address) of each identifier; an ISBN has no address."""
    links = []
    eprint = fields.get("eprint", "")
    if eprint and fields.get("archiveprefix", "arXiv").lower() == "arxiv":
        links.append((f"arXiv:{eprint}", f"https://arxiv.org/abs/{eprint}"))
    if fields.get("doi"):
        doi = re.sub(r"^https?://(dx\.)?doi\.org/", "", fields["doi"])
        links.append((f"doi:{doi}", f"https://doi.org/{doi}"))
    if fields.get("isbn"):
        links.append((f"ISBN {fields['isbn']}", ""))
    if fields.get("url") and not links:
        links.append((re.sub(r"^https?://(www\.)?|/$", "", fields["url"]), fields["url"]))
    return [(name, quote(url, safe=_ADDRESS)) for name, url in links]


def _plain(latex: str) -> str:
    """Unicode text of a BibTeX value: braces and accents resolved."""
    text = re.sub(r"\\(?:emph|textit|textbf|url)\s*(?=\{)", "", latex)
    return " ".join(str(Text.from_latex(text)).replace("---", "—").replace("--", "–").split())
