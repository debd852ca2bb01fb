"""Drawings: frames, bytes, what is refused."""

import subprocess
import sys

import pytest
from lxml import etree

from coursekit.notebook.drawing import Box, Drawing, Piece, text, tokens

ALT = "Tres palabras en fila, una detrás de otra."
MADE = f"""
from coursekit.notebook.drawing import *
d = Drawing(200, title="Fila", alt={ALT!r})
row = tokens(["a", "b", None], 20, 100)
d.add(row, noise(0.3, 300, 20, 90, 90), cache(2, 500, 20)); d.next_frame(); d.add(text("2 → 3", 60, 30))
print(d.svg, end="")
"""


HERE = {"PYTHONPATH": ":".join(sys.path)}


def drawing(**options):
    made = Drawing(200, title="Fila", alt=ALT, **options)
    made.add(tokens(["a"], 20, 100))
    return made


def frames(svg):
    return [group for group in etree.fromstring(svg.encode()).iter("{*}g") if group.get("data-frame")]


def test_the_same_bytes_whatever_the_process():
    runs = [
        subprocess.run(
            [sys.executable, "-c", MADE], capture_output=True, check=True, env=HERE | {"PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout != b""
    assert b" id=" not in runs[0].stdout


def test_frames_are_numbered_and_those_of_a_strip_hide_all_but_the_last():
    for strip, hidden in ((False, [None, None]), (True, ["none", None])):
        made = drawing(strip=strip)
        made.under(text("siempre", 200, 30))
        made.next_frame()
        made.add(text("luego", 300, 30))
        root = etree.fromstring(made.svg.encode())
        assert [group.get("data-frame") for group in frames(made.svg)] == ["1", "2"]
        assert [group.get("display") for group in frames(made.svg)] == hidden
        assert (root.get("data-drawing"), root.get("data-frames")) == ("strip" if strip else "cumulative", "2")
        assert len([group for group in root if group.get("data-under")]) == 1
    assert made.frames == 2


def test_states_show_their_default_and_may_be_many():
    made = Drawing(200, title="Fila", alt=ALT, states=True, default=2)
    for i in range(7):
        if i:
            made.next_frame()
        made.add(text(f"estado {i}", 200, 30))
    assert [group.get("display") for group in frames(made.svg)] == ["none"] * 2 + [None] + ["none"] * 4
    assert 'data-drawing="states"' in made.svg
    with pytest.raises(ValueError, match="a strip or states, got both"):
        Drawing(200, title="Fila", alt=ALT, states=True, strip=True)
    made.default = 7
    with pytest.raises(ValueError, match="a default among the 7 states, from 0, got 7"):
        _ = made.svg


def test_it_says_what_it_is_to_who_cannot_see_it():
    made = Drawing(200, title="A < B", alt="Una fila & <otra> con más de seis palabras.")
    made.add(tokens(["a"], 20, 100))
    root = etree.fromstring(made.svg.encode())
    assert (root.find("{*}title").text, root.find("{*}desc").text, root.get("role")) == ("A < B", made.alt, "img")
    assert made._repr_svg_() == made.svg


def test_what_is_refused():
    with pytest.raises(ValueError, match="alternative text of 6 words"):
        Drawing(200, title="Fila", alt="Una fila.")
    with pytest.raises(ValueError, match="expected a title"):
        Drawing(200, title=" ", alt=ALT)
    made = drawing()
    with pytest.raises(ValueError, match=r"canvas of 1128 × 200, got one from \(1100, 0\) to \(1130, 10\)"):
        made.add(Piece(None, Box(1100, 0, 30, 10)))
    for box in (Box(-2, 0, 5, 5), Box(0, -2, 5, 5), Box(0, 190, 5, 12)):
        with pytest.raises(ValueError, match="inside the canvas"):
            made.under(Piece(None, box))
    made.next_frame()
    with pytest.raises(ValueError, match="something in a frame before the next"):
        made.next_frame()
    with pytest.raises(ValueError, match="empty last one"):
        _ = made.svg
    for _ in range(3):
        made.add(text("a", 50, 50))
        made.next_frame()
    made.add(text("a", 50, 50))
    with pytest.raises(ValueError, match="at most 5 frames"):
        made.next_frame()
    with pytest.raises(ValueError, match="empty last one"):
        _ = Drawing(200, title="Fila", alt=ALT).svg
