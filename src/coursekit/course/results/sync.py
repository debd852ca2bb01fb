"""`coursekit sync`: rewrite the literals and figures of decks and pages from the last results, and lock them.

A literal is what stands inside ``<span data-metric="…">…</span>`` or ``<span data-claim="…">…</span>``, and what
anyone sees who opens the deck in plain Marp, in VS Code or on GitHub. A claim's span without a digit («gana») is words
that the claim supports: they are never rewritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout, write_text
from coursekit.course.manifest import Module
from coursekit.course.results.collect import Figure, told_states
from coursekit.course.results.drawings import Drawn, drawings_of
from coursekit.course.results.lock import Lock, image_digest, image_name, lock_path, write_lock
from coursekit.course.results.numbers import Numbers
from coursekit.course.results.printed import literal_for, printed, same
from coursekit.course.results.shown import Text, texts_of
from coursekit.course.text.spans import Span, rewrite

Figures = Mapping[str, tuple[Module, Figure]]  # by path from the course's root


def sync_texts(layout: Layout, module: Module, numbers: Numbers) -> list[str]:
    """Rewrite the literals of the module's deck and page; return what changed.

    Raises:
        CourseError: for a span that refers to an unknown metric or claim, or that is broken; no file is touched then.
    """
    rewritten = {}
    for text in texts_of(layout, module):
        fresh = {span: _fresh(layout, text, span, numbers) for span in text.spans}
        stale = {span: literal for span, literal in fresh.items() if not same(span.literal, literal)}
        if stale:
            rewritten[text.path] = rewrite(text.text, stale)
    for path, new in rewritten.items():
        write_text(path, new)
    return [layout.relative(path) for path in rewritten]


def sync_figures(layout: Layout, module: Module, figures: Figures) -> list[str]:
    """Write the recorded figures and the drawings that the module's deck or page shows; return those that changed."""
    changed = []
    for name in _shown(layout, module):
        path = layout.root / name
        if name in figures and not _is_file(path, figures[name][1].svg):
            write_text(path, figures[name][1].svg)
            changed.append(name)
    return changed


def sync_guide(layout: Layout) -> list[str]:
    """Write the drawings of the style guide, which takes no numbers; return those that changed."""
    drawn = drawings_of(layout, layout.guide.stem, Numbers({}, {}, {}))
    changed = [name for name, figure in drawn.items() if not _is_file(layout.root / name, figure.svg)]
    for name in changed:
        write_text(layout.root / name, drawn[name].svg)
    return changed


def _is_file(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def sync_lock(layout: Layout, module: Module, numbers: Numbers, figures: Figures) -> list[str]:
    """Write what the module's deck and page show now into its lock; return its path if it changed."""
    spans = [span for text in texts_of(layout, module) for span in text.spans]
    shown = {
        kind: {span.name: printed(span.name, kind, numbers) for span in spans if span.kind == kind}
        for kind in ("metric", "claim")
    }
    images = {
        name: {"sha256": image_digest(layout.root / name), **origin(figures, name)}
        for name in _shown(layout, module)
        if (layout.root / name).is_file()
    }
    states = {name for text in texts_of(layout, module) for name, _ in text.states if name in numbers.states}
    told = {name: told_states(numbers.states[name]) for name in states}
    changed = write_lock(module, Lock(shown["metric"], shown["claim"], images, states=told))
    return [layout.relative(lock_path(module))] if changed else []


def origin(figures: Figures, name: str) -> dict[str, Any]:
    """What made an image: notebook, cell and figure, or the function of slides/drawings and the metrics that it took;
    nothing for what neither made.
    """
    if name not in figures:
        return {}
    figure = figures[name][1]
    if isinstance(figure, Drawn):
        return {"drawing": figure.script, "metrics": dict(figure.took)}
    return {"notebook": figure.notebook, "cell": figure.cell, "figure": figure.name}


def _shown(layout: Layout, module: Module) -> list[str]:
    """The images of the module's texts, without those that lead out of the course."""
    named = (image_name(layout, text.path, path) for text in texts_of(layout, module) for path, _ in text.images)
    return sorted({name for name in named if name})


def _fresh(layout: Layout, text: Text, span: Span, numbers: Numbers) -> str:
    try:
        return literal_for(span, numbers)
    except KeyError as error:
        raise CourseError(f"{layout.relative(text.path)}:{span.line}: {error.args[0]}") from error
