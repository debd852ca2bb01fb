"""What decks and pages show, held against their lock and the last results.

- A literal is what the lock says, to the last character, whichever its kind.
- What is fixed (exact metrics, longer runs, published figures) is in the lock as it is now. A metric that was trained
  in this run lies in its band, and so does what the lock says; one that was timed in this run keeps its unit.
- An image is, byte for byte, the one that was locked, made by the same cell of the same notebook, and says in words
  what the last run drew; or it is what slides/drawings draws now; or the module's [drawn] says what it is, and it says
  no size. No image lies in slides/figures/ that no text shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.course.layout import Layout, read_text
from coursekit.course.manifest import Module
from coursekit.course.results.drawings import Drawn, drawings_of
from coursekit.course.results.figures import texts_of_svg, words_of
from coursekit.course.results.lock import Lock, image_digest, image_name, lock_path, read_lock
from coursekit.course.results.numbers import Numbers
from coursekit.course.results.printed import band_problem, literal_for, parse_number, printed, same, unit_of
from coursekit.course.results.shown import Text, texts_of
from coursekit.course.results.sync import Figures, origin
from coursekit.course.text.numbers import open_in
from coursekit.course.text.spans import Span
from coursekit.notebook.formatting import plain

_SYNC = "run `coursekit sync`"


@dataclass(frozen=True)
class Drift:
    """A number or an image that no longer is what was measured, or that refers to nothing."""

    file: str
    line: int
    name: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.name}: {self.problem}"


def find_drift(layout: Layout, module: Module, numbers: Numbers, figures: Figures) -> list[Drift]:
    """Everything in the module's deck, page and lock that disagrees with the results.

    Args:
        layout: where the course is.
        module: the module.
        numbers: what its spans can refer to.
        figures: what all notebooks recorded, by path (`coursekit.course.results.figures.figures_by_path`).
    """
    lock, texts = read_lock(module), texts_of(layout, module)
    where = layout.relative(lock_path(module))
    if lock.problem:
        return [Drift(where, 1, "lock", f"{lock.problem}: {_SYNC}")]
    drifts = [Drift(where, 1, name, f"no text shows it any more: {_SYNC}") for name in _unshown(layout, lock, texts)]
    for text in texts:
        file = layout.relative(text.path)
        for span in text.spans:
            if problem := _number(span, numbers, lock):
                drifts.append(Drift(file, span.line, span.name, problem))
        for name, line in text.states:
            if name not in numbers.states:
                drifts.append(Drift(file, line, name, "nothing recorded these states: run the notebook that does"))
            elif name not in lock.states:
                drifts.append(Drift(file, line, name, f"is not in the lock: {_SYNC}"))
        for path, line in text.images:
            if problem := _image(layout, module, text, path, lock, figures, numbers):
                drifts.append(Drift(file, line, path, problem))
    return drifts


def guide_drift(layout: Layout) -> list[Drift]:
    """Drawings of the style guide that are drawn otherwise now."""
    drawn = drawings_of(layout, layout.guide.stem, Numbers({}, {}, {}))
    told = f"is drawn otherwise now: {_SYNC}"
    files = {name: layout.root / name for name in drawn}
    return [
        Drift(name, 1, "image", told)
        for name, path in files.items()
        if not path.is_file() or read_text(path) != drawn[name].svg
    ]


def orphans(layout: Layout, modules: Sequence[Module]) -> list[Drift]:
    """Files of the modules' figures that no deck or page of the course shows."""
    shown = {
        image_name(layout, text.path, path)
        for module in modules
        for text in texts_of(layout, module)
        for path, _ in text.images
    }
    files = [path for module in modules for path in sorted((layout.figures / module.slug).rglob("*")) if path.is_file()]
    names = [layout.relative(path) for path in files if not path.name.startswith(".")]
    return [
        Drift(name, 1, "image", "no deck or page shows it: delete it, or show it")
        for name in names
        if name not in shown
    ]


def _unshown(layout: Layout, lock: Lock, texts: Sequence[Text]) -> Iterator[str]:
    spans = {(span.kind, span.name) for text in texts for span in text.spans}
    images = {image_name(layout, text.path, path) for text in texts for path, _ in text.images}
    yield from (name for name in lock.metrics if ("metric", name) not in spans)
    yield from (name for name in lock.claims if ("claim", name) not in spans)
    yield from (name for name in lock.images if name not in images)
    yield from (name for name in lock.states if name not in {name for text in texts for name, _ in text.states})


def _number(span: Span, numbers: Numbers, lock: Lock) -> str:
    try:
        literal_for(span, numbers)
        fresh = printed(span.name, span.kind, numbers)
    except KeyError as error:
        return error.args[0]
    locked = (lock.claims if span.kind == "claim" else lock.metrics).get(span.name)
    now = f"published «{plain(fresh)}»" if span.kind == "claim" else f"measured «{plain(fresh)}»"
    if not span.is_words and not same(span.literal, fresh if locked is None else locked):
        was = now if locked is None or same(locked, fresh) else f"the lock «{plain(locked)}», {now}"
        return f"the text says «{plain(span.literal)}», {was}: {_SYNC}"
    if locked is None:
        return f"is not in the lock: {_SYNC}"
    if span.kind == "claim":
        return "" if same(locked, fresh) else f"the lock says «{plain(locked)}», {now}: {_SYNC}"
    return _measured(span.name, locked, fresh, numbers)


def _measured(name: str, locked: str, fresh: str, numbers: Numbers) -> str:
    """Why a locked metric is no longer what was measured; empty if it is."""
    now = f"measured «{plain(fresh)}»"
    metric = numbers.metrics.get(name)
    if metric is None or metric.kind == "exact" or metric.recorded:
        return "" if same(locked, fresh) else f"the lock says «{plain(locked)}», {now}: {_SYNC}"
    if unit_of(locked) != unit_of(fresh):
        return f"the lock says «{plain(locked)}», {now}, in another unit: {_SYNC}"
    if metric.kind == "timed":
        return ""
    band = numbers.bands.get(name)
    outside = band_problem(metric.value, band, name, now)
    return outside or band_problem(parse_number(locked), band, name, f"the lock says «{plain(locked)}»")


def _image(
    layout: Layout, module: Module, text: Text, path: str, lock: Lock, figures: Figures, numbers: Numbers
) -> str:
    name = image_name(layout, text.path, path)
    if name is None:
        return "lies outside the course: save it below slides/figures/"
    file = layout.root / name
    if not file.is_file():
        return f"does not exist: check the path, or {_SYNC}"
    if name not in lock.images:
        return f"is not in the lock: {_SYNC}"
    if lock.images[name].get("sha256") != image_digest(file):
        return f"is not the one that was locked: {_SYNC}, which writes what the notebook drew"
    made = {key: value for key, value in lock.images[name].items() if key != "sha256"}
    if _source(made) != _source(origin(figures, name)):
        return f"is made by another cell than the lock says: {_SYNC}"
    if name in figures and isinstance(figures[name][1], Drawn):
        return _drawing(file.read_text(encoding="utf-8"), figures[name][1], made["metrics"], numbers)
    if name in figures:
        return _words(file.read_text(encoding="utf-8"), figures[name][1].svg)
    if file.name in module.drawn:
        return _sizes(file)
    return 'no notebook recorded it: run the notebook, or say in module.toml what it is: [drawn] "NAME.svg" = "reason"'


def _source(made: Mapping[str, Any]) -> dict[str, Any]:
    """What made an image; which metrics a drawing took, but not how they print."""
    return {key: sorted(value) if key == "metrics" else value for key, value in made.items()}


def _drawing(committed: str, fresh: Drawn, locked: Mapping[str, str], numbers: Numbers) -> str:
    """What slides/drawings draws now, against the file and the metrics that it was drawn with."""
    for name, literal in locked.items():
        if problem := _measured(name, literal, fresh.took[name], numbers):
            return f"{name}: {problem}"
    if all(same(literal, fresh.took[name]) for name, literal in locked.items()) and committed != fresh.svg:
        return f"is drawn otherwise now by {fresh.script}: {_SYNC}"
    return _words(committed, fresh.svg)


def _sizes(drawn: Path) -> str:
    """What a drawing that no notebook made says of size."""
    for text in texts_of_svg(read_text(drawn)) if drawn.suffix == ".svg" else ():
        for sentence, number in open_in(text):
            return f"says «{sentence}», and no notebook measured {number}: let one draw it, or leave the number out"
    return ""


def _words(committed: str, fresh: str) -> str:
    for word in sorted(words_of(committed) ^ words_of(fresh)):
        has = "says" if word in words_of(committed) else "does not say"
        return f"{has} «{word}», unlike what the notebook drew: {_SYNC}"
    return ""
