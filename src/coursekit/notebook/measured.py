"""What a notebook measured: metrics and figures, written into the notebook's own outputs.

Each call emits a display bundle with a MIME type of its own beside a readable rendering. The executed notebook
is therefore the whole result: the builder collects metrics and figures from it; on Colab it just shows them. What
cannot be recorded is refused in Spanish, with the name under which it was to be: a student reads it.

Leaves out: collecting (`coursekit.course.results.collect`) and judging (`coursekit.course.results.claims`).
"""

from __future__ import annotations

import base64
import html
import io
import re
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from coursekit.notebook.formatting import format_quantity
from coursekit.notebook.values import finite_numbers

METRIC_MIME = "application/vnd.coursekit.metric+json"
FIGURE_MIME = "application/vnd.coursekit.figure+json"
STATES_MIME = "application/vnd.coursekit.states+json"
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
) -> int | float:
    """Record a measured number under `name` and show it.

    Args:
        name: lower-case words joined by hyphens, with slashes between levels: ``"copy/accuracy"``.
        value: a finite number in `unit`, or one number per seed (then the mean is recorded, with its standard
            deviation and the number of seeds); of Python, NumPy or torch. Whole numbers stay exact, however large.
        unit: printed after the number: ``"%"``, ``"bits/token"``, ``"KiB"``, ``"×"``.
        kind: ``"exact"`` (counts, bytes, identities: must match to the last digit shown), ``"trained"`` (must
            lie in the band of module.toml), ``"timed"`` (a ratio that depends on the machine: observed only).
        digits: decimals shown; by default none for whole numbers and three significant figures otherwise.
        recorded: the `Recorded` data (see `coursekit.notebook.lesson.recorded`) the number was computed from, if it
            was not measured in this run.

    Returns:
        The recorded value (the mean, for several seeds).

    Raises:
        ValueError: for a malformed name, an unknown kind, or a value that is no finite number.
    """
    payload = metric(name, value, unit, kind, digits, recorded)
    mark = f" [grabado el {payload['recorded']['date']}]" if payload["recorded"] else ""
    publish({METRIC_MIME: payload, "text/plain": f"{name} = {printed(payload)}{mark}"})
    return payload["value"]


def metric(name: str, value: Any, unit: Any, kind: str, digits: Any, recorded: Any) -> dict[str, Any]:
    """What is recorded of a number; arguments and errors as of `record`."""
    _check_name(name)
    if kind not in KINDS:
        raise ValueError(f"métrica «{name}»: kind debe ser {', '.join(KINDS[:-1])} o {KINDS[-1]}; es {kind!r}.")
    if not isinstance(unit, str):
        raise ValueError(f'métrica «{name}»: unit debe ser un texto, como "%"; es {unit!r}.')
    if digits is not None and (type(digits) is not int or digits < 0):
        raise ValueError(f"métrica «{name}»: digits, los decimales que se ven, debe ser 0, 1, 2…; es {digits!r}.")
    try:
        values = finite_numbers(value)
        mean = statistics.mean(values)
        spread = statistics.stdev(values) if len(values) > 1 else None
    except OverflowError:
        raise ValueError(f"métrica «{name}»: los números son demasiado grandes; registra su logaritmo.") from None
    except ValueError as error:
        raise ValueError(f"métrica «{name}»: {error}") from None
    return {
        "name": name,
        "value": mean,
        "unit": unit,
        "kind": kind,
        "digits": digits,
        "seeds": len(values),
        "spread": spread,
        "recorded": getattr(recorded, "provenance", None),
    }


def printed(payload: Mapping[str, Any]) -> str:
    """A recorded number as it is shown: ``99,8 %``; of several seeds, ``2,0 ± 1,0 (3 semillas)``."""
    unit, digits = payload["unit"], payload["digits"]
    shown = format_quantity(payload["value"], unit, digits)
    if payload["spread"] is None:
        return shown
    return f"{shown} ± {format_quantity(payload['spread'], unit, digits)} ({payload['seeds']} semillas)"


def record_figure(name: str, figure: Any, *, alt: str) -> None:
    """Record a matplotlib figure as SVG and PNG, with Spanish numbers and its alternative text, and close it.

    Args:
        name: as in `record`; the deck shows it as ``figures/<module>/<name>.svg``.
        figure: a matplotlib ``Figure``.
        alt: what a reader who cannot see the figure must know, in Spanish, as a sentence.

    Raises:
        ValueError: for a malformed name, an alternative text without words, what is no figure, or a tick that prints
            another number than where it stands.
    """
    import matplotlib.pyplot as plt

    from coursekit.notebook.figure_faults import faults, wrong_ticks
    from coursekit.notebook.plotting import spanish_ticks

    _check_name(name)
    if not isinstance(alt, str) or not any(map(str.isalpha, alt)):
        raise ValueError(
            f"figura «{name}»: le falta el texto alternativo, alt=…: una frase que diga lo que se ve; es {alt!r:.40}."
        )
    if problem := _no_figure(figure):
        raise ValueError(f"figura «{name}»: hace falta una figura de matplotlib y {problem}")
    spanish_ticks(figure)
    for wrong in wrong_ticks(figure):
        raise ValueError(f"figura «{name}»: {wrong}: da a ese eje plotting.decimal_comma o etiquetas tuyas.")
    found = "; ".join(faults(figure))
    svg, png = io.StringIO(), io.BytesIO()
    figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    figure.savefig(png, format="png", dpi=110)
    plt.close(figure)
    bundle = {
        FIGURE_MIME: {"name": name, "alt": alt, "svg": _marked(svg.getvalue(), found)},
        "image/png": base64.b64encode(png.getvalue()).decode(),
        "text/plain": f"[figura {name}: {alt}]",
    }
    publish(bundle, metadata={"image/png": {"alt": alt}})


def record_states(
    name: str,
    labels: Sequence[str],
    values: Mapping[str, Sequence[Any]],
    *,
    units: Mapping[str, str] | None = None,
    digits: Mapping[str, int] | None = None,
    default: int = 0,
) -> None:
    """Record what a switch or a slider of the deck shows, state by state.

    Args:
        name: as in `record`; the deck names it in ``data-states``.
        labels: of the states: «1024 tokens», «cabeza 3».
        values: slot → one value a state: numbers, printed as `record` prints them, or words.
        units: of the slots that have one.
        digits: decimals of the slots that do not take `record`'s.
        default: the state that the slide shows first, from 0; its numbers are recorded as metrics, too.

    Raises:
        ValueError: for a malformed name, fewer than two states, another number of values, or no finite number.
    """
    _check_name(name)
    if len(labels) < 2 or not 0 <= default < len(labels) or any(not str(label).strip() for label in labels):
        raise ValueError(
            f"estados «{name}»: hacen falta dos o más, con su rótulo, y uno por omisión; son {labels!r:.60}."
        )
    printed = {}
    for slot, each in values.items():
        if len(each) != len(labels):
            raise ValueError(f"estados «{name}»: «{slot}» tiene {len(each)} valores para {len(labels)} estados.")
        told = (units or {}).get(slot, ""), (digits or {}).get(slot)
        try:
            printed[slot] = [v if isinstance(v, str) else format_quantity(finite_numbers(v)[0], *told) for v in each]
        except ValueError as error:
            raise ValueError(f"estados «{name}», «{slot}»: {error}") from None
    payload = {"name": name, "labels": [str(label) for label in labels], "values": printed, "default": default}
    rows = [f"{label}: {' · '.join(p[i] for p in printed.values())}" for i, label in enumerate(payload["labels"])]
    publish({STATES_MIME: payload, "text/plain": "\n".join([f"[estados {name}]", *rows])})


def _marked(svg: str, found: str) -> str:
    """The figure with what `figure_faults.faults` found in it, for the gate of the decks that show it."""
    return svg.replace("<svg ", f'<svg data-faults="{html.escape(found)}" ', 1) if found else svg


def record_drawing(name: str, drawing: Any, *, alt: str = "") -> None:
    """Record a drawing of the course's kit (`coursekit.notebook.drawing`) with its alternative text.

    Args:
        name: as in `record_figure`.
        drawing: a `Drawing`. The numbers that its pieces draw are those that the notebook computed.
        alt: by default the drawing's own.

    Raises:
        ValueError: for a malformed name, or what is no drawing.
    """
    from coursekit.notebook.drawing.canvas import Drawing

    _check_name(name)
    if not isinstance(drawing, Drawing):
        raise ValueError(f"dibujo «{name}»: hace falta un Drawing de coursekit.notebook.drawing y es {drawing!r:.40}.")
    alt, svg = alt or drawing.alt, drawing.svg
    publish(
        {
            FIGURE_MIME: {"name": name, "alt": alt, "svg": svg},
            "image/svg+xml": svg,
            "text/plain": f"[dibujo {name}: {alt}]",
        }
    )


def _check_name(name: str) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(
            "el nombre de lo que se registra va entre comillas, en minúsculas sin tildes, con guiones entre las "
            f'palabras y barras entre los niveles, como "copy/accuracy"; es {name!r:.80}.'
        )


def _no_figure(figure: Any) -> str:
    """What is given instead of a figure and what to give; empty for a figure with something in it."""
    import matplotlib.pyplot as plt
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

    if isinstance(figure, Figure):
        return "" if figure.get_children()[1:] else "no tiene nada. ¿Has dibujado en otra?"
    if figure is None:
        return "es None. ¿Le falta un return a la función que la dibuja?"
    if figure is plt:
        return "es el módulo pyplot; usa la de figure, axes = plt.subplots()."
    if isinstance(figure, Artist):
        return f"es un {type(figure).__name__}, que es solo una parte; usa la figura que lo contiene, su .figure."
    if isinstance(figure, tuple | list) or hasattr(figure, "shape"):
        return f"es un {type(figure).__name__} de varias cosas; sepáralas: figure, axes = plt.subplots()."
    return f"es un {type(figure).__name__}."


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
