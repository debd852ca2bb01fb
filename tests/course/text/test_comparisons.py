"""What compares, sentence by sentence; the sentences stand in planted_comparisons.txt and honest_comparisons.txt."""

from pathlib import Path

import pytest

from coursekit.course.text.comparisons import comparisons

HERE = Path(__file__).parent


def lines(name: str) -> list[str]:
    return (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("sentence", lines("planted_comparisons"))
def test_a_comparison_is_found(sentence: str) -> None:
    assert comparisons(sentence), sentence


@pytest.mark.parametrize("sentence", lines("honest_comparisons"))
def test_an_honest_sentence_passes(sentence: str) -> None:
    assert comparisons(sentence) == []


def test_there_are_many_of_both() -> None:
    assert min(len(set(lines(name))) for name in ("planted_comparisons", "honest_comparisons")) >= 60


@pytest.mark.parametrize(
    "text", ["la curva queda por debajo del unigrama", "tardan más", "baja más deprisa", "más alto que"]
)
def test_a_figure_may_say_which_curve_lies_above(text: str) -> None:
    assert comparisons(text) != []
    assert comparisons(text, drawn=True) == []


@pytest.mark.parametrize("text", ["Mamba gana a todos", "es el mejor", "es más rápido", "supera a la atención"])
def test_but_not_who_wins(text: str) -> None:
    assert comparisons(text, drawn=True) != []
