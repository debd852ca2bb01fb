"""Each change of a course makes stale exactly what it must.

Needs nothing but pytest: every Python that the course runs on must agree.
"""

import pytest

from coursekit.course.results.library import Library
from coursekit.course.results.reach import benchmark_reach, entry_reach

FILES = {
    "coursekit/__init__.py": '"""A course."""\n',
    "coursekit/decoder.py": '''
"""The skeleton."""
from __future__ import annotations
from coursekit.layers import blocks
from coursekit.layers.feedforward import SwiGLU
from coursekit.unknown import Config

DEPTH = 2

class Decoder:
    """A stack of blocks."""
    def __init__(self, config: Config, mixer, ffn=SwiGLU):
        self.blocks = [blocks.PreNorm(mixer, ffn) for _ in range(DEPTH)]
''',
    "coursekit/layers/__init__.py": "",
    "coursekit/layers/blocks.py": "from ground import nn\n\nclass PreNorm(nn.Module):\n    eps = 1e-6\n",
    "coursekit/layers/feedforward.py": """
from torch.nn import functional as F

class SwiGLU:
    def forward(self, x):
        return F.silu(x)

class GeGLU:
    def forward(self, x):
        return F.gelu(x)
""",
    "coursekit/train.py": '''
from coursekit.notebook import progress_wanted
RATES = {}
RATES["adam"] = 0.9

def train(model):
    """Train it."""
    from coursekit.optimiser import step
    return step(model, RATES, progress_wanted())
''',
    "coursekit/optimiser.py": "step, spare = (lambda *x: 1), 2\n",
    "coursekit/notebook.py": "def progress_wanted():\n    return True\n",
    "coursekit/ssm/__init__.py": "from coursekit.ssm.scan import scan\n",
    "coursekit/ssm/scan/__init__.py": 'from coursekit.ssm.scan.backend import scan\n\n__all__ = ["scan"]\n',
    "coursekit/ssm/scan/reference.py": """
from coursekit.ssm.scan.checks import check

def scan(x):
    return check(x) + 1
""",
    "coursekit/ssm/scan/checks.py": "def check(x):\n    return x\n",
    "coursekit/ssm/scan/fused.py": "from coursekit.cpu import lanes\n\ndef scan(x):\n    return lanes.add(1, x)\n",
    "coursekit/ssm/scan/helper.py": "def lengths():\n    return [1, 2]\n",
    "coursekit/ssm/scan/backend.py": """
from importlib import import_module

def scan(x):
    return import_module("coursekit.ssm.scan.fused").scan(x)
""",
    "coursekit/cpu/__init__.py": "",
    "coursekit/cpu/lanes.py": "def add(a, b):\n    return a + b\n",
    "coursekit/ssm/mamba.py": """
from coursekit import ssm

class Mamba:
    def forward(self, x):
        return ssm.scan(x)
""",
    "coursekit/corpus/__init__.py": "",
    "coursekit/corpus/prose.py": """
from pathlib import Path

text = Path(__file__).with_name("prose.json").read_text
""",
    "coursekit/corpus/prose.json": "real text",
    "coursekit/bench.py": "from coursekit.ssm import scan\n\ndef run():\n    yield scan(1)\n",
    "course/slides/09.md": "a note",
    "course/own.txt": "the reader's own text",
    "course/more/deep.txt": "deeper",
}
CELLS = (
    "%matplotlib inline",
    "from coursekit.decoder import Decoder\nfrom coursekit.ssm.mamba import Mamba\nfrom coursekit.train import train",
    "from coursekit.corpus import prose\nfrom coursekit.layers.feedforward import GeGLU\nunseen = 'slides/09.md'",
    "from pathlib import Path\nroot = Path('.')",
    "own = from_file('own.txt')\ndeep = (root / 'more' / 'deep.txt').read_text()",
    "other = lesson.recorded('other', lambda: {'rows': [1]})",
    "def rows():\n    return {'r': train(Decoder(None, Mamba)), 'ffn': GeGLU}",
    "data = lesson.recorded('trained', rows)",
    "read = lesson.recorded('read', lambda: {'r': [prose.text(), own, deep, other, unseen]})",
    "import coursekit.ssm.scan.helper",
    "lengths = lesson.recorded('lengths', lambda: coursekit.ssm.scan.helper.lengths())",
)
ENTRIES = ("trained", "read", "lengths")
FAMILIES = """
from importlib import import_module

def load(name):
    return import_module(f"coursekit.families.{name}")
"""


@pytest.fixture
def course(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def hashes(folder, cells=CELLS, recorded="a"):
    library = Library(folder / "coursekit")
    entries = {"other": {"digest": recorded}}
    found = {name: entry_reach(cells, name, library, folder / "course", entries).code for name in ENTRIES}
    return found | {"bench": benchmark_reach("coursekit.bench:run", library, folder).code}


@pytest.mark.parametrize(
    ("file", "old", "new", "stale"),
    [
        # a word in a docstring, a comment, an annotation that nobody follows, formatting: nothing
        ("decoder.py", '"""The skeleton."""', '"""The frozen skeleton."""', []),
        ("decoder.py", '"""A stack of blocks."""', "# no docstring at all", []),
        ("decoder.py", "DEPTH = 2", "DEPTH   =   2  # layers", []),
        # a new class beside the one that is used; a changed one that nobody uses
        ("layers/blocks.py", "    eps = 1e-6\n", "    eps = 1e-6\n\nclass SandwichNorm(PreNorm):\n    pass\n", []),
        ("optimiser.py", "spare = (lambda *x: 1), 2", "spare = (lambda *x: 1), 3", ["trained"]),  # one statement
        # another feed-forward under every transformer; a constant; a base class; another library function
        ("decoder.py", "ffn=SwiGLU", "ffn=None", ["trained"]),
        ("decoder.py", "import SwiGLU", "import GeGLU as SwiGLU", ["trained"]),
        ("layers/feedforward.py", "F.silu(x)", "F.gelu(x)", ["trained"]),
        ("layers/feedforward.py", "import functional as F", "import other as F", ["trained"]),
        ("decoder.py", "DEPTH = 2", "DEPTH = 3", ["trained"]),
        ("layers/blocks.py", "nn.Module", "nn.Other", ["trained"]),
        ("layers/blocks.py", "from ground import nn", "from cellar import nn", ["trained"]),
        # what is imported late, and what is set in place at the top of a module
        ("optimiser.py", "lambda *x: 1", "lambda *x: 2", ["trained"]),
        ("train.py", '["adam"] = 0.9', '["adam"] = 0.8', ["trained"]),
        ("train.py", '["adam"] = 0.9', '["adam"] = 0.9\nRATES.update(adam=0.8)', ["trained"]),
        ("train.py", '["adam"] = 0.9', '["adam"] = 0.9\nregister(RATES)', ["trained"]),
        ("train.py", '["adam"] = 0.9', '["adam"] = 0.9\nNAMES = sorted(RATES)', []),  # seldom changes what it is handed
        # a rung of a kernel counts where it is timed; its reference and its checks everywhere
        ("ssm/scan/fused.py", "lanes.add(1, x)", "lanes.add(2, x)", ["bench"]),
        ("ssm/scan/backend.py", "return import_module", "return 1 + import_module", ["bench"]),
        ("cpu/lanes.py", "a + b", "a - b", ["bench"]),
        ("ssm/scan/reference.py", "+ 1", "+ 2", ["trained"]),
        ("ssm/scan/checks.py", "return x", "return -x", ["trained"]),
        ("ssm/scan/helper.py", "[1, 2]", "[1, 3]", ["lengths"]),  # in a room, and no rung
        ("ssm/mamba.py", "ssm.scan(x)", "-ssm.scan(x)", ["trained"]),
        # what a notebook says measures nothing
        ("notebook.py", "return True", "return False", []),
        # data: what an experiment reads, and no note in a deck
        ("corpus/prose.json", "real text", "another text", ["read"]),
        ("../course/own.txt", "own text", "other text", ["read"]),
        ("../course/more/deep.txt", "deeper", "deepest", ["read"]),
        ("../course/slides/09.md", "a note", "a long note", []),
    ],
)
def test_a_change_makes_stale_exactly_what_it_must(course, file, old, new, stale):
    before, path = hashes(course), course / "coursekit" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    after = hashes(course)
    assert [name for name in before if before[name] != after[name]] == stale


def test_a_notebook_s_own_code_counts_as_far_as_it_is_reached(course):
    before = hashes(course)
    for old, new, stale in (
        ("Decoder(None, Mamba)", "Decoder(1, Mamba)", ["trained"]),
        ("unseen = 'slides/09.md'", "unseen = 'slides/10.md'", ["read"]),
        ("import GeGLU", "import SwiGLU as GeGLU", ["trained"]),
        ("%matplotlib inline", "%matplotlib agg", []),
        ("'rows': [1]", "'rows': [2]", ["read"]),
    ):
        after = hashes(course, [cell.replace(old, new) for cell in CELLS])
        assert [name for name in before if before[name] != after[name]] == stale, old


def test_an_entry_that_an_experiment_reads_counts_by_its_digest(course):
    before, after = hashes(course), hashes(course, recorded="b")
    assert [name for name in before if before[name] != after[name]] == ["read"]


def test_what_has_only_been_moved_is_what_it_was(course):
    before = hashes(course)
    package = course / "coursekit"
    (package / "parts").mkdir()
    (package / "layers" / "feedforward.py").rename(package / "parts" / "gates.py")
    (package / "parts" / "__init__.py").write_text("from coursekit.parts.gates import GeGLU, SwiGLU\n")
    for path in package.rglob("*.py"):
        text = path.read_text().replace("from coursekit.layers.feedforward", "from coursekit.parts")
        path.write_text(text)
    cells = [cell.replace("coursekit.layers.feedforward", "coursekit.parts.gates") for cell in CELLS]
    assert hashes(course, cells) == before


def test_the_order_of_definitions_does_not_count(course):
    before, path = hashes(course), course / "coursekit" / "layers" / "feedforward.py"
    head, first, second = path.read_text().split("class ")
    path.write_text(f"{head}class {second}\n\nclass {first}")
    assert hashes(course) == before


def test_a_helper_in_a_room_counts_by_itself_also_as_a_whole_module(course):
    cells = ("from coursekit.ssm.scan import helper", "lesson.recorded('a', lambda: helper)")
    before = entry_reach(cells, "a", Library(course / "coursekit"), course, {}).code
    path = course / "coursekit" / "ssm" / "scan" / "helper.py"
    path.write_text(path.read_text().replace("[1, 2]", "[2, 1]"))
    assert entry_reach(cells, "a", Library(course / "coursekit"), course, {}).code != before


def test_the_table_says_what_changed_and_where(course):
    library = Library(course / "coursekit")
    before = entry_reach(CELLS, "trained", library, course / "course", {}).table
    assert "the notebook" in before
    assert "coursekit.ssm.scan.fused" not in before
    path = course / "coursekit" / "ssm" / "scan" / "checks.py"
    path.write_text(path.read_text().replace("return x", "return +x"))
    after = entry_reach(CELLS, "trained", Library(course / "coursekit"), course / "course", {}).table
    assert [place for place in before if before[place] != after[place]] == ["coursekit.ssm.scan.checks"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("decoder.py", "import SwiGLU", "import GeGLU as SwiGLU"),
        ("layers/feedforward.py", "import functional as F", "import other as F"),
    ],
)
def test_the_table_says_where_a_name_leads_elsewhere_now(course, file, old, new):
    def table():
        return entry_reach(CELLS, "trained", Library(course / "coursekit"), course / "course", {}).table

    before, path = table(), course / "coursekit" / file
    path.write_text(path.read_text().replace(old, new))
    after = table()
    place = "coursekit." + file.removesuffix(".py").replace("/", ".")
    assert place in [name for name in before if before[name] != after[name]]


def test_inside_a_room_a_rung_is_itself(course):
    room = course / "coursekit" / "ssm" / "scan"
    (room / "helper.py").write_text("from coursekit.ssm.scan.fused import scan\n\ndef lengths():\n    return scan(1)\n")
    before = hashes(course)
    (room / "fused.py").write_text((room / "fused.py").read_text().replace("add(1, x)", "add(3, x)"))
    after = hashes(course)
    assert [name for name in before if before[name] != after[name]] == ["lengths", "bench"]


def test_a_file_of_the_course_that_the_library_names_counts(course):
    path = course / "coursekit" / "corpus" / "prose.py"
    path.write_text("from pathlib import Path\n\ntext = (Path('anywhere') / 'more' / 'deep.txt').read_text\n")
    cells = ("from coursekit.corpus import prose", "lesson.recorded('a', lambda: prose.text())")

    def reached():
        return entry_reach(cells, "a", Library(course / "coursekit"), course / "course", {})

    before = reached()
    (course / "course" / "more" / "deep.txt").write_text("deepest")
    after = reached()
    assert [place for place in before.table if before.table[place] != after.table[place]] == ["data more/deep.txt"]
    assert before.code != after.code


def test_what_a_package_hands_on_with_a_star_is_followed(course):
    package = course / "coursekit"
    (package / "shop.py").write_text("from coursekit.shelf import *\n")
    (package / "shelf.py").write_text("taken = 1\nleft = 3\n")
    cells = ("from coursekit.shop import taken", "lesson.recorded('a', lambda: taken)")

    def code():
        return entry_reach(cells, "a", Library(package), course, {}).code

    before = code()
    (package / "shelf.py").write_text("taken = 1\nleft = 4\n")
    assert code() == before
    (package / "shelf.py").write_text("taken = 2\nleft = 4\n")
    assert code() != before


def test_whole_packages_stars_relative_imports_and_modules_by_name(course):
    package = course / "coursekit"
    for name, text in {
        "families/__init__.py": FAMILIES,
        "families/one.py": "from ..shelf import *\n\ndef f():\n    return taken\n",
        "shelf.py": "taken, _ = 1, 2\nleft = 3\n",
    }.items():
        (package / name).parent.mkdir(exist_ok=True)
        (package / name).write_text(text)
    cells = ("from coursekit import families", "lesson.recorded('a', lambda: families.load('one'))")

    def code():
        return entry_reach(cells, "a", Library(package), course, {}).code

    before = code()
    (package / "shelf.py").write_text("taken, _ = 1, 2\nleft = 4\n")
    assert code() == before
    (package / "shelf.py").write_text("taken, _ = 2, 2\nleft = 4\n")
    assert code() != before


@pytest.mark.parametrize("module", ["coursekit.sizes", "coursekit.shop"])  # where it stands, and where it is handed on
def test_what_is_frozen_is_changed_by_no_call_that_is_handed_it(course, module):
    sizes = "from dataclasses import dataclass\n\n@dataclass(frozen=True)\nclass Sizes:\n    width: int\n\n"
    path = course / "coursekit" / "sizes.py"
    (course / "coursekit" / "shop.py").write_text("from coursekit.sizes import Sizes\n")
    last = "lesson.recorded('a', lambda: config)"
    one, two = (
        [f"from {module} import Sizes", "config = Sizes(4)", f"first = Model(config, {n})", last] for n in (1, 2)
    )
    loose = sizes.replace("(frozen=True)", ""), sizes.replace("True", "False"), sizes.replace("frozen", "order"), ""
    for text, same in ((sizes, True), *((text, False) for text in loose)):
        path.write_text(text)
        codes = {entry_reach(c, "a", Library(course / "coursekit"), course, {}).code for c in (one, two)}
        assert (len(codes) == 1) is same


def test_where_the_call_is_not_found_the_whole_notebook_tells(course):
    cells = ("name = 'a'", "lesson.recorded(name, rows)")
    library = Library(course / "coursekit")
    before = entry_reach(cells, "a", library, course, {}).code
    assert entry_reach(("name = 'b'", cells[1]), "a", library, course, {}).code != before
    assert entry_reach(("name  =  'a'  # same", cells[1]), "a", library, course, {}).code == before


def test_a_definition_or_a_module_that_is_gone_is_another(course):
    before = hashes(course)
    (course / "coursekit" / "optimiser.py").unlink()
    after = hashes(course)
    assert [name for name in before if before[name] != after[name]] == ["trained"]


def test_every_python_comes_to_the_same(course):
    """A literal, as for one file: comprehensions and annotations are scopes on one Python and none on the next."""
    cells = (*CELLS, "size = [s for s in (1, 2)]\nbox = {n: size for n in size}\nlesson.recorded('last', lambda: box)")
    found = hashes(course) | {"last": entry_reach(cells, "last", Library(course / "coursekit"), course, {}).code}
    assert found == {
        "trained": "961d4ae2685cede2",
        "read": "0707deb568a709bc",
        "lengths": "fe6939a3fb40c4d7",
        "bench": "06d790897f5cd1e8",
        "last": "a6630e114e0c6550",
    }
