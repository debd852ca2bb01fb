import math

import matplotlib.pyplot as plt
import pytest

from coursekit.notebook import measured as module
from coursekit.notebook.measured import FIGURE_MIME, METRIC_MIME, record, record_figure


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


@pytest.mark.parametrize(
    ("name", "value", "kind", "message"),
    [
        ("Copia", 1, "exact", "expected a name"),
        ("a//b", 1, "exact", "expected a name"),
        ("a", math.nan, "exact", "expected finite numbers"),
        ("a", [], "exact", "expected finite numbers"),
        ("a", 1, "exakt", "expected kind to be one of exact, trained, timed, got 'exakt'"),
    ],
)
def test_what_cannot_be_recorded_is_refused(shown, name, value, kind, message):
    with pytest.raises(ValueError, match=message):
        record(name, value, kind=kind)
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
    with pytest.raises(ValueError, match="expected alternative text"):
        record_figure("recta", plt.figure(), alt=" ")
    with pytest.raises(ValueError, match="expected a name"):
        record_figure("Recta", plt.figure(), alt="x")


def test_without_ipython_the_number_is_printed(capsys):
    record("a", 4)
    assert capsys.readouterr().out == "a = 4\n"
