"""What `coursekit bench` measured, for the notebooks that draw it."""

from dataclasses import dataclass

from coursekit.notebook.recorded import read_recorded


@dataclass(frozen=True)
class Benchmarks:
    """A module's ratios by name, in the benchmark's units; where and when they were measured."""

    values: dict[str, float]
    date: str
    machine: str


def read_benchmarks(root, slug):
    """The timings that stand in modules/<slug>/recorded.json.

    Args:
        root: folder of the course (`coursekit.root.find_root`).
        slug: the module, "03-mamba".

    Returns: a `Benchmarks`; its date is that of the oldest row.
    Raises: RuntimeError when there are none, or they are not as they were written (in Spanish: a student reads it).
    """
    again = f"Ejecuta `coursekit bench {slug}`."
    try:
        rows = read_recorded(root, slug).get("bench", [])
    except ValueError as error:
        raise RuntimeError(str(error)) from None
    if not rows:
        raise RuntimeError(f"No hay tiempos en modules/{slug}/recorded.json. {again}")
    for row in rows:
        made = row.get("recorded")
        said = [made.get("date"), made.get("machine")] if isinstance(made, dict) else [None]
        if not isinstance(row.get("value"), int | float) or not all(isinstance(text, str) for text in said):
            problem = "no tiene su valor, su fecha y su máquina"
            raise RuntimeError(f"En modules/{slug}/recorded.json, el tiempo «{row['name']}» {problem}. {again}")
    machine = rows[0]["recorded"]["machine"].replace("cores", "núcleos")
    date = min(row["recorded"]["date"] for row in rows)
    return Benchmarks({row["name"]: row["value"] for row in rows}, date, machine)
