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


def test_a_manifest_is_read_whole(mini):
    bench = 'bench = ["a.b:run", "c:run"]\n'
    mini.add("09-mini", toml=bench + _toml() + '[bands]\n"a/b" = [1, 2.5]\n' + CLAIM.format(id="suma"))
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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("titel = 'x'\n", "unknown key 'titel'"),
        ('bench = "a.b:run"\n', "expected bench = \\[\"package.module:function\", ...\\], got 'a.b:run'"),
        ("bench = ['a.b']\n", "expected bench"),
        ("bench = [3]\n", "expected bench"),
        ("[budget]\nseconds = 3\n", "unknown key 'seconds' in \\[budget\\]"),
        ("title = \n", "not valid TOML"),
        ('[bands]\n"a" = [2, 1]\n', "expected band = \\[low, high\\]"),
        (CLAIM.format(id="x").replace("equals = 4\n", ""), "give it a metric and a band or equals"),
        (CLAIM.format(id="x").replace("equals", "equal"), "unknown key 'equal'"),
        (CLAIM.format(id="x").replace("true", "false"), "say why in note"),
        (CLAIM.format(id="x").replace("@", ""), "expected source"),
        (CLAIM.format(id="x").replace("true", "1"), "expected reproduced to be bool, got 1"),
        (CLAIM.format(id="x").replace("true", "true\ncontradicted = true"), "reproduced = false"),
        ('[[exercise]]\nid = "09.1"\nname = "x"\ntitle = "y"\n', "has no 'minutes'"),
    ],
)
def test_each_breach_of_the_contract_is_one_clear_line(mini, text, message):
    mini.add("09-mini", toml=_toml(before="") + text if text.startswith("[") or "[[" in text else text + _toml())
    with pytest.raises(CourseError, match=message) as error:
        discover(mini.layout)
    assert "modules/09-mini/module.toml" in str(error.value)
    assert "\n" not in str(error.value).split(": not valid TOML")[0]


def test_a_missing_title_is_named(mini):
    mini.add("09-mini", toml='question = "¿?"\nminutes = 2\n')
    with pytest.raises(CourseError, match="the top level has no 'title'"):
        discover(mini.layout)


def test_a_folder_without_a_number_is_no_module(mini):
    mini.add("mini")
    with pytest.raises(CourseError, match="expected a folder name such as '03-mamba', got 'mini'"):
        discover(mini.layout)


def test_an_id_used_twice_names_both_modules(mini):
    mini.add("08-otro", toml=_toml() + CLAIM.format(id="suma"))
    mini.add("09-mini", toml=_toml() + CLAIM.format(id="suma"))
    with pytest.raises(CourseError, match="claim suma stands in 08-otro and in 09-mini"):
        discover(mini.layout)


def _toml(before: str = "") -> str:
    return before + 'title = "Mínimo"\nquestion = "¿?"\nminutes = 2\n' + ("" if before else "quick_seconds = 20\n")
