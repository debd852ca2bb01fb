"""The cache of compiled kernels follows all their files."""

import os
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_a_change_of_a_part_reaches_the_kernel_and_the_cache_is_used_otherwise(tmp_path):
    (tmp_path / "whole.py").write_text(
        "import part\nfrom coursekit.cpu.compiled import kernel\n\n\n"
        "@kernel(part)\ndef whole():\n    return part.number()\n\n\n"
        "print(whole(), sum(whole.stats.cache_hits.values()))\n"
    )

    def run(number):
        (tmp_path / "part.py").write_text(
            f"from numba import njit\n\n\n@njit\ndef number():\n    return {number}\n"  # the same size each time
        )
        environment = {k: v for k, v in os.environ.items() if k != "NUMBA_CACHE_DIR"} | {"PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "whole.py"]
        process = subprocess.run(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return tuple(map(int, process.stdout.split()))

    assert run(1) == (1, 0)
    assert run(1) == (1, 1)  # from the cache
    assert run(2) == (2, 0)
