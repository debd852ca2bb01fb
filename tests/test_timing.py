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


FAULTS = """
import resource, torch
from coursekit.timing import keep_freed_memory
torch.set_num_threads(1)
{}
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        torch.ones(2**18) + torch.ones(2**18)  # three blocks of 1 MiB: 768 pages of 4 KiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
# the system may take pages back meanwhile, but hardly five times
print(min(faults() for _ in range(5)))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has what it asks for")
def test_memory_once_freed_costs_nothing_the_second_time():
    def faults(line):
        return int(subprocess.check_output([sys.executable, "-c", FAULTS.format(line)], text=True))

    assert faults("keep_freed_memory()") < 100
    assert keep_freed_memory()
