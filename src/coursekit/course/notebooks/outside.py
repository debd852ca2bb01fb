"""The gate of what a committed notebook asks of the machine that runs it: nothing that another one may lack.

No network but where `checkpoint` asks for it, no installation but in the cell tagged "install", no shell, no path of
one machine, no waiting (`time.sleep`), nobody to answer (`input`), and no file written: a run leaves the repository as
it was. What a library does behind a call is seen as it runs (guard.py).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from coursekit.course.finding import Finding
from coursekit.course.notebooks.code import parsed
from coursekit.course.notebooks.flow import Flow
from coursekit.course.notebooks.read import Cell, Notebook

_NETWORK = {
    *("urllib", "urllib3", "http", "requests", "httpx", "aiohttp", "socket", "ssl", "ftplib", "smtplib", "websockets"),
    *("wget", "gdown", "kagglehub", "boto3", "botocore", "paramiko", "fsspec", "s3fs", "gcsfs", "pooch", "wandb"),
    *("huggingface_hub", "datasets", "gradio", "openai", "anthropic", "torch.hub", "tensorflow_datasets"),
}
_FETCHES = re.compile(r"from_pretrained|snapshot_download|load_dataset|urlopen|urlretrieve|\w*download\w*|fetch_\w+")
_ADDRESS = re.compile(r"(?:https?|ftp|s3|gs|hf|wss?)://", re.IGNORECASE)
_MAGICS = {"matplotlib", "config", "time", "timeit", "precision", "load_ext", "autoreload"}  # harmless anywhere
_MAGIC = re.compile(r"^\s*(?:[\w, ]+=\s*)?(?P<magic>!{1,2}(?!=)|%{1,2}\w+)(?P<rest>.*)", re.MULTILINE)
_SHELL = {
    "subprocess",
    "pty",
    "pexpect",
    "sh",
    "pip",
    "conda",
    "ensurepip",
    "os.system",
    "os.popen",
    "IPython.utils.process",
}
_ABSOLUTE = re.compile(
    r"""
      ~[\\/] | [A-Za-z]:[\\/] | \\\\\w | file:/
    | /[\w.@ -]+/ | /[\w.@ -]*\w\.\w{1,5}$
    | /(?:home|tmp|content|kaggle|Users|mnt|media|data|root|etc|usr|var|opt|srv|workspace|dev|proc)$
    """,
    re.VERBOSE,
)
_HOME = {"os.path.expanduser", "pathlib.Path.home", "os.getlogin", "getpass.getuser"}
_TAKES_PATH = re.compile(
    r"open|\w*Path|chdir|listdir|scandir|makedirs|mkdir|exists|isfile|glob|\w*(?:read|load|save|write)\w*"
)
_WRITES = re.compile(
    r"write_text|write_bytes|savefig|savez?|savetxt|save_(?:file|model|pretrained)|to_(?:csv|json|parquet|pickle|excel)|"
    r"mkdir|makedirs|touch|unlink|rmtree|copyfile|copytree|symlink_to"
)
_MOVES = {
    "os.remove",
    "os.rename",
    "os.replace",
    "os.unlink",
    "os.rmdir",
    "os.removedirs",
    "shutil.move",
    "shutil.copy",
}


def check(notebook: Notebook) -> Iterator[Finding]:
    """Whatever a notebook reaches for outside itself and the course, cell by cell."""
    cells = [(cell, tree) for cell in notebook.cells if (tree := parsed(cell)) is not None]
    flow = Flow(tree for _, tree in cells)
    for cell, tree in cells:
        if "install" not in cell.tags:
            yield from _magics(cell)
            said = set()
            for node, problem, remedy in _Reaches(flow).of(tree):
                element = f"«{' '.join(ast.unparse(node).split())[:60]}»"
                if (element, problem) not in said:
                    said.add((element, problem))
                    yield cell.finding(element, problem, remedy)


def _magics(cell: Cell) -> Iterator[Finding]:
    for magic in _MAGIC.finditer(cell.node.source):
        if magic["magic"].lstrip("%") not in _MAGICS:
            remedy = "only the cell tagged 'install' may: students need not have it"
            yield cell.finding(f"«{magic[0].strip()[:60]}»", "runs a shell or an installation", remedy)


class _Reaches:
    """What the nodes of a cell reach for, each with what to do about it."""

    def __init__(self, flow: Flow):
        self._flow = flow

    def of(self, node: ast.AST, asked: bool = False, aside: bool = False) -> Iterator[tuple[ast.AST, str, str]]:
        """What a node reaches for.

        Args:
            node: the node.
            asked: it stands where `checkpoint` was given, so that it may fetch.
            aside: it stands in a temporary folder, so that it may write.
        """
        if not asked:
            yield from self._network(node)
        if not aside:
            yield from self._writing(node)
        yield from self._machine(node)
        if isinstance(node, ast.If | ast.IfExp) and _asks(node.test) is not None:
            branches = (node.body, node.orelse) if _asks(node.test) else (node.orelse, node.body)
            for branch, given in zip(branches, (True, asked)):
                for child in branch if isinstance(branch, list) else [branch]:
                    yield from self.of(child, given, aside)
            return
        if isinstance(node, ast.With):
            aside = aside or any("Temporary" in ast.unparse(item.context_expr) for item in node.items)
        for child in ast.iter_child_nodes(node):
            yield from self.of(child, asked, aside)

    def _network(self, node: ast.AST) -> Iterator[tuple[ast.AST, str, str]]:
        remedy = "students run it offline: ship the data, or do it only `if checkpoint:`"
        names = [dotted for dotted in _imports(node) if _below(dotted, _NETWORK)]
        if names:
            yield node, f"imports {names[0]}, which reaches the network", remedy
        elif isinstance(node, ast.Call) and self._fetches(node):
            yield node.func, "fetches from the network", remedy
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _ADDRESS.match(node.value):
            yield node, "is an address of the network", remedy

    def _fetches(self, call: ast.Call) -> bool:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        return bool(_FETCHES.fullmatch(name)) or _below(self._flow.dotted(call.func), _NETWORK)

    def _writing(self, node: ast.AST) -> Iterator[tuple[ast.AST, str, str]]:
        if not isinstance(node, ast.Call):
            return
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        dotted = self._flow.dotted(node.func)
        if self._in_memory(node):
            return
        if _WRITES.fullmatch(name) or dotted in _MOVES or (_opens(node, dotted) and _mode(node)):
            remedy = "keep it in memory, or `with tempfile.TemporaryDirectory()`: a run leaves the repository as it was"
            yield node.func, "writes a file", remedy

    def _in_memory(self, call: ast.Call) -> bool:
        """Whether what is written goes into an `io.BytesIO`."""
        for argument in call.args:
            values = [b.value for b in self._flow.bindings(argument)] if isinstance(argument, ast.Name) else [argument]
            if any(isinstance(v, ast.Call) and self._flow.dotted(v.func).startswith("io.") for v in values):
                return True
        return False

    def _machine(self, node: ast.AST) -> Iterator[tuple[ast.AST, str, str]]:
        shell = [dotted for dotted in _imports(node) if _below(dotted, _SHELL)]
        if shell:
            yield node, f"imports {shell[0]}, which runs other programs", "do it in Python"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _ABSOLUTE.match(node.value):
            yield node, "is a path of one machine", "take lesson.root, or a path relative to it"
        if not isinstance(node, ast.Call):
            return
        dotted = self._flow.dotted(node.func)
        if dotted == "builtins.input" or dotted.startswith("getpass."):
            yield node.func, "waits for somebody to type", "write a name that the student changes"
        elif dotted in ("time.sleep", "asyncio.sleep", "threading.Event.wait"):
            yield node.func, "waits", "take it out: nothing here needs to"
        elif _below(dotted, _SHELL) or _is_ipython(node):
            yield node.func, "runs a shell or another program", "do it in Python"
        elif dotted in _HOME or (dotted == "os.getenv" and _first(node) in ("HOME", "USERPROFILE")):
            yield node.func, "is a path of one machine", "take lesson.root, or a path relative to it"
        elif not _ABSOLUTE.match(_first(node)) and _is_root(node):
            yield node, "is a path of one machine", "take lesson.root, or a path relative to it"


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module or ''}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and _last(node) in ("__import__", "import_module") and _first(node):
        return [_first(node)]
    return []


def _below(dotted: str, names: set[str]) -> bool:
    """Whether a dotted name is one of `names`, or inside it."""
    parts = dotted.split(".")
    return any(".".join(parts[:i]) in names for i in range(1, len(parts) + 1))


def _asks(test: ast.expr) -> bool | None:
    """True for ``if checkpoint``, False for ``if not checkpoint``, None for another test."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _asks(test.operand)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return True if any(_asks(value) for value in test.values) else None
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "checkpoint":
        empty = isinstance(test.comparators[0], ast.Constant) and not test.comparators[0].value
        return isinstance(test.ops[0], ast.NotEq | ast.IsNot) == empty
    return True if isinstance(test, ast.Name) and test.id == "checkpoint" else None


def _last(call: ast.Call) -> str:
    """The last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _first(call: ast.Call) -> str:
    """The first argument of a call, if it is a text."""
    value = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else ""
    return value if isinstance(value, str) else ""


def _is_root(call: ast.Call) -> bool:
    """Whether a call takes a path that begins at a root: ``Path("/")``."""
    return _first(call).startswith(("/", "\\", "~")) and bool(_TAKES_PATH.fullmatch(_last(call)))


def _opens(call: ast.Call, dotted: str) -> bool:
    return dotted in ("builtins.open", "io.open", "gzip.open", "codecs.open") or _last(call) == "open"


def _mode(call: ast.Call) -> bool:
    """Whether a call of `open` says that it writes."""
    modes = [argument for argument in call.args[:2]] + [k.value for k in call.keywords if k.arg == "mode"]
    texts = [mode.value for mode in modes if isinstance(mode, ast.Constant) and isinstance(mode.value, str)]
    return any(re.fullmatch(r"[rwxabt+]{1,4}", text) and set(text) & set("wxa+") for text in texts)


def _is_ipython(call: ast.Call) -> bool:
    return _last(call) in ("system", "getoutput", "run_line_magic", "run_cell_magic", "run_cell")
