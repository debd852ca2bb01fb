"""The rows that the modules have recorded so far, in their order."""

from coursekit.notebook.recorded import read_recorded

ENTRY = "liga"


def recorded_rows(root):
    """All rows of la liga from the modules' recorded.json.

    Args:
        root: folder of the course (`coursekit.root.find_root`).

    Returns: {name: row, as `coursekit.liga.play` returned it}.
    Raises: ValueError when two modules record a row of the same name.
    Taught in: 02-transformer
    """
    rows = {}
    for path in sorted((root / "modules").glob("*/recorded.json")):
        entry = read_recorded(root, path.parent.name).get("entries", {}).get(ENTRY, {"data": {}})
        for name, row in entry["data"].items():
            if name in rows:
                raise ValueError(f"la liga: expected one row {name!r}, got a second in {path.parent.name}")
            rows[name] = row
    return rows
