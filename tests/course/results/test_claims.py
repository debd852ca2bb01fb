import pytest

from coursekit.course.manifest import discover
from coursekit.course.results.claims import judge_claims, metric_equals
from coursekit.course.results.collect import Metric, Results

CLAIM = '[[claim]]\nid = "c"\nstatement = "s"\nsource = "@shannon1948"\n'


def _judge(mini, claim: str, *metrics: Metric):
    mini.add("09-mini", toml='title = "x"\nquestion = "y"\nminutes = 1\n' + CLAIM + claim)
    return judge_claims(discover(mini.layout)[0], Results({m.name: m for m in metrics}))[0]


@pytest.mark.parametrize(
    ("claim", "metric", "verdict", "problem"),
    [
        ("", None, "citado", ""),
        ('metric = "a"\nequals = 4\nreproduced = true', Metric("a", 4), "reproducido", ""),
        ('metric = "a"\nequals = 4\nreproduced = true', Metric("a", 5), "no reproducido", "a = 5 is not 4"),
        ('metric = "a"\nband = [1, 2]\nreproduced = true', Metric("a", 1.0), "reproducido", ""),
        ('metric = "a"\nband = [1, 2]\nreproduced = true', Metric("a", 2.1), "no reproducido", "outside [1.0, 2.0]"),
        ('metric = "a"\nnote = "n"', Metric("a", 3), "no reproducido", ""),
        ('metric = "a"\nband = [1, 2]\ncontradicted = true\nnote = "n"', Metric("a", 1.5), "contradicho", ""),
        ('metric = "a"\nband = [1, 2]\ncontradicted = true\nnote = "n"', Metric("a", 9), "no reproducido", "outside"),
        ('metric = "a"\nband = [1, 2]\nreproduced = true', Metric("a", 9, kind="timed"), "observado", ""),
        ('metric = "b"\nband = [1, 2]\nreproduced = true', Metric("a", 1), "sin medir", "no executed notebook records"),
    ],
)
def test_verdicts(mini, claim, metric, verdict, problem):
    judgement = _judge(mini, claim, *([metric] if metric else []))
    assert judgement.verdict == verdict
    assert problem in judgement.problem
    assert bool(judgement.problem) == bool(problem)


def test_the_ledger_shows_the_measured_literal(mini):
    judgement = _judge(mini, 'metric = "a"\nequals = 4.5\nreproduced = true', Metric("a", 4.5, "KiB", digits=1))
    assert judgement.measured == "4,5\u00a0KiB"


def test_exact_means_to_the_last_digit_shown():
    assert metric_equals(Metric("a", 7.2417, digits=2), 7.24)
    assert not metric_equals(Metric("a", 7.2417, digits=3), 7.24)
