"""The numbers of a section, recorded at once and shown as a table with labels that a student can read.

One `record_table` replaces a run of calls of `record`, each of which shows the name that decks cite. What is recorded
is the same, number by number.

Leaves out: one number alone, whose value the next line needs (`coursekit.notebook.record`).
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coursekit.notebook.measured import metric, printed, publish

TABLE_MIME = "application/vnd.coursekit.table+json"
_ROW = "(etiqueta, valor), (etiqueta, valor, unidad) o (etiqueta, valor, unidad, decimales)"


@dataclass(frozen=True)
class Row:
    """A row that is unlike the others of its table. What is None is the table's.

    Attributes:
        label: what the number is, in Spanish: «con todas las cabezas».
        value: a number, or one a seed, as of `record`.
        unit: printed after it.
        digits: decimals shown.
        kind: ``"exact"``, ``"trained"`` or ``"timed"``.
        recorded: the `Recorded` data that it was computed from; False: it was measured in this run, unlike the others.
    """

    label: str
    value: float | Sequence[float]
    unit: str | None = None
    digits: int | None = None
    kind: str | None = None
    recorded: Any = None


class Measured(dict):
    """name → recorded value. At the end of a cell it shows nothing: the table has."""

    def _ipython_display_(self) -> None:
        pass


def record_table(
    title: str,
    rows: Mapping[str, Row | tuple],
    *,
    unit: str = "",
    digits: int | None = None,
    kind: str = "exact",
    recorded: Any = None,
) -> Measured:
    """Record several numbers, each under its name, and show them as a table with their labels.

    ``record_table("Caché de una capa", {"cache/mha-kib": ("con todas las cabezas", mha / 2**10, "KiB")}, digits=0)``

    Args:
        title: what the table tells, in Spanish.
        rows: name, as of `record` → (label, value), (label, value, unit), (label, value, unit, digits), or a `Row`
            where also `kind` or `recorded` differ.
        unit, digits, kind, recorded: of the rows that do not say otherwise; as of `record`.

    Returns:
        The recorded values by name (of several seeds, the mean).

    Raises:
        ValueError: for a title or a label without words, a row of another form, no rows, or as of `record`. Nothing
            is recorded then.
    """
    if not _has_words(title):
        raise ValueError(f"tabla: le falta el título, un texto que diga qué se ve; es {title!r:.60}.")
    if not isinstance(rows, Mapping) or not rows:
        raise ValueError(f"tabla «{title}»: hace falta un diccionario de nombres a filas, {_ROW}; es {rows!r:.60}.")
    told: list[tuple[str, dict[str, Any]]] = []
    for name, given in rows.items():
        row = _row(title, name, given)
        own = {
            "unit": unit if row.unit is None else row.unit,
            "digits": digits if row.digits is None else row.digits,
            "kind": row.kind or kind,
            "recorded": recorded if row.recorded is None else row.recorded,
        }
        told.append((row.label, metric(name, row.value, **own)))
    publish(_bundle(title, told))
    return Measured({payload["name"]: payload["value"] for _, payload in told})


def _row(title: str, name: Any, given: Any) -> Row:
    if isinstance(given, tuple) and 2 <= len(given) <= 4:
        given = Row(*given)
    if not isinstance(given, Row):
        raise ValueError(f"tabla «{title}», «{name}»: la fila debe ser {_ROW}, o Row(…); es {given!r:.80}.")
    if not _has_words(given.label):
        raise ValueError(f"tabla «{title}», «{name}»: la etiqueta debe decir qué número es; es {given.label!r:.60}.")
    return given


def _has_words(text: Any) -> bool:
    return isinstance(text, str) and any(map(str.isalpha, text))


def _bundle(title: str, told: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    dates = [payload["recorded"]["date"] if payload["recorded"] else "" for _, payload in told]
    days, fresh = set(dates) - {""}, [label for (label, _), date in zip(told, dates) if not date]
    note = "" if len(days) != 1 or len(fresh) > len(dates) / 2 else f"Grabado el {days.pop()}."
    if note and fresh:
        note = f"{note[:-1]}, menos {', '.join(f'«{label}»' for label in fresh)}, que se ha calculado ahora."
    marks = ["" if note or not date else f" [grabado el {date}]" for date in dates]
    shown = [(label, printed(payload) + mark) for (label, payload), mark in zip(told, marks)]
    width = max(len(label) for label, _ in shown)
    lines = [title, *(f"  {label:{width}}  {number}" for label, number in shown), *([note] if note else [])]
    payloads = [payload for _, payload in told]
    return {
        TABLE_MIME: payloads,
        "text/html": _html(title, [payload["name"] for payload in payloads], shown, note),
        "text/plain": "\n".join(lines),
    }


def _html(title: str, names: list[str], shown: list[tuple[str, str]], note: str) -> str:
    """The table; the name under which a deck cites a number shows where one points at its row."""
    rows = [
        f'<tr title="{html.escape(name)}">'
        f'<th scope="row" style="text-align: left; font-weight: normal">{html.escape(label)}</th>'
        f'<td style="text-align: right; white-space: nowrap">{html.escape(number)}</td></tr>'
        for name, (label, number) in zip(names, shown)
    ]
    below = f"<p>{html.escape(note)}</p>" if note else ""
    caption = f'<caption style="text-align: left"><b>{html.escape(title)}</b></caption>'
    return f"<table>{caption}<tbody>{''.join(rows)}</tbody></table>{below}"
