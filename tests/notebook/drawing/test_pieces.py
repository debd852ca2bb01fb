"""The pieces: what is drawn is what was measured, by hand, and what could not be drawn is refused."""

import re

import pytest
from drawsvg import Drawing
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from coursekit.notebook.drawing import (
    Box,
    arcs,
    arrow,
    bars,
    bits,
    cache,
    chips,
    experts,
    gates,
    hatch,
    head,
    heat,
    mask,
    matrix,
    noise,
    ruler,
    state,
    tokens,
    tree,
    vector,
)
from coursekit.notebook.drawing.palette import DRAWN, FILL, fill, outline, shade
from coursekit.notebook.plotting import COLOUR

ROW = [Box(100 * i, 200, 60, 40) for i in range(4)]


def svg(piece):
    canvas = Drawing(2000, 2000)
    canvas.append(piece.group)
    return canvas.as_svg()


def shapes(piece, kind):
    return list(etree.fromstring(svg(piece).encode()).iter("{*}" + kind))


def filled(piece, colour):
    return [shape for shape in shapes(piece, "rect") if shape.get("fill") == colour]


def said(piece):
    return re.findall(r"<!-- (.*?) -->", svg(piece))


def test_tokens_stand_side_by_side_or_at_a_pitch():
    row = tokens(["a", "llaves", None], 10, 50)
    a, word, gap = row.parts
    assert (a.left, a.y) == (10, 50)
    assert (a.wide, gap.wide) == (46, 60)  # round at least; a gap has room for a word of 30
    assert word.left - a.right == gap.left - word.right == 10
    assert said(row) == ["a", "llaves"]
    assert svg(row).count("stroke-dasharray") == 1
    even = tokens(["a", "b", "c"], 10, 50, pitch=60).parts
    assert [box.x for box in even] == [40, 100, 160]  # 10 + 60 (i + 1/2)
    with pytest.raises(ValueError, match="expected a pitch of"):
        tokens(["guardaba"], 0, 0, pitch=50)


def test_tokens_that_are_marked_faded_or_have_a_role():
    row = tokens(["a", "b", "c"], 0, 0, marked=[0], faded=[1], roles={2: "query"}, architecture="attention")
    first, second, third = shapes(row, "rect")
    assert (first.get("stroke"), first.get("stroke-width")) == (COLOUR["attention"], "4.5")
    assert (second.get("fill"), third.get("fill")) == (FILL["faded"], FILL["query"])


def test_arcs_are_as_thick_as_their_weights():
    drawn = arcs(ROW, 3, [0.5, 0.004, 0.25], labels=[0], reach=90)
    # 16 pixels are the weight 1; 0.004 is no arc; the lighter one is drawn first, so that the heavier lies over it
    assert [path.get("stroke-width") for path in shapes(drawn, "path")[:2]] == ["4", "8"]
    assert said(drawn) == ["50\u00a0%"]
    assert min(box.top for box in drawn.parts) == pytest.approx(200 - 90)
    assert arcs(ROW, 3, [1], below=True, reach=90).parts[0].bottom == pytest.approx(240 + 90)
    for weights in ([1.2], [0.1] * 5, [-0.1]):
        with pytest.raises(ValueError, match=r"at most 4 weights in \[0, 1\]"):
            arcs(ROW, 3, weights)
    with pytest.raises(ValueError, match="a weight of 0.01 or more to another"):
        arcs(ROW, 3, [0, 0, 0, 1])


def test_a_matrix_is_as_grey_as_its_values():
    drawn = matrix([[0, 1], [-2, None]], 10, 20, cell=30, digits=1, size="2 × 2", name="K", rows=["a", "b"])
    # the largest size is 2: 1 is half of the way from white to #5B6773: (255 + 91) / 2 = 173 = AD, B3, B9
    assert [shape.get("fill") for shape in shapes(drawn, "rect")[:4]] == ["#FFFFFF", "#ADB3B9", "#5B6773", "#FFFFFF"]
    assert shade(0.5) == "#ADB3B9"
    assert [word for word in said(drawn) if "," in word] == ["0,0", "1,0", "−2,0"]
    assert {"2 × 2", "K", "a", "b"} <= set(said(drawn))
    assert [(box.left, box.top) for box in drawn.parts] == [(10, 20), (40, 20), (10, 50), (40, 50)]
    assert [box.left for box in vector([1, 2], 5, 5).parts] == [5, 5]
    assert len(filled(matrix([[1, 2]], 0, 0, role="key"), FILL["key"])) == 2
    for wrong in ([], [[]], [[1], [1, 2]]):
        with pytest.raises(ValueError, match="expected rows of one length"):
            matrix(wrong, 0, 0)


def test_a_map_of_heat_is_as_dark_as_its_values_and_joins_equal_neighbours():
    drawn = heat([[0, 1, 1], [0.5, 0, 4]], 10, 20, 30, 40, most=2, rows=["a", "b"])
    assert [(row.left, row.top, row.wide, row.high) for row in drawn.parts] == [(10, 20, 30, 20), (10, 40, 30, 20)]
    assert said(drawn) == ["a", "b"]
    paths = {path.get("fill"): path.get("d") for path in shapes(drawn, "path") if path.get("fill") != "#1B2733"}
    # 1 of 2 is half the grey, and its two cells are one box, 20 wide; 4 is more than the most, and as dark as 2
    assert sorted(paths) == sorted([shade(0.5), shade(0.25), shade(1)])
    assert paths[shade(0.5)] == "M20 20h20.4v20.4h-20.4Z"
    assert paths[shade(1)] == "M30 40h10.4v20.4h-10.4Z"
    for wrong, complaint in (([], "rows of one length"), ([[1], [1, 2]], "rows of one length"), ([[-1]], "0 or more")):
        with pytest.raises(ValueError, match=complaint):
            heat(wrong, 0, 0, 10, 10)
    assert [path for path in shapes(heat([[0, 0]], 0, 0, 10, 10), "path")] == []


def test_a_mask_hides_what_lies_ahead():
    # of 4 × 4 cells the causal triangle hides 3 + 2 + 1
    assert len(filled(mask(4, 0, 0), FILL["faded"])) == 6
    assert len(filled(mask(4, 0, 0, visible=lambda i, j: True), FILL["faded"])) == 0
    assert len(filled(mask(2, 0, 0, weights=[[1, 0], [0.5, 0.5]]), "#ADB3B9")) == 2
    with pytest.raises(ValueError, match="weight 0 where the mask hides, got 0.1 in row 0, column 1"):
        mask(2, 0, 0, weights=[[0.9, 0.1], [1, 0]])


def test_a_state_keeps_its_size_and_is_as_full_as_its_values():
    drawn = state([0.5, -1, 0], 0, 0, slot=40)
    # slots are 1.4 × 40 = 56 high: half of it, and all of it
    assert [shape.get("height") for shape in filled(drawn, FILL["state"])] == ["28", "56"]
    assert drawn.box == state([0, 0, 0], 0, 0, slot=40).box
    for wrong in ([], [1.1]):
        with pytest.raises(ValueError, match=r"expected values in \[-1, 1\]"):
            state(wrong, 0, 0)


def test_gates_open_as_far_as_they_were_measured():
    drawn = gates(ROW, [0, 0.25, 0.5, 1], 180, high=80, digits=2)
    assert [shape.get("height") for shape in filled(drawn, FILL["gate"])] == ["20", "40", "80"]
    assert said(drawn) == ["0,00", "0,25", "0,50", "1,00"]
    assert {box.x for box in drawn.parts} == {30, 130, 230, 330}
    for wrong in ([1], [0, 0, 0, 1.5]):
        with pytest.raises(ValueError, match=r"expected 4 openings in \[0, 1\]"):
            gates(ROW, wrong, 180)


def test_bars_are_in_proportion():
    drawn = bars(ROW, [1, 2, 4, 0], 180, high=100)
    assert [shape.get("height") for shape in filled(drawn, FILL["gate"])] == ["25", "50", "100", "0"]
    assert {box.bottom for box in drawn.parts} == {180}
    assert bars(ROW, [1, 0, 0, 0], 180, high=100, most=2).parts[0].high == 50
    with pytest.raises(ValueError, match="expected 4 values of 0 or more"):
        bars(ROW, [1, 2, 3, -1], 180)


def test_a_cache_grows_a_place_a_token():
    drawn = cache(2, 0, 0, places=5)
    assert len(filled(drawn, FILL["key"])) == len(filled(drawn, FILL["value"])) == 2
    assert svg(drawn).count("stroke-dasharray") == 6  # 3 free places on each shelf
    assert len(drawn.parts) == 10
    assert svg(cache(2, 0, 0)).count("stroke-dasharray") == 0
    for filled_, places in ((3, 2), (0, 0), (-1, 2)):
        with pytest.raises(ValueError, match="tokens in at least one place"):
            cache(filled_, 0, 0, places=places)


@given(st.integers(2, 33))
def test_a_tree_joins_all_but_one(leaves):
    drawn = tree([Box(10 * i, 100, 8, 8) for i in range(leaves)], 80)
    # each level joins pairs, one that is left over goes up alone: ceil(n / 2) knots, up to 1
    knots, row = 0, leaves
    while row > 1:
        row = -(-row // 2)
        knots += row
    assert len(drawn.parts) == knots
    assert len(tree([Box(10 * i, 100, 8, 8) for i in range(leaves)], 80, levels=1).parts) == -(-leaves // 2)


def test_a_tree_says_what_is_in_its_knots_and_lights_some():
    drawn = tree(ROW, 150, labels=[["ab", "cd"]], marked=[(1, 0)])
    assert said(drawn) == ["ab", "cd"]
    assert [knot.get("fill") for knot in shapes(drawn, "circle")] == ["#FFFFFF", "#FFFFFF", FILL["gate"]]
    with pytest.raises(ValueError, match="expected two leaves or more, got 1"):
        tree(ROW[:1], 150)


def test_bits_and_a_ruler():
    drawn = bits([1, 0, 1], 0, 0, cell=20)
    assert [box.left for box in drawn.parts] == [0, 25, 50]
    assert [square.get("fill") != "#FFFFFF" for square in shapes(drawn, "rect")] == [True, False, True]
    with pytest.raises(ValueError, match="expected bits"):
        bits([2], 0, 0)
    marked = ruler([-1, 0, 1], 100, 50, 200, points=[0.5], to=[1], labels=["−1", "", "1"])
    assert marked.parts[0].x == 100 + 200 * 0.75  # 0.5 is three quarters of the way from −1 to 1
    assert said(marked) == ["−1", "1"]
    with pytest.raises(ValueError, match="an end for each of 1 points, got 2"):
        ruler([0, 1], 0, 0, 10, points=[0.5], to=[0, 1])
    with pytest.raises(ValueError, match="of different value, got only 3"):
        ruler([3], 0, 0, 10)


def test_experts_turn_away_who_comes_when_their_places_are_taken():
    drawn = experts([2, 4], 0, 0, capacity=3, chosen=[1])
    assert said(drawn) == ["1", "2"]
    assert svg(drawn).count("stroke-dasharray") == 2  # the fourth token of the second, and the line
    assert len(filled(drawn, FILL["expert"])) == 1
    assert len(filled(experts([2, 4], 0, 0), FILL["expert"])) == 2
    for wrong in ([], [1.5], [-1]):
        with pytest.raises(ValueError, match="expected counts of tokens"):
            experts(wrong, 0, 0)


def test_noise_is_as_dense_as_its_amount():
    counts = [shapes(noise(amount, 0, 0, 100, 50), "path")[0].get("d").count("h0") for amount in (0, 0.4, 1)]
    assert counts == [0, 70, 175]  # 0.035 × 100 × 50 = 175 dots
    with pytest.raises(ValueError, match=r"expected an amount in \[0, 1\]"):
        noise(1.1, 0, 0, 10, 10)


def test_a_head_and_its_chips():
    drawn = head(100, 100, radius=50, label="cabeza 5", off=True)
    assert said(drawn) == ["Q", "K", "V", "cabeza 5"]
    assert len(shapes(drawn, "path")) == len(shapes(head(100, 100, radius=50, label="cabeza 5"), "path")) + 1
    assert [box.x for box in drawn.parts][1] == pytest.approx(100)
    assert said(chips(ROW, "key", 300)) == ["K"] * 4
    with pytest.raises(ValueError, match="expected a role among query, key, value"):
        chips(ROW, "state", 300)


def test_hatching_stays_in_its_box_and_neighbours_meet():
    first, second = hatch(Box(3, 5, 40, 20)), hatch(Box(43, 5, 40, 20))
    ends = []
    for piece, box in ((first, Box(3, 5, 40, 20)), (second, Box(43, 5, 40, 20))):
        path = shapes(piece, "path")[0].get("d")
        points = [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]
        assert all(box.left - 0.01 <= x <= box.right + 0.01 for x, _ in points)
        assert all(box.top - 0.01 <= y <= box.bottom + 0.01 for _, y in points)
        ends.append({y for x, y in points if x == 43 and 5 < y < 25})
    assert ends[0] == ends[1] != set()


def test_an_arrow_points_at_its_end():
    head_of = shapes(arrow([(0, 0), (100, 0)]), "path")[1].get("d")
    assert head_of.startswith("M100 0L")
    with pytest.raises(ValueError, match="an arrow between two points"):
        arrow([(1, 1), (1, 1)])


def test_colours_are_asked_for_by_name():
    assert {outline("mamba"), fill("gate"), outline(None)} <= DRAWN
    with pytest.raises(ValueError, match="expected an architecture among ngram"):
        outline("transformer")
    with pytest.raises(ValueError, match="expected a role among token"):
        fill("consulta")
    with pytest.raises(ValueError, match=r"an amount in \[0, 1\]"):
        shade(2)


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))


def test_letters_stand_out_from_every_fill_and_outlines_from_paper():
    # WCAG 2: text 4.5 : 1 at least, lines 3 : 1
    ink = luminance("#1B2733") + 0.05
    assert all((luminance(colour) + 0.05) / ink >= 7 for colour in FILL.values())
    assert all(1.05 / (luminance(colour) + 0.05) >= 3 for colour in COLOUR.values())
