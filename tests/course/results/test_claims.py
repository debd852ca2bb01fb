import json

import pytest

from coursekit.course import quality
from coursekit.course.course import Course
from coursekit.course.manifest import discover
from coursekit.course.results.claims import judge_claims, metric_equals
from coursekit.course.results.collect import Metric, Results
from coursekit.course.results.unused import unused_claims

CLAIM = '[[claim]]\nid = "c"\nsource = "@shannon1948"\n'
BAND = 'metric = "a"\nband = [1, 2]\n'
REASON = 'control_reason = "identidad"\nreproduced = true\n'


def _judge(mini, claim: str, *metrics: Metric, bands: str = ""):
    said = "" if "statement" in claim else 'statement = "s"\n'
    mini.add("09-mini", toml='title = "x"\nquestion = "y"\nminutes = 1\n' + bands + CLAIM + said + claim)
    return judge_claims(discover(mini.layout)[0], Results({m.name: m for m in metrics}))[0]


@pytest.mark.parametrize(
    ("claim", "metric", "verdict", "problem"),
    [
        ("", None, "citado", ""),
        ('metric = "a"\nequals = 4\nreproduced = true', Metric("a", 4), "reproducido", ""),
        ('metric = "a"\nequals = 4\nreproduced = true', Metric("a", 5), "no reproducido", "a = 5 is not 4"),
        (BAND + REASON, Metric("a", 1.0), "reproducido", ""),
        (BAND + REASON, Metric("a", 2.1), "no reproducido", "a = 2.1 is outside [1.0, 2.0]"),
        ('metric = "a"\nnote = "n"', Metric("a", 3), "no reproducido", ""),
        (BAND + 'note = "n"', Metric("a", 3), "no reproducido", ""),  # a failure that keeps the paper's band
        ('metric = "a"\nequals = 4\nnote = "n"', Metric("a", 3), "no reproducido", ""),
        (BAND + 'note = "n"', Metric("a", 1.5), "no reproducido", "a = 1.5 holds: say reproduced = true, or drop it"),
        ('metric = "a"\nequals = 4\nnote = "n"', Metric("a", 4), "no reproducido", "a = 4 holds"),
        (BAND + 'contradicted = true\nclaimed = 9\nnote = "n"', Metric("a", 1.5), "contradicho", ""),
        (BAND + 'contradicted = true\nclaimed = 5\nnote = "n"', Metric("a", 9), "no reproducido", "outside"),
        (
            BAND + 'contradicted = true\nclaimed = 1.2\nnote = "n"',
            Metric("a", 1.5),
            "contradicho",
            "its claimed 1.2 too",
        ),
        (
            BAND + REASON,
            Metric("a", 1.5, kind="timed"),
            "observado",
            "reproduced = true over a, which is timed and pro",
        ),
        (BAND + 'note = "n"', Metric("a", 9, kind="timed"), "observado", ""),
        ('metric = "b"\nband = [1, 2]\nreproduced = true', Metric("a", 1), "sin medir", "no executed notebook records"),
        ('metric = "a"\nequals = 4\nreproduced = true\nby = "count"', Metric("a", 4), "contado", ""),
        (
            'metric = "a"\nequals = 4\nreproduced = true\nby = "count"',
            Metric("a", 5),
            "no reproducido",
            "a = 5 is not 4",
        ),
        (BAND + REASON + 'by = "example"', Metric("a", 1.5), "ilustrado", ""),
        (BAND + REASON + 'by = "measure"', Metric("a", 1.5), "reproducido", ""),
        ('metric = "a"\nincomparable = true\nnote = "n"', Metric("a", 3), "no comparable", ""),
        (
            BAND + 'incomparable = true\nnote = "n"',
            Metric("a", 1.5),
            "no comparable",
            "",
        ),  # nor does it say that it holds
        (BAND + 'incomparable = true\nnote = "n"', Metric("a", 1.5, kind="timed"), "observado", ""),
    ],
)
def test_verdicts(mini, claim, metric, verdict, problem):
    judgement = _judge(mini, claim, *([metric] if metric else []))
    assert judgement.verdict == verdict
    assert problem in judgement.problem
    assert bool(judgement.problem) == bool(problem)


@pytest.mark.parametrize(
    ("claim", "problem"),
    [
        (BAND + 'control = "b"\nreproduced = true', ""),
        (BAND + "control = 5\nreproduced = true", ""),
        (BAND + "reproduced = true", "not what the band excludes: give control, or control_reason"),
        (BAND + 'control_reason = " "\nreproduced = true', "not what the band excludes"),
        (BAND + "control = 2\nreproduced = true", "has the bound [1, 2], which holds its control 2 too: narrow it"),
        (BAND.replace("2]", "9]") + 'control = "b"\nreproduced = true', "[1, 9], which holds its control b = 4 too"),
        (BAND + 'control = "z"\nreproduced = true', "has control = 'z', which no executed notebook records"),
        ('metric = "a"\nequals = 1.5\ncontrol = "a"\nreproduced = true', "the bound 1.5, which holds its control a"),
    ],
)
def test_what_reproduces_a_claim_excludes_its_control(mini, claim, problem):
    found = _judge(mini, claim, Metric("a", 1.5), Metric("b", 4)).problem
    assert problem in found
    assert bool(found) == bool(problem)


@pytest.mark.parametrize(
    ("band", "metric", "problem"),
    [
        ("[-1e9, 1e9]", Metric("a", 1.5), "its band [-1e+09, 1e+09] is so wide around 1.5 that it excludes nothing"),
        ("[1, 31]", Metric("a", 1.5), "is so wide"),
        ("[0, 0.1]", Metric("a", 1e-15), "is so wide"),
        ("[0, 1e-9]", Metric("a", 1e-15), ""),
        ("[-0.02, 0.02]", Metric("a", 0.0003, "bits"), ""),
        ("[0, 100]", Metric("a", 50, "%"), "is all that there is of 100 %"),
        ("[40, 101]", Metric("a", 50, "%"), "leaves the range from 0 to 100 %"),
        ("[-1, 60]", Metric("a", 50, "%"), "leaves the range from 0 to 100 %"),
        ("[-1, 8]", Metric("a", 2, "MiB"), "goes below zero, and there is no less than no MiB"),
        ("[-8, 8]", Metric("a", 2, "puntos"), ""),
    ],
)
def test_a_band_says_something(mini, band, metric, problem):
    found = _judge(mini, f'metric = "a"\nband = {band}\n{REASON}', metric).problem
    assert problem in found
    assert bool(found) == bool(problem)


def test_the_band_of_a_claim_is_no_wider_than_the_module_declares(mini):
    bands = '[bands]\n"a" = [1, 1.8]\n'
    found = _judge(mini, BAND + REASON, Metric("a", 1.5), bands=bands).problem
    assert "has the band [1, 2], wider than [1, 1.8], which [bands] gives a" in found


@pytest.mark.parametrize(
    ("statement", "published", "agrees"),
    [
        ("Acierta el 99,8 %.", "99,8 %", True),
        ("Acierta el 98,8 %.", "99,8 %", False),
        ("Acierta el 99,8 %; el fijo, el 56,4 %.", "99,8 %", True),
        ("Tiene 7,24 mil millones.", "7B", True),
        ("Tiene 8,24 mil millones.", "7B", False),
        ("De 2 a 8 veces.", "2 a 9×", False),
        ("Es el doble.", "2×", True),  # words are no numbers
        ("Con 32 capas.", "exacta", True),
    ],
)
def test_the_statement_says_the_number_that_is_published(mini, statement, published, agrees):
    found = _judge(mini, f'statement = "{statement}"\npublished = "{published}"').problem
    assert bool(found) != agrees
    assert agrees or f"publishes {published!r}, and its statement says" in found


def test_a_claim_that_no_text_shows_is_unused(mini):
    _judge(mini, "")
    (problem,) = unused_claims(mini.layout, discover(mini.layout))
    assert problem.startswith("09-mini: claim 'c' stands on no deck, page or notebook: write <span data-claim=\"c\">")
    assert quality.manifests(Course(mini.layout)) == [problem]
    notebook = mini.layout.notebooks / "09-mini.ipynb"
    document = json.loads(notebook.read_text(encoding="utf-8"))
    text = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ['<span data-claim="c">sí</span>']}
    document["cells"].append(text)
    notebook.write_text(json.dumps(document), encoding="utf-8")
    assert unused_claims(mini.layout, discover(mini.layout)) == []


def test_the_ledger_shows_the_measured_literal(mini):
    judgement = _judge(mini, 'metric = "a"\nequals = 4.5\nreproduced = true', Metric("a", 4.5, "KiB", digits=1))
    assert judgement.measured == "4,5\u00a0KiB"


def test_exact_means_to_the_last_digit_shown():
    assert metric_equals(Metric("a", 7.2417, digits=2), 7.24)
    assert not metric_equals(Metric("a", 7.2417, digits=3), 7.24)
