"""What must never be: arrows between the rooms of the house, over its import statements, the late ones too.

A room is a folder below src/coursekit; a loose file counts by its name. A new arrow between families needs a line here.
"""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "coursekit"
FAMILIES = dict.fromkeys(("attention", "tokenizers", "serving", "moe", "quant", "diffusion", "ngram", "recurrent"), ())
FAMILIES["ssm"] = FAMILIES["diffusion"] = ("attention",)  # the families that it may import
OTHERS = {
    **dict.fromkeys(("transformers", "diffusers"), ("pretrained", "bench")),
    **dict.fromkeys(("mamba_ssm", "mambapy", "tiktoken", "nltk"), ("bench",)),
}
ONLY = {
    "layers": (),
    "cpu": (),
    "packing": (),
    "root": (),
    "notebook": ("root",),
    "course": ("notebook", "root", "pretrained", "serving"),
}
ONLY |= {family: ("layers", "cpu", "packing", *others) for family, others in FAMILIES.items()}
ABOVE = {  # who may import what stands above the families
    "decoder": ("models", "pretrained", "liga", "experiments", "bench"),
    "notebook": ("liga", "exercises"),
    **dict.fromkeys(("bench", "exercises", "course"), ()),
}
STAGES = ("text", "notebooks", "results", "decks", "prose", "course", "commands", "quality", "cli")


def forbidden(file, source):
    """Each import of `file` (its path below src/coursekit) that must not be."""
    room, *inner = Path(file).with_suffix("").parts
    for package, *path in _imported(source):
        if package != "coursekit":
            if room not in OTHERS.get(package, (room,)):
                yield package
        elif path and (_leaves(room, path[0]) if path[0] != room else _within(room, inner, path[1:])):
            yield ".".join(path)


def _imported(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ([*node.module.split("."), alias.name] for alias in node.names)


def _leaves(room, to):
    """Is the arrow from one room to another forbidden?"""
    return to not in ONLY[room] if room in ONLY else room not in ABOVE.get(to, (room,))


def _within(room, inner, path):
    """Is the arrow inside a room forbidden? In course/ it goes up only; a kernel's room shares little."""
    if room == "course":
        ranks = [STAGES.index(part) if part in STAGES else -1 for part in (inner[0], path[0])]
        return -1 < ranks[0] < ranks[1]
    is_kernel = len(inner) == 2 and (SOURCE / room / inner[0] / "reference.py").exists()
    return is_kernel and path[0] not in (inner[0], "finite", "activations")


def test_no_arrow_goes_where_none_may():
    files = {path.relative_to(SOURCE).as_posix(): path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}
    assert {file: found for file, source in files.items() if (found := list(forbidden(file, source)))} == {}


@pytest.mark.parametrize(
    ("file", "planted"),
    [
        ("layers/norms.py", "from coursekit.attention.layer import Attention"),
        ("ssm/mamba.py", "from coursekit.decoder import Decoder"),
        ("attention/layer.py", "from coursekit import ssm"),
        ("ssm/scan/fused_cpu.py", "from coursekit.ssm.mamba import Mamba"),
        ("train.py", "def f():\n    from coursekit.course import layout"),
        ("scoring/excess.py", "import coursekit.bench.timing"),
        ("tasks/stream.py", "from coursekit.decoder import DecoderConfig"),
        ("train.py", "from coursekit.notebook import progress_wanted"),
        ("serving/generate.py", "from transformers import AutoModel"),
        ("pretrained/mamba.py", "import mamba_ssm.ops"),
        ("diffusion/flux/blocks.py", "from diffusers import FluxTransformer2DModel"),
        ("diffusion/text/generate.py", "from coursekit.serving.generate import draw"),
        ("notebook/lesson.py", "from coursekit.train import train"),
        ("course/pages.py", "from coursekit.corpus import curso"),
        ("course/text/mask.py", "from coursekit.course.results import sync"),
        ("course/decks/html.py", "from coursekit.course.commands import sync"),
    ],
)
def test_a_planted_arrow_is_found(file, planted):
    source = (SOURCE / file).read_text(encoding="utf-8")
    assert list(forbidden(file, source)) == []
    assert len(list(forbidden(file, f"{source}\n{planted}\n"))) == 1
