import pytest

from coursekit.course.errors import CourseError
from coursekit.course.manifest import discover

CLAIM = """
[[claim]]
id = "{id}"
statement = "Dos más dos son cuatro."
source = "@shannon1948"
metric = "suma"
equals = 4
reproduced = true
"""

SOUND = 'title = "Mínimo"\nquestion = "¿?"\nminutes = 2\n'
BUDGET = "[budget]\nquick_seconds = 20\n"
EXERCISE = '[[exercise]]\nid = "09.1"\nname = "a.b"\ntitle = "y"\nminutes = 5\n'
STAND = '[[stands]]\ndate = 2026-01-31\nreason = "x"\ncodes = { "a/b" = "hash" }\n'


def test_a_manifest_is_read_whole(mini):
    bench = 'bench = ["a.b:run", "c:run"]\n'
    mini.add("09-mini", toml=bench + SOUND + BUDGET + '[bands]\n"a/b" = [1, 2.5]\n' + CLAIM.format(id="suma"))
    (module,) = discover(mini.layout)
    assert module.bench == ("a.b:run", "c:run")
    assert (module.slug, module.minutes, module.quick_seconds) == ("09-mini", 2, 20)
    assert module.bands == {"a/b": (1.0, 2.5)}
    assert (module.claims[0].id, module.claims[0].equals, module.claims[0].reproduced) == ("suma", 4, True)


def test_a_prefix_names_a_module_and_a_wrong_name_lists_them(mini):
    mini.add("08-otro")
    mini.add("09-mini")
    assert [m.slug for m in discover(mini.layout)] == ["08-otro", "09-mini"]
    assert [m.slug for m in discover(mini.layout, "09")] == ["09-mini"]
    with pytest.raises(CourseError, match="unknown module '0': expected one of 08-otro, 09-mini"):
        discover(mini.layout, "0")


# what is planted before or after a sound manifest, and what the line says after the file's name
BREACHES = [
    ("titel = 'x'\n", "unknown key 'titel' in the top level: did you mean 'title'?"),
    (
        "zzz = 1\n",
        "unknown key 'zzz' in the top level: expected title, question, minutes, bench, budget, bands, claim, ",
    ),
    ("slug = 'x'\n", "unknown key 'slug' in the top level: expected title"),
    ("bench = 'a.b:run'\n", "expected bench to be a list, got 'a.b:run'"),
    ("bench = ['a.b']\n", "expected bench[0] to be 'package.module:function', got 'a.b'"),
    ("bench = ['a:f', 3]\n", "expected bench[1] to be a text, got 3"),
    ("bands = 3\n", "expected bands to be a table, got 3"),
    ("budget = [1]\n", "expected budget to be a table, got [1]"),
    ("claim = 3\n", "expected claim to be [[claim]] tables, got 3"),
    ("claim = [1]\n", "expected claim[0] to be a table, got 1"),
    ("claim = 'abc'\n", "expected claim to be [[claim]] tables, got 'abc'"),
    ("exercise = 3\n", "expected exercise to be [[exercise]] tables, got 3"),
    ("stands = {}\n", "expected stands to be [[stands]] tables, got {}"),
    ("title = \n", "not valid TOML: Invalid value"),
    (f"x = {'[' * 5000}\n", "not valid TOML: "),
    (f"x = {'9' * 5000}\n", "not valid TOML: "),
    ("[claim]\nid = 'x'\n", "expected claim to be [[claim]] tables, got {'id': 'x'}"),
    ("[budget]\nx = 3\n", "unknown key 'x' in [budget]: expected quick_seconds, cell_seconds"),
    ("[budget]\nquick_second = 3\n", "unknown key 'quick_second' in [budget]: did you mean 'quick_seconds'?"),
    ("[budget]\ncell_seconds = -5\n", "[budget]: expected cell_seconds to be greater than or equal to 1, got -5"),
    ("[budget]\ncell_seconds = true\n", "[budget]: expected cell_seconds to be a valid integer, got True"),
    ("[bands]\na = [2, 1]\n", "[bands]: expected a to be [low, high], two finite numbers, got [2, 1]"),
    ("[bands]\na = [nan, nan]\n", "[bands]: expected a to be [low, high], two finite numbers, got [nan, nan]"),
    ("[bands]\na = [0, inf]\n", "[bands]: expected a to be [low, high], two finite numbers, got [0, inf]"),
    ("[bands]\na = [0, true]\n", "[bands]: expected a to be [low, high], two finite numbers, got [0, True]"),
    (f"[bands]\na = [0, 1{'0' * 400}]\n", "[bands]: expected a to be [low, high], two finite numbers, got [0, 1000"),
    ("[bands]\na = 3\n", "[bands]: expected a to be [low, high], two finite numbers, got 3"),
    ("[bands]\n'A b' = [0, 1]\n", "[bands]: expected A b to be a name such as 'copy/accuracy', got 'A b'"),
    (
        CLAIM.format(id="x").replace("equals = 4\n", ""),
        "claim 'x': reproduced = true: give it a metric and a band or equ",
    ),
    (
        CLAIM.format(id="x") + "control = 'A b'\n",
        "claim 'x': expected control to be the name of a metric or a finite num",
    ),
    (
        CLAIM.format(id="x") + "control = inf\n",
        "claim 'x': expected control to be the name of a metric or a finite numbe",
    ),
    (
        CLAIM.format(id="x") + "control = true\n",
        "claim 'x': expected control to be the name of a metric or a finite num",
    ),
    (
        CLAIM.format(id="x") + "control = 1\ncontrol_reason = 'y'\n",
        "claim 'x': control_reason says why there is no control: drop one of them",
    ),
    (
        CLAIM.format(id="x").replace("equals = 4\nreproduced = true", "control = 1\nnote = 'n'"),
        "claim 'x': control is what the band excludes: give it a metric and a band or equals",
    ),
    (
        CLAIM.format(id="x").replace("reproduced", "contradicted") + "note = 'n'\n",
        "claim 'x': claimed is what a contradicted claim says that the metric would be: give both or neither",
    ),
    (CLAIM.format(id="x") + "claimed = 3\n", "claim 'x': claimed is what a contradicted claim says that the metric wo"),
    (CLAIM.format(id="x").replace("equals", "equal"), "unknown key 'equal' in claim 'x': did you mean 'equals'?"),
    (CLAIM.format(id="x").replace("true", "false"), "claim 'x': it is measured but not reproduced: say why in note"),
    (CLAIM.format(id="x").replace("@", ""), "claim 'x': expected source to be '@key, locator', got 'shannon1948'"),
    (CLAIM.format(id="x").replace("true", "1"), "claim 'x': expected reproduced to be a valid boolean, got 1"),
    (CLAIM.format(id="x").replace("true", "true\ncontradicted = true"), "claim 'x': contradicted needs a metric with"),
    (CLAIM.format(id="x").replace("true", 'true\nby = "guess"'), "claim 'x': expected by to be 'measure', 'count'"),
    (
        CLAIM.format(id="x").replace("true", 'false\nby = "count"\nnote = "n"'),
        "claim 'x': by = \"count\" says how it is borne out: give it reproduced = true",
    ),
    (CLAIM.format(id="x").replace("true", "true\nincomparable = true"), "claim 'x': incomparable needs a metric, and"),
    (CLAIM.format(id="x").replace("= 4", '= "x"'), "claim 'x': expected equals to be a finite number, got 'x'"),
    (CLAIM.format(id="x").replace("= 4", "= nan"), "claim 'x': expected equals to be a finite number, got nan"),
    (
        CLAIM.format(id="Así no"),
        "claim 'Así no': expected id to be lower-case words with hyphens, such as 'paper-copy', ",
    ),
    (CLAIM.format(id="x'><script>"), 'claim "x\'><script>": expected id to be lower-case words with hyphens'),
    (CLAIM.format(id="x").replace('"x"', "7"), "[[claim]] 1: expected id to be a text, got 7"),
    ("[[claim]]\nid = 'x'\n", "claim 'x' has no 'statement': add it"),
    (
        CLAIM.format(id="x").replace("Dos más dos son cuatro.", " "),
        "claim 'x': expected statement to be some words, got",
    ),
    (EXERCISE.replace("minutes = 5\n", ""), "exercise '09.1' has no 'minutes': add it"),
    (EXERCISE.replace("5", "-2"), "exercise '09.1': expected minutes to be greater than or equal to 1, got -2"),
    (EXERCISE.replace("a.b", "../x"), "exercise '09.1': expected name to be a file of coursekit.exercises, such as"),
    (
        STAND.replace("2026-01-31", "2026-01-31T01:02:03"),
        "[[stands]] 1: expected date to be a valid date, got datetime",
    ),
    (STAND.replace('"hash"', "3"), "[[stands]] 1: expected codes.a/b to be a text, got 3"),
    (STAND.replace("codes = {", 'codes = "x" #'), "[[stands]] 1: expected codes to be a table, got 'x'"),
]


@pytest.mark.parametrize(("planted", "message"), BREACHES)
def test_each_breach_of_the_contract_is_one_clear_line(mini, planted, message):
    table = planted.startswith(("[", "\n["))
    mini.add("09-mini", toml=f"{SOUND}{planted}" if table else f"{planted}{SOUND}")
    with pytest.raises(CourseError) as error:
        discover(mini.layout)
    assert str(error.value).startswith(f"modules/09-mini/module.toml: {message}")
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 250


@pytest.mark.parametrize(
    ("minutes", "message"),
    [
        ("-2", "greater than or equal to 1, got -2"),
        ("1441", "less than or equal to 1440, got 1441"),
        ("'a'", "a valid integer, got 'a'"),
        ("2.0", "a valid integer, got 2.0"),
        ("nan", "a valid integer, got nan"),
    ],
)
def test_minutes_are_a_whole_number_of_a_day_at_most(mini, minutes, message):
    mini.add("09-mini", toml=SOUND.replace("= 2", f"= {minutes}"))
    with pytest.raises(CourseError, match=f"^modules/09-mini/module.toml: expected minutes to be {message}$"):
        discover(mini.layout)


def test_a_manifest_that_cannot_be_read_as_text_says_so(mini):
    path = mini.add("09-mini").parents[1] / "modules" / "09-mini" / "module.toml"
    path.write_text(SOUND, encoding="utf-8-sig")
    assert discover(mini.layout)[0].title == "Mínimo"
    path.write_bytes(SOUND.encode("latin-1"))
    with pytest.raises(CourseError, match=r"^modules/09-mini/module\.toml, line 1: is not UTF-8: save"):
        discover(mini.layout)
    path.unlink()
    path.mkdir()
    with pytest.raises(CourseError, match=r"^modules/09-mini/module\.toml: cannot be read: is a directory"):
        discover(mini.layout)


def test_a_missing_title_is_named(mini):
    mini.add("09-mini", toml='question = "¿?"\nminutes = 2\n')
    with pytest.raises(CourseError, match="the top level has no 'title'"):
        discover(mini.layout)


def test_a_folder_without_a_number_is_no_module(mini):
    mini.add("mini")
    with pytest.raises(CourseError, match="expected a folder name such as '03-mamba', got 'mini'"):
        discover(mini.layout)


def test_an_id_used_twice_names_both_modules(mini):
    mini.add("08-otro", toml=SOUND + CLAIM.format(id="suma"))
    mini.add("09-mini", toml=SOUND + CLAIM.format(id="suma"))
    with pytest.raises(CourseError, match="claim suma stands in 08-otro and in 09-mini"):
        discover(mini.layout)


def test_a_module_has_the_notebooks_that_continue_its_name_and_none_of_another(mini):
    """«de verdad», «a fondo»: any number of them; 09-mini-otro is a module of its own."""
    mini.add("09-mini")
    mini.add("09-mini-otro")
    for name in ("", "-de-verdad", "-a-fondo", "mo", "-otro", "-otro-a-fondo"):
        mini.notebook(f"09-mini{name}")
    first, second = (
        [p.stem for p in discover(mini.layout, slug)[0].notebooks(mini.layout)] for slug in ("09-mini", "09-mini-otro")
    )
    assert first == ["09-mini", "09-mini-a-fondo", "09-mini-de-verdad"]
    assert second == ["09-mini-otro", "09-mini-otro-a-fondo"]
    assert mini.layout.module_of("09-mini-otro-a-fondo") == "09-mini-otro"
    assert mini.layout.module_of("09-minimo") == "09-minimo"  # of no module: its own name
