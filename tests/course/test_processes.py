"""However the builder ends, nothing that it started is left, and what it had not finished is swept."""

import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from coursekit.course import processes, supervise
from coursekit.course.errors import CourseError
from coursekit.course.layout import sweep, write_text
from coursekit.course.node import run_node
from coursekit.course.processes import Supervised, end_all

# a tool that starts another in a session of its own, as a browser is started, and hangs
HANGING = """
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
writeFileSync('pids.partial', `${process.pid} ${child.pid}`)
import('node:fs').then(fs => fs.renameSync('pids.partial', 'pids'))
setInterval(() => {}, 1000)
"""
BUILDER = """
import signal
from pathlib import Path
from coursekit.course.node import run_node
from coursekit.course.processes import end_all, end_on_signals
signal.signal(signal.SIGINT, signal.default_int_handler)  # these tests may run where a shell ignores it (`&`)
end_on_signals()
try:
    run_node(Path("hang.mjs"), [], folder=Path.cwd(), seconds=600, late="")
finally:
    end_all()
"""


@pytest.fixture
def hanging(tmp_path):
    (tmp_path / "hang.mjs").write_text(HANGING)
    return tmp_path


def wait_for(condition, seconds=120):
    """An event, not a clock: the limit only ends a test that would hang."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.05)
    return found


def pids(folder):
    file = wait_for(lambda: (folder / "pids").exists() and folder / "pids")
    return [int(pid) for pid in file.read_text().split()]


def gone(numbers):
    return not any(psutil.pid_exists(n) and psutil.Process(n).status() != psutil.STATUS_ZOMBIE for n in numbers)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX; run on every other system")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_no_tool_outlives_a_builder_that_is_ended(hanging, number):
    builder = subprocess.Popen([sys.executable, "-c", BUILDER], cwd=hanging, stderr=subprocess.DEVNULL)
    started = pids(hanging)
    builder.send_signal(number)
    code = builder.wait(60)
    assert code != 0
    if number in (signal.SIGTERM, signal.SIGHUP):
        assert code == 128 + number  # as a shell would say it
    wait_for(lambda: gone(started), 60)


def test_a_tool_that_takes_too_long_is_ended_with_what_it_started(hanging):
    with pytest.raises(CourseError, match="took over 5 s"):
        run_node(hanging / "hang.mjs", [], folder=hanging, seconds=5, late="took over 5 s")
    assert not (hanging / "pids").exists() or gone(pids(hanging))


def test_what_a_command_leaves_behind_is_ended(tmp_path):
    leave = "import subprocess as s, sys; p = s.Popen(['sleep', '600'], start_new_session=True, stdout=s.DEVNULL)"
    command = [sys.executable, "-c", f"{leave}; print(p.pid); sys.exit(3)"]
    with Supervised(command, folder=tmp_path) as running:
        done = running.finish(60)
    assert done.returncode == 3
    if sys.platform == "linux":  # where orphans can be adopted
        wait_for(lambda: gone([int(done.stdout)]), 60)


def test_arguments_are_utf_8_whatever_the_system_s_encoding_is(tmp_path):
    show = "import os, sys; sys.stdout.buffer.write(os.fsencode(sys.argv[1]))"
    code = "import sys; from coursekit.course.processes import Supervised\n"
    code += f"with Supervised([sys.executable, '-c', {show!r}, chr(241) + chr(26085)], folder='.') as running:\n"
    code += "    print(ascii(running.finish(60).stdout))"
    environment = {**os.environ, "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == ascii("ñ日"), done.stderr


def test_nothing_is_left_open(tmp_path):
    code = "import sys, gc; from coursekit.course.processes import Supervised\n"
    code += "with Supervised([sys.executable, '-c', 'print(1)'], folder='.') as running:\n    list(running.stdout)\n"
    code += "del running; gc.collect()"
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_command_runs_in_its_folder_and_environment_and_its_words_come_back(tmp_path):
    say = "import os, sys; print(os.getcwd(), os.environ['WORD'], repr(sys.stdin.read())); sys.stdout.flush(); "
    say += "os.write(1, b'\\xc3\\xb1 \\xff'); os.write(2, b'no'); sys.exit(5)"
    environment = {**os.environ, "WORD": "ñu"}
    with Supervised([sys.executable, "-c", say], folder=tmp_path, environment=environment) as running:
        done = running.finish(60)
    assert done.stdout == f"{tmp_path} ñu ''\nñ \ufffd"  # it reads nothing; a byte that is no character is one mark
    assert (done.stderr, done.returncode) == ("no", 5)
    assert running.stdout.closed


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX; run on every other system")
def test_a_command_that_a_signal_ended_says_so_as_a_shell_would(tmp_path):
    with Supervised([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], folder=tmp_path) as running:
        assert running.finish(60).returncode == 128 + 9


@pytest.mark.skipif(os.name == "nt", reason="sessions of POSIX")
def test_a_command_is_in_a_session_of_its_own_and_leaves_no_file_open(tmp_path):
    before = psutil.Process().num_fds()
    with Supervised([sys.executable, "-c", "import os; print(os.getsid(0), flush=True)"], folder=tmp_path) as running:
        assert int(running.stdout.readline()) != os.getsid(0)  # Ctrl-C reaches the builder alone
    assert running.stdout.closed
    assert psutil.Process().num_fds() == before


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_supervisor_that_does_not_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "_SECONDS", 0.2)
    wait = "import time; print(1, flush=True); time.sleep(2)"
    with Supervised([sys.executable, "-c", wait], folder=tmp_path) as running:
        running.stdout.readline()
        running._process.send_signal(signal.SIGSTOP)
        running.end()
        assert running._process.wait(60) == -signal.SIGKILL


def test_a_command_that_was_ended_never_says_that_all_went_well(monkeypatch):
    """The thread that ends the family may take its exit code first: Popen then knows none, and says 0."""

    class EndedByTheOtherThread:
        def wait(self):
            supervise._ending.set()
            return 0

    monkeypatch.setattr(supervise, "_ending", threading.Event())
    monkeypatch.setattr(supervise, "_adopt_orphans", lambda: None)
    monkeypatch.setattr(supervise, "_end_with_the_builder", lambda: None)
    monkeypatch.setattr(supervise, "end_family", lambda pid: None)
    monkeypatch.setattr(supervise.subprocess, "Popen", lambda *command, **options: EndedByTheOtherThread())
    assert supervise.main(["node"]) == 1


def test_ending_all_ends_what_a_thread_waits_for(hanging):
    with Supervised(["node", "hang.mjs"], folder=hanging) as running:
        started = pids(hanging)
        end_all()
        end_all()
        assert running.finish(60).returncode != 0
    wait_for(lambda: gone(started), 60)


def test_litter_of_processes_that_are_gone_is_swept_and_no_other(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", "pass"])
    dead.wait()
    for owner in (dead.pid, os.getpid()):
        write_text(tmp_path / "decks" / f".partial-{owner}-x" / "a.pdf", "half")
    write_text(tmp_path / "decks" / ".partial-abc" / "a.pdf", "of an older version")
    write_text(tmp_path / "decks" / "a.pdf", "whole")
    sweep(tmp_path)
    assert sorted(path.name for path in (tmp_path / "decks").iterdir()) == [f".partial-{os.getpid()}-x", "a.pdf"]
