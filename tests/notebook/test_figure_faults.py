"""What a recorded figure does wrong: each fault planted, and the sound figure beside it."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.ticker import FuncFormatter

from coursekit.notebook import measured
from coursekit.notebook.figure_faults import faults, wrong_ticks
from coursekit.notebook.measured import FIGURE_MIME, record_figure
from coursekit.notebook.plotting import COLOUR, INK, decimal_comma, look


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def ticks(formatter, places, scale="linear"):
    figure, axes = plt.subplots()
    axes.plot([min(places), max(places)], [0, 1])
    axes.set_xscale(scale)
    axes.set_xticks(places)
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter(formatter)
    return list(wrong_ticks(figure))


def test_a_tick_says_where_it_stands():
    six = FuncFormatter(lambda value, _: f"{float(f'{value:.6g}'):,.0f}".replace(",", "\u202f"))
    assert ticks(six, [2**10, 2**20], "log") == ["la marca «1\u202f048\u202f580» está en 1048576"]
    assert ticks(FuncFormatter(lambda value, _: f"{value:.1f}".replace(".", ",")), [0, 1 / 3, 2 / 3]) == []
    assert ticks(FuncFormatter(lambda value, _: f"{value:.1f}"), [0, 0.5]) == []  # with a point: no Spanish number
    assert ticks(FuncFormatter(lambda value, _: f"{value / 1000:.0f}"), [0, 1000, 2000, 64000]) == []
    assert ticks(FuncFormatter(lambda value, _: f"{value + 1:.0f}"), [0, 10, 20]) != []
    assert ticks(FuncFormatter(lambda value, _: f"−{-value:.0f}" if value < 0 else f"{value:.0f}"), [-3, 0, 3]) == []


def test_named_ticks_and_the_course_s_own_are_right():
    figure, axes = plt.subplots()
    axes.plot([0, 1e7], [0, 0.3])
    axes.set_yticks([0, 0.1], labels=["64", "128"])
    axes.set_xticks([0, 2**20, 1e7])
    decimal_comma(axes.xaxis)
    assert list(wrong_ticks(figure)) == []


def test_what_is_recorded_has_right_ticks(monkeypatch):
    figure, axes = plt.subplots()
    axes.plot([0, 1], [0, 1])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: "7"))
    with pytest.raises(ValueError, match="figura «a»: la marca «7» está en"):
        record_figure("a", figure, alt="Una recta que sube.")


@pytest.mark.parametrize(
    ("draw", "covers"),
    [
        (lambda axes: axes.plot([0, 1], [0, 1], label="a"), True),
        (lambda axes: axes.plot([0, 1], [0, 0.2], label="a"), False),
        (lambda axes: axes.scatter([0.95], [0.97], label="a"), True),
        (lambda axes: axes.scatter([0.1], [0.1], label="a"), False),
        (lambda axes: axes.bar([0.9], [1], width=0.1, label="a"), True),
        (lambda axes: axes.bar([0.1], [1], width=0.1, label="a"), False),
        (lambda axes: axes.plot([0, 1], [0, 1], label="a")[0].set_visible(False), False),
    ],
)
def test_a_legend_over_what_is_drawn(draw, covers):
    figure, axes = plt.subplots()
    draw(axes)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="upper right")
    found = faults(figure)
    assert [fault[:44] for fault in found] == ["the legend «a» lies over what is drawn: labe"] * covers


def test_a_legend_of_the_whole_figure():
    figure, axes = plt.subplots()
    axes.plot([0, 1], [0, 1], label="a")
    figure.legend(loc="center")
    assert len(faults(figure)) == 1


def test_an_architecture_has_its_own_colour():
    figure, axes = plt.subplots()
    for words, colour, told in [
        ("Mamba", COLOUR["mamba"], False),
        ("Mamba, 2 capas", COLOUR["attention"], True),
        ("atención con RoPE", COLOUR["attention"], False),
        ("un Transformer", COLOUR["mamba"], True),
        ("híbrido de atención y Mamba", COLOUR["attention"], False),
        ("híbrido", COLOUR["moe"], True),
        ("atención y Mamba", COLOUR["moe"], False),  # names two: it is neither's
        ("KN-5", COLOUR["ngram"], False),
        ("LSTM", COLOUR["diffusion"], True),
        ("suelo", INK, False),
    ]:
        (line,) = axes.plot([0, 1], [0, 1], color=colour, label=words)
        found = faults(figure)
        assert [words in fault for fault in found] == [True] * told, words
        line.remove()
    axes.text(0, 0, "Mamba", color=COLOUR["attention"])
    axes.text(0, 1, "Mamba pierde", color=INK)
    axes.bar([1], [1], color=COLOUR["moe"], label="GRU")
    said = faults(figure)
    assert [fault.partition(":")[0] for fault in said] == [
        "«GRU» is drawn in #00704f, and recurrent is #94386c (plotting.look)",
        "«Mamba» is drawn in #0072b2, and mamba is #d55e00 (plotting.look)",
    ]


def test_faults_stand_in_the_file_for_the_decks_that_show_it(monkeypatch):
    shown = []
    monkeypatch.setattr(measured, "publish", lambda bundle, metadata=None: shown.append(bundle[FIGURE_MIME]["svg"]))
    for architecture in ("attention", "mamba"):
        figure, axes = plt.subplots()
        axes.plot([0, 1], [0, 1], label="Mamba", **look(architecture))
        record_figure("a", figure, alt="Una recta que sube.")
    wrong, right = shown
    assert '<svg data-faults="«Mamba» is drawn in #0072b2, and mamba is #d55e00 (plotting.look)" ' in wrong
    assert "data-faults" not in right
