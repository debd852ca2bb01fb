"""A table of numbers is recorded as they would be one by one, and shown with its labels."""

import math
from types import SimpleNamespace

import pytest

from coursekit.notebook import Row, record, record_table
from coursekit.notebook import measured as one
from coursekit.notebook import tables as module
from coursekit.notebook.formatting import plain
from coursekit.notebook.measured import METRIC_MIME
from coursekit.notebook.tables import TABLE_MIME

LONG = SimpleNamespace(provenance={"date": "2026-11-22", "entry": "x", "machine": "m", "seconds": 3})
OLDER = SimpleNamespace(provenance={"date": "2026-11-20", "entry": "y", "machine": "m", "seconds": 3})


@pytest.fixture
def shown(monkeypatch):
    """The bundles that would be displayed."""
    bundles = []
    for place in (module, one):
        monkeypatch.setattr(place, "publish", lambda bundle, metadata=None: bundles.append(bundle))
    return bundles


def test_what_is_recorded_is_what_record_records(shown):
    values = record_table(
        "Copiar",
        {
            "copy/chance": ("al azar", 12.5, "%"),
            "copy/trained": Row("entrenado", [98.0, 99.0], "%", digits=1, kind="trained", recorded=LONG),
            "copy/pairs": ("parejas", 32, "", 0),
        },
    )
    record("copy/chance", 12.5, "%")
    record("copy/trained", [98.0, 99.0], "%", digits=1, kind="trained", recorded=LONG)
    record("copy/pairs", 32, digits=0)
    assert shown[0][TABLE_MIME] == [bundle[METRIC_MIME] for bundle in shown[1:]]
    assert values == {"copy/chance": 12.5, "copy/trained": 98.5, "copy/pairs": 32}


def test_a_row_says_what_is_unlike_its_table(shown):
    rows = {
        "a": ("a", 1.0),
        "b": ("b", 1.0, "bits"),
        "c": ("c", 1.0, "", 0),
        "d": Row("d", 1.0, kind="exact", recorded=False),
        "e": Row("e", 1.0, digits=0, recorded=OLDER),
    }
    record_table("Todo", rows, unit="%", digits=2, kind="trained", recorded=LONG)
    keys = ("unit", "digits", "kind", "recorded")
    assert {p["name"]: tuple(p[key] for key in keys) for p in shown[0][TABLE_MIME]} == {
        "a": ("%", 2, "trained", LONG.provenance),
        "b": ("bits", 2, "trained", LONG.provenance),
        "c": ("", 0, "trained", LONG.provenance),
        "d": ("%", 2, "exact", None),
        "e": ("%", 0, "trained", OLDER.provenance),
    }


def test_the_student_sees_labels_and_no_names(shown):
    record_table("Caché de una capa", {"a/b": ("todas", 1.5, "KiB"), "c": ("con <GQA>", [1.0, 3.0])}, recorded=LONG)
    # mean 2, deviation sqrt(((-1)² + 1²) / 1) = 1.41; two spaces between the columns
    assert plain(shown[0]["text/plain"].replace("\n", "|")) == (
        "Caché de una capa| todas 1,50 KiB| con <GQA> 2 ± 1,41 (2 semillas)|Grabado el 2026-11-22."
    )
    assert shown[0]["text/plain"].splitlines()[1:3] == [
        "  todas      1,50\u00a0KiB",
        "  con <GQA>  2 ± 1,41 (2 semillas)",
    ]
    page = shown[0]["text/html"]
    assert "<b>Caché de una capa</b></caption>" in page
    assert '<tr title="c"><th scope="row" style="text-align: left; font-weight: normal">con &lt;GQA&gt;</th>' in page
    assert page.endswith("<p>Grabado el 2026-11-22.</p>")


def test_rows_of_different_days_say_each_its_own(shown):
    record_table("Días", {"a": Row("a", 1, recorded=OLDER), "b": Row("b", 2, recorded=LONG), "c": ("c", 3)})
    assert shown[0]["text/plain"].splitlines()[1:] == [
        "  a  1 [grabado el 2026-11-20]",
        "  b  2 [grabado el 2026-11-22]",
        "  c  3",
    ]


def test_the_few_rows_that_were_measured_now_are_named_below(shown):
    rows = {"a": ("a", 1), "b": ("b", 2), "c": Row("azar", 3, recorded=False)}
    record_table("Casi todo", rows, recorded=LONG)
    assert shown[0]["text/plain"].splitlines()[1:] == [
        "  a     1",
        "  b     2",
        "  azar  3",
        "Grabado el 2026-11-22, menos «azar», que se ha calculado ahora.",
    ]
    record_table(
        "Casi nada", rows | {"d": Row("d", 4, recorded=False), "e": Row("e", 5, recorded=False)}, recorded=LONG
    )
    assert shown[1]["text/plain"].splitlines()[1:3] == [
        "  a     1 [grabado el 2026-11-22]",
        "  b     2 [grabado el 2026-11-22]",
    ]


def test_at_the_end_of_a_cell_it_shows_nothing_more(shown):
    assert record_table("Uno", {"a": ("a", 1)})._ipython_display_() is None
    assert len(shown) == 1


@pytest.mark.parametrize(
    ("title", "rows", "message"),
    [
        ("", {"a": ("a", 1)}, "tabla: le falta el título, un texto que diga qué se ve; es ''"),
        (None, {"a": ("a", 1)}, "tabla: le falta el título"),
        ({"a": ("a", 1)}, {}, "tabla: le falta el título"),
        ("T", {}, "tabla «T»: hace falta un diccionario de nombres a filas, .*; es {}"),
        ("T", [("a", "a", 1)], "tabla «T»: hace falta un diccionario"),
        ("T", {"a": 1}, "tabla «T», «a»: la fila debe ser .* o Row.*; es 1"),
        ("T", {"a": ("a",)}, "tabla «T», «a»: la fila debe ser"),
        ("T", {"a": ("a", 1, "", 0, "trained")}, "tabla «T», «a»: la fila debe ser"),
        ("T", {"a": (1, "a")}, "tabla «T», «a»: la etiqueta debe decir qué número es; es 1"),
        ("T", {"a": Row(" ", 1)}, "tabla «T», «a»: la etiqueta debe decir"),
        ("T", {"a": ("a", math.nan)}, "métrica «a»: hace falta un número finito"),
        ("T", {"a": ("a", 1), "B": ("b", 1)}, "el nombre de lo que se registra"),
        ("T", {"a": ("a", 1, 2)}, "métrica «a»: unit debe ser un texto"),
        ("T", {"a": ("a", 1, "", "2")}, "métrica «a»: digits"),
        ("T", {"a": Row("a", 1, kind="exacto")}, "métrica «a»: kind debe ser"),
    ],
)
def test_what_is_no_table_is_refused_whole(shown, title, rows, message):
    with pytest.raises(ValueError, match=message):
        record_table(title, rows)
    assert shown == []
