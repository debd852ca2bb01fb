"""The gate of an executed notebook's figures: title, labels with units, alternative text, palette, something drawn.

Reads the recorded SVG as matplotlib writes it: groups named axes_1, matplotlib.axis_1, xtick_1, text_1, each text with
its words in a comment. Leaves out: whether the words are true, the colours of pictures (`imshow`), drawings without
axes but for their title, text and colours, and how large the letters are, which `decks.gates.page` measures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import etree

from coursekit.course.finding import Finding
from coursekit.course.notebooks.read import Notebook
from coursekit.notebook.measured import FIGURE_MIME
from coursekit.notebook.plotting import COLOURS, GREY, INK, ORDERED, PALE

_ALT_WORDS = 6
_COLOUR = re.compile(r"\b(?:fill|stroke)(?::\s*|=\")(#[0-9a-f]{6})", re.IGNORECASE)
_NUMBER = re.compile(r"[-−–]?[\d.,\s\u202f\u00a0]+%?|\$.*\$")
# What is counted, numbered or has no unit, or names its unit itself («bits/byte»): the label alone says it.
_UNITLESS = re.compile(
    r"\b(bits/\w+|cabezas?|capas?|cocientes?|cuenta|dimensi[oó]n|ejemplos?|épocas?|GFLOP|"
    r"historias?|índice|lotes?|modelos?|norma|par[aá]metros?|pasos?|pesos?|posici[oó]n|posiciones|probabilidad|proporci[oó]n|"
    r"rango|raz[oó]n|segundos|semillas?|tokens?|veces|vocabulario)\b",
    re.IGNORECASE,
)


def check(notebook: Notebook) -> Iterator[Finding]:
    """What is wrong with the figures of an executed notebook."""
    for cell in notebook.cells:
        for output in cell.node.get("outputs", []):
            for element, problem, remedy in _output(output.get("data", {})):
                yield cell.finding(element, problem, remedy)


def _output(data: Any) -> Iterator[tuple[str, str, str]]:
    figure = data.get(FIGURE_MIME)
    if figure:
        element = f"figure {figure['name']}"
        for problem, remedy in [*_alternative(figure["alt"]), *_drawing(figure["svg"]), *_colours(figure["svg"])]:
            yield element, problem, remedy
    elif any(kind.startswith("image/") for kind in data):
        yield "figure", "is shown but not recorded, so it has no alternative text", "end with record_figure(…, alt=…)"


def _alternative(alt: str) -> Iterator[tuple[str, str]]:
    words = len(alt.split())
    if words < _ALT_WORDS:
        problem = f"its alternative text has {words} words"
        yield problem, "say in a sentence what a reader must see in it"


def _drawing(svg: str) -> Iterator[tuple[str, str]]:
    root = etree.fromstring(svg.encode("utf-8"))
    figure = next(group for group in root.iter("{*}g") if _id(group).startswith("figure_"))
    all_axes = _groups(figure, "axes_")
    if not any(_title(axes) for axes in all_axes) and not _groups(figure, "text_"):
        yield "has no title", "axes.set(title=…)"
    if not any(_is_drawn(axes) for axes in all_axes):
        yield "is blank", "draw something that is finite"
    for axis in [axis for axes in all_axes for axis in _groups(axes, "matplotlib.axis_")]:
        ticks = [_words(text) for tick in axis for text in _groups(tick, "text_")]
        labels = [_words(text) for text in _groups(axis, "text_")]
        numeric = any(_NUMBER.fullmatch(tick) for tick in ticks)
        side = "x" if any(_id(tick).startswith("xtick_") for tick in axis) else "y"
        if not numeric:
            continue  # words, or hidden: they need no label
        if not labels:
            yield f"has no label on its {side} axis", f'axes.set({side}label="memoria (MiB)")'
        elif not any("(" in label or _UNITLESS.search(label) for label in labels):
            yield f"its {side} axis «{labels[0]}» has no unit", "write it in parentheses: «memoria (MiB)»"


def _colours(svg: str) -> Iterator[tuple[str, str]]:
    for colour in sorted({found.lower() for found in _COLOUR.findall(svg)} - _palette()):
        remedy = f"use coursekit.notebook.plotting's colours, or {' or '.join(ORDERED)} for what has an order"
        yield f"is drawn in {colour}, which is not of the course's palette", remedy


@cache
def _palette() -> set[str]:
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    ordered = {to_hex(colormaps[name](i)) for name in ORDERED for i in range(256)}
    return ordered | {colour.lower() for colour in (*COLOURS, INK, GREY, PALE, "#000000", "#ffffff")}


def _title(axes: Any) -> list[Any]:
    """Texts that stand above the axes' frame (in SVG, smaller y is higher)."""
    frame = next(axes.iter("{*}path"))
    top = min(float(y) for y in re.findall(r"[ML] \S+ (\S+)", frame.get("d")))
    return [text for text in _groups(axes, "text_") if _words(text) and _height(text) < top]


def _height(text: Any) -> float:
    drawn = next(text.iter("{*}g"), text)
    placed = [g.get("transform", "") for g in drawn.iter("{*}g")]
    found = re.search(r"translate\(\S+ ([-\d.]+)\)", " ".join(placed))
    return float(found[1]) if found else float("inf")


def _is_drawn(axes: Any) -> bool:
    """Data are clipped to their axes; ticks, spines and the background are not. A line of NaN has an empty path."""
    for child in axes:
        if _id(child).startswith("matplotlib.axis_"):
            continue
        if any(_id(child).startswith(kind) for kind in ("QuadMesh", "image")) or child.tag.endswith("}image"):
            return True
        for shape in child.iter("{*}path", "{*}image", "{*}use"):
            clipped = any(parent.get("clip-path") for parent in [shape, *shape.iterancestors("{*}g")])
            if clipped and (shape.get("d") or not shape.tag.endswith("}path")):
                return True
    return False


def _groups(parent: Any, prefix: str) -> list[Any]:
    return [child for child in parent if _id(child).startswith(prefix)]


def _id(element: Any) -> str:
    return element.get("id", "") if isinstance(element.tag, str) else ""


def _words(text: Any) -> str:
    """The words of a text group; matplotlib writes them in a comment."""
    comments = [" ".join(c.text.split()) for c in text.iter(etree.Comment)]
    return " ".join(comments)
