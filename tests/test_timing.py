import platform
import subprocess
import sys

import pytest

from coursekit.timing import interleaved, keep_freed_memory


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


KEPT = """
import ctypes, torch
from coursekit.timing import keep_freed_memory
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
