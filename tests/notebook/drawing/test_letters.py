"""Words as outlines: their length, their place, and what is refused."""

import re

import pytest
from fontTools.ttLib import TTFont
from lxml import etree

from coursekit.notebook.drawing.kerning import kerning
from coursekit.notebook.drawing.letters import text, width
from coursekit.notebook.plotting import FONTS

FONT = TTFont(FONTS / "AtkinsonHyperlegible-Regular.ttf")


def svg(piece):
    from drawsvg import Drawing

    canvas = Drawing(10, 10)
    canvas.append(piece.group)
    return canvas.as_svg()


def test_a_word_is_as_long_as_its_letters_less_what_they_are_drawn_together():
    advance = {sign: FONT["hmtx"][FONT.getBestCmap()[ord(sign)]][0] for sign in "ATo"}
    pairs = kerning(FONT, "A", "T") + kerning(FONT, "T", "o")
    assert kerning(FONT, "T", "o") < 0
    assert kerning(FONT, "o", "A") == 0 or kerning(FONT, "o", "A") > -30
    # 1000 units an em: at 25 pixels a unit is 0.025
    assert width("ATo", 25) == pytest.approx(0.025 * (advance["A"] + advance["T"] + advance["o"] + pairs))


def test_the_middle_of_the_capitals_is_where_it_was_asked_and_the_anchor_holds():
    wide = width("hola", 30)
    for anchor, left in (("start", 100), ("middle", 100 - wide / 2), ("end", 100 - wide)):
        box = text("hola", 100, 50, size=30, anchor=anchor).box
        assert (box.left, box.y) == (pytest.approx(left), 50)
    # capitals are 0.668 em: of 30 pixels 20.04, half of it below the middle is the base line
    placed = f"translate({round(100 - wide / 2, 2)} 60.02) scale(0.3 -0.3)"
    assert placed in svg(text("hola", 100, 50, size=30))


def test_markup_is_drawn_and_not_said():
    shown = svg(text("*h*_{t} = **A** x^{2} -- y", 0, 0))
    assert "<!-- ht = A x2 — y -->" in shown
    group = next(iter(etree.fromstring(svg(text('a < "b" & c', 0, 0)).encode()).iter("{*}g")))
    assert group.get("data-text") == 'a < "b" & c'
    assert width("*x*", 100) != width("x", 100) != width("**x**", 100)
    # what is lowered or raised is 0.72 as large
    assert width("_{ab}", 100) == pytest.approx(0.72 * width("ab", 100))


def test_a_sign_that_the_font_lacks_is_dejavu_s_and_one_that_nobody_has_is_refused():
    assert width("→", 100) == pytest.approx(100 * 1716 / 2048)  # DejaVu Sans: 2048 units an em, the arrow is 1716
    with pytest.raises(ValueError, match=r"got «漢» \(U\+6F22\)"):
        text("漢", 0, 0)


def test_small_letters_and_other_anchors_are_refused():
    with pytest.raises(ValueError, match="letters of 20 pixels or more, got 19"):
        text("hola", 0, 0, size=19)
    with pytest.raises(ValueError, match="expected anchor"):
        text("hola", 0, 0, anchor="left")


def test_outlines_have_one_decimal():
    path = re.search(r'<path d="([^"]*)"', svg(text("áñ→", 0, 0)))[1]
    assert path
    assert not re.search(r"\.\d\d", path)
