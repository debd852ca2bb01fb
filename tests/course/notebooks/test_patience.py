import itertools
import subprocess
import sys
from contextlib import suppress

import psutil
import pytest

from coursekit.course.notebooks import patience as module
from coursekit.course.notebooks.patience import Patience


def test_what_is_computed_counts_and_not_the_clock():
    patience = Patience(cell_seconds=10, total_seconds=100, threads=2)
    # a busy machine: in 60 s of the clock two threads computed 8 s together, 4 s each
    patience.charge(computed=8.0, passed=60.0)
    assert (patience.cell, patience.total, patience.over) == (4.0, 4.0, "")
    # nothing computed (under 1 % of a core): the clock counts
    patience.charge(computed=0.004, passed=0.5)
    assert patience.cell == 4.5
    patience.charge(computed=12.0, passed=6.0)
    assert patience.over == "cell"  # 10.5 s


def test_a_new_cell_begins_at_zero_and_the_total_goes_on():
    patience = Patience(cell_seconds=10, total_seconds=25, threads=1)
    for _ in range(2):
        patience.begin_cell()
        patience.charge(computed=9.0, passed=9.0)
    assert (patience.cell, patience.total, patience.over) == (9.0, 18.0, "")
    patience.begin_cell()
    patience.charge(computed=8.0, passed=8.0)
    assert patience.over == "total"


@pytest.mark.parametrize("computed", [0.0, 0.4])
def test_at_the_border_of_idleness(computed):
    patience = Patience(cell_seconds=100, total_seconds=100, threads=1)
    patience.charge(computed, passed=40.0)  # one per cent of a core is 0.4 s
    assert patience.cell == (computed or 40.0)


@pytest.fixture
def watched(monkeypatch):
    """A `Patience` that charges what it is given to see: what is computed by each look, a second between two."""

    def charged(*computed, **limits):
        monkeypatch.setattr(module, "_STEP", 0.001)
        monkeypatch.setattr(module, "monotonic", map(float, itertools.count()).__next__)
        looks = itertools.chain(computed, itertools.repeat(computed[-1]))
        monkeypatch.setattr(module, "_computed", looks.__next__)
        with Patience(threads=1, **limits) as patience:
            patience._thread.join(60)
        return patience

    return charged


def test_each_look_counts_what_was_computed_since_the_last(watched):
    # 2 s, 3 s, then nothing, when the clock counts: 1 s each
    patience = watched(10.0, 12.0, 15.0, cell_seconds=8.5, total_seconds=100)
    assert (patience.cell, patience.total, patience.over) == (9.0, 9.0, "cell")


def test_a_process_that_is_gone_takes_nothing_back(watched):
    # what a process computed is no longer seen once it is gone: the look counts as one at which nothing is computed
    patience = watched(10.0, 4.0, 6.0, cell_seconds=2.5, total_seconds=100)
    assert patience.cell == 3.0


def test_the_first_limit_that_is_passed_is_the_one_that_is_told():
    patience = Patience(cell_seconds=1, total_seconds=10, threads=1)
    patience.charge(2.0, 2.0)
    patience.begin_cell()
    patience.charge(0.5, 0.5)
    assert patience.over == "cell"
    patience.charge(20.0, 20.0)
    assert patience.over == "cell"


@pytest.fixture
def kernel():
    """A process that waits for one that computes for 0.3 s, says so, and then for one that goes on waiting."""
    start = "import subprocess, sys; subprocess.run([sys.executable, '-c', {!r}])\n"
    compute = "import time\nwhile time.process_time() < 0.3: pass\n"
    child = start.format(compute) + "print('computed', flush=True)\n"
    child += start.format(compute + "print('begun', flush=True); time.sleep(600)")
    with subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE, text=True) as process:
        assert [process.stdout.readline() for _ in range(2)] == ["computed\n", "begun\n"]
        family = psutil.Process(process.pid).children(recursive=True)
        yield process, family
        for member in (process, *family):
            with suppress(psutil.Error):
                member.kill()


def test_what_has_been_computed_is_seen_and_past_a_limit_all_are_ended(monkeypatch, kernel):
    process, family = kernel
    # by one that is gone, and by one that was not started here; the system counts in ticks of 0.01 s, rounded down
    assert module._computed() >= 0.57
    monkeypatch.setattr(module, "_STEP", 0.05)
    with Patience(cell_seconds=100, total_seconds=0.2, threads=1) as patience:
        process.wait(30)
    assert patience.over == "total"
    assert psutil.wait_procs(family, timeout=30)[1] == []


def test_within_its_limits_nothing_is_ended():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as kernel:
        with Patience(cell_seconds=60, total_seconds=60, threads=1) as patience:
            assert kernel.poll() is None
        assert not patience._thread.is_alive()
        kernel.communicate(b"\n")
    assert (kernel.returncode, patience.over) == (0, "")
