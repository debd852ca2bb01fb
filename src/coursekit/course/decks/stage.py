"""The decks of a module, with its numbers: build, preview, gates, embedded code."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from coursekit.course.bibliography import Reference
from coursekit.course.browser import browser_or_hint
from coursekit.course.decks.build import DeckResult, build_deck
from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.context import deck_context
from coursekit.course.decks.gates import GATES
from coursekit.course.decks.gates.minutes import check_module
from coursekit.course.decks.marp import marp_script
from coursekit.course.decks.source import code_drifts, sync_code
from coursekit.course.decks.text import read_deck
from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding
from coursekit.course.layout import Layout, read_text, write_text
from coursekit.course.manifest import Module
from coursekit.course.results.collect import Metric, told_states
from coursekit.course.results.drift import Drift
from coursekit.course.results.numbers import Numbers


def build_module_decks(
    layout: Layout, module: Module, numbers: Numbers, references: Mapping[str, Reference]
) -> Iterator[str]:
    """Build all outputs of a module's deck; yield what to tell the user.

    Raises:
        CourseError: if the deck is at fault (one line for each problem) or Marp cannot run.
    """
    browser, _ = browser_or_hint()
    done = build_deck(
        module.deck(layout),
        context=_given(layout, numbers, references),
        out=layout.decks,
        browser=browser,
        project=_project(layout),
    )
    yield from done.warnings
    yield _built(module.slug, done)


def build_guide(layout: Layout, references: Mapping[str, Reference]) -> Iterator[str]:
    """Build the style guide, which shows every layout and belongs to no module.

    Raises:
        CourseError: as `build_module_decks`.
    """
    browser, _ = browser_or_hint()
    done = build_deck(
        layout.guide,
        context={"references": references, "source_roots": [layout.root / "src"]},
        out=layout.decks,
        browser=browser,
        formats=("html", "pdf"),
        editions=("instructor",),
        route=False,
        project=_project(layout),
    )
    yield from done.warnings
    yield _built(layout.guide.stem, done)


def _built(name: str, done: DeckResult) -> str:
    built = len(set(done.built) & set(done.paths))
    return f"{name}: {built} of {len(done.paths)} files built" if built else f"{name}: fresh"


def gate_findings(layout: Layout, modules: Sequence[Module]) -> Iterator[Finding]:
    """What all gates find in the decks as built, deck by deck: problems, and what authors let stand.

    Raises:
        CourseError: if there is no browser, or a deck has not been built.
    """
    lasts = {module.slug: float(module.minutes) for module in modules}
    for deck in _built_decks(layout, modules):
        for gate in GATES:
            yield from gate(deck)
        yield from check_module(deck, lasts.get(deck.name))


def _built_decks(layout: Layout, modules: Sequence[Module]) -> list[BuiltDeck]:
    """A deck a module, and that of the style guide where it was built."""
    guide = BuiltDeck(layout.guide.stem, layout.decks, complete=False)
    return [*(BuiltDeck(m.slug, layout.decks) for m in modules), *([guide] if guide.page.path.exists() else [])]


def preview(layout: Layout, module: Module, numbers: Numbers, references: Mapping[str, Reference]) -> None:
    """Marp's live preview in a window of the browser; ends with it.

    Raises:
        CourseError: if Node.js or Marp is missing, or there is no deck.
    """
    deck = module.deck(layout)
    if not deck.exists():
        raise CourseError(f"{module.slug} has no deck: write {layout.relative(deck)}")
    project = _project(layout) or layout.root
    script = marp_script(project)
    context = deck_context(read_deck(deck), _given(layout, numbers, references), deck.parent)
    with tempfile.TemporaryDirectory(prefix="coursekit-") as folder:
        described = Path(folder) / "context.json"
        described.write_text(json.dumps({**context, "edition": "instructor", "route": False}), encoding="utf-8")
        command = [
            "node",
            str(script),
            "--config-file",
            str(project / "marp.config.mjs"),
            "--preview",
            "--watch",
            str(deck),
        ]
        command += ["--output", str(Path(folder) / f"{module.slug}.html")]
        subprocess.call(command, cwd=project, env={**os.environ, "COURSEKIT_DECK_CONTEXT": str(described)})


def sync_deck_code(layout: Layout, deck: Path) -> list[str]:
    """Rewrite the code that a deck embeds; return its path if it changed."""
    if not deck.exists():
        return []
    text = read_text(deck)
    new = sync_code(text, [layout.root / "src"])
    if new == text:
        return []
    write_text(deck, new)
    return [layout.relative(deck)]


def deck_code_drift(layout: Layout, deck: Path) -> list[Drift]:
    """The code that a deck shows and that is no longer the library's: what GitHub and an editor show of it is old."""
    if not deck.exists():
        return []
    found = code_drifts(read_text(deck), [layout.root / "src"])
    return [Drift(layout.relative(deck), line, f"source={key}", problem) for line, key, problem in found]


def _given(layout: Layout, numbers: Numbers, references: Mapping[str, Reference]) -> dict[str, Any]:
    """What the engine may need: literals with their origin, references, where code stands."""
    metrics = {name: {"text": m.literal, "origin": _origin(m)} for name, m in numbers.metrics.items()}
    marks = {
        f"{name}@recorded": {"text": m.mark, "origin": _origin(m)} for name, m in numbers.metrics.items() if m.mark
    }
    return {
        "metrics": metrics | marks,
        "claims": {name: {"text": c.published, "source": c.source} for name, c in numbers.claims.items()},
        "states": {name: told_states(states) for name, states in numbers.states.items()},
        "references": references,
        "source_roots": [layout.root / "src"],
    }


def _origin(metric: Metric) -> str:
    """Who measured it, for the tooltip; for a longer run also when and where."""
    by = f"medido por el cuaderno {metric.notebook}"
    return f"{by}; {metric.mark}" if metric.mark else by


def _project(layout: Layout) -> Path | None:
    """The folder with the engine and node_modules, if it is the course's own."""
    return layout.root if (layout.root / "marp.config.mjs").is_file() else None
