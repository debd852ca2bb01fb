"""The gate of executed notebooks' figures: the course's kinds of figure pass; each fault planted in one is named."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pytest
from minicourse import MiniCourse

from coursekit.course import quality
from coursekit.course.course import Course
from coursekit.course.finding import Finding
from coursekit.course.notebooks import figures
from coursekit.course.notebooks.read import Notebook
from coursekit.notebook.drawing import Drawing, cache, matrix, state
from coursekit.notebook.drawing.palette import FILL
from coursekit.notebook.measured import FIGURE_MIME
from coursekit.notebook.plotting import use_course_style

ALT = "La memoria crece con el cuadrado de la longitud."
NAN = float("nan")


@pytest.fixture(autouse=True)
def course_style():
    with matplotlib.rc_context():
        use_course_style()
        yield
    plt.close("all")


def recorded(figure: Any, alt: str = ALT) -> dict[str, Any]:
    """The bundle that `record_figure` emits."""
    svg = io.StringIO()
    figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return {FIGURE_MIME: {"name": "memoria", "alt": alt, "svg": svg.getvalue()}, "image/png": "", "text/plain": "x"}


def executed(course: MiniCourse, data: dict[str, Any]) -> Any:
    """The executed notebook of 09-mini, whose second cell shows `data` in the section «La memoria»."""
    document = json.loads(course.notebook("09-mini", "x = 1").read_text(encoding="utf-8"))
    heading = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["## La memoria"]}
    document["cells"].insert(1, heading)
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    document["cells"][2] |= {"outputs": [output], "execution_count": 2}
    path = course.layout.executed / "09-mini.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_drawing_of_the_kit_needs_no_axes_and_keeps_to_the_kit_s_colours(mini: MiniCourse) -> None:
    drawing = Drawing(300, title="Pieza", alt="Una matriz de grises y una caja de estado.")
    drawing.add(matrix([[0.123, 1]], 20, 100, cell=40), state([0.5], 200, 100), cache(2, 500, 60))
    for svg, told in (
        (drawing.svg, []),
        (drawing.svg.replace(FILL["state"], "#123456"), ["is drawn in #123456"]),
    ):
        bundle = {FIGURE_MIME: {"name": "pieza", "alt": drawing.alt, "svg": svg}}
        found = [finding.problem for finding in check(mini, executed(mini, bundle))]
        assert [problem[: len(want)] for problem, want in zip(found, told)] == told
        assert len(found) == len(told)


def check(course: MiniCourse, path: Path) -> Iterator[Finding]:
    return figures.check(Notebook(path, course.layout.relative(path)))


def findings(course: MiniCourse, figure: Any, alt: str = ALT) -> list[str]:
    return [str(f) for f in check(course, executed(course, recorded(figure, alt)))]


def line(**labels: Any) -> Any:
    figure, axes = plt.subplots()
    axes.plot([1, 2, 4], [1, 4, 16], "o-", label="atención")
    axes.set(**{"title": "Memoria", "xlabel": "longitud (tokens)", "ylabel": "memoria (MiB)", **labels})
    axes.legend()
    return figure


def bars() -> Any:
    figure, axes = plt.subplots()
    axes.bar(["post-norm", "pre-norm"], [1.5, 0.5])
    axes.set(title="Exceso", ylabel="exceso (bits/token)")
    return figure


def heat_map() -> Any:
    figure, axes = plt.subplots()
    image = axes.imshow([[0.5, 0.5], [1, 0]])
    axes.set(
        title="Mapa", xlabel="token al que se mira", ylabel="token que mira", xticks=[0, 1], xticklabels=["a", "b"]
    )
    figure.colorbar(image, label="peso de atención")
    return figure


def panels() -> Any:
    figure, rows = plt.subplots(1, 2, sharey=True)
    for axes in rows:
        axes.loglog([1, 10], [1, 100])
        axes.set(xlabel="capas")
    rows[0].set(ylabel="tiempo (s)")
    figure.suptitle("Dos paneles")
    return figure


def diagram() -> Any:
    figure, axes = plt.subplots()
    axes.add_patch(plt.Rectangle((0.2, 0.2), 0.3, 0.3))
    axes.set_title("Esquema")
    axes.set_axis_off()
    return figure


def ordered() -> Any:
    figure = line()
    figure.axes[0].plot([1, 2], [1, 2], color=plt.cm.viridis(0.3))
    figure.axes[0].pcolormesh([[0.5, 0.2], [1, 0]], cmap="Blues")
    return figure


def lying_bars() -> Any:
    figure, axes = plt.subplots()
    axes.barh(["post-norm", "pre-norm", "otra"], [1.5, 0.5, -0.3])
    axes.set(title="Exceso", xlabel="exceso (bits/token)")
    return figure


def stacked_bars() -> Any:
    figure = bars()
    figure.axes[0].bar(["post-norm", "pre-norm"], [0.5, 0.5], bottom=[1.5, 0.5])
    figure.axes[0].axvspan(0.8, 1.2, alpha=0.2)
    figure.axes[0].axhspan(0.8, 1.2, alpha=0.2)
    return figure


def one_marker() -> Any:
    figure = line()
    figure.axes[0].plot([2], [8], "D")
    figure.axes[0].plot([2, 2], [8, 12])
    return figure


@pytest.mark.parametrize("draw", [line, bars, heat_map, panels, diagram, ordered, lying_bars, stacked_bars, one_marker])
def test_sound_figures_pass(mini: MiniCourse, draw: Callable[[], Any]) -> None:
    assert findings(mini, draw()) == []


@pytest.mark.parametrize(
    "label",
    [
        *("bits/byte", "GFLOP de entrenamiento", "segundos de uso", "cociente de coste", "memoria (MiB)", "coste (€)"),
        *(
            "tiempo (ms/token)",
            "gasto (miles de tokens)",
            "gasto (miles)",
            "parte (de 0 a 1)",
            "longitud (en anchuras d)",
        ),
        *("estados (N)", "área (m²)", "velocidad (tokens por s)", "respuesta (1 al principio)", "acierto (%)"),
    ],
)
def test_a_label_that_names_its_unit_or_has_none_passes(mini: MiniCourse, label: str) -> None:
    assert findings(mini, line(ylabel=label)) == []


@pytest.mark.parametrize("words", ["sí", "no", "alta", "véase el texto", "", " ", "más es mejor"])
def test_words_in_parentheses_are_no_unit(mini: MiniCourse, words: str) -> None:
    (found,) = findings(mini, line(ylabel=f"memoria ({words})"))
    assert "has no unit; write it in parentheses: «memoria (MiB)»" in found


def truncated_bars() -> Any:
    figure, axes = plt.subplots()
    axes.bar(["post-norm", "pre-norm"], [99, 98])
    axes.set(title="Acierto", ylabel="acierto (%)", ylim=(97, 100))
    return figure


def truncated_lying_bars() -> Any:
    figure = lying_bars()
    figure.axes[0].set_xlim(0.4, 2)
    return figure


def floating_bars() -> Any:
    figure, axes = plt.subplots()
    axes.bar(["post-norm", "pre-norm"], [9, 8], bottom=90)
    axes.set(title="Acierto", ylabel="acierto (%)", ylim=(0, 100))
    return figure


def one_bar() -> Any:
    figure = truncated_bars()
    figure.axes[0].patches[-1].remove()
    return figure


def one_point() -> Any:
    figure = line()
    figure.axes[0].plot([2], [8], "-")
    return figure


def points_apart() -> Any:
    figure = line()
    figure.axes[0].plot([1, 2, 3, 4], [8, NAN, 8, NAN])
    return figure


def annotated() -> Any:
    figure = line(title="")
    figure.axes[0].text(2, 8, "una nota no es un título")
    return figure


def no_bar_label() -> Any:
    figure = heat_map()
    figure.axes[1].set_ylabel("")
    return figure


def empty() -> Any:
    figure = line()
    figure.axes[0].lines[0].remove()
    figure.axes[0].get_legend().remove()
    return figure


def not_finite() -> Any:
    figure = line()
    figure.axes[0].lines[0].set_data([1, 2, 4], [NAN] * 3)
    return figure


def off_palette() -> Any:
    figure = line()
    figure.axes[0].lines[0].set_color("red")
    return figure


@pytest.mark.parametrize(
    ("draw", "problem"),
    [
        (annotated, "has no title; axes.set(title=…)"),
        (lambda: line(xlabel=""), 'has no label on its x axis; axes.set(xlabel="memoria (MiB)")'),
        (lambda: line(ylabel=""), "has no label on its y axis"),
        (lambda: line(ylabel="memoria"), "its y axis «memoria» has no unit; write it in parentheses"),
        (no_bar_label, "has no label on its y axis"),
        (empty, "is blank; draw something that is finite"),
        (not_finite, "is blank; draw something that is finite"),
        (truncated_bars, "has bars that do not begin at zero on its y axis; axes.set(ylim=(0, None))"),
        (truncated_lying_bars, "has bars that do not begin at zero on its x axis; axes.set(xlim=(0, None))"),
        (floating_bars, "has bars that do not begin at zero on its y axis"),
        (one_bar, "has bars that do not begin at zero on its y axis"),
        (one_point, "has a line of one point, which nobody sees; draw it with a marker, or with axhline"),
        (points_apart, "has a line of one point, which nobody sees"),
        (
            off_palette,
            "is drawn in #ff0000, which is not of the course's palette; use coursekit.notebook.plotting's colours",
        ),
    ],
)
def test_a_faulty_figure_is_named(mini: MiniCourse, draw: Callable[[], Any], problem: str) -> None:
    (found,) = findings(mini, draw())
    assert found.startswith(f"build/notebooks/09-mini.ipynb, cell 3 «La memoria»: figure memoria: {problem}")


def test_an_alternative_text_is_a_sentence(mini: MiniCourse) -> None:
    (found,) = findings(mini, line(), alt="Memoria según la longitud.")
    assert "its alternative text has 4 words; say in a sentence what a reader must see" in found


def test_a_figure_that_is_not_recorded_is_named(mini: MiniCourse) -> None:
    path = executed(mini, {"image/png": "", "text/plain": "<Figure>"})
    (found,) = check(mini, path)
    assert "is shown but not recorded, so it has no alternative text; end with record_figure" in str(found)


def test_the_step_of_the_checks_looks_at_what_was_executed(mini: MiniCourse) -> None:
    mini.add("09-mini")
    assert quality.figures(Course(mini.layout)) == []
    executed(mini, recorded(line(title="")))
    assert [problem.partition(": ")[2] for problem in quality.figures(Course(mini.layout))] == [
        "figure memoria: has no title; axes.set(title=…)"
    ]
