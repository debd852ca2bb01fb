import io
import re

import matplotlib
import matplotlib.pyplot as plt
import pytest
from matplotlib.font_manager import fontManager

from coursekit.notebook.plotting import (
    COLOUR,
    COLOURS,
    QUANTIZED,
    SMALLEST_TEXT,
    bar_of_seeds,
    decimal_comma,
    label_lines,
    look,
    plain_ticks,
    readable_text,
    spanish_ticks,
    use_course_style,
)


def test_figures_use_the_theme_s_colours_and_spanish_numbers():
    use_course_style()
    figure, axes = plt.subplots()
    (line,) = axes.plot([0, 1], [0, 0.5])
    assert line.get_color() == COLOURS[0]
    axes.set_yticks([0, 0.25, 0.1 + 0.2, 20000])
    decimal_comma(axes.yaxis)
    figure.canvas.draw()
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["0", "0,25", "0,3", "20\u202f000"]
    axes.set_yticks([1048576, 2097152])
    figure.canvas.draw()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["1\u202f048\u202f576", "2\u202f097\u202f152"]
    axes.set_yticks([1e-7])
    figure.canvas.draw()
    assert axes.get_yticklabels()[0].get_text() == "1,0·10⁻⁷"
    plt.close(figure)


def test_letters_are_the_theme_s_in_every_figure():
    with matplotlib.rc_context():
        use_course_style()
        use_course_style()
        figure, axes = plt.subplots()
        axes.set_title("Atención → ∞")
        axes.set_xlabel(r"$\Delta x_t$")
        svg = io.StringIO()
        figure.savefig(svg, format="svg")
        plt.close(figure)
    faces = set(re.findall(r'id="(\w+)-(?:Regular|Bold|Italic|Oblique|Book)', svg.getvalue()))
    assert any("AtkinsonHyperlegible" in face for face in faces), faces
    entries = [entry for entry in fontManager.ttflist if entry.name == "Atkinson Hyperlegible"]
    assert len({entry.fname for entry in entries}) == len(entries) == 4


def test_an_architecture_looks_the_same_in_every_figure():
    assert look("mamba") == {"color": COLOUR["mamba"]}
    assert look("oracle")["linestyle"] == "--"
    assert (look("attention") | QUANTIZED)["linestyle"] == ":"
    figure, axes = plt.subplots()
    (line,) = axes.plot([0, 1], [0, 1], **look("hybrid"))
    assert {line.get_color(), line.get_gapcolor()} == {COLOUR["attention"], COLOUR["mamba"]}
    assert look("smollm2")["marker"] == "D"
    with pytest.raises(ValueError, match="expected one of ngram, .*, hybrid, smollm2, got 'transformer'"):
        look("transformer")
    plt.close(figure)


def test_lines_have_their_names_at_their_ends():
    figure, axes = plt.subplots()
    lines = [axes.plot([0, 1, 2], [0, 1, y], color=COLOURS[i])[0] for i, y in enumerate((1.0, 1.01, float("nan")))]
    label_lines(axes, dict(zip(lines, ("uno", "dos", "tres"))))
    uno, dos, tres = sorted(axes.texts, key=lambda text: ("uno", "dos", "tres").index(text.get_text()))
    assert (uno.xy, tres.xy) == ((2, 1.0), (1, 1))
    assert uno.get_color() == COLOURS[0]
    assert uno.xyann[1] == tres.xyann[1] == 0  # as high, but not beside it
    # the second ends 0.01 higher, less than a line of 1.15 · 17 points: the offset makes up for the rest
    ends = [axes.transData.transform(text.xy)[1] * 72 / figure.dpi for text in (uno, dos)]
    assert dos.xyann[1] == pytest.approx(ends[0] + 1.15 * SMALLEST_TEXT - ends[1], abs=0.5)
    assert 0 < ends[1] - ends[0] < 5
    plt.close(figure)


def test_the_bar_is_the_mean_and_every_seed_has_a_point_of_its_own():
    figure, axes = plt.subplots()
    bar_of_seeds(axes, 2, iter([1, 1, 4]), COLOURS[1])
    (bar,), (points,) = axes.patches, axes.lines
    assert bar.get_height() == 2  # (1 + 1 + 4) / 3
    assert bar.get_x() + bar.get_width() / 2 == 2
    assert list(points.get_ydata()) == [1, 1, 4]
    # three points over 0.4: 0.2 apart, the middle one on the bar's axis
    assert [round(float(x), 9) for x in points.get_xdata()] == [1.8, 2, 2.2]
    bar_of_seeds(axes, 5, [3], COLOURS[0])
    assert list(axes.lines[-1].get_xdata()) == [5]
    plt.close(figure)


def test_every_plain_axis_of_a_figure_gets_spanish_ticks_and_named_ticks_stay():
    figure, axes = plt.subplots()
    picture = axes.imshow([[0, 0.5]], vmin=0, vmax=1)
    axes.set_xticks([0, 1], labels=["0.1", "b"])
    bar = figure.colorbar(picture, ticks=[0, 0.5, 1])
    spanish_ticks(figure)
    figure.canvas.draw()
    assert [label.get_text() for label in bar.ax.get_yticklabels()] == ["0", "0,5", "1"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.1", "b"]
    plt.close(figure)


def test_plain_ticks_on_a_logarithmic_axis():
    figure, axes = plt.subplots()
    axes.loglog([1, 100], [0.1, 30])
    plain_ticks(axes.yaxis, (0.5, 5))
    figure.canvas.draw()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["0,5", "5"]
    assert not len(axes.get_yticks(minor=True))
    plt.close(figure)


def test_no_text_of_a_figure_is_smaller_than_one_can_read():
    figure, axes = plt.subplots()
    axes.plot([0, 1], label="a")
    title = axes.set_title("t", fontsize=20)
    axes.set_xticks([0, 1], labels=["a", "b"], fontsize=9)
    note, legend = axes.annotate("n", (0, 0), fontsize=8), axes.legend(fontsize=10)
    readable_text(figure)
    small = [note, *legend.get_texts(), *axes.get_xticklabels()]
    assert [text.get_fontsize() for text in small] == [SMALLEST_TEXT] * 4
    assert title.get_fontsize() == 20
    plt.close(figure)


def test_a_recorded_figure_has_readable_text():
    figure, axes = plt.subplots()
    note = axes.annotate("n", (0, 0), fontsize=8)
    spanish_ticks(figure)
    assert note.get_fontsize() == SMALLEST_TEXT
    plt.close(figure)


@pytest.mark.parametrize("kind", ["rm", "sf", "it", "bf", "cal"])
def test_mathematics_finds_its_fonts(kind):
    """matplotlib's own family for script letters, "cursive", is on no machine, and its search is told in English."""
    use_course_style()
    family = matplotlib.rcParams[f"mathtext.{kind}"].partition(":")[0]
    assert family in {font.name for font in fontManager.ttflist}
