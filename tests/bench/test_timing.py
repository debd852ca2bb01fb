import platform
import subprocess
import sys
from types import SimpleNamespace

import pytest

from coursekit.bench import timing
from coursekit.bench.timing import interleaved, keep_freed_memory


def test_candidates_take_turns_and_the_median_of_the_counted_rounds_is_kept():
    now, order = [0.0], []
    costs = {"a": iter([90.0, 1.0, 2.0, 9.0]), "b": iter([90.0, 5.0, 4.0, 4.0])}

    def call(name):
        order.append(name)
        now[0] += next(costs[name])

    result = interleaved({n: lambda n=n: call(n) for n in "ab"}, repeats=3, warmup=1, clock=lambda: now[0])
    assert order == ["a", "b"] * 4
    assert result == {"a": 2.0, "b": 4.0}  # medians of 1, 2, 9 and of 5, 4, 4; the first round is left out


@pytest.mark.parametrize(("candidates", "repeats"), [({}, 3), ({"a": int}, 0)])
def test_nothing_to_time_is_refused(candidates, repeats):
    with pytest.raises(ValueError, match="expected candidates and repeats >= 1"):
        interleaved(candidates, repeats=repeats)


@pytest.mark.parametrize("granted", [(1, 1), (1, 0), (0, 1)])
def test_it_asks_for_both_thresholds_and_says_whether_it_got_them(monkeypatch, granted):
    # mallopt(3): -3 is the size from which a block is mapped by itself, -1 how much of the top is given back
    answers, asked = dict(zip((-3, -1), granted)), []

    def mallopt(name, value):
        asked.append((name, value))
        return answers[name]

    monkeypatch.setattr(timing.ctypes, "CDLL", lambda path: SimpleNamespace(mallopt=mallopt))
    assert keep_freed_memory() == (granted == (1, 1))
    assert asked == [(-3, 2**25), (-1, 2**31 - 1)][: len(asked)]
    assert len(asked) == 2 or granted[0] == 0


def test_without_glibc_it_says_no(monkeypatch):
    monkeypatch.setattr(timing.ctypes, "CDLL", lambda path: SimpleNamespace())
    assert keep_freed_memory() is False


KEPT = """
import ctypes, torch
from coursekit.bench.timing import keep_freed_memory
{}
names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in names]
mallinfo = ctypes.CDLL(None).mallinfo
mallinfo.restype = Info
before = mallinfo()
block = torch.ones(2**22)  # 16 MiB
during = mallinfo()
del block
after = mallinfo()
print(during.hblkhd - before.hblkhd >= 2**24, after.arena - before.arena >= 2**23)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has what it asks for")
def test_what_is_freed_stays_with_the_process():
    def mapped_apart_and_kept(line):
        return subprocess.check_output([sys.executable, "-c", KEPT.format(line)], text=True).split()

    # by default a block of 16 MiB is mapped by itself, and goes back at once
    assert mapped_apart_and_kept("") == ["True", "False"]
    assert mapped_apart_and_kept("keep_freed_memory()") == ["False", "True"]
    assert keep_freed_memory()
