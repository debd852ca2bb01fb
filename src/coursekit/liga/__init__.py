"""La liga: one table for every architecture of the course, under one protocol.

    protocol.py   what is fixed: parameters, tokens, context, seeds, learning rates
    play.py       one architecture under the protocol: its learning curves, over five seeds
    counted.py    a model that counts, under what of the protocol applies
    costs.py      what it costs: FLOPs a token of training, bytes of weights and of state
    exact.py      the two rows that need no training: the exact unigram, and the grammar itself
    season.py     the rows that the modules have recorded so far
    figure.py     excess bits against tokens, FLOPs, bytes and seconds

The rows are recorded: each module plays its architectures in its *a fondo* notebook.
"""

from coursekit.liga.counted import play_counted
from coursekit.liga.exact import exact_rows
from coursekit.liga.figure import draw
from coursekit.liga.play import play
from coursekit.liga.protocol import PROTOCOL, Protocol
from coursekit.liga.season import recorded_rows

__all__ = ["PROTOCOL", "Protocol", "draw", "exact_rows", "play", "play_counted", "recorded_rows"]
