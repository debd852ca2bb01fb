"""How much memory this process has held."""

import re
from pathlib import Path


def highest_mark(status=Path("/proc/self/status")):
    """The most memory that this process has held so far, in bytes.

    On Linux from /proc, because getrusage's mark is inherited from the parent process.
    """
    if status.exists():
        return 1024 * int(re.search(r"VmHWM:\s*(\d+) kB", status.read_text())[1])
    from resource import RUSAGE_SELF, getrusage

    return getrusage(RUSAGE_SELF).ru_maxrss  # bytes on macOS
