"""What set-up compiles beforehand, in processes with a cache of their own."""

import os
import subprocess
import sys
from textwrap import dedent

import pytest

# every function in the package that numba compiles, by name
FIND = """
    from importlib import import_module
    from pathlib import Path
    from runpy import run_module

    import torch
    from numba.core.dispatcher import Dispatcher

    import coursekit
    from coursekit.quant import cache_attention, few_bits
    from coursekit.serving.matrix_vector import one_stream_cpu
    from coursekit.ssm.scan import fused_cpu
    from coursekit.ssm.step import fused_cpu as state_update_cpu

    root, compiled = Path(coursekit.__file__).parent, {}
    for file in sorted(root.rglob("*.py")):
        if "\\nfrom numba" in file.read_text():
            name = ".".join(("coursekit", *file.relative_to(root).with_suffix("").parts))
            functions = vars(import_module(name)).items()
            compiled |= {f"{name}.{key}": f for key, f in functions if isinstance(f, Dispatcher)}
    assert compiled
"""

EVERY_FUNCTION = """
    run_module("coursekit.warm", run_name="__main__")
    for name, function in compiled.items():
        kinds = str(function.signatures)
        if not kinds.startswith("[(int64"):  # one that takes no numbers of the tensors
            only = ("float32",) if ".quant." in name or "rounded_inputs" in name else ("float32", "float64")
            assert all(kind in kinds for kind in only), f"{name}: {kinds}"
"""

ORDINARY_CALLS = """
    for dtype in (torch.float32, torch.float64):
        for batch, size, states, length in ((1, 1, 1, 1), (2, 40, 5, 70)):
            channels = 2 * size
            u = torch.ones(batch, channels, length, dtype=dtype)
            A, B = -torch.ones(channels, states, dtype=dtype), torch.ones(batch, 2, states, length, dtype=dtype)
            fused_cpu.selective_scan(u, u, A, B, B)
            leaf = u.clone().requires_grad_()
            fused_cpu.selective_scan(leaf.mT.contiguous().mT, u, A, B, B, A[:, 0], u, A[:, 0], True).sum().backward()
            state, x = torch.ones(batch, 2, size, states, dtype=dtype), torch.ones(batch, 2, size, dtype=dtype)
            B, row = torch.ones(batch, 1, states, dtype=dtype), torch.ones(2, dtype=dtype)
            state_update_cpu.selective_state_update(state, x, x[..., 0], -row, B, B, row, x, row, True)
            state_update_cpu.selective_state_update(state[:, 0], x[:, 0], x[:, 0], A[:size], B[:, 0], B[:, 0])
            one_stream_cpu.linear(x, torch.ones(states, size, dtype=dtype), torch.ones(states, dtype=dtype))
            one_stream_cpu.linear(x.mT.contiguous().mT, torch.ones(size, states, dtype=dtype).mT)
    w = torch.ones(40, 64)
    layers = *map(few_bits.blocks, ("Q4_0", "Q8_0")), *map(few_bits.affine, (2, 4, 8))
    for to_packed in layers:
        for batch in (1, 5):
            few_bits.FewBitsLinear(to_packed(w))(w[:batch])
    for bits in (4, 8):
        cache = cache_attention.PackedCache(2, 2, 64, 40, bits)
        cache.append(w.expand(2, 2, 40, 64), w.expand(2, 2, 40, 64))
        cache_attention.attend(w[:3].expand(2, 4, 3, 64), cache)
    hits = sum(sum(function.stats.cache_hits.values()) for function in compiled.values())
    misses = {name: list(function.stats.cache_misses) for name, function in compiled.items()}
    assert hits and not any(misses.values()), misses
"""


@pytest.mark.slow
def test_after_warming_up_ordinary_calls_compile_nothing(tmp_path):
    for code in (EVERY_FUNCTION, ORDINARY_CALLS):
        done = subprocess.run(
            [sys.executable, "-c", dedent(FIND) + dedent(code)],
            env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
