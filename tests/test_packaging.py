"""The repository's own promises: pins, ranges, names, a light import."""

import re
import subprocess
import sys
import tomllib

from coursekit.pretrained.from_pypi import MINILM_PACKAGE, PACKAGE
from coursekit.root import find_root

ROOT = find_root()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LINUX = "(?:; platform_system == 'Linux')?"  # what is not published for other systems


def _pins(text: str) -> set[str]:
    return set(re.findall(rf"^[\s-]*([a-z0-9-]+==[\w.]+){LINUX}\s*$", text, re.MULTILINE))


def test_conda_and_pip_install_the_same_versions():
    pins = _pins((ROOT / "constraints.txt").read_text())
    assert len(pins) >= 20
    assert _pins((ROOT / "environment.yml").read_text()) == pins


def test_dependencies_are_ranges_without_caps_and_each_is_pinned_for_make():
    everything = PROJECT["dependencies"] + [d for extra in PROJECT["optional-dependencies"].values() for d in extra]
    pinned = {pin.partition("==")[0] for pin in _pins((ROOT / "constraints.txt").read_text())}
    for dependency in everything:
        assert re.fullmatch(rf"[a-z0-9-]+>=[\d.]+{LINUX}", dependency), f"{dependency}: a lower bound and nothing else"
        assert dependency.partition(">=")[0] in pinned, f"{dependency} has no pin in constraints.txt"


def test_packages_that_bring_weights_have_one_version_everywhere():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split("\n")
    texts = {n: (ROOT / n).read_text(encoding="utf-8") for n in listed if n.endswith((".md", ".py", ".ipynb", ".yml"))}
    for package in (MINILM_PACKAGE, PACKAGE):
        name, _, version = package.partition("==")
        found = {(file, said) for file, text in texts.items() for said in re.findall(rf"{name}==([\w.]+)", text)}
        assert {said for _, said in found} == {version}
        assert {"README.md", "README.es.md", "environment.yml", "src/coursekit/course/setup.py"} <= {
            f for f, _ in found
        }


def test_nothing_tells_a_user_to_install_the_stranger_s_package():
    assert PROJECT["name"] == "coursekit-llm"
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split("\n")
    for name in listed:
        path = ROOT / name
        if (
            path.suffix in {".md", ".py", ".ipynb", ".toml", ".yml"}
            and path.is_file()
            and path.name != "test_packaging.py"
        ):
            assert not re.search(r"pip install (-q )?coursekit(?!-)\b", path.read_text(encoding="utf-8")), name


def test_importing_coursekit_loads_neither_torch_nor_matplotlib():
    heavy = "[m for m in ('torch', 'matplotlib') if m in sys.modules]"
    code = f"import sys, coursekit, coursekit.course.commands; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
