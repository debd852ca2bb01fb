"""Text is UTF-8 wherever it is read and written: on Windows the default is another, and «inglés» is not «inglÃ©s»."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "coursekit"
_METHODS = {"read_text", "write_text", "fdopen"}
_PROCESSES = {"run", "Popen", "check_output", "check_call", "getoutput"}
_DIGITS = ("bench/",)  # reads nothing but digits, of its own processes: ASCII in every encoding
_FILES = {"open", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"}


def unencoded(source):
    """Each call that reads or writes text in whatever the machine's encoding is."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        method = isinstance(node.func, ast.Attribute)
        if "encoding" in given or not (method or name in _FILES):
            continue
        text = given.get("text") or given.get("universal_newlines")
        if (
            (name in _METHODS and not _binary(node, given, 1))
            or (name in _FILES and not _binary(node, given, 0 if method and _owner(node) != "io" else 1))
            or (name in _PROCESSES and text is not None)
        ):
            yield f"{node.lineno}: {ast.unparse(node)[:60]}"


def _owner(node):
    return getattr(node.func.value, "id", "") if isinstance(node.func, ast.Attribute) else ""


def _binary(node, given, place):
    """Is the file opened as bytes? `open(path)` is not; zipfile's and Image's `open` read nothing else."""
    if (
        _owner(node) in {"zipfile", "Image", "os", "webbrowser", "tarfile", "safetensors"}
        and node.func.attr != "fdopen"
    ):
        return True
    if isinstance(node.func, ast.Attribute) and node.func.attr in {"read_text", "write_text"}:
        return False
    mode = given.get("mode") or (node.args[place] if len(node.args) > place else None)
    default = "w+b" if "Temporary" in ast.unparse(node.func) else "r"
    return "b" in (mode.value if isinstance(mode, ast.Constant) and isinstance(mode.value, str) else default)


def test_every_text_says_its_encoding():
    files = {path.relative_to(SOURCE).as_posix(): path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}
    read = {file: source for file, source in files.items() if not file.startswith(_DIGITS)}
    assert {file: found for file, source in read.items() if (found := list(unencoded(source)))} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "path.read_text()",
        "Path('a').write_text('á')",
        "open('a')",
        "open('a', 'w')",
        "with path.open() as file: pass",
        "path.open('w')",
        "io.open('a')",
        "os.fdopen(3, 'w')",
        "subprocess.run(['ls'], text=True)",
        "tempfile.NamedTemporaryFile('w')",
    ],
)
def test_a_planted_one_is_found(planted):
    assert len(list(unencoded(planted))) == 1


@pytest.mark.parametrize(
    "sound",
    [
        "path.read_text(encoding='utf-8')",
        "read_text(path)",
        "open('a', 'rb')",
        "path.open('wb')",
        "subprocess.run(['ls'])",
        "subprocess.run(['ls'], text=True, encoding='utf-8')",
        "tempfile.NamedTemporaryFile()",
        "os.fdopen(3, 'wb')",
        "Image.open(path)",
    ],
)
def test_what_says_it_or_is_no_text_passes(sound):
    assert list(unencoded(sound)) == []


LIFE = """\
import warnings

warnings.filterwarnings("error", category=EncodingWarning, module="coursekit")
from coursekit.corpus import cuentos
from coursekit.exercises import check, find_exercise, hint, quiz, solution
from coursekit.notebook import begin, record_table, show_source
from coursekit.notebook.benchmarks import read_benchmarks
from coursekit.notebook.recorded import read_recorded

lesson = begin("02-transformer", device="cpu")
names = read_recorded(lesson.root, "02-transformer")["entries"]
print(lesson.recorded(next(name for name in names if not name.startswith("weights/")), dict) and "leído")
read_benchmarks(lesson.root, "03-mamba")
print(cuentos.text(next(cuentos.stories(0)))[:20])
quiz("02", "abcda")
hint("02.8")
solution("02.8")
check("02.8", find_exercise("02.8")[0].solution)
record_table("Título", {"a": ("año", 1)})
{planted}
"""


@pytest.mark.parametrize(("planted", "ends"), [("", True), ("Path('x').read_text()", False)])
def test_a_student_s_notebook_opens_nothing_in_the_machine_s_encoding(planted, ends, tmp_path):
    script = tmp_path / "life.py"
    if planted:  # in a file of the library: seen to fail
        planted = f"from coursekit.exercises import quizzes\nexec({planted!r}, vars(quizzes))"
    script.write_text(LIFE.replace("{planted}", planted), encoding="utf-8")
    environment = {**os.environ, "PYTHONWARNDEFAULTENCODING": "1", "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    assert (done.returncode == 0) is ends, done.stderr
    assert ends or "EncodingWarning" in done.stderr
    assert "leído" in done.stdout
    assert "✅ Ejercicio 02.8" in done.stdout
