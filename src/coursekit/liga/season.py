"""The rows that the modules have recorded so far, in their order."""

import json

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
        entry = json.loads(path.read_text(encoding="utf-8")).get("entries", {}).get(ENTRY, {"data": {}})
        for name, row in entry["data"].items():
            if name in rows:
                raise ValueError(f"la liga: expected one row {name!r}, got a second in {path.parent.name}")
            rows[name] = row
    return rows
