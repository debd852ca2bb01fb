"""Drawings of slides/drawings/<slug>.py: what they take is measured, locked, and held to what is measured now."""

import pytest
from minicourse import DECK, TOML

from coursekit.course import commands, quality
from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.manifest import discover
from coursekit.course.results.collect import Metric, Results
from coursekit.course.results.drawings import drawings_of, stands_of
from coursekit.course.results.drift import find_drift
from coursekit.course.results.lock import read_lock
from coursekit.course.results.numbers import numbers_for
from coursekit.course.results.sync import sync_figures, sync_lock, sync_texts
from coursekit.notebook.measured import METRIC_MIME, STATES_MIME
from coursekit.notebook.optional import PASSED_OVER_MIME

FILE = '''
from coursekit.notebook.drawing import Drawing, bars, text, tokens


def dos_pasos(metrics):
    """A helper with an underscore is no drawing."""
    drawing = Drawing(300, title="Suma", alt="Dos fichas y la suma de las dos, medida.")
    row = tokens(["uno", "dos"], 20, 220)
    drawing.add(row, bars(row.parts, [_half(metrics), metrics["suma"]], 180))
    drawing.add(text(f"{metrics['suma']} en total", 500, 60))
    return drawing


def _half(metrics):
    return metrics["suma"] / 2
'''
IMAGE = "slides/figures/09-mini/dos-pasos.svg"
SHOWN = DECK + "\n![dibujo](figures/09-mini/dos-pasos.svg)\n"
BAND = '\n[bands]\n"suma" = [3.5, 4.5]\n'


class Drawing:
    """A module with a file of drawings, synchronized; then one thing changes."""

    def __init__(self, mini, metric=None, file=FILE, toml=TOML):
        self.layout = mini.layout
        mini.add("09-mini", toml=toml, deck=SHOWN)
        self.file = self.layout.drawings / "09-mini.py"
        self.file.parent.mkdir()
        self.file.write_text(file, encoding="utf-8")
        self.module = discover(self.layout)[0]
        self.measure(metric or Metric("suma", 4, "%"))
        sync_texts(self.layout, self.module, self.numbers)
        sync_figures(self.layout, self.module, self.drawn)
        sync_lock(self.layout, self.module, self.numbers, self.drawn)

    def measure(self, metric):
        results = {"09-mini": Results({metric.name: metric} if metric else {})}
        self.numbers = numbers_for(self.module, results, [self.module])

    @property
    def drawn(self):
        drawn = drawings_of(self.layout, self.module.slug, self.numbers)
        return {path: (self.module, figure) for path, figure in drawn.items()}

    def write(self, old, new):
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new), encoding="utf-8")

    def problems(self):
        found = find_drift(self.layout, self.module, self.numbers, self.drawn)
        return [f"{drift.name}: {drift.problem}" for drift in found]


def test_a_function_is_a_drawing_and_what_it_takes_is_locked(mini):
    made = Drawing(mini)
    ((_, figure),) = made.drawn.values()
    assert list(made.drawn) == [IMAGE]
    assert "<!-- 4\u00a0% en total -->" in figure.svg  # prints as a slide does
    assert 'height="60"' in figure.svg  # half of 4 is half of 120 pixels
    assert (made.layout.root / IMAGE).read_text(encoding="utf-8") == figure.svg
    locked = dict(read_lock(made.module).images[IMAGE])
    assert len(locked.pop("sha256")) == 64
    assert locked == {"drawing": "slides/drawings/09-mini.py:dos_pasos", "metrics": {"suma": "4\u00a0%"}}
    assert made.problems() == []


def test_an_exact_number_that_changed_is_named(mini):
    made = Drawing(mini)
    made.measure(Metric("suma", 5, "%"))
    assert [problem for problem in made.problems() if problem.startswith("figures")] == [
        "figures/09-mini/dos-pasos.svg: suma: the lock says «4 %», measured «5 %»: run `coursekit sync`"
    ]


def test_a_trained_number_may_move_within_its_band(mini):
    made = Drawing(mini, Metric("suma", 4.02, "%", kind="trained"), toml=TOML + BAND)
    made.measure(Metric("suma", 4.11, "%", kind="trained"))
    assert made.problems() == []
    made.measure(Metric("suma", 4.6, "%", kind="trained"))
    assert any("measured «4,60 %», outside the band" in problem for problem in made.problems())


def test_a_drawing_that_is_drawn_otherwise_is_named(mini):
    made = Drawing(mini)
    made.write("500, 60", "600, 60")
    told = "figures/09-mini/dos-pasos.svg: is drawn otherwise now by slides/drawings/09-mini.py:dos_pasos"
    assert made.problems() == [f"{told}: run `coursekit sync`"]


def test_new_words_are_named_whatever_the_numbers(mini):
    made = Drawing(mini, Metric("suma", 4.02, "%", kind="trained"), toml=TOML + BAND)
    made.measure(Metric("suma", 4.11, "%", kind="trained"))
    made.write("en total", "en conjunto")
    assert any("en total" in problem or "en conjunto" in problem for problem in made.problems())


def test_a_number_in_words_comes_from_a_metric(mini):
    made = Drawing(mini)
    made.write(" en total", " en total, 37 % más")
    with pytest.raises(CourseError, match=r"09-mini.py:10: «en total, 37 % más»: 37 has no origin: write \{metrics"):
        _ = made.drawn
    made.write("37 %", "*h*_{1} y *x*^{2} y {metrics['suma']:.2f}")  # neither an index nor a format is a size
    assert "4.00" in next(iter(made.drawn.values()))[1].svg


def test_a_number_of_an_example_stands_with_its_reason(mini, capsys):
    made = Drawing(mini)
    made.write('["uno", "dos"]', '["6", "dos"]')
    with pytest.raises(CourseError, match="«6»: 6 has no origin"):
        _ = made.drawn
    made.write("\n\ndef dos", '\nSTANDS = {"6": "cifra del dictado"}\n\ndef dos')
    assert made.drawn
    assert stands_of(made.layout, "09-mini") == {"6": "cifra del dictado"}
    quality.drift(Course(mini.layout))
    assert "let stand: 09-mini, drawings: «6»: cifra del dictado" in capsys.readouterr().out
    made.write("cifra del dictado", "cifra")
    with pytest.raises(CourseError, match="STANDS «6»: "):
        _ = made.drawn


def test_a_file_that_does_not_draw_is_named(mini):
    made = Drawing(mini)
    for old, new, told in [
        ('[_half(metrics), metrics["suma"]]', "[1, 2]", r"09-mini.py:9: «bars\(.* draws numbers that are typed"),
        ("    return drawing", "    return None", "09-mini.py:dos_pasos: gives no drawing: AttributeError"),
        ('metrics["suma"] / 2', 'metrics["nada"] / 2', "09-mini.py:dos_pasos: unknown metric 'nada'"),
        ("import Drawing,", "import Nada,", "09-mini.py: does not load: ImportError"),
        ("def dos_pasos(", "def dos_pasos", "09-mini.py:5: is no Python"),
    ]:  # fmt: skip
        made.file.write_text(FILE, encoding="utf-8")
        made.write(old, new)
        with pytest.raises(CourseError, match=told):
            _ = made.drawn


def test_the_commands_write_it_and_hold_it(mini, capsys):
    mini.add("09-mini", "x = 1", deck=SHOWN)
    drawings = mini.layout.drawings
    drawings.mkdir()
    (drawings / "09-mini.py").write_text(FILE, encoding="utf-8")
    mini.executed("09-mini", {METRIC_MIME: {"name": "suma", "value": 4, "unit": "%"}})
    commands.sync(Course(mini.layout))
    assert f"rewrote {IMAGE}" in capsys.readouterr().err
    assert commands.drift(Course(mini.layout)) == []
    (drawings / "09-mini.py").write_text(FILE.replace('["suma"] / 2', '["nada"] / 2'), encoding="utf-8")
    assert ["unknown metric 'nada'" in str(drift) for drift in commands.drift(Course(mini.layout))] == [True]
    with pytest.raises(CourseError, match="unknown metric 'nada'"):
        commands.sync(Course(mini.layout))


def test_invented_numbers_stand_where_the_author_says_why(mini):
    made = Drawing(mini)
    made.write('[_half(metrics), metrics["suma"]]', "[1, 2]")
    made.write("\n\ndef dos", '\nINVENTED = {"dos_pasos": "cuenta que la sala hace"}\n\ndef dos')
    assert made.drawn
    assert stands_of(made.layout, "09-mini") == {"dos_pasos": "cuenta que la sala hace"}
    made.write("cuenta que la sala hace", "cuenta")
    with pytest.raises(CourseError, match="draws numbers that are typed"):
        _ = made.drawn


def test_the_style_guide_has_drawings_that_take_no_numbers(mini, capsys):
    mini.add("09-mini", "x = 1")
    mini.layout.drawings.mkdir()
    file = mini.layout.drawings / "guia-de-estilo.py"
    file.write_text(
        FILE.replace('metrics["suma"]', "len('ab')").replace("metrics['suma']", "len('ab')"), encoding="utf-8"
    )
    mini.executed("09-mini", {METRIC_MIME: {"name": "suma", "value": 4}})
    commands.sync(Course(mini.layout))
    assert "rewrote slides/figures/guia-de-estilo/dos-pasos.svg" in capsys.readouterr().err
    assert commands.drift(Course(mini.layout)) == []
    file.write_text(file.read_text(encoding="utf-8").replace("500, 60", "600, 60"), encoding="utf-8")
    assert [str(drift) for drift in commands.drift(Course(mini.layout))] == [
        "slides/figures/guia-de-estilo/dos-pasos.svg:1: image: is drawn otherwise now: run `coursekit sync`"
    ]
    file.write_text("import", encoding="utf-8")
    assert "is no Python" in str(commands.drift(Course(mini.layout))[0])


STATES = {STATES_MIME: {"name": "mando", "labels": ["a", "b"], "values": {"x": ["1", "2"]}, "default": 0}}


def test_the_states_of_a_control_are_locked(mini, capsys):
    mini.add("09-mini", "x = 1", deck=DECK + '\n<div class="interactive" data-states="mando">\n\nx\n\n</div>\n')
    mini.executed("09-mini", {METRIC_MIME: {"name": "suma", "value": 4}}, STATES)
    (missing,) = [str(d) for d in commands.drift(Course(mini.layout)) if "mando" in str(d)]
    assert missing.endswith("mando: is not in the lock: run `coursekit sync`")
    commands.sync(Course(mini.layout))
    assert commands.drift(Course(mini.layout)) == []
    (module,) = discover(mini.layout)
    assert read_lock(module).states == {"mando": {"labels": ["a", "b"], "values": {"x": ["1", "2"]}, "default": 0}}
    mini.executed("09-mini", {METRIC_MIME: {"name": "suma", "value": 4}})
    assert ["nothing recorded these states" in str(drift) for drift in commands.drift(Course(mini.layout))] == [True]
    deck = mini.layout.slides / "09-mini.md"
    deck.write_text(DECK, encoding="utf-8")
    assert ["mando: no text shows it any more" in str(drift) for drift in commands.drift(Course(mini.layout))] == [True]


def test_what_a_notebook_passed_over_stands_in_drawings_and_controls(mini):
    deck = SHOWN + '\n<div class="interactive" data-states="mando">\n\nx\n\n</div>\n'
    mini.add("09-mini", "x = 1", deck=deck.replace('<span data-metric="suma">4</span>', "cuatro"))
    mini.layout.drawings.mkdir()
    (mini.layout.drawings / "09-mini.py").write_text(FILE, encoding="utf-8")
    mini.executed("09-mini", {METRIC_MIME: {"name": "suma", "value": 4, "unit": "%"}}, STATES)
    commands.sync(Course(mini.layout))
    mini.executed("09-mini", {PASSED_OVER_MIME: {"why": "left out"}})
    course = Course(mini.layout)
    assert commands.drift(course) == []
    assert course.numbers["09-mini"].states["mando"].values == {"x": ["1", "2"]}
