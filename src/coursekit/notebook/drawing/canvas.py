"""A drawing: pieces on a canvas, in one frame or in up to five, with a title and an alternative text.

A pixel of the canvas is one of the slide where the drawing is 1128 wide, which is all the width between its margins.
"""

from __future__ import annotations

import drawsvg

from coursekit.notebook.drawing.piece import Box, Piece

WIDE = 1128
MOST_FRAMES = 5
_ALT_WORDS = 6
_SLACK = 1.0


class Drawing:
    """A canvas. Pieces are drawn in the order in which they are added.

        drawing = Drawing(300, title="Desde el hueco", alt="El hueco mira sobre todo a «llaves», con un arco grueso.")
        row = tokens(["Las", "llaves", None], 20, 260)
        drawing.add(row)
        drawing.next_frame()
        drawing.add(arcs(row.parts, 2, weights, labels=[1]))

    Args:
        high: pixels.
        title: a few words, the drawing's name; not shown.
        alt: what a reader who cannot see it must know, in Spanish, as a sentence.
        wide: pixels.
        strip: a frame replaces the one before it, instead of adding to it; on paper each has a page.
        states: the frames are the states of a control (`record_states`), as many as it has.
        default: the state that is shown first, from 0.

    Raises:
        ValueError: for an alternative text of less than six words, no title, or a strip of states.
    """

    def __init__(
        self,
        high: float,
        *,
        title: str,
        alt: str,
        wide: float = WIDE,
        strip: bool = False,
        states: bool = False,
        default: int = 0,
    ):
        if strip and states:
            raise ValueError("expected a strip or states, got both")
        if not title.strip():
            raise ValueError("expected a title, a few words, got none")
        if len(alt.split()) < _ALT_WORDS:
            raise ValueError(f"expected an alternative text of {_ALT_WORDS} words or more, got «{alt}»")
        self.wide, self.high, self.title, self.alt, self.strip = wide, high, title, alt, strip
        self.states, self.default = states, default
        self._under: list[Piece] = []
        self._frames: list[list[Piece]] = [[]]

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self._frames)

    def add(self, *pieces: Piece) -> None:
        """Draw these in the present frame; the first is there from the beginning.

        Raises:
            ValueError: for a piece that leaves the canvas.
        """
        self._frames[-1] += [self._inside(piece) for piece in pieces]

    def under(self, *pieces: Piece) -> None:
        """Draw these below all frames: what every frame of a strip shows.

        Raises:
            ValueError: for a piece that leaves the canvas.
        """
        self._under += [self._inside(piece) for piece in pieces]

    def next_frame(self) -> None:
        """Begin another frame, which the arrow key brings.

        Raises:
            ValueError: where the present one is empty, or is the fifth.
        """
        if not self._frames[-1] and not (self.frames == 1 and self._under):
            raise ValueError("expected something in a frame before the next, got nothing: add pieces first")
        if self.frames == MOST_FRAMES and not self.states:
            raise ValueError(f"expected at most {MOST_FRAMES} frames, got one more: make two drawings of it")
        self._frames.append([])

    @property
    def svg(self) -> str:
        """The drawing as an SVG file, the same bytes on every machine. What shows no steps shows the last frame."""
        if not self._frames[-1] and not (self.frames == 1 and self._under):
            raise ValueError("expected something in every frame, got an empty last one: add pieces")
        if self.states and not 0 <= self.default < self.frames:
            raise ValueError(f"expected a default among the {self.frames} states, from 0, got {self.default}")
        kind = "states" if self.states else "strip" if self.strip else "cumulative"
        shown = {self.default + 1} if self.states else {self.frames} if self.strip else range(1, self.frames + 1)
        marks = {"role": "img", "data-drawing": kind, "data-frames": self.frames}
        canvas = drawsvg.Drawing(self.wide, self.high, **marks)
        canvas.append(drawsvg.Title(self.title))
        canvas.append(drawsvg.Raw(f"<desc>{_escaped(self.alt)}</desc>"))
        if self._under:
            canvas.append(_group(self._under, {"data-under": "true"}))
        for number, pieces in enumerate(self._frames, start=1):
            past = {} if number in shown else {"display": "none"}
            canvas.append(_group(pieces, {"data-frame": number} | past))
        return canvas.as_svg(header="").replace("<defs>\n</defs>\n", "").strip() + "\n"

    def _repr_svg_(self) -> str:
        return self.svg

    def _inside(self, piece: Piece) -> Piece:
        box = piece.box
        if min(box.left, box.top) < -_SLACK or box.right > self.wide + _SLACK or box.bottom > self.high + _SLACK:
            raise ValueError(
                f"expected pieces inside the canvas of {self.wide} × {self.high}, got one {_place(box)}: "
                "move it, or make the drawing larger"
            )
        return piece


def _group(pieces: list[Piece], marks: dict[str, object]) -> drawsvg.Group:
    group = drawsvg.Group(**marks)
    for piece in pieces:
        group.append(piece.group)
    return group


def _place(box: Box) -> str:
    return f"from ({box.left:.0f}, {box.top:.0f}) to ({box.right:.0f}, {box.bottom:.0f})"


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
