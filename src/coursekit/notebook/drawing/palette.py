"""The colours of the drawings: outlines say the architecture (`plotting.COLOUR`), light fills the role.

Colour never says it alone: a letter or a texture stands beside it.
"""

from __future__ import annotations

from coursekit.notebook.plotting import COLOUR, GREY, INK, PALE

PAPER = "#FFFFFF"
FILL = {  # of each role; all of them at least 7 : 1 under INK
    "token": PAPER,
    "query": "#F7EE9A",
    "key": "#BFE3F7",
    "value": "#F3D1E4",
    "state": "#FBD9BF",
    "gate": "#F5CF7B",
    "expert": "#C3E8D7",
    "block": "#F1F0EA",
    "faded": "#EDEFF1",
}
LINE = 2.5  # the outline of a piece
RESIDUAL = 6  # the stroke of the residual line
DRAWN = frozenset(c.upper() for c in (PAPER, INK, GREY, PALE, *FILL.values(), *COLOUR.values()))


def of_the_kit(colour: str) -> bool:
    """Whether a colour is one of the drawings': a fill, an outline, or the grey of a value."""
    red, *_ = channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    amount = (255 - red) / (255 - int(GREY[1:3], 16))
    ramp = [int(shade(amount)[i : i + 2], 16) for i in (1, 3, 5)] if 0 <= amount <= 1 else [-9]
    return colour.upper() in DRAWN or all(abs(a - b) <= 1 for a, b in zip(channels, ramp))


def outline(architecture: str | None) -> str:
    """The colour of an architecture's lines; ink where there is none.

    Raises:
        ValueError: for a name that `plotting.COLOUR` has not.
    """
    if architecture is None:
        return INK
    if architecture not in COLOUR:
        raise ValueError(f"expected an architecture among {', '.join(COLOUR)}, got {architecture!r}")
    return COLOUR[architecture]


def fill(role: str) -> str:
    """The fill of a role.

    Raises:
        ValueError: for a name that `FILL` has not.
    """
    if role not in FILL:
        raise ValueError(f"expected a role among {', '.join(FILL)}, got {role!r}")
    return FILL[role]


def shade(amount: float) -> str:
    """The grey of a value: white for 0, GREY for 1.

    Raises:
        ValueError: outside [0, 1].
    """
    if not 0 <= amount <= 1:
        raise ValueError(f"expected an amount in [0, 1], got {amount}")
    ends = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in (PAPER, GREY)]
    return "#" + "".join(f"{round(low + amount * (high - low)):02X}" for low, high in zip(*ends))
