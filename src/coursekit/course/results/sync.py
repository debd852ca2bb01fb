"""Literals and figures of the decks: rewrite them from the last results, or report how they drifted.

A literal is what stands inside ``<span data-metric="…">…</span>`` or ``<span data-claim="…">…</span>``, and what
anyone sees who opens the deck in plain Marp, in VS Code or on GitHub. A claim's span without a digit («gana») is a word
that the claim supports: it is never rewritten. ``data-metric="NAME@recorded"`` shows when and where a longer run
measured NAME.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout, read_text, write_text
from coursekit.course.manifest import Module
from coursekit.course.results.collect import Results
from coursekit.course.results.numbers import Numbers
from coursekit.notebook.formatting import plain

_SPAN = re.compile(r'(<span data-(metric|claim)="([^"]+)"[^>]*>)(.*?)(</span>)', re.DOTALL)
_NESTED = "a number stands in a span inside another: write the two spans one after the other"


@dataclass(frozen=True)
class Drift:
    """A literal that no longer says what was measured, or that refers to nothing."""

    file: str
    line: int
    name: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.name}: {self.problem}"


def find_drift(layout: Layout, module: Module, numbers: Numbers) -> list[Drift]:
    """Every literal of the module's deck and page that disagrees with the results."""
    return [drift for path in _texts(layout, module) for drift in _drifts(layout, path, numbers)]


def sync_texts(layout: Layout, module: Module, numbers: Numbers) -> list[str]:
    """Rewrite the literals of the module's deck and page; return what changed.

    Raises:
        CourseError: for a span that refers to an unknown metric or claim, or holds another; no file is touched then.
    """
    rewritten = {}
    for path in _texts(layout, module):
        text = read_text(path)
        new = _SPAN.sub(_replacement(layout, path, text, numbers), text)
        if new != text:
            rewritten[path] = new
    for path, new in rewritten.items():
        write_text(path, new)
    return [layout.relative(path) for path in rewritten]


def sync_figures(layout: Layout, module: Module, results: Results) -> list[str]:
    """Write the recorded figures to slides/figures/<slug>/; return those that changed."""
    changed = []
    for figure in results.figures.values():
        path = figure_path(layout, module, figure.name)
        if not path.exists() or read_text(path) != figure.svg:
            write_text(path, figure.svg)
            changed.append(layout.relative(path))
    return changed


def figure_path(layout: Layout, module: Module, name: str) -> Path:
    """Where a figure stands for the deck: slashes of its name become hyphens."""
    return layout.figures / module.slug / f"{name.replace('/', '-')}.svg"


def find_span(name: str, kind: str, numbers: Numbers) -> str:
    """The literal that a span should show.

    Raises:
        KeyError: for an unknown name; the message says what to do.
    """
    if kind == "claim":
        if name not in numbers.claims:
            raise KeyError(f"unknown claim {name!r}: add it to module.toml or mend the id")
        return numbers.claims[name].published
    name, _, aspect = name.partition("@")
    if name not in numbers.metrics:
        slug = f" {name.partition(':')[0]}" if ":" in name else ""
        remedy = f"run the notebook that records it (coursekit run{slug}) or mend the name"
        raise KeyError(f"unknown metric {name!r}: {remedy}")
    metric = numbers.metrics[name]
    if aspect not in ("", "recorded") or (aspect and not metric.recorded):
        raise KeyError(f"{name}@{aspect}: only a metric of a longer run has a mark, and it is called @recorded")
    return metric.mark if aspect else metric.literal


def _texts(layout: Layout, module: Module) -> list[Path]:
    return [path for path in (module.deck(layout), module.folder / "README.md") if path.exists()]


def _spans(text: str) -> Iterator[tuple[int, str, str, str]]:
    """(line, kind, name, literal) of each span."""
    for match in _SPAN.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[2], match[3], match[4]


def _drifts(layout: Layout, path: Path, numbers: Numbers) -> Iterator[Drift]:
    for line, kind, name, literal in _spans(read_text(path)):
        problem = _problem(kind, name, literal, numbers)
        if problem:
            yield Drift(layout.relative(path), line, name, problem)


def _problem(kind: str, name: str, literal: str, numbers: Numbers) -> str:
    if "<span" in literal:
        return _NESTED
    try:
        expected = find_span(name, kind, numbers)
    except KeyError as error:
        return error.args[0]
    same = plain(literal) == plain(expected) or _is_word(kind, literal)
    metric = numbers.metrics.get(name) if kind == "metric" else None
    if metric is None or metric.kind == "exact":
        return "" if same else f"the text says {literal!r}, measured {expected!r}: run `coursekit sync`"
    if metric.kind == "timed":
        return ""
    band = numbers.bands.get(name)
    if band is None:
        return f"a trained metric needs a band: add {name!r} to [bands] in module.toml"
    if not band[0] <= metric.value <= band[1]:
        return f"measured {expected!r}, outside the band [{band[0]}, {band[1]}] of module.toml"
    shown = parse_number(literal)
    if shown is None or not band[0] <= shown <= band[1]:
        return f"the text says {literal!r}, outside the band [{band[0]}, {band[1]}]: run `coursekit sync`"
    return ""


def _is_word(kind: str, literal: str) -> bool:
    return kind == "claim" and not any(character.isdigit() for character in literal)


def parse_number(literal: str) -> float | None:
    """The number that a Spanish literal begins with: ``"−1 234,5 %"`` → -1234.5; None if there is none."""
    text = plain(literal)
    power = re.match(r"(-?\d+(?:,\d+)?)·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text)
    if power:
        exponent = power[2].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        return float(f"{power[1].replace(',', '.')}e{exponent}")
    match = re.match(r"-?\d{1,3}(?: \d{3})+(?:,\d+)?|-?\d+(?:,\d+)?", text)
    return float(match[0].replace(" ", "").replace(",", ".")) if match else None


def _replacement(layout: Layout, path: Path, text: str, numbers: Numbers) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        where = f"{layout.relative(path)}:{text.count(chr(10), 0, match.start()) + 1}"
        if "<span" in match[4]:
            raise CourseError(f"{where}: {_NESTED}")
        try:
            expected = find_span(match[3], match[2], numbers)
        except KeyError as error:
            raise CourseError(f"{where}: {error.args[0]}") from error
        keep = plain(expected) == plain(match[4]) or _is_word(match[2], match[4])
        return match[0] if keep else match[1] + expected + match[5]

    return replace
