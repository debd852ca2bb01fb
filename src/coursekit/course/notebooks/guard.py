"""What a kernel refuses while the builder executes a notebook: the network, and files of the course that change.

Whoever runs a notebook has perhaps no network, and wants the repository as it was. A library may reach for either
behind a call that looks innocent, so Python itself is asked (`sys.addaudithook`). Loopback, temporary folders, build/
and caches are free. Leaves out what compiled code and other programs do.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

_VARIABLE = "COURSEKIT_GUARD"
_LOCAL = ("", "localhost", "127.", "::1", "0.0.0.0")
_CONNECTING = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}
_CHANGING = {"os.remove": (0,), "os.rename": (0, 1), "os.mkdir": (0,), "os.rmdir": (0,), "os.truncate": (0,)}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC


def environment(root: str, *, network: bool, writes: bool) -> dict[str, str]:
    """The variables with which a kernel starts guarded.

    Args:
        root: the course, whose files must not change.
        network, writes: what is allowed.
    """
    refused = [word for word, allowed in (("network", network), ("writes", writes)) if not allowed]
    startup = Path(__file__).with_name("guard_startup.py")  # IPython runs it before the first cell
    return {"PYTHONSTARTUP": str(startup), _VARIABLE: os.pathsep.join([*refused, os.path.realpath(root)])}


def begin() -> None:
    """Refuse from here on, in this process, what the environment says; nothing where it says nothing."""
    *refused, root = os.environ.get(_VARIABLE, "").split(os.pathsep)
    checks = [check for word, check in (("network", _network), ("writes", _writes)) if word in refused]

    def hook(event: str, given: tuple[Any, ...]) -> None:
        for check in checks:
            check(event, given, root)

    if checks:
        sys.addaudithook(hook)


def _network(event: str, given: tuple[Any, ...], root: str) -> None:
    if event not in _CONNECTING:
        return
    asked = given[_CONNECTING[event]]
    if isinstance(asked, str | bytes) and event in ("socket.connect", "socket.sendto"):
        return  # a socket of this machine
    host = os.fsdecode(asked[0] if isinstance(asked, tuple) else asked or "")
    if host not in _LOCAL and not host.startswith("127."):
        remedy = "El curso se ejecuta sin red: trae los datos con el curso, o hazlo solo con checkpoint."
        raise ConnectionRefusedError(f"Este cuaderno busca la red ({host}). {remedy}")


def _writes(event: str, given: tuple[Any, ...], root: str) -> None:
    if event == "open":
        path, mode, flags = given
        changed = [path] if (mode and set(mode) & set("wax+")) or (flags or 0) & _WRITES else []
    else:
        changed = [given[i] for i in _CHANGING.get(event, ())]
    for path in changed:
        if isinstance(path, str | bytes | os.PathLike) and (inside := _inside(os.fsdecode(path), root)):
            remedy = "Una ejecución deja el repositorio como estaba: usa tempfile.TemporaryDirectory()."
            raise PermissionError(f"Este cuaderno escribe en {inside}. {remedy}")


def _inside(path: str, root: str) -> str:
    """The path as seen from the course; empty for one outside it, and for what is generated."""
    full = os.path.realpath(path)
    if not full.startswith(root + os.sep):
        return ""
    parts = Path(full).relative_to(root).parts
    generated = parts[0] in ("build", "node_modules") or any(p == "__pycache__" or p.startswith(".") for p in parts)
    return "" if generated else "/".join(parts)
