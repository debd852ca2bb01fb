"""`coursekit sync`: literals, figures and the lock are rewritten from the results; what refers to nothing stops it."""

import json

import pytest
from minicourse import DECK, TOML

from coursekit.course.commands import drift, sync
from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.manifest import discover
from coursekit.course.results.collect import Figure, Metric, Results
from coursekit.course.results.drift import find_drift
from coursekit.course.results.lock import read_lock
from coursekit.course.results.numbers import numbers_for
from coursekit.course.results.printed import parse_number, printed
from coursekit.course.results.sync import sync_figures, sync_lock, sync_texts
from coursekit.notebook.measured import FIGURE_MIME, METRIC_MIME

CLAIM = '\n[[claim]]\nid = "dos"\nstatement = "s"\nsource = "@shannon1948"\npublished = "128 KiB"\n'


def _numbers(mini, metric: Metric | None, toml: str = TOML, deck: str = DECK):
    mini.add("09-mini", toml=toml, deck=deck)
    modules = discover(mini.layout)
    results = {m.slug: Results({metric.name: metric} if metric and m.slug == "09-mini" else {}) for m in modules}
    module = modules[-1]
    return module, numbers_for(module, results, modules)


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
    assert printed("08-otro:suma", "metric", numbers) == "4"
    with pytest.raises(KeyError, match="coursekit run 08-otro"):
        printed("08-otro:nada", "metric", numbers)


def test_the_mark_of_a_longer_run_says_when_and_where(mini):
    recorded = {"date": "2026-11-22", "machine": "AMD EPYC, 2 cores, Linux x86_64"}
    metrics = {"larga": Metric("larga", 4, recorded=recorded), "suma": Metric("suma", 4)}
    mini.add("09-mini")
    modules = discover(mini.layout)
    numbers = numbers_for(modules[0], {"09-mini": Results(metrics)}, modules)
    assert printed("larga@recorded", "metric", numbers) == "grabado el 2026-11-22 en AMD EPYC, 2 núcleos"
    assert metrics["suma"].mark == ""
    for name in ("suma@recorded", "larga@grabada"):
        with pytest.raises(KeyError, match="only a metric of a longer run has a mark"):
            printed(name, "metric", numbers)


def test_figures_that_a_text_shows_are_written_once(mini):
    mini.add("09-mini", deck=DECK + "\n![w:5 alt](figures/09-mini/a-b.svg)\n")
    module = discover(mini.layout)[0]
    figures = {
        f"slides/figures/09-mini/{name}.svg": (module, Figure(name, "alt", f"<svg>{name}</svg>"))
        for name in ("a-b", "unseen")
    }
    assert sync_figures(mini.layout, module, figures) == ["slides/figures/09-mini/a-b.svg"]
    assert sync_figures(mini.layout, module, figures) == []
    assert (mini.layout.figures / "09-mini" / "a-b.svg").read_text() == "<svg>a-b</svg>"
    assert not (mini.layout.figures / "09-mini" / "unseen.svg").exists()


def test_the_lock_holds_what_the_texts_show(mini):
    shown = '<span data-claim="dos">gana</span>\n\n![w:5 alt](figures/09-mini/a-b.svg)\n'
    module, numbers = _numbers(mini, Metric("suma", 4.25, "%"), TOML + CLAIM, DECK + shown)
    figures = {"slides/figures/09-mini/a-b.svg": (module, Figure("a/b", "alt", "<svg/>", "09-mini", 3))}
    assert sync_lock(mini.layout, module, numbers, figures) == ["modules/09-mini/synced.json"]
    sync_figures(mini.layout, module, figures)
    assert sync_lock(mini.layout, module, numbers, figures) == ["modules/09-mini/synced.json"]
    assert sync_lock(mini.layout, module, numbers, figures) == []
    lock = read_lock(module)
    assert dict(lock.metrics) == {"suma": "4,25\u00a0%"}
    assert dict(lock.claims) == {"dos": "128 KiB"}
    image = dict(lock.images["slides/figures/09-mini/a-b.svg"])
    assert len(image.pop("sha256")) == 64
    assert image == {"notebook": "09-mini", "cell": 3, "figure": "a/b"}


def test_a_module_that_shows_nothing_has_no_lock(mini):
    module, numbers = _numbers(mini, None, deck=DECK.replace(' <span data-metric="suma">4</span>', ""))
    assert sync_lock(mini.layout, module, numbers, {}) == []
    assert not (module.folder / "synced.json").exists()


def test_an_empty_span_is_filled(mini):
    deck = DECK.replace(">4<", "><") + "\n<b class=\"x\" data-claim='dos'></b>\n"
    module, numbers = _numbers(mini, Metric("suma", 4), TOML + CLAIM, deck)
    sync_texts(mini.layout, module, numbers)
    text = module.deck(mini.layout).read_text(encoding="utf-8")
    assert text == deck.replace("><", ">4<", 1).replace("'dos'><", "'dos'>128 KiB<")


def test_a_claim_without_a_figure_supports_words_only(mini):
    toml = TOML + CLAIM.replace('published = "128 KiB"\n', "")
    module, numbers = _numbers(mini, Metric("suma", 4), toml, DECK + '\n<span data-claim="dos">9 veces</span>\n')
    with pytest.raises(CourseError, match="claim 'dos' published no figure: write words that it supports"):
        sync_texts(mini.layout, module, numbers)


def test_the_shape_of_a_lock_is_one_that_git_shows_line_by_line(mini):
    module, numbers = _numbers(mini, Metric("suma", 4))
    sync_lock(mini.layout, module, numbers, {})
    text = (module.folder / "synced.json").read_text(encoding="utf-8")
    assert ' "metrics": {\n  "suma": "4"\n }' in text
    assert sorted(json.loads(text)) == ["claims", "digest", "images", "metrics"]


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
    (drift,) = find_drift(mini.layout, module, numbers, {})
    assert "in a span inside another: write the two spans one after the other" in str(drift)
    with pytest.raises(CourseError, match=r"slides/09-mini.md:\d+: a number stands in a span inside another"):
        sync_texts(mini.layout, module, numbers)
    assert module.deck(mini.layout).read_text(encoding="utf-8") == deck


def test_drift_and_sync_speak_of_one_module_or_of_all(mini, capsys):
    mini.add("08-otro")
    mini.add("09-mini")
    assert [d.file for d in drift(Course(mini.layout))] == ["slides/08-otro.md", "slides/09-mini.md"]
    assert [d.file for d in drift(Course(mini.layout, "09"))] == ["slides/09-mini.md"]
    with pytest.raises(CourseError, match="unknown metric 'suma'"):
        sync(Course(mini.layout, "09"))


def test_after_sync_nothing_has_drifted_and_a_file_that_nobody_shows_is_said_of_the_whole_course(mini):
    mini.add("09-mini", "x = 1", deck=DECK + "\n![w:5 alt](figures/09-mini/a-b.svg)\n")
    figure = {"name": "a/b", "alt": "alt", "svg": "<svg/>"}
    mini.executed("09-mini", {METRIC_MIME: {"name": "suma", "value": 5}, FIGURE_MIME: figure})
    assert len(drift(Course(mini.layout))) == 2
    sync(Course(mini.layout))
    assert drift(Course(mini.layout)) == []
    (mini.layout.figures / "09-mini" / "vieja.svg").write_text("<svg/>")
    assert [d.file for d in drift(Course(mini.layout))] == ["slides/figures/09-mini/vieja.svg"]
    assert drift(Course(mini.layout, "09")) == []
