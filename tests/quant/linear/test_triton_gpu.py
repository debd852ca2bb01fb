"""The Triton rung without a GPU: its numbers in the interpreter, its kernel through the compiler, its choice.

On Linux a missing triton fails here, it does not skip. Elsewhere there is no triton.
"""

import sys
from dataclasses import replace

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from coursekit.quant.linear import backend, pack

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="triton is published for Linux")
WEIGHT = pack(torch.zeros(3, 8, dtype=torch.uint8), torch.ones(3, 1), 8, 128)


@pytest.mark.slow
@linux_only
def test_the_kernel_in_the_interpreter(another_pytest_passes):
    """What every rung is tested for, in a process that says so before triton is imported."""
    another_pytest_passes("-k", "triton", __file__.replace("triton_gpu", "ladder"), TRITON_INTERPRET="1")


@pytest.fixture
def triton_gpu(monkeypatch):
    from coursekit.quant.linear import triton_gpu

    monkeypatch.setattr(triton_gpu, "INTERPRETED", False)
    return triton_gpu


@pytest.mark.slow
@linux_only
@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("scales", ["*fp32", "*fp16"])
def test_the_kernel_compiles_for_the_smallest_gpus(triton_gpu, monkeypatch, tmp_path, bits, scales):
    """To machine code of compute capability 8.6, without a GPU."""
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    constants = {"HAS_LOWS": True, "BITS": bits, "S": triton_gpu.ROWS}
    types = {"DATA": "*u8", "SCALES": scales, "LOWS": scales, "CODES": "*i8", "X_SCALES": "*fp32", "X_SUMS": "*i32"}
    types |= {"Y": "*fp32"} | dict.fromkeys(constants, "constexpr")
    kernel = triton_gpu.triton_gpu_kernels.product
    source = ASTSource(kernel, {name: types.get(name, "i32") for name in kernel.arg_names}, constants)
    compiled = triton.compile(source, target=GPUTarget("cuda", 86, 32), options=triton_gpu.LAUNCH)
    assert compiled.asm["cubin"]
    assert compiled.metadata.shared <= 99 * 1024  # bytes on the chip for one program


@linux_only
def test_a_cpu_tensor_is_refused_without_the_interpreter(triton_gpu):
    with pytest.raises(ValueError, match=r"expected CUDA tensors, or TRITON_INTERPRET=1 .* got cpu; .*reference takes"):
        triton_gpu.linear(torch.ones(8), WEIGHT)


@linux_only
def test_what_it_asks_of_a_gpu(triton_gpu, monkeypatch):
    with FakeTensorMode():
        x = torch.empty(8, device="cuda")
        weight = replace(WEIGHT, data=torch.empty(1, 64, dtype=torch.uint8, device="cuda"))
    assert triton_gpu.unsupported(x, WEIGHT) == "expected x and weight on one device, got cuda:0 and cpu"
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (8, 0))
    assert triton_gpu.unsupported(x, weight) is None
    assert backend.explain_backend(x, weight) == "triton_gpu: the few bits are read by one Triton kernel"
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    assert triton_gpu.unsupported(x, weight) == "expected a GPU of compute capability 8.0 or more, got 7.5"


def test_the_backend_does_without_triton(monkeypatch):
    backend._choose.cache_clear()
    monkeypatch.setattr(backend, "find_spec", lambda name: None)
    with FakeTensorMode():
        x = torch.empty(8, device="cuda")
    assert backend.explain_backend(x, WEIGHT) == "reference: triton is not installed, it is the extra `gpu`"
    backend._choose.cache_clear()
