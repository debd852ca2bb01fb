import json
import math
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest

from coursekit.course.results.collect import Metric
from coursekit.notebook import measured as module
from coursekit.notebook.drawing import Drawing, tokens
from coursekit.notebook.formatting import format_number, plain
from coursekit.notebook.measured import (
    FIGURE_MIME,
    METRIC_MIME,
    STATES_MIME,
    record,
    record_drawing,
    record_figure,
    record_states,
)


@pytest.fixture
def shown(monkeypatch):
    """The bundles that would be displayed."""
    bundles = []
    monkeypatch.setattr(module, "publish", lambda bundle, metadata=None: bundles.append((bundle, metadata)))
    return bundles


def test_a_number_is_recorded_with_what_made_it(shown):
    assert record("copia/acierto", 99.84, "%", kind="trained", digits=1) == 99.84
    ((bundle, _),) = shown
    payload = bundle[METRIC_MIME]
    assert {k: payload[k] for k in ("name", "value", "unit", "kind", "digits", "seeds", "spread", "recorded")} == {
        "name": "copia/acierto",
        "value": 99.84,
        "unit": "%",
        "kind": "trained",
        "digits": 1,
        "seeds": 1,
        "spread": None,
        "recorded": None,
    }
    assert bundle["text/plain"] == "copia/acierto = 99,8\u00a0%"


def test_a_drawing_is_recorded_as_a_figure_is(shown):
    drawing = Drawing(200, title="Fila", alt="Una fila de dos tokens, y nada más.")
    drawing.add(tokens(["a", "b"], 20, 100))
    record_drawing("fila/corta", drawing)
    record_drawing("fila", drawing, alt="Otras palabras.")
    (first, _), (second, _) = shown
    assert first[FIGURE_MIME] == {"name": "fila/corta", "alt": drawing.alt, "svg": drawing.svg}
    assert first["image/svg+xml"] == drawing.svg
    assert first["text/plain"] == f"[dibujo fila/corta: {drawing.alt}]"
    assert second[FIGURE_MIME]["alt"] == "Otras palabras."
    with pytest.raises(ValueError, match="dibujo «fila»: hace falta un Drawing"):
        record_drawing("fila", plt.figure())
    with pytest.raises(ValueError, match="el nombre de lo que se registra"):
        record_drawing("Fila", drawing)
    plt.close("all")


def test_one_number_a_seed_gives_mean_and_spread(shown):
    # mean (1+2+3)/3 = 2; sample deviation sqrt(((-1)²+0²+1²)/2) = 1
    assert record("a", [1.0, 2.0, 3.0], digits=1) == 2.0
    payload = shown[0][0][METRIC_MIME]
    assert (payload["spread"], payload["seeds"]) == (1.0, 3)
    assert shown[0][0]["text/plain"] == "a = 2,0 ± 1,0 (3 semillas)"


def test_a_number_from_a_longer_run_says_when_it_was_recorded(shown):
    class Data(dict):
        provenance = {"date": "2026-11-22", "entry": "x"}

    record("a", 1, recorded=Data())
    assert shown[0][0][METRIC_MIME]["recorded"] == Data.provenance
    assert shown[0][0]["text/plain"].endswith("[grabado el 2026-11-22]")


def test_a_whole_number_stays_exact(shown):
    large = 2**53 + 1  # as a float it would be 2^53
    assert record("a", large) == large
    assert record("b", [large, large + 2]) == large + 1
    assert record("c", np.array([1, 2])) == 1.5
    payloads = [json.loads(json.dumps(bundle[METRIC_MIME])) for bundle, _ in shown]
    assert [payload["value"] for payload in payloads] == [large, large + 1, 1.5]
    assert [Metric(**payload).literal for payload in payloads[:2]] == [format_number(large), format_number(large + 1)]
    assert plain(shown[0][0]["text/plain"]) == "a = 9 007 199 254 740 993"


@pytest.mark.parametrize(
    ("value", "arguments", "message"),
    [
        (math.nan, {}, "métrica «a»: hace falta un número finito y es nan"),
        ([], {}, "métrica «a»: no hay ningún número"),
        ("12", {}, "métrica «a»: hace falta un número y es un texto"),
        ([1.7e308, -1.7e308], {}, "métrica «a»: los números son demasiado grandes; registra su logaritmo"),
        (1, {"kind": "exakt"}, "métrica «a»: kind debe ser exact, trained o timed; es 'exakt'"),
        (1, {"unit": 3}, 'métrica «a»: unit debe ser un texto, como "%"; es 3'),
        (1, {"digits": -1}, "métrica «a»: digits, los decimales que se ven, debe ser 0, 1, 2…; es -1"),
        (1, {"digits": 1.0}, "métrica «a»: digits, .* es 1.0"),
        (1, {"digits": True}, "métrica «a»: digits, .* es True"),
    ],
)
def test_what_cannot_be_recorded_is_refused_in_spanish(shown, value, arguments, message):
    with pytest.raises(ValueError, match=message):
        record("a", value, **arguments)
    assert shown == []


@pytest.mark.parametrize("name", ["Copia", "a//b", "", "a/", "acción", "a b", "a\n", None, 3])
def test_a_name_is_told_how_to_be(shown, name):
    with pytest.raises(ValueError, match='en minúsculas sin tildes, .*, como "copy/accuracy"; es '):
        record(name, 1)
    with pytest.raises(ValueError, match='como "copy/accuracy"; es '):
        record_figure(name, None, alt="x")
    assert shown == []


def test_a_figure_carries_its_svg_its_png_and_its_alternative_text(shown):
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    axes.set_yticks([1.5])
    record_figure("recta", figure, alt="Una recta que sube.")
    assert axes.get_yticklabels()[0].get_text() == "1,5"
    ((bundle, metadata),) = shown
    assert bundle[FIGURE_MIME]["alt"] == "Una recta que sube."
    assert "<svg" in bundle[FIGURE_MIME]["svg"]
    assert bundle["image/png"].startswith("iVBOR")  # base64 of the PNG signature
    assert metadata["image/png"]["alt"] == "Una recta que sube."
    assert not plt.fignum_exists(figure.number)


@pytest.mark.parametrize("alt", ["", " ", "\u00a0\n", "\u200b", "…", "123", None, 3, b"x"])
def test_a_figure_without_words_is_refused(shown, alt):
    figure, _ = plt.subplots()
    with pytest.raises(ValueError, match="figura «recta»: le falta el texto alternativo, alt=…: una frase"):
        record_figure("recta", figure, alt=alt)
    plt.close("all")
    assert shown == []


def test_what_is_no_figure_is_refused_with_what_to_do(shown):
    figure, axes = plt.subplots()
    for wrong, message in (
        (None, "es None. ¿Le falta un return"),
        (axes, "es un Axes, que es solo una parte; usa la figura que lo contiene, su .figure"),
        (axes.plot([1])[0], "es un Line2D, que es solo una parte"),
        ((figure, axes), "es un tuple de varias cosas; sepáralas: figure, axes = plt.subplots()"),
        (np.array([axes, axes]), "es un ndarray de varias cosas"),
        (plt, "es el módulo pyplot; usa la de figure, axes = plt.subplots()"),
        (plt.figure(), "no tiene nada. ¿Has dibujado en otra?"),
        ("recta.svg", "es un str"),
        (3, "es un int"),
    ):
        with pytest.raises(ValueError, match="figura «recta»: hace falta una figura de matplotlib y ") as caught:
            record_figure("recta", wrong, alt="Una recta.")
        assert message in str(caught.value)
    assert shown == []
    only_text = plt.figure()
    only_text.text(0.5, 0.5, "hola")
    record_figure("texto", only_text, alt="La palabra hola.")
    plt.close("all")


def test_without_ipython_the_number_is_printed(capsys):
    record("a", 4)
    assert capsys.readouterr().out == "a = 4\n"


def test_where_ipython_runs_the_whole_bundle_is_shown_as_it_is(monkeypatch, capsys):
    given = []
    monkeypatch.setattr("IPython.get_ipython", lambda: "a shell")
    monkeypatch.setattr("IPython.display.display", lambda *bundle, **options: given.append((bundle, options)))
    record("a", 4, "%")
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    record_figure("recta", figure, alt="Una recta que sube.")
    ((number,), numbers), ((picture,), pictures) = given
    assert number[METRIC_MIME]["value"] == 4
    assert set(picture) == {FIGURE_MIME, "image/png", "text/plain"}
    assert numbers == {"raw": True, "metadata": {}}
    assert pictures == {"raw": True, "metadata": {"image/png": {"alt": "Una recta que sube."}}}
    assert capsys.readouterr().out == ""


def test_where_there_is_no_ipython_the_number_is_printed_too(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "IPython", None)  # importing it fails
    record("a", 4)
    assert capsys.readouterr().out == "a = 4\n"


def test_states_are_printed_as_a_slide_prints_them(shown):
    record_states(
        "contexto",
        ["64", "4096"],
        {"mib": [1, 64.25], "palabra": ["no", "sí"]},
        units={"mib": "MiB"},
        digits={"mib": 1},
    )
    ((bundle, _),) = shown
    assert bundle[STATES_MIME] == {
        "name": "contexto",
        "labels": ["64", "4096"],
        "values": {"mib": ["1,0\u00a0MiB", "64,2\u00a0MiB"], "palabra": ["no", "sí"]},
        "default": 0,
    }
    assert bundle["text/plain"].splitlines()[0] == "[estados contexto]"
    assert bundle["text/plain"].splitlines()[2] == "4096: 64,2\u00a0MiB · sí"
    for labels, values, default, told in [
        (["64"], {"mib": [1]}, 0, "hacen falta dos o más"),
        (["64", " "], {"mib": [1, 2]}, 0, "hacen falta dos o más"),
        (["64", "128"], {"mib": [1, 2]}, 2, "uno por omisión"),
        (["64", "128"], {"mib": [1]}, 0, "«mib» tiene 1 valores para 2 estados"),
        (["64", "128"], {"mib": [1, math.nan]}, 0, "estados «contexto», «mib»: "),
    ]:
        with pytest.raises(ValueError, match=told):
            record_states("contexto", labels, values, default=default)
    with pytest.raises(ValueError, match="el nombre de lo que se registra"):
        record_states("Contexto", ["a", "b"], {})
