"""One look for every figure of the course: the theme's font and colours (safe for colour-blind readers), numbers in
Spanish.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

FONTS = Path(__file__).with_name("fonts")  # the theme's: Atkinson Hyperlegible (SIL Open Font License, beside it)

# Okabe and Ito (2008), ordered so that the first two differ most in print.
BLUE, ORANGE, GREEN, PINK, SKY, VERMILION = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
INK, GREY, PALE = "#1B2733", "#5B6773", "#D9DEE3"
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PINK, SKY)
# Each architecture has its colour in every figure and drawing; they stand out from paper by 3.9 : 1 or more.
COLOUR = {
    "ngram": "#55606D",
    "recurrent": "#94386C",
    "attention": BLUE,
    "mamba": VERMILION,
    "moe": "#00704F",
    "diffusion": "#8A5800",
    "oracle": INK,
}
ORDERED = ("Blues", "viridis")  # matplotlib's maps for quantities with an order; even to colour-blind readers
SMALLEST_TEXT = 17  # points; beside a column of words a figure 8 inches wide shows them 20 pixels high
FONT = ("Atkinson Hyperlegible", "DejaVu Sans")  # the theme's; what it lacks (Greek, arrows) is the other's


def use_course_style() -> None:
    """Set matplotlib's defaults: 8×4.5 inches, large labels, no chart junk, decimal comma, stable SVG."""
    import matplotlib
    from cycler import cycler
    from matplotlib.font_manager import fontManager

    known = {entry.fname for entry in fontManager.ttflist}
    for face in sorted(FONTS.glob("*.ttf")):
        if str(face) not in known:
            fontManager.addfont(str(face))
    matplotlib.rcParams.update(
        {
            "figure.figsize": (8, 4.5),
            "figure.constrained_layout.use": True,
            "font.family": list(FONT),
            "mathtext.fontset": "custom",
            **{f"mathtext.{kind}": FONT[0] for kind in ("rm", "sf")},
            "mathtext.it": f"{FONT[0]}:italic",
            "mathtext.bf": f"{FONT[0]}:bold",
            "mathtext.cal": f"{FONT[0]}:italic",  # its own, "cursive", is found nowhere, and says so to a student
            "mathtext.fallback": "stixsans",
            "font.size": SMALLEST_TEXT,
            "axes.titlesize": 18,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "axes.edgecolor": GREY,
            "axes.labelcolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": cycler(color=COLOURS),
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.formatter.use_locale": False,
            "axes.formatter.useoffset": False,
            "grid.color": PALE,
            "grid.linewidth": 0.8,
            "lines.linewidth": 2.4,
            # where no place is free, the words stand on thin paper: they can be read, and so can what is below
            "legend.framealpha": 0.6,
            "legend.facecolor": "white",
            "legend.edgecolor": "none",
            "legend.borderpad": 0.2,
            "legend.labelspacing": 0.3,
            "legend.handlelength": 1.5,
            "legend.columnspacing": 1.0,
            "text.color": INK,
            "xtick.color": GREY,
            "ytick.color": GREY,
            "svg.hashsalt": "coursekit",
            "svg.fonttype": "path",
        }
    )


def look(architecture: str) -> dict[str, Any]:
    """How a line of an architecture is drawn, in every figure: ``axes.plot(x, y, **look("mamba"))``.

    Beside those of `COLOUR` there are "hybrid", striped in the colours of attention and state; "smollm2", an attention
    with diamonds. What is quantized keeps its colour, dotted: ``look("attention") | QUANTIZED``.

    Raises:
        ValueError: for another name.
    """
    if architecture == "hybrid":
        return {"color": COLOUR["attention"], "gapcolor": COLOUR["mamba"], "linestyle": (0, (5, 5))}
    if architecture == "smollm2":
        return {"color": COLOUR["attention"], "marker": "D"}
    if architecture not in COLOUR:
        raise ValueError(f"expected one of {', '.join((*COLOUR, 'hybrid', 'smollm2'))}, got {architecture!r}")
    return {"color": COLOUR[architecture]} | ({"linestyle": "--"} if architecture == "oracle" else {})


QUANTIZED = {"linestyle": ":"}


def label_lines(axes: Any, labels: dict[Any, str], *, gap: float = 8) -> None:
    """Write the name of each line at its end, in its colour: there is no legend to look up.

    Names that would meet are moved apart.

    Args:
        axes: the lines' axes.
        labels: line → words.
        gap: points between the end and the words.
    """
    high = 1.15 * SMALLEST_TEXT
    ends = {line: [(x, y) for x, y in zip(*line.get_data()) if x == x and y == y][-1] for line in labels}
    axes.figure.canvas.draw()
    point, near = 72 / axes.figure.dpi, 0.2 * axes.bbox.width
    place = {line: axes.transData.transform(end) for line, end in ends.items()}
    written: list[tuple[float, float]] = []
    for line in sorted(labels, key=lambda line: place[line][1]):
        x, y = place[line]
        at = max([y * point, *(other + high for end, other in written if abs(end - x) < near)])
        written.append((x, at))
        axes.annotate(
            labels[line],
            ends[line],
            xytext=(gap, at - y * point),
            textcoords="offset points",
            va="center",
            color=line.get_color(),
            fontweight="bold",
            annotation_clip=False,
        )


def bar_of_seeds(axes: Any, place: float, values: Any, color: str) -> None:
    """A bar at `place` with the mean of `values`, and a point for each of them, side by side: none hides another."""
    values = list(values)
    axes.bar(place, sum(values) / len(values), color=color, width=0.6)
    between = 0.4 / max(1, len(values) - 1)
    places = [place + between * (i - (len(values) - 1) / 2) for i in range(len(values))]
    axes.plot(places, values, "o", color=INK, markersize=6, markeredgecolor="white")


def decimal_comma(axis: Any) -> None:
    """Print an axis' tick labels in Spanish: ``axis`` is ``ax.xaxis`` or ``ax.yaxis``."""
    from matplotlib.ticker import FuncFormatter

    from coursekit.notebook.formatting import format_number

    def label(value: float, _position: int) -> str:
        # '%.12g' hides the binary noise of tick positions (0.30000000000000004), and nothing of what is meant.
        return format_number(float(f"{value:.12g}"), _decimals(f"{value:.12g}"))

    axis.set_major_formatter(FuncFormatter(label))


def plain_ticks(axis: Any, ticks: Any) -> None:
    """Just these ticks on an axis, as plain numbers: for logarithmic axes, where 2 × 10⁰ is no way to say 2."""
    from matplotlib.ticker import FixedLocator, NullLocator

    axis.set_major_locator(FixedLocator(list(ticks)))
    axis.set_minor_locator(NullLocator())
    decimal_comma(axis)


def spanish_ticks(figure: Any) -> None:
    """What every recorded figure gets: `decimal_comma` on its plain numeric axes, colour bars included (other
    formatters stay), and `readable_text`."""
    from matplotlib.ticker import ScalarFormatter

    readable_text(figure)
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_formatter(), ScalarFormatter):
                decimal_comma(axis)


def readable_text(figure: Any) -> None:
    """Raise every text of a figure to `SMALLEST_TEXT`: what is smaller cannot be read from the last row."""
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        text.set_fontsize(max(SMALLEST_TEXT, text.get_fontsize()))


def _decimals(text: str) -> int | None:
    return None if "e" in text else len(text.partition(".")[2])
