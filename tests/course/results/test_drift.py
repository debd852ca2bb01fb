"""What decks and pages show is what was locked, to the last character, and what was locked is what was measured."""

import json

import pytest
from minicourse import DECK, TOML

from coursekit.course.manifest import discover
from coursekit.course.results.collect import Figure, Metric, Results
from coursekit.course.results.drift import find_drift, orphans
from coursekit.course.results.figures import words_of
from coursekit.course.results.numbers import numbers_for
from coursekit.course.results.sync import sync_figures, sync_lock, sync_texts

SPAN = '<span data-metric="suma">4</span>'
BAND = '\n[bands]\n"suma" = [3.5, 4.5]\n'
CLAIM = '\n[[claim]]\nid = "dos"\nstatement = "s"\nsource = "@shannon1948"\npublished = "128 KiB"\n'
DRAWN = '\n[drawn]\n"esquema.svg" = "Un esquema, sin medidas."\n'
LONG_RUN = {"date": "2026-11-22", "machine": "AMD EPYC, 2 cores, Linux x86_64"}
FIGURE = "slides/figures/09-mini/a-b.svg"
SVG = "<svg><!-- acierto (%) --><!-- 99,8 % con 4 capas --><!-- 12 --></svg>"


class Locked:
    """A module whose texts are synchronized with what was measured; then one thing changes."""

    def __init__(self, mini, metric=None, toml=TOML, extra="", figures=None):
        self.mini, self.layout = mini, mini.layout
        mini.add("09-mini", toml=toml, deck=DECK + extra)
        self.deck = self.layout.slides / "09-mini.md"
        self.module = discover(self.layout)[0]
        self.figures = {path: (self.module, figure) for path, figure in (figures or {}).items()}
        self.measure(metric or Metric("suma", 4))
        sync_texts(self.layout, self.module, self.numbers)
        sync_figures(self.layout, self.module, self.figures)
        sync_lock(self.layout, self.module, self.numbers, self.figures)

    def measure(self, metric: Metric | None) -> None:
        results = {"09-mini": Results({metric.name: metric} if metric else {})}
        self.numbers = numbers_for(self.module, results, [self.module])

    def write(self, old: str, new: str) -> None:
        text = self.deck.read_text(encoding="utf-8")
        assert old in text
        self.deck.write_text(text.replace(old, new), encoding="utf-8")

    def problems(self) -> list[str]:
        self.module = discover(self.layout)[0]
        return [str(drift) for drift in find_drift(self.layout, self.module, self.numbers, self.figures)]


KINDS = [
    Metric("suma", 4.02, "%"),
    Metric("suma", 4.02, "%", kind="trained"),
    Metric("suma", 4.02, "%", kind="trained", recorded=LONG_RUN),
    Metric("suma", 4.02, "×", kind="timed"),
    Metric("suma", 4.02, "×", kind="timed", recorded=LONG_RUN),
]


@pytest.mark.parametrize("metric", KINDS, ids=lambda m: f"{m.kind}{' recorded' if m.recorded else ''}")
def test_a_literal_is_as_it_was_locked_to_the_last_character_whichever_its_kind(mini, metric):
    course = Locked(mini, metric, TOML + BAND)
    assert course.problems() == []
    for wrong in ("4,03", "402", "4,020", "4"):
        course.write(">4,02", f">{wrong}")
        (problem,) = course.problems()
        assert problem.startswith("slides/09-mini.md:25: suma: the text says «" + wrong)
        assert "measured «4,02" in problem
        assert problem.endswith("run `coursekit sync`")
        course.write(f">{wrong}", ">4,02")
    unit = metric.unit
    course.write(f"{unit}</span>", "puntos</span>")
    (problem,) = course.problems()
    assert "puntos" in problem


@pytest.mark.parametrize("space", [" ", "\u202f", "\n"])
def test_kinds_of_space_and_minus_do_not_count(mini, space):
    course = Locked(mini, Metric("suma", -4.5, "%"))
    course.write("\u22124,50\u00a0%", f"-4,50{space}%")
    assert course.problems() == []


@pytest.mark.parametrize("metric", [KINDS[0], KINDS[2], KINDS[4]], ids=["exact", "trained long ago", "timed long ago"])
def test_what_is_fixed_is_in_the_lock_as_it_is_now(mini, metric):
    course = Locked(mini, metric, TOML + BAND)
    course.measure(Metric("suma", 4.03, metric.unit, metric.kind, recorded=metric.recorded))
    (problem,) = course.problems()
    assert f"the lock says «4,02{' ' if metric.unit == '%' else ''}{metric.unit}», measured «4,03" in problem


def test_what_was_trained_now_lies_in_its_band_and_so_does_the_lock(mini):
    course = Locked(mini, Metric("suma", 4.2, kind="trained"), TOML + BAND)
    course.measure(Metric("suma", 4.4, kind="trained"))
    assert course.problems() == []
    course.measure(Metric("suma", 4.6, kind="trained"))
    (problem,) = course.problems()
    assert "measured «4,60», outside the band [3.5, 4.5] of module.toml" in problem
    course.measure(Metric("suma", 4.4, kind="trained"))
    toml = course.module.folder / "module.toml"
    toml.write_text(toml.read_text().replace("[3.5, 4.5]", "[4.3, 4.5]"))
    results = {"09-mini": Results({"suma": Metric("suma", 4.4, kind="trained")})}
    course.numbers = numbers_for(discover(course.layout)[0], results, discover(course.layout))
    (problem,) = course.problems()
    assert "the lock says «4,20», outside the band [4.3, 4.5] of module.toml" in problem
    toml.write_text(TOML)
    course.numbers = numbers_for(discover(course.layout)[0], results, discover(course.layout))
    (problem,) = course.problems()
    assert "a trained metric needs a band: add 'suma' to [bands] in module.toml" in problem


@pytest.mark.parametrize("kind", ["trained", "timed"])
def test_a_unit_is_never_free(mini, kind):
    course = Locked(mini, Metric("suma", 4.2, "%", kind), TOML + BAND)
    course.measure(Metric("suma", 4.2, "puntos", kind))
    (problem,) = course.problems()
    assert "measured «4,20 puntos», in another unit" in problem


def test_a_time_of_this_run_is_never_a_gate(mini):
    course = Locked(mini, Metric("suma", 4, "×", kind="timed"))
    course.measure(Metric("suma", 99, "×", kind="timed"))
    assert course.problems() == []


def test_a_published_figure_is_what_module_toml_says_now(mini):
    course = Locked(mini, toml=TOML + CLAIM, extra='\n<i data-claim="dos">128 KiB</i>, <b data-claim="dos">gana</b>\n')
    assert course.problems() == []
    course.write("128 KiB", "129 KiB")
    (problem,) = course.problems()
    assert "the text says «129 KiB», published «128 KiB»" in problem
    course.write("129 KiB", "128 KiB")
    toml = course.module.folder / "module.toml"
    toml.write_text(toml.read_text().replace("128 KiB", "130 KiB"))
    course.module = discover(course.layout)[0]
    course.measure(Metric("suma", 4))
    assert ["the lock says «128 KiB», published «130 KiB»" in problem for problem in course.problems()] == [True, True]


@pytest.mark.parametrize(
    ("shown", "problem"),
    [
        ("Son <b data-metric='nada'>999</b>.", "nada: unknown metric 'nada': run the notebook that records it"),
        ("Son <b class=x data-claim=tres>999</b>.", "tres: unknown claim 'tres': add it to module.toml"),
        ("<span data-claim='tres'>gana</span>", "tres: unknown claim 'tres'"),
        ("Son <b data-metric='suma'>9</b>.", "suma: the text says «9», measured «4»"),
        ("Son <b data-metric='suma'>.", "suma: its span is not closed in its paragraph"),
        ("Son <b data-metric='suma'><i>4</i></b>.", "suma: its span has a tag inside"),
        ("<div data-metric='suma'>\nSon 4 y 99 de cada cien, en 12 s.\n</div>", "more than a number with its unit"),
        ("<b data-metric='suma'><i data-claim='dos'>4</i></b>", "write the two spans one after the other"),
        ("Son <b data-metric='suma@recorded'>hoy</b>.", "only a metric of a longer run has a mark"),
        ("Son <b data-claim='dos'></b>.", "dos: the text says «», published «128 KiB»"),
    ],
)
@pytest.mark.parametrize("where", ["slides/09-mini.md", "modules/09-mini/README.md"])
def test_a_span_that_is_broken_or_refers_to_nothing_is_said_in_decks_and_pages(mini, shown, problem, where):
    course = Locked(mini, toml=TOML + CLAIM)
    path = course.layout.root / where
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n{shown}\n", encoding="utf-8")
    (found,) = course.problems()
    assert found.startswith(f"{where}:{len(text.splitlines()) + 2}: ")
    assert problem in found


def test_code_and_comments_show_nothing(mini):
    code = (
        '```html\n<b data-metric="nada">9</b>\n```\n\n`<b data-claim="nada">9</b>`\n\n<!-- <b data-metric="n">9</b> -->'
    )
    assert Locked(mini, extra=f"\n{code}\n").problems() == []


def test_a_number_without_a_lock_and_a_lock_without_a_number_are_said(mini):
    course = Locked(mini)
    lock = course.module.folder / "synced.json"
    kept = lock.read_text(encoding="utf-8")
    lock.unlink()
    assert course.problems() == ["slides/09-mini.md:25: suma: is not in the lock: run `coursekit sync`"]
    lock.write_text(kept, encoding="utf-8")
    course.write(SPAN, "cuatro")
    assert course.problems() == ["modules/09-mini/synced.json:1: suma: no text shows it any more: run `coursekit sync`"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda text: text.replace('"4"', '"5"'), "was edited by hand"),
        (lambda text: text.replace('"metrics"', '"metrix"'), "is cut off or no lock"),
        (lambda text: text[:40], "is cut off or no lock"),
        (lambda text: "[]", "is cut off or no lock"),
        (lambda text: '{"metrics": 1, "claims": {}, "images": {}}', "was edited by hand"),
        (lambda text: json.dumps({**json.loads(text), "digest": "0"}), "was edited by hand"),
    ],
)
def test_a_lock_that_is_not_as_it_was_written_counts_for_nothing_and_sync_mends_it(mini, change, problem):
    course = Locked(mini)
    lock = course.module.folder / "synced.json"
    kept = lock.read_text(encoding="utf-8")
    assert change(kept) != kept
    lock.write_text(change(kept), encoding="utf-8")
    assert course.problems() == [f"modules/09-mini/synced.json:1: lock: {problem}: run `coursekit sync`"]
    sync_lock(course.layout, course.module, course.numbers, course.figures)
    assert lock.read_text(encoding="utf-8") == kept
    assert course.problems() == []


IMAGE = "\n![w:5 Lo que se ve](figures/09-mini/a-b.svg)\n"


@pytest.fixture
def pictured(mini):
    course = Locked(mini, extra=IMAGE, figures={FIGURE: Figure("a/b", "alt", SVG, "09-mini", 2)})
    assert course.problems() == []
    return course


@pytest.mark.parametrize(
    "changed",
    [SVG.replace("99,8", "99,9"), "<svg/>", "", SVG + "\n", SVG.replace("acierto", "fallo")],
    ids=["a number", "blank", "empty", "a line more", "a word"],
)
def test_a_figure_changed_by_hand_is_seen_and_sync_writes_what_was_drawn(pictured, changed):
    path = pictured.layout.root / FIGURE
    path.write_text(changed, encoding="utf-8")
    (problem,) = pictured.problems()
    assert problem.startswith("slides/09-mini.md:")
    assert "figures/09-mini/a-b.svg: is not the one that was locked" in problem
    assert sync_figures(pictured.layout, pictured.module, pictured.figures) == [FIGURE]
    assert pictured.problems() == []


def test_a_figure_that_says_other_words_than_the_last_run_drew_is_seen(pictured):
    pictured.figures[FIGURE] = (pictured.module, Figure("a/b", "alt", SVG.replace("99,8", "71,3"), "09-mini", 2))
    assert pictured.problems() == []  # trained anew: other numbers, the same words
    pictured.figures[FIGURE] = (pictured.module, Figure("a/b", "alt", SVG.replace("acierto", "error"), "09-mini", 2))
    (problem,) = pictured.problems()
    assert "says «acierto (%)», unlike what the notebook drew: run `coursekit sync`" in problem


@pytest.mark.parametrize(("notebook", "cell"), [("09-mini", 3), ("09-mini-a-fondo", 2)])
def test_a_figure_of_another_cell_is_seen(pictured, notebook, cell):
    pictured.figures[FIGURE] = (pictured.module, Figure("a/b", "alt", SVG, notebook, cell))
    (problem,) = pictured.problems()
    assert "is made by another cell than the lock says" in problem


def test_an_image_that_no_notebook_made_says_what_it_is(mini):
    path = mini.layout.figures / "09-mini" / "esquema.svg"
    path.parent.mkdir(parents=True)
    path.write_text("<svg/>")
    course = Locked(mini, extra="\n<img alt=\"un esquema\" src='figures/09-mini/esquema.svg'>\n")
    (problem,) = course.problems()
    assert "no notebook recorded it" in problem
    assert "[drawn]" in problem
    toml = course.module.folder / "module.toml"
    toml.write_text(TOML + DRAWN)
    assert course.problems() == []


@pytest.mark.parametrize("said", ["99,9 % de acierto", "treinta veces menos", "acierto <tspan>99,9</tspan> %"])
def test_a_drawing_says_no_size(mini, said):
    path = mini.layout.figures / "09-mini" / "esquema.svg"
    path.parent.mkdir(parents=True)
    path.write_text(f"<svg><text>dos capas</text><text x='1'>{said}</text></svg>", encoding="utf-8")
    course = Locked(mini, toml=TOML + DRAWN, extra="\n![un esquema](figures/09-mini/esquema.svg)\n")
    (problem,) = course.problems()
    assert "and no notebook measured" in problem
    path.write_text("<svg><text>dos capas</text><text>capa 2</text></svg>", encoding="utf-8")
    sync_lock(course.layout, course.module, course.numbers, course.figures)
    assert course.problems() == []


@pytest.mark.parametrize(
    ("shown", "problem"),
    [
        ("![x](figures/09-mini/nada.svg)", "does not exist: check the path"),
        ("<!-- _backgroundImage: url('figures/09-mini/nada.svg') -->", "does not exist: check the path"),
        ("![bg](../../fuera.svg)", "lies outside the course"),
        ("![bg](<figures/09-mini/otra mía.svg>)", "is not in the lock: run `coursekit sync`"),
        ("![x](figures/09-mini/otra%20mía.svg)", "is not in the lock: run `coursekit sync`"),
    ],
)
def test_an_image_that_is_not_there_or_not_locked_is_said(mini, shown, problem):
    course = Locked(mini)
    path = mini.layout.figures / "09-mini" / "otra mía.svg"
    path.parent.mkdir(parents=True)
    path.write_text("<svg/>")
    course.write("La entropía", f"{shown}\n\nLa entropía")
    (found,) = course.problems()
    assert problem in found


def test_a_file_that_no_text_shows_is_an_orphan(pictured):
    assert orphans(pictured.layout, [pictured.module]) == []
    (pictured.layout.root / FIGURE).with_name("vieja.png").write_bytes(b"x")
    (orphan,) = orphans(pictured.layout, [pictured.module])
    assert str(orphan) == "slides/figures/09-mini/vieja.png:1: image: no deck or page shows it: delete it, or show it"
    page = pictured.module.folder / "README.md"
    page.write_text("![Una imagen](../../slides/figures/09-mini/vieja.png)\n", encoding="utf-8")
    assert orphans(pictured.layout, [pictured.module]) == []


def test_the_words_of_a_figure_are_those_of_comments_and_text_elements():
    svg = '<svg><!-- 1,5 bits --><text x="1"><tspan>dos</tspan> capas</text><!-- −0,25 --><!-- modelo 2 --></svg>'
    assert words_of(svg) == {"#bits", "dos capas", "modelo #"}
