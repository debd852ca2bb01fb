"""The gate of cells that are played again: after the last cell, each still means what it meant in its turn.

Whoever reads a notebook goes back, changes something and plays one cell again. Where a later cell has given one of its
names another value, or has changed what it holds, the cell takes that. Leaves out what goes by other ways than names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from coursekit.course.finding import Finding
from coursekit.course.notebooks.code import parsed
from coursekit.course.notebooks.flow import Binding, Flow
from coursekit.course.notebooks.read import Notebook


def check(notebook: Notebook) -> Iterator[Finding]:
    """Every name that a cell takes from an earlier one, and that a later one gives another value."""
    cells = [(cell, tree) for cell in notebook.cells if "install" not in cell.tags and (tree := parsed(cell))]
    flow = Flow(tree for _, tree in cells)
    spans = list(zip([0, *flow.ends], flow.ends))
    for (cell, tree), (start, end) in zip(cells, spans):
        uses = {
            node.id: node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        for name, node in sorted(uses.items()):
            bound = flow.shared(node)
            own = any(start < binding.place <= end and not binding.changes for binding in bound)
            earlier = [binding for binding in bound if binding.place <= start]
            later = [b for b in bound if b.place > end and not (earlier and _is_same(b, earlier[-1]))]
            if earlier and later and not own:
                number = next(c.number for (c, _), span in zip(cells, spans) if later[0].place <= span[1])
                problem = f"gets another value in cell {number}, which this one takes when it is played again"
                yield cell.finding(name, problem, f"give it another name in cell {number}")


def _is_same(binding: Binding, other: Binding) -> bool:
    """Whether both import the same."""
    return bool(binding.imported) and binding.imported == other.imported
