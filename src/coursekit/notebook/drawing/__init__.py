"""Drawings of mechanisms: a kit of pieces, one colour a role, letters as outlines, up to five frames.

canvas.py      `Drawing`: pieces in frames, with title and alternative text, as SVG
piece.py       `Piece` and `Box`;  shapes.py  lines, arrows, boxes, hatching
letters.py     words as outlines in the theme's font;  kerning.py  how near two letters stand
palette.py     fills by role, outlines by architecture
tokens.py      a strip of tokens;  arcs.py  arcs between them, as thick as their weights
vector.py      a vector, a matrix;  mask.py  a matrix that hides;  heat.py  a grid too fine for numbers
head.py        a head of attention; chips for queries, keys and values
state.py       a box of fixed size with slots
gate.py        gates from 0 to 1; bars of any quantity
cache.py       a shelf that grows
tree.py        a tree of joins
bits.py        bits, and a ruler with marks
experts.py     windows with queues
noise.py       a stipple whose density is the amount
diagram.py     boxes and arrows with names;  residual.py  blocks over the residual line
flow.py        whether a diagram says what a module's `forward` does

A piece takes numbers, and they are measured: a notebook passes what it computed and records the drawing with
`record_drawing`; a drawing of slides/drawings/<slug>.py takes those that notebooks recorded, `metrics["name"]`.
"""

from coursekit.notebook.drawing.arcs import arcs
from coursekit.notebook.drawing.bits import bits, ruler
from coursekit.notebook.drawing.cache import cache
from coursekit.notebook.drawing.canvas import Drawing
from coursekit.notebook.drawing.diagram import IN, OUT, Diagram
from coursekit.notebook.drawing.experts import experts
from coursekit.notebook.drawing.flow import check_flow
from coursekit.notebook.drawing.gate import bars, gates
from coursekit.notebook.drawing.head import chips, head
from coursekit.notebook.drawing.heat import heat
from coursekit.notebook.drawing.letters import text
from coursekit.notebook.drawing.mask import mask
from coursekit.notebook.drawing.noise import noise
from coursekit.notebook.drawing.piece import Box, Piece, together
from coursekit.notebook.drawing.residual import Part, residual
from coursekit.notebook.drawing.shapes import arch, arrow, circle, hatch, polyline, rectangle
from coursekit.notebook.drawing.state import state
from coursekit.notebook.drawing.tokens import tokens
from coursekit.notebook.drawing.tree import tree
from coursekit.notebook.drawing.vector import matrix, vector

__all__ = [
    "IN",
    "OUT",
    "Box",
    "Diagram",
    "Drawing",
    "Part",
    "Piece",
    "arch",
    "arcs",
    "arrow",
    "bars",
    "bits",
    "cache",
    "check_flow",
    "chips",
    "circle",
    "experts",
    "gates",
    "hatch",
    "head",
    "heat",
    "mask",
    "matrix",
    "noise",
    "polyline",
    "rectangle",
    "residual",
    "ruler",
    "state",
    "text",
    "together",
    "tokens",
    "tree",
    "vector",
]
