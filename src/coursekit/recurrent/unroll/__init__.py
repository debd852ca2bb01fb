"""A recurrent cell along a text, as a ladder of equal functions.

From slow to fast; each rung has the same signature and equals the reference, gradients included:

    reference.py     a loop over time, each step as the papers write it
    projected.py     the inputs of all steps in one product, and then the loop
    torchs_own.py    torch's compiled loops, for the cells that it has and texts without padding

    cells.py         one step of each cell: Elman's, the LSTM of 1997 and of 2000, the GRU in two forms
    checks.py        what every rung asks of its arguments
    backend.py       `unroll`: the fastest rung for this cell, and `explain_backend`, which says why

Dimensions, here and in the papers:

    B   batch
    T   tokens, steps
    I   numbers of an input
    H   units: numbers of a state
    G   rows of weights a unit: 1 Elman, 3 the LSTM of 1997 and the GRUs, 4 the LSTM
"""

from coursekit.recurrent.unroll.backend import explain_backend, unroll

__all__ = ["explain_backend", "unroll"]
