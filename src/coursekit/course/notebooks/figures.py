"""The gate of an executed notebook's figures: title, labels with units, alternative text, palette, something drawn.

Reads the recorded SVG (svg.py); shapes.py looks at bars and lines. Leaves out: whether the words are true, the colours
of pictures (`imshow`), drawings without axes but for their title, text and colours, and how large the letters are,
which `decks.gates.page` measures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import etree

from coursekit.course.finding import Finding
from coursekit.course.notebooks.read import Notebook
from coursekit.course.notebooks.shapes import misleading
from coursekit.course.notebooks.svg import frame, groups, identity, words
from coursekit.notebook.drawing.palette import of_the_kit
from coursekit.notebook.measured import FIGURE_MIME
from coursekit.notebook.plotting import COLOUR, COLOURS, GREY, INK, ORDERED, PALE

_ALT_WORDS = 6
_COLOUR = re.compile(r"\b(?:fill|stroke)(?::\s*|=\")(#[0-9a-f]{6})", re.IGNORECASE)
_NUMBER = re.compile(r"[-−–]?[\d.,\s\u202f\u00a0]+%?|\$.*\$")
# What is counted, numbered or has no unit, or names its unit itself («bits/byte»): the label alone says it.
_UNITLESS = re.compile(
    r"\b(bits/\w+|cabezas?|capas?|cocientes?|cuenta|dimensi[oó]n|ejemplos?|épocas?|expertos?|GFLOP|"
    r"historias?|índice|lotes?|modelos?|norma|par[aá]metros?|pasos?|pesos?|posici[oó]n|posiciones|probabilidad|proporci[oó]n|"
    r"rango|raz[oó]n|segundos|semillas?|textos|tokens?|veces|vocabulario)\b",
    re.IGNORECASE,
)
# What stands in parentheses behind what is measured: «memoria (MiB)», «tiempo (ms/token)», «tokens (miles)».
_ATOM = (
    r"[kKMGT]?i?B|bits?|bytes?|[mµun]?s|min|h|d[ií]as?|a[nñ]os?|°C|[kMG]?Hz|[kM]?Wh?|[kKMGTP]?FLOPs?|[kcmµn]?m|k?g|[km]?J|"
    r"€|US\$|%|‰|tokens?|palabras?|veces|puntos?|pasos?|uniones|rondas?|s[ií]mbolos?|nats?|[^\W\d_]"
)
_UNIT = re.compile(
    rf"(?:(?:miles|millones|mil millones)(?: de )?)?(?:{_ATOM})?(?:\s?(?:[/·×]|por)\s?(?:{_ATOM}))*[²³]?|en [^\W\d_].*"
    r"|.*\d.*"  # a range, or what one is: «de 0 a 1», «1 al principio»
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
    count = len(alt.split())
    if count < _ALT_WORDS:
        problem = f"its alternative text has {count} words"
        yield problem, "say in a sentence what a reader must see in it"


def _drawing(svg: str) -> Iterator[tuple[str, str]]:
    root = etree.fromstring(svg.encode("utf-8"))
    if is_drawing(svg):
        return  # of the kit: its title is not shown, and it has no axes
    figure = next(group for group in root.iter("{*}g") if identity(group).startswith("figure_"))
    all_axes = groups(figure, "axes_")
    if not any(_title(axes) for axes in all_axes) and not groups(figure, "text_"):
        yield "has no title", "axes.set(title=…)"
    if not any(_is_drawn(axes) for axes in all_axes):
        yield "is blank", "draw something that is finite"
    for axes in all_axes:
        yield from misleading(axes)
    for axis in [axis for axes in all_axes for axis in groups(axes, "matplotlib.axis_")]:
        ticks = [words(text) for tick in axis for text in groups(tick, "text_")]
        labels = [words(text) for text in groups(axis, "text_")]
        numeric = any(_NUMBER.fullmatch(tick) for tick in ticks)
        side = "x" if any(identity(tick).startswith("xtick_") for tick in axis) else "y"
        if not numeric:
            continue  # words, or hidden: they need no label
        if not labels:
            yield f"has no label on its {side} axis", f'axes.set({side}label="memoria (MiB)")'
        elif not any(_has_unit(label) for label in labels):
            yield f"its {side} axis «{labels[0]}» has no unit", "write it in parentheses: «memoria (MiB)»"


def is_drawing(svg: str) -> bool:
    """Whether the kit of drawings made it."""
    return "data-drawing=" in svg[:400]


def _has_unit(label: str) -> bool:
    """Whether a label says its unit in parentheses, or needs none."""
    units = [unit.strip() for unit in re.findall(r"\(([^()]*)\)", label)]
    return bool(_UNITLESS.search(label)) or any(unit and _UNIT.fullmatch(unit) for unit in units)


def _colours(svg: str) -> Iterator[tuple[str, str]]:
    used = {found.lower() for found in _COLOUR.findall(svg)} - _palette()
    for colour in sorted(colour for colour in used if not (is_drawing(svg) and of_the_kit(colour))):
        remedy = f"use coursekit.notebook.plotting's colours, or {' or '.join(ORDERED)} for what has an order"
        yield f"is drawn in {colour}, which is not of the course's palette", remedy


@cache
def _palette() -> set[str]:
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    ordered = {to_hex(colormaps[name](i)) for name in ORDERED for i in range(256)}
    return ordered | {colour.lower() for colour in (*COLOURS, *COLOUR.values(), INK, GREY, PALE, "#000000", "#ffffff")}


def _title(axes: Any) -> list[Any]:
    """Texts that stand above the axes' frame (in SVG, smaller y is higher)."""
    top = frame(axes).top
    return [text for text in groups(axes, "text_") if words(text) and _height(text) < top]


def _height(text: Any) -> float:
    drawn = next(text.iter("{*}g"), text)
    placed = [g.get("transform", "") for g in drawn.iter("{*}g")]
    found = re.search(r"translate\(\S+ ([-\d.]+)\)", " ".join(placed))
    return float(found[1]) if found else float("inf")


def _is_drawn(axes: Any) -> bool:
    """Data are clipped to their axes; ticks, spines and the background are not. A line of NaN has an empty path."""
    for child in axes:
        if identity(child).startswith("matplotlib.axis_"):
            continue
        if any(identity(child).startswith(kind) for kind in ("QuadMesh", "image")) or child.tag.endswith("}image"):
            return True
        for shape in child.iter("{*}path", "{*}image", "{*}use"):
            clipped = any(parent.get("clip-path") for parent in [shape, *shape.iterancestors("{*}g")])
            if clipped and (shape.get("d") or not shape.tag.endswith("}path")):
                return True
    return False
