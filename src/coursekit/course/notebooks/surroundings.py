"""The surroundings of a kernel of the builder: the same on every machine, whatever its user has set for Jupyter.

Kept are where things are (HOME, PATH, proxies, caches of weights) and what a library is told about the hardware.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

_KERNEL = {
    "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "Python 3",
    "language": "python",
}
# what makes another kernel of it, or another Python: files that run first, no assertions, other warnings and encodings
_DROPPED = (
    "PYTHONSTARTUP",
    "PYTHONOPTIMIZE",
    "PYTHONINSPECT",
    "PYTHONBREAKPOINT",
    "PYTHONIOENCODING",
    "PYTHONHASHSEED",
)
_DROPPED_PREFIXES = ("JUPYTER_", "IPYTHON", "PAPERMILL_")


def own(folder: Path) -> dict[str, str]:
    """The environment for one kernel: this process's own, without what a user has set for notebooks of their own.

    Args:
        folder: gets the kernel's profile, its runtime files, and the one kernel that it may be: this Python.
    """
    spec = folder / "jupyter" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps(_KERNEL), encoding="utf-8")
    style = folder / "matplotlibrc"
    style.touch()
    kept = {name: value for name, value in os.environ.items() if not _is_dropped(name)}
    return kept | {
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_PATH": str(folder / "jupyter"),  # looked at before all other places
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "MATPLOTLIBRC": str(style),  # matplotlib's defaults; its cache of fonts stays where it is
        "PYTHONUTF8": "1",
    }


def _is_dropped(name: str) -> bool:
    return name in _DROPPED or name.startswith(_DROPPED_PREFIXES)
