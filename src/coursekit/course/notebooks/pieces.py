"""Which numbers a drawing of the kit shows: the arguments of its pieces that are measured, so never typed."""

from __future__ import annotations

import ast

from coursekit.course.notebooks.flow import Flow

# piece of coursekit.notebook.drawing → (place, name) of the argument that it draws
_MEASURED = {
    "arcs": (2, "weights"),
    "bars": (1, "values"),
    "gates": (1, "opening"),
    "matrix": (0, "values"),
    "vector": (0, "values"),
    "mask": (99, "weights"),
    "state": (0, "values"),
    "experts": (0, "queues"),
    "noise": (0, "amount"),
    "heat": (0, "values"),
}
_ROOM = "coursekit.notebook.drawing"


def drawn_numbers(call: ast.Call, flow: Flow) -> list[ast.expr]:
    """What a call of a piece draws; nothing of another call."""
    room, _, piece = flow.dotted(call.func).rpartition(".")
    if piece not in _MEASURED or not room.startswith(_ROOM):
        return []
    place, name = _MEASURED[piece]
    named = [keyword.value for keyword in call.keywords if keyword.arg == name]
    return named or call.args[place : place + 1]
