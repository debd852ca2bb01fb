"""What a user has set for Jupyter reaches no kernel of the builder, and what a user needs is kept."""

from __future__ import annotations

import json
import os
import sys
from io import StringIO
from pathlib import Path

import psutil
import pytest
from minicourse import MiniCourse
from rich.console import Console

from coursekit.course.commands import jobs_for
from coursekit.course.manifest import discover
from coursekit.course.notebooks.runner import run_notebooks
from coursekit.course.notebooks.surroundings import own

LOOK = """\
import json, os, sys, subprocess
import matplotlib
from pathlib import Path
left = subprocess.Popen(["sleep", "600"], start_new_session=True)
seen = {
    "python": sys.executable, "secret": "secreto" in globals(), "more": "secreto_dos" in globals(),
    "interactivity": get_ipython().ast_node_interactivity, "dpi": matplotlib.rcParams["figure.dpi"],
    "asserts": __debug__, "cache": os.environ["HF_HOME"], "home": os.environ.get("HOME"),
    "profile": str(Path(get_ipython().profile_dir.location)), "left": left.pid, "utf8": sys.flags.utf8_mode,
}
Path("build").mkdir(exist_ok=True)
Path("build/seen.json").write_text(json.dumps(seen))"""


def test_of_the_environment_only_what_makes_another_kernel_goes(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    monkeypatch.setenv("JUPYTER_PATH", "/a")
    monkeypatch.setenv("IPYTHONDIR", "/b")
    monkeypatch.setenv("PYTHONSTARTUP", "/c.py")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    monkeypatch.setenv("HF_HOME", "/d")
    monkeypatch.setenv("HTTPS_PROXY", "http://e")
    found = own(tmp_path / "x")
    assert (found["HF_HOME"], found["HTTPS_PROXY"], found["PATH"]) == ("/d", "http://e", os.environ["PATH"])
    assert not {"JUPYTER_PREFER_ENV_PATH", "PYTHONSTARTUP", "PYTHONOPTIMIZE"} & found.keys()
    assert all(found[name].startswith(str(tmp_path)) for name in found if name.startswith(("JUPYTER_", "IPYTHON")))
    spec = json.loads((Path(found["JUPYTER_PATH"]) / "kernels" / "python3" / "kernel.json").read_text())
    assert spec["argv"][0] == sys.executable


@pytest.mark.slow
def test_no_setting_of_the_user_reaches_a_notebook_and_no_process_outlives_it(tmp_path, monkeypatch):
    course = MiniCourse(tmp_path / "course")
    course.add("09-mini", LOOK)
    home = tmp_path / "home"
    startup, spec = home / ".ipython" / "profile_default" / "startup", home / "share" / "kernels" / "python3"
    for folder in (startup, spec, home / ".config" / "matplotlib"):
        folder.mkdir(parents=True)
    (startup / "00.py").write_text("secreto = 4")
    (startup.parent / "ipython_config.py").write_text("c.InteractiveShell.ast_node_interactivity = 'all'")
    (home / "startup.py").write_text("secreto_dos = 4")
    (home / ".config" / "matplotlib" / "matplotlibrc").write_text("figure.dpi: 7")
    (spec / "kernel.json").write_text(json.dumps({"argv": ["/bin/false"], "display_name": "x", "language": "python"}))
    for name, value in {
        "HOME": home,
        "HF_HOME": home / "hf",
        "IPYTHONDIR": home / ".ipython",
        "JUPYTER_PATH": spec.parents[1],
        "JUPYTER_DATA_DIR": spec.parents[1],
        "JUPYTER_RUNTIME_DIR": "/proc/nowhere",
        "JUPYTER_CONFIG_DIR": "/proc/nowhere",
        "PYTHONSTARTUP": home / "startup.py",
        "PYTHONOPTIMIZE": "1",
        "PYTHONUTF8": "0",
        "LC_ALL": "C",
    }.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (outcome,) = run_notebooks(
        jobs_for(course.layout, discover(course.layout)), console=Console(file=StringIO(), width=300)
    )
    assert outcome.error == ""
    seen = json.loads((course.layout.build / "seen.json").read_text())
    assert os.path.samefile(seen.pop("python"), sys.executable)
    assert not Path(seen.pop("profile")).is_relative_to(home)
    if sys.platform == "linux":  # where orphans can be adopted
        assert not psutil.pid_exists(seen["left"])
    del seen["left"]
    assert seen == {
        "secret": False,
        "more": False,
        "interactivity": "last_expr",
        "dpi": 100.0,
        "asserts": True,
        "cache": str(home / "hf"),
        "home": str(home),
        "utf8": 1,
    }


@pytest.mark.slow
@pytest.mark.parametrize("home", [None, "/proc/nowhere"])
def test_a_notebook_runs_without_a_home_that_can_be_written(tmp_path, monkeypatch, home):
    course = MiniCourse(tmp_path / "course")
    course.add("09-mini", "assert 2 + 2 == 4")
    monkeypatch.delenv("HOME") if home is None else monkeypatch.setenv("HOME", home)
    (outcome,) = run_notebooks(jobs_for(course.layout, discover(course.layout)), console=Console(file=StringIO()))
    assert outcome.error == ""
