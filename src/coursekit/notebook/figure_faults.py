"""What can be told of a matplotlib figure when it is recorded, and no longer from its file: ticks that say another
number than where they stand, a legend over what is drawn, an architecture in another's colour.

Leaves out: what stands in the file (`coursekit.course.notebooks.figures`); words beside lines that cover them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from coursekit.notebook.plotting import COLOUR

_SAID = re.compile(r"[-−]?\d[\d\s\u202f\u00a0]*(?:,\d+)?")
# How a label names an architecture; a hybrid names its parts too, so it comes first.
_NAMES = {
    "hybrid": r"h[ií]brid",
    "ngram": r"n-gramas?\b|\b(?:uni|bi|tri)grama|Kneser|\bKN-\d",
    "recurrent": r"\b(?:LSTM|GRU|RNN)\b|recurrente",
    "attention": r"atenci[oó]n|\bTransformer\b",
    "mamba": r"\bMamba(?:-\d)?\b|\bSSM\b|\bestado\b",
    "moe": r"mezcla de expertos|\bMoE\b",
    "diffusion": r"difusi[oó]n",
}


def wrong_ticks(figure: Any) -> Iterator[str]:
    """Each tick of a numeric axis that prints another number than its place, in Spanish.

    A label may round to the digits that it shows, and count in thousands. Named ticks are words.
    """
    figure.canvas.draw()
    for axes in figure.axes:
        for axis, low, high in ((axes.xaxis, *sorted(axes.get_xlim())), (axes.yaxis, *sorted(axes.get_ylim()))):
            if _is_named(axis.get_major_formatter()):
                continue
            ticks = [(t.get_loc(), t.label1.get_text()) for t in axis.get_major_ticks() if low <= t.get_loc() <= high]
            said = [(place, words, _number(words)) for place, words in ticks if _SAID.fullmatch(words)]
            unit = _unit(said)
            for place, words, number in said:
                if abs(number - unit * place) > 0.5000001 * 10.0 ** -len(words.partition(",")[2]):
                    yield f"la marca «{words}» está en {unit * place:.12g}"


def _is_named(formatter: Any) -> bool:
    """Ticks with labels of their own: matplotlib looks them up in a table."""
    from matplotlib.ticker import FixedFormatter

    looked_up = getattr(getattr(formatter, "func", None), "func", None)
    return isinstance(formatter, FixedFormatter) or getattr(looked_up, "__name__", "") == "_format_with_dict"


def faults(figure: Any) -> list[str]:
    """What a deck of the second edition does not show: one line each."""
    figure.canvas.draw()
    return sorted({*_covered(figure), *_colours(figure)})


def _number(words: str) -> float:
    return float(re.sub(r"[\s\u202f\u00a0]", "", words.replace("−", "-")).replace(",", "."))


def _unit(said: list[tuple[float, str, float]]) -> float:
    """What the labels count in: 1, or a power of ten for thousands and millions."""
    place, _, number = max(said, key=lambda tick: abs(tick[0]), default=(1.0, "", 1.0))
    ratio = number / place if place else 1.0
    return next((10.0**-power for power in (3, 6, 9) if abs(ratio * 10.0**power - 1) < 0.05), 1.0)


def _covered(figure: Any) -> Iterator[str]:
    legends = [(axes.get_legend(), [axes]) for axes in figure.axes if axes.get_legend()]
    legends += [(legend, figure.axes) for legend in figure.legends]
    for legend, covers in legends:
        box = legend.get_window_extent()
        if any(_meets(artist, box) for axes in covers for artist in (*axes.lines, *axes.collections, *axes.patches)):
            words = ", ".join(text.get_text() for text in legend.get_texts())
            yield f"the legend «{words}» lies over what is drawn: label the lines (plotting.label_lines)"


def _meets(artist: Any, box: Any) -> bool:
    from matplotlib.collections import Collection
    from matplotlib.lines import Line2D

    if not artist.get_visible():
        return False
    if isinstance(artist, Line2D):
        return artist.get_path().transformed(artist.get_transform()).intersects_bbox(box, filled=False)
    if isinstance(artist, Collection) and len(artist.get_offsets()) and not artist.get_offset_transform().is_affine:
        return False
    if isinstance(artist, Collection) and hasattr(artist, "get_sizes"):
        return bool(box.count_contains(artist.get_offset_transform().transform(artist.get_offsets())))
    return box.overlaps(artist.get_window_extent())


def _colours(figure: Any) -> Iterator[str]:
    for axes in figure.axes:
        named = [(artist.get_label(), artist) for artist in (*axes.lines, *axes.patches, *axes.collections)]
        named += [(bars.get_label(), bar) for bars in axes.containers for bar in getattr(bars, "patches", ())]
        named += [(text.get_text(), text) for text in axes.texts if _is_coloured(text)]
        for words, artist in named:
            architecture = _architecture(str(words))
            if architecture is None:
                continue
            for colour in _painted(artist):
                if colour not in _right(architecture):
                    meant = " or ".join(sorted(_right(architecture)))
                    yield f"«{words}» is drawn in {colour}, and {architecture} is {meant} (plotting.look)"


def _architecture(words: str) -> str | None:
    found = [name for name, pattern in _NAMES.items() if re.search(pattern, words, re.IGNORECASE)]
    return found[0] if found and (len(found) == 1 or found[0] == "hybrid") else None


def _right(architecture: str) -> set[str]:
    names = ("attention", "mamba") if architecture == "hybrid" else (architecture,)
    return {COLOUR[name].lower() for name in names}


def _is_coloured(text: Any) -> bool:
    from matplotlib.colors import rgb_to_hsv, to_rgb

    return rgb_to_hsv(to_rgb(text.get_color()))[1] > 0.5  # ink and greys are words about any of them


def _painted(artist: Any) -> set[str]:
    from matplotlib.colors import to_hex

    if hasattr(artist, "get_facecolor"):
        colours = artist.get_facecolor()
        rows = [colours] if not hasattr(colours[0], "__len__") else colours
        return {to_hex(row[:3]) for row in rows}
    return {to_hex(artist.get_color())}
