"""What Python tells the engine about one deck: only what that deck uses, so that its cache stays valid."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coursekit.course.bibliography import Reference, lettered
from coursekit.course.decks.source import extract
from coursekit.course.decks.text import DeckText
from coursekit.course.errors import CourseError
from coursekit.course.finding import FindingsError


def deck_context(deck: DeckText, given: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The JSON that the engine reads, but for edition and route.

    Args:
        deck: the deck.
        given: ``metrics`` (name → text, or a dict with ``text`` and ``origin``), ``claims`` (id → text, or a dict
            with ``text`` and ``source``), ``states`` (name → a dict with ``labels``, ``values`` and ``default``),
            ``references`` (key → `Reference`) and ``source_roots`` (folders that hold the modules whose code is
            shown). Each may be missing.
        folder: the folder that the deck's image paths start from.

    Raises:
        FindingsError: if a code block names code that does not exist, or `given` has a key that is none of the above.
    """
    unknown = set(given) - {"metrics", "claims", "states", "references", "source_roots"}
    if unknown:
        raise ValueError(
            f"expected metrics, claims, states, references and source_roots, got {', '.join(sorted(unknown))}"
        )
    return {
        "deck": deck.name,
        "root": str(folder.resolve()),
        "inside": str(_course_of(folder)),
        "front": {key: _text(value) for key, value in deck.front.items()},
        "metrics": _used(given.get("metrics", {}), deck.metrics()),
        "claims": _used(given.get("claims", {}), deck.claims()),
        "states": _used(given.get("states", {}), deck.states()),
        "references": _references(_used(given.get("references", {}), deck.citations())),
        "sources": _sources(deck, given.get("source_roots", ())),
    }


def _course_of(folder: Path) -> Path:
    """The course that a deck's folder belongs to: what a deck shows lies inside it. Of a loose deck, its folder."""
    return next((above for above in folder.resolve().parents if (above / "modules").is_dir()), folder.resolve())


def _text(value: Any) -> str:
    """A value of the front matter as the engine is told it; a list is its words."""
    return " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _used(table: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: table[name] for name in sorted(names) if name in table}


def _references(used: Mapping[str, Reference]) -> dict[str, dict[str, str]]:
    works = lettered(used.values())
    return {key: {"label": works[key].label, "entry": works[key].html, "url": works[key].url} for key in used}


def _sources(deck: DeckText, roots: Any) -> dict[str, str]:
    sources, findings = {}, []
    for slide, key in deck.code_keys():
        try:
            sources[key] = extract(key, list(roots))
        except CourseError as error:
            findings.append(deck.finding(slide, f"source={key}", str(error), "correct the name in the code block"))
    if findings:
        raise FindingsError(findings)
    return sources
