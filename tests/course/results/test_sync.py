import pytest
from minicourse import DECK, TOML

from coursekit.course.commands import drift, sync
from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.manifest import discover
from coursekit.course.results.collect import Figure, Metric, Results
from coursekit.course.results.numbers import numbers_for
from coursekit.course.results.sync import find_drift, find_span, parse_number, sync_figures, sync_texts

BAND = '\n[bands]\n"suma" = [3.5, 4.5]\n'
CLAIM = '\n[[claim]]\nid = "dos"\nstatement = "s"\nsource = "@shannon1948"\npublished = "128 KiB"\n'


def _numbers(mini, metric: Metric | None, toml: str = TOML, deck: str = DECK):
    mini.add("09-mini", toml=toml, deck=deck)
    modules = discover(mini.layout)
    results = {m.slug: Results({metric.name: metric} if metric and m.slug == "09-mini" else {}) for m in modules}
    module = modules[-1]
    return module, numbers_for(module, results, modules)


def _problems(mini, *args, **more):
    module, numbers = _numbers(mini, *args, **more)
    return [str(drift) for drift in find_drift(mini.layout, module, numbers)]


def test_a_literal_that_says_what_was_measured_has_not_drifted(mini):
    assert _problems(mini, Metric("suma", 4)) == []


@pytest.mark.parametrize(
    ("metric", "toml", "problem"),
    [
        (Metric("suma", 5), TOML, "the text says '4', measured '5': run `coursekit sync`"),
        (None, TOML, "unknown metric 'suma': run the notebook"),
        (Metric("suma", 4.2, kind="trained"), TOML, "a trained metric needs a band"),
        (Metric("suma", 5.0, kind="trained"), TOML + BAND, "measured '5', outside the band [3.5, 4.5]"),
    ],
)
def test_drift_names_file_line_and_remedy(mini, metric, toml, problem):
    (drift,) = _problems(mini, metric, toml)
    assert drift.startswith("slides/09-mini.md:25: suma: ")
    assert problem in drift


def test_a_trained_literal_may_differ_within_its_band_but_not_leave_it(mini):
    metric = Metric("suma", 4.2, kind="trained")
    assert _problems(mini, metric, TOML + BAND) == []
    deck = mini.layout.slides / "09-mini.md"
    deck.write_text(DECK.replace(">4<", ">9<"), encoding="utf-8")
    modules = discover(mini.layout)
    numbers = numbers_for(modules[0], {"09-mini": Results({"suma": metric})}, modules)
    (drift,) = find_drift(mini.layout, modules[0], numbers)
    assert "the text says '9', outside the band" in drift.problem


def test_a_timed_number_is_never_a_gate(mini):
    assert _problems(mini, Metric("suma", 99, "×", kind="timed")) == []


def test_a_claim_s_literal_is_what_was_published(mini):
    deck = DECK + '\n<span data-claim="dos">129 KiB</span> <span data-claim="tres">1</span>\n'
    first, second = _problems(mini, Metric("suma", 4), TOML + CLAIM, deck)
    assert "the text says '129 KiB', measured '128 KiB'" in first
    assert "unknown claim 'tres'" in second


def test_a_word_that_a_claim_supports_is_never_rewritten_but_the_claim_must_exist(mini):
    deck = DECK + '\n<span data-claim="dos">gana</span> <span data-claim="tres">pierde</span>\n'
    (drift,) = _problems(mini, Metric("suma", 4), TOML + CLAIM, deck)
    assert "unknown claim 'tres'" in drift


def test_sync_rewrites_literals_and_nothing_else(mini):
    deck = DECK + '\n<span data-claim="dos">1</span> <span data-claim="dos">gana</span>\n'
    module, numbers = _numbers(mini, Metric("suma", 131072), TOML + CLAIM, deck)
    assert sync_texts(mini.layout, module, numbers) == ["slides/09-mini.md"]
    text = (mini.layout.slides / "09-mini.md").read_text(encoding="utf-8")
    assert text == deck.replace(">4<", ">131\u202f072<").replace(">1<", ">128 KiB<")
    assert sync_texts(mini.layout, module, numbers) == []


def test_sync_touches_no_file_when_one_span_refers_to_nothing(mini):
    deck = DECK + '\n<span data-metric="nada">1</span>\n'
    module, numbers = _numbers(mini, Metric("suma", 5), deck=deck)
    with pytest.raises(CourseError, match=r"slides/09-mini.md:\d+: unknown metric 'nada'"):
        sync_texts(mini.layout, module, numbers)
    assert (mini.layout.slides / "09-mini.md").read_text(encoding="utf-8") == deck


def test_another_module_s_metric_is_named_with_its_slug(mini):
    mini.add("08-otro")
    mini.add("09-mini")
    modules = discover(mini.layout)
    results = {"08-otro": Results({"suma": Metric("suma", 4)}), "09-mini": Results()}
    numbers = numbers_for(modules[1], results, modules)
    assert find_span("08-otro:suma", "metric", numbers) == "4"
    with pytest.raises(KeyError, match="coursekit run 08-otro"):
        find_span("08-otro:nada", "metric", numbers)


def test_the_mark_of_a_longer_run_says_when_and_where(mini):
    recorded = {"date": "2026-11-22", "machine": "AMD EPYC, 2 cores, Linux x86_64"}
    metrics = {"larga": Metric("larga", 4, recorded=recorded), "suma": Metric("suma", 4)}
    mini.add("09-mini")
    modules = discover(mini.layout)
    numbers = numbers_for(modules[0], {"09-mini": Results(metrics)}, modules)
    assert find_span("larga@recorded", "metric", numbers) == "grabado el 2026-11-22 en AMD EPYC, 2 núcleos"
    assert metrics["suma"].mark == ""
    for name in ("suma@recorded", "larga@grabada"):
        with pytest.raises(KeyError, match="only a metric of a longer run has a mark"):
            find_span(name, "metric", numbers)


def test_figures_are_written_once(mini):
    mini.add("09-mini")
    module = discover(mini.layout)[0]
    results = Results(figures={"a/b": Figure("a/b", "alt", "<svg>1</svg>")})
    assert sync_figures(mini.layout, module, results) == ["slides/figures/09-mini/a-b.svg"]
    assert sync_figures(mini.layout, module, results) == []
    assert (mini.layout.figures / "09-mini" / "a-b.svg").read_text() == "<svg>1</svg>"


@pytest.mark.parametrize(
    ("text", "value"), [("−1\u202f234,5 %", -1234.5), ("99,8\u00a0%", 99.8), ("1 000 000", 1e6), ("12 24", 12.0)]
)
def test_numbers_are_read_as_they_are_written(text, value):
    assert parse_number(text) == value


def test_a_span_inside_another_is_said_and_nothing_is_rewritten(mini):
    inner = '<span data-metric="suma">4</span>'
    assert inner in DECK
    deck = DECK.replace(inner, f'<span data-claim="dos">{inner}</span>')
    module, numbers = _numbers(mini, Metric("suma", 5), TOML + CLAIM, deck)
    (drift,) = find_drift(mini.layout, module, numbers)
    assert "in a span inside another: write the two spans one after the other" in str(drift)
    with pytest.raises(CourseError, match=r"slides/09-mini.md:\d+: a number stands in a span inside another"):
        sync_texts(mini.layout, module, numbers)
    assert module.deck(mini.layout).read_text(encoding="utf-8") == deck


def test_drift_and_sync_speak_of_one_module_or_of_all(mini, capsys):
    mini.add("08-otro")
    mini.add("09-mini")
    assert len(drift(Course(mini.layout))) == 2
    assert [d.file for d in drift(Course(mini.layout, "09"))] == ["slides/09-mini.md"]
    with pytest.raises(CourseError, match="unknown metric 'suma'"):
        sync(Course(mini.layout, "09"))
