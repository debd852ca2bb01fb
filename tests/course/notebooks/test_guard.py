"""What a guarded process refuses, in a process of its own; in a real kernel: test_execute.py."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from minicourse import MiniCourse

from coursekit.course.notebooks import guard


def run(course: MiniCourse, code: str, *, network: bool = False, writes: bool = False) -> str:
    """The last line that the code says, or of its error, in a guarded process that stands in the course."""
    variables = guard.environment(str(course.root), network=network, writes=writes)
    startup = variables["PYTHONSTARTUP"]
    command = [sys.executable, "-c", f"exec(open({startup!r}).read())\n{code}"]
    done = subprocess.run(
        command, cwd=course.root, env={**os.environ, **variables}, capture_output=True, text=True, encoding="utf-8"
    )
    return (done.stdout + done.stderr).strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import socket\nsocket.create_connection(('192.0.2.1', 80), 1)", "busca la red (192.0.2.1)"),
        ("import socket\nsocket.gethostbyname('e.org')", "busca la red (e.org)"),
        (
            "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 9))",
            "busca la red",
        ),
        (
            "open('notebooks/a.txt', 'w')",
            "PermissionError: Este cuaderno escribe en notebooks/a.txt. Una ejecución deja",
        ),
        ("import os\nos.open('a.txt', os.O_CREAT | os.O_WRONLY)", "escribe en a.txt"),
        ("import os\nos.remove('modules/references.bib')", "escribe en modules/references.bib"),
        ("import os\nos.rename('modules/references.bib', '/tmp/x')", "escribe en modules/references.bib"),
        ("from pathlib import Path\nPath('slides/figures').mkdir()", "escribe en slides/figures"),
    ],
)
def test_the_network_and_files_of_the_course_are_refused(mini: MiniCourse, code: str, said: str) -> None:
    assert said in run(mini, code)
    assert (mini.layout.modules / "references.bib").exists()


@pytest.mark.parametrize(
    "code",
    [
        "import socket\nsocket.getaddrinfo('localhost', 80)",
        "open('modules/references.bib').read()",
        "import os\nos.makedirs('build/notebooks')\nopen('build/notebooks/a', 'w')",
        "open('.cache', 'w')",
        "import tempfile\ntempfile.TemporaryFile('w')",
    ],
)
def test_what_leaves_the_course_as_it_was_is_free(mini: MiniCourse, code: str) -> None:
    assert run(mini, f"{code}\nprint('bien')") == "bien"


def test_what_is_allowed_is_free(mini: MiniCourse) -> None:
    assert run(mini, "open('modules/a.txt', 'w')\nprint('bien')", writes=True) == "bien"
    refused = run(mini, "import socket\nsocket.create_connection(('127.0.0.1', 1), 1)", network=True)
    assert "Este cuaderno" not in refused
