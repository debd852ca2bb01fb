"""The Triton rung without a GPU: its numbers in the interpreter, its kernels through the compiler, its choice.

On Linux a missing triton fails here, it does not skip. Elsewhere there is no triton.
"""

import subprocess
import sys

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from coursekit.moe.experts import backend

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="triton is published for Linux")


@pytest.mark.slow
@linux_only
def test_the_kernels_in_the_interpreter(another_pytest_passes):
    """What every rung is tested for, in a process that says so before triton is imported."""
    another_pytest_passes("-k", "triton", __file__.replace("triton_gpu", "ladder"), TRITON_INTERPRET="1")


@pytest.fixture
def triton_gpu(monkeypatch):
    from coursekit.moe.experts import triton_gpu

    monkeypatch.setattr(triton_gpu, "INTERPRETED", False)
    return triton_gpu


def _compile(kernel, dtype, launch, tile, ones=()):
    """To machine code of compute capability 8.6, without a GPU; `ones`: arguments of 1, which triton compiles in."""
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    pointer = {torch.float32: "*fp32", torch.bfloat16: "*bf16", torch.float16: "*fp16"}[dtype]
    constants = tile | dict.fromkeys(ones, 1)
    types = dict.fromkeys(("ROWS", "WEIGHTS", "OUT", "GRADIENT"), pointer)
    types |= dict.fromkeys(("EXPERT", "START", "STOP", "ENDS"), "*i32") | dict.fromkeys(constants, "constexpr")
    signature = {name: types.get(name, "i32") for name in kernel.arg_names}
    source = ASTSource(kernel, signature, constants)
    return triton.compile(source, target=GPUTarget("cuda", 86, 32), options=launch)


@pytest.mark.slow
@linux_only
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_the_kernels_compile_for_the_smallest_gpus(triton_gpu, monkeypatch, tmp_path, dtype):
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    kernels = triton_gpu.triton_gpu_kernels
    for kernel, ones in (
        (kernels.product, ("outer_step",)),
        (kernels.product, ("inner_step",)),
        (kernels.outer_product, ()),
    ):
        compiled = _compile(kernel, dtype, triton_gpu.LAUNCH, triton_gpu.TILE, ones)
        assert compiled.asm["cubin"]
        assert compiled.metadata.shared <= 99 * 1024  # bytes on the chip for one program


def on_gpu(*shape, dtype=torch.float32):
    """A tensor that only claims to be on a GPU: it has a shape, a dtype and a device, and no numbers."""
    with FakeTensorMode():
        return torch.empty(shape, dtype=dtype, device="cuda")


@linux_only
def test_a_cpu_tensor_is_refused_without_the_interpreter(triton_gpu):
    x, one = torch.ones(1, 1), torch.zeros(1, 1, dtype=torch.long)
    with pytest.raises(ValueError, match=r"expected CUDA tensors, or TRITON_INTERPRET=1 .* got cpu; .*sorted takes"):
        triton_gpu.apply_experts(x, x, one, torch.ones(1, 1, 2), torch.ones(1, 1, 1))


@linux_only
def test_the_backend_takes_it_on_a_new_gpu_for_what_it_supports(triton_gpu, monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (8, 0))
    x, gate_up = on_gpu(3, 8), on_gpu(2, 8, 16)
    assert backend.explain_backend(x, gate_up) == "triton_gpu: each layer's products are one Triton kernel"
    monkeypatch.setattr(triton_gpu, "apply_experts", lambda *arguments: arguments)
    assert backend.apply_experts(x, 1, 2, gate_up, 4) == (x, 1, 2, gate_up, 4)
    double = backend.explain_backend(on_gpu(3, 8, dtype=torch.float64), gate_up)
    assert double.startswith(
        "sorted: one product an expert (triton_gpu: expected float32, float16 or bfloat16, got torch.f"
    )
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    problem = "triton_gpu: expected a GPU of compute capability 8.0 or more, got 7.5"
    assert backend.explain_backend(x, gate_up) == f"grouped: torch's grouped product is one kernel ({problem})"


def test_the_backend_does_without_triton(monkeypatch):
    monkeypatch.setattr(backend, "find_spec", lambda name: None)
    expected = "(triton_gpu: triton is not installed, it is the extra `gpu`; grouped: expected widths of whole 16 bytes"
    assert expected in backend.explain_backend(on_gpu(1, 2), on_gpu(1, 2, 4))


def test_on_a_cpu_the_backend_does_not_import_it():
    code = (
        "import sys, torch; from coursekit.moe import apply_experts; x = torch.ones(1, 1); "
        "i = torch.zeros(1, 1).long(); apply_experts(x, x, i, x[None].expand(1, 1, 2), x[None]); "
        "print('coursekit.moe.experts.triton_gpu' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
