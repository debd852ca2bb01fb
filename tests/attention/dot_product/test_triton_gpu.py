"""The Triton rung without a GPU: its numbers in the interpreter, its kernels through the compiler, its choice.

On Linux a missing triton fails here, it does not skip. Elsewhere there is no triton.
"""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from coursekit.attention.dot_product import backend

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="triton is published for Linux")


@pytest.mark.slow
@linux_only
def test_the_kernels_in_the_interpreter(another_pytest_passes):
    """All of triton_interpreted.py, in a process whose environment says so before triton is imported."""
    file = Path(__file__).with_name("triton_interpreted.py")
    another_pytest_passes(file, TRITON_INTERPRET="1")


@pytest.fixture
def triton_gpu(monkeypatch):
    from coursekit.attention.dot_product import triton_gpu

    monkeypatch.setattr(triton_gpu, "INTERPRETED", False)
    return triton_gpu


def _compile(kernel, dtype, constants, launch):
    """To machine code of compute capability 8.6, without a GPU."""
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    types = dict.fromkeys(("T", "S", "H", "G", "window"), "i32") | {"scale": "fp32"}
    types |= {"LOGSUMEXP": "*fp32", "DELTA": "*fp32"} | dict.fromkeys(constants, "constexpr")
    pointer = {torch.float32: "*fp32", torch.bfloat16: "*bf16", torch.float16: "*fp16"}[dtype]
    signature = {name: types.get(name, pointer) for name in kernel.arg_names}
    source = ASTSource(kernel, signature, {name: constants[name] for name in signature if name in constants})
    return triton.compile(source, target=GPUTarget("cuda", 86, 32), options=launch)


COMPILED = {
    "float32": (torch.float32, {"D": 128, "E": 128, "CAUSAL": True, "WINDOWED": True}),
    "bfloat16": (torch.bfloat16, {"D": 128, "E": 128, "CAUSAL": True, "WINDOWED": False}),
    # triton compiles arguments of 1 in
    "ones": (torch.float16, {"D": 16, "E": 32, "CAUSAL": False, "WINDOWED": True} | dict.fromkeys("TSHG", 1)),
}


@pytest.mark.slow
@linux_only
@pytest.mark.parametrize(("dtype", "constants"), COMPILED.values(), ids=COMPILED)
def test_the_kernels_compile_for_the_smallest_gpus(triton_gpu, monkeypatch, tmp_path, dtype, constants):
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    R, K = triton_gpu.BLOCKS[dtype.itemsize]
    kernels = triton_gpu.triton_gpu_kernels
    for kernel in (kernels.forward, kernels.backward_query, kernels.backward_key_value):
        compiled = _compile(kernel, dtype, constants | {"R": R, "K": K}, triton_gpu.LAUNCH)
        assert compiled.asm["cubin"]
        assert compiled.metadata.shared <= 99 * 1024  # bytes on the chip for one program


def on_gpu(*shape, dtype=torch.float32):
    """A tensor that only claims to be on a GPU: it has a shape, a dtype and a device, and no numbers."""
    with FakeTensorMode():
        return torch.empty(shape, dtype=dtype, device="cuda")


@linux_only
def test_a_cpu_tensor_is_refused_without_the_interpreter(triton_gpu):
    x = torch.zeros(1, 2, 3, 16)
    with pytest.raises(ValueError, match=r"expected CUDA tensors, or TRITON_INTERPRET=1 .* got cpu; .*sdpa takes"):
        triton_gpu.attention(x, x, x)


@linux_only
def test_the_backend_takes_it_on_a_new_gpu_for_what_it_supports(triton_gpu, monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (8, 0))
    x = on_gpu(1, 2, 3, 16)
    assert backend.explain_backend(x, x, x) == "triton_gpu: the whole schedule is one Triton kernel"
    assert backend.explain_backend(*[on_gpu(1, 2, 3, 64, dtype=torch.bfloat16)] * 3).startswith("triton_gpu: the whole")
    monkeypatch.setattr(triton_gpu, "attention", lambda *arguments: arguments)
    assert backend.attention(x, x, x, None, True, 0.5, 7) == (x, x, x, None, True, 0.5, 7)
    # what it does not take goes to torch's kernel, and the reason is said
    masked = backend.explain_backend(x, x, x, on_gpu(3, 3))
    assert masked == (
        "sdpa: torch's kernel does it in one call (triton_gpu: expected no attn_mask, got one of shape (3, 3))"
    )
    y = on_gpu(1, 2, 3, 8)
    assert "(triton_gpu: expected head sizes out of (16, 32, 64, 128), got 8 and 8)" in backend.explain_backend(y, y, y)
    narrow = backend.explain_backend(y, y, on_gpu(1, 2, 3, 4))
    assert narrow.startswith("sdpa: torch's kernel does it in one call (triton_gpu: ")  # tiled is for CPUs
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    old = backend.explain_backend(x, x, x, window=2)
    assert old.startswith("sdpa: torch's kernel, over bands")
    assert old.endswith("(triton_gpu: expected a GPU of compute capability 8.0 or more, got 7.5)")


def test_the_backend_does_without_triton(monkeypatch):
    monkeypatch.setattr(backend, "find_spec", lambda name: None)
    x = on_gpu(1, 2, 3, 16)
    reason = "torch's kernel does it in one call (triton_gpu: triton is not installed, it is the extra `gpu`)"
    assert backend.explain_backend(x, x, x) == f"sdpa: {reason}"


def test_on_a_cpu_the_backend_does_not_import_it():
    code = (
        "import sys, torch; from coursekit.attention import attention; x = torch.ones(1, 1, 2, 16); "
        "attention(x, x, x); print('coursekit.attention.dot_product.triton_gpu' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
