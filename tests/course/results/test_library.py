"""A package as it is read without importing it: its modules, its rooms, and what a text names of it."""

import pytest

from coursekit.course.results.library import Library

FILES = {
    "__init__.py": "",
    "families/__init__.py": "from . import one\nfrom .two import inner as way\n",
    "families/one.py": "from ..shelf import taken as mine\nfrom . import two\nfrom .two import inner\n",
    "families/two.py": "import other.deep as o, third.party\n",
    "shelf.py": "taken = 1\n",
    "scan/__init__.py": '__all__ = ["scan", "step"]\n',
    "scan/reference.py": "",
    "scan/fused.py": "",
    "scan/deeper/__init__.py": "",
    "scan/deeper/in_it.py": "",
}


@pytest.fixture
def library(tmp_path):
    for name, text in FILES.items():
        (tmp_path / "kit" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "kit" / name).write_text(text)
    return Library(tmp_path / "kit")


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("kit.families.one", ["kit.families.one"]),
        ("kit.families", ["kit.families"]),
        ("kit.families.", ["kit.families.one", "kit.families.two"]),  # all in it, itself not
        ("kit.shelf.", []),  # no package
        ("kit.gone", []),
        ("kit.gone.", []),
        ("kit", []),  # as a word
        ("other.shelf", []),
        ("see kit.shelf", []),
        ("kit.shelf!", []),
    ],
)
def test_a_text_names_a_module_or_all_of_a_package(library, text, modules):
    assert library.named(text) == modules


def test_a_room_is_a_folder_with_a_reference(library):
    rooms = {module: library.room(f"kit.{module}") for module in ("scan", "scan.fused", "scan.deeper.in_it", "shelf")}
    assert rooms == {"scan": "kit.scan", "scan.fused": "kit.scan", "scan.deeper.in_it": "", "shelf": ""}
    assert library.ladders("kit.scan") == {"scan", "step"}
    assert library.ladders("kit.families") == set()


def test_a_module_that_is_not_there_is_none(library):
    for name in ("kit.gone", "other.shelf", "kit.shelf.deeper", "kits"):
        assert library.source(name) is None
    assert library.source("kit").path.name == "__init__.py"
    assert library.source("kit.shelf") is library.source("kit.shelf")  # read once


def test_imports_lead_to_their_place_the_relative_ones_too(library):
    one, two = library.source("kit.families.one"), library.source("kit.families.two")
    assert {name: one.imported(name) for name in ("mine", "two", "inner", "nothing")} == {
        "mine": [("kit.shelf", ("taken",))],
        "two": [("kit.families", ("two",))],
        "inner": [("kit.families.two", ("inner",))],
        "nothing": [],
    }
    face = library.source("kit.families")
    assert face.imported("one") == [("kit.families", ("one",))]
    assert face.imported("way") == [("kit.families.two", ("inner",))]
    assert {name: two.imported(name) for name in ("o", "third")} == {
        "o": [("other.deep", ())],
        "third": [("third", ())],
    }
