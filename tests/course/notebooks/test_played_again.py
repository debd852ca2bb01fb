"""Every cell of every notebook, played again after the last one: none fails, none is silenced. Takes minutes."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[3]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_can_be_played_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbclient import NotebookClient

    monkeypatch.setenv("COURSEKIT_ROOT", str(ROOT))
    monkeypatch.setenv("COURSEKIT_QUIET", "1")
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    first = [cell for cell in code if "install" not in cell.metadata.get("tags", ())]
    again = copy.deepcopy(first)
    for number, cell in enumerate(again):
        cell.id = f"again-{number}"
    notebook.cells = [*first, *again]
    where = {"metadata": {"path": str(ROOT)}}
    NotebookClient(notebook, timeout=None, kernel_name="python3", resources=where).execute()
    silenced = [was.source.partition("\n")[0] for was, cell in zip(first, again) if was.outputs and not cell.outputs]
    assert silenced == []
