"""What a notebook measured: metrics and figures, written into the notebook's own outputs.

Each call emits a display bundle with a MIME type of its own beside a readable rendering. The executed notebook
is therefore the whole result: the builder collects metrics and figures from it; on Colab it just shows them.

Leaves out: collecting (`coursekit.course.results.collect`) and judging (`coursekit.course.results.claims`).
"""

from __future__ import annotations

import base64
import io
import math
import re
import statistics
from collections.abc import Sequence
from typing import Any

from coursekit.notebook.formatting import format_quantity

METRIC_MIME = "application/vnd.coursekit.metric+json"
FIGURE_MIME = "application/vnd.coursekit.figure+json"
KINDS = ("exact", "trained", "timed")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*")


def record(
    name: str,
    value: float | Sequence[float],
    unit: str = "",
    *,
    kind: str = "exact",
    digits: int | None = None,
    recorded: Any = None,
) -> float:
    """Record a measured number under `name` and show it.

    Args:
        name: lower-case words joined by hyphens, with slashes between levels: ``"copy/accuracy"``.
        value: a finite number in `unit`, or one number per seed (then the mean is recorded, with its standard
            deviation and the number of seeds).
        unit: printed after the number: ``"%"``, ``"bits/token"``, ``"KiB"``, ``"×"``.
        kind: ``"exact"`` (counts, bytes, identities: must match to the last digit shown), ``"trained"`` (must
            lie in the band of module.toml), ``"timed"`` (a ratio that depends on the machine: observed only).
        digits: decimals shown; by default none for whole numbers and three significant figures otherwise.
        recorded: the `Recorded` data (see `coursekit.notebook.lesson.recorded`) the number was computed from, if it
            was not measured in this run.

    Returns:
        The recorded value (the mean, for several seeds).

    Raises:
        ValueError: for a malformed name, an unknown kind, or a value that is not finite.
    """
    _check_name(name)
    if kind not in KINDS:
        raise ValueError(f"metric {name!r}: expected kind to be one of {', '.join(KINDS)}, got {kind!r}")
    values = [float(v) for v in value] if isinstance(value, Sequence) else [float(value)]
    if not values or not all(math.isfinite(v) for v in values):
        raise ValueError(f"metric {name!r}: expected finite numbers, got {value!r}")
    mean = statistics.fmean(values)
    spread = statistics.stdev(values) if len(values) > 1 else None
    payload = {
        "name": name,
        "value": mean,
        "unit": unit,
        "kind": kind,
        "digits": digits,
        "seeds": len(values),
        "spread": spread,
        "recorded": getattr(recorded, "provenance", None),
    }
    shown = format_quantity(mean, unit, digits)
    if spread is not None:
        shown += f" ± {format_quantity(spread, unit, digits)} ({len(values)} semillas)"
    if payload["recorded"]:
        shown += f" [grabado el {payload['recorded']['date']}]"
    publish({METRIC_MIME: payload, "text/plain": f"{name} = {shown}"})
    return mean


def record_figure(name: str, figure: Any, *, alt: str) -> None:
    """Record a matplotlib figure as SVG and PNG, with Spanish numbers and its alternative text, and close it.

    Args:
        name: as in `record`; the deck shows it as ``figures/<module>/<name>.svg``.
        figure: a matplotlib ``Figure``.
        alt: what a reader who cannot see the figure must know, in Spanish, as a sentence.

    Raises:
        ValueError: for a malformed name or an empty alternative text.
    """
    import matplotlib.pyplot as plt

    from coursekit.notebook.plotting import spanish_ticks

    _check_name(name)
    if not alt.strip():
        raise ValueError(f"figure {name!r}: expected alternative text (alt=…), got an empty one")
    spanish_ticks(figure)
    svg, png = io.StringIO(), io.BytesIO()
    figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    figure.savefig(png, format="png", dpi=110)
    plt.close(figure)
    bundle = {
        FIGURE_MIME: {"name": name, "alt": alt, "svg": svg.getvalue()},
        "image/png": base64.b64encode(png.getvalue()).decode(),
        "text/plain": f"[figura {name}: {alt}]",
    }
    publish(bundle, metadata={"image/png": {"alt": alt}})


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"expected a name such as 'copy/accuracy' (a-z, 0-9, '-', '/'), got {name!r}")


def publish(bundle: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    """Show a MIME bundle where IPython is running; print its text elsewhere."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        get_ipython = None
    if get_ipython is None or get_ipython() is None:
        print(bundle["text/plain"])
        return
    display(bundle, raw=True, metadata=metadata or {})
