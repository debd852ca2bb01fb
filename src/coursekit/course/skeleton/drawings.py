"""The drawings of a new module, and what its sample measures before a notebook has run."""

from math import exp

SCRIPT = '''\
"""The drawings of @NAME@: a function each, with the numbers that its notebooks measured."""

from coursekit.notebook.drawing import Drawing, arcs, tokens


def pesos(metrics):
    """Two frames: the words; then how much the gap looks at each."""
    drawing = Drawing(400, title="Pesos", alt="Tres palabras y un hueco; el arco más grueso va a la primera, «llaves».")
    row = tokens(["llaves", "guardaba", "pescador", None], 130, 320, size=36, pitch=240)
    drawing.add(row)
    drawing.next_frame()
    weights = [metrics[f"toy/{place}"] / 100 for place in ("first", "second", "third")]
    drawing.add(arcs(row.parts, 3, weights, labels=[0], reach=240))
    return drawing
'''
_SCORES = (2.0, 1.0, 0.0)  # as the notebook's toy has them
_TOTAL = sum(exp(score) for score in _SCORES)
MEASURED = {
    f"toy/{place}": 100 * exp(score) / _TOTAL for place, score in zip(("first", "second", "third"), _SCORES)
}  # in %, as its first cell of bookkeeping records them
