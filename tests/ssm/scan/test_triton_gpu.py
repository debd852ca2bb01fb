"""The Triton rung without a GPU: its numbers in the interpreter, its kernels through the compiler, its choice.

On Linux a missing triton fails here, it does not skip. Elsewhere there is no triton.
"""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from coursekit.ssm.scan import backend

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="triton is published for Linux")


@pytest.mark.slow
@linux_only
@pytest.mark.parametrize("file", ["test_ladder.py", "triton_interpreted.py"])
def test_the_kernels_in_the_interpreter(another_pytest_passes, file):
    """What every rung is tested for and what only this one is, in a process that says so before triton is imported."""
    another_pytest_passes("-k", "triton", Path(__file__).with_name(file), TRITON_INTERPRET="1")


@pytest.fixture
def triton_gpu(monkeypatch):
    from coursekit.ssm.scan import triton_gpu

    monkeypatch.setattr(triton_gpu, "INTERPRETED", False)
    return triton_gpu


POINTERS = {torch.float64: "*fp64", torch.float32: "*fp32", torch.bfloat16: "*bf16", torch.float16: "*fp16"}
SIZES = ("channels", "length", "states", "groups")
ACTIVATIONS = ("U", "DELTA", "Z", "OUT", "D_OUT", "D_U", "D_DELTA", "D_Z")


def _compile(kernel, dtype, constants):
    """To machine code of compute capability 8.6, without a GPU."""
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    types = dict.fromkeys(ACTIVATIONS, POINTERS[dtype]) | dict.fromkeys(SIZES, "i32")
    types |= dict.fromkeys(constants, "constexpr")
    sums = POINTERS[torch.promote_types(dtype, torch.float32)]
    signature = {name: types.get(name, sums) for name in kernel.arg_names}
    source = ASTSource(kernel, signature, {name: constants[name] for name in signature if name in constants})
    options = {"num_warps": constants["num_warps"]}
    return triton.compile(source, target=GPUTarget("cuda", 86, 32), options=options)


# dtype, states, and what is compiled in
COMPILED = {
    "float32": (torch.float32, 16, {"SOFTPLUS": True, "GATED": True, "KEEP": True}),
    "float64": (torch.float64, 16, {"SOFTPLUS": True, "GATED": True, "KEEP": True}),
    "bfloat16, without a gate": (
        torch.bfloat16, 256, {"SOFTPLUS": False, "GATED": False, "KEEP": False, "Z": None, "D_Z": None}
    ),
    # triton compiles arguments of 1 in
    "ones": (torch.float16, 1, {"SOFTPLUS": True, "GATED": True, "KEEP": True} | dict.fromkeys(SIZES, 1)),
}  # fmt: skip


@pytest.mark.slow
@linux_only
@pytest.mark.parametrize(("dtype", "states", "constants"), COMPILED.values(), ids=COMPILED)
def test_the_kernels_compile_for_the_smallest_gpus(triton_gpu, monkeypatch, tmp_path, dtype, states, constants):
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    constants = constants | triton_gpu.compiled_in(1536, states, dtype)
    for kernel in (triton_gpu.triton_gpu_kernels.forward, triton_gpu.triton_gpu_kernels.backward):
        compiled = _compile(kernel, dtype, constants)
        assert compiled.asm["cubin"]
        assert compiled.metadata.shared <= 99 * 1024  # bytes on the chip for one program


@linux_only
def test_a_program_has_as_many_channels_as_its_registers_hold(triton_gpu):
    # 32 channels of 16 states are 512 numbers, 2 groups of 32 threads; 2048 numbers are 8 channels of 256 states
    of = [triton_gpu.compiled_in(*sizes, torch.float32) for sizes in ((1536, 16), (1536, 256), (3, 5), (1, 1))]
    assert [(x["W"], x["M"], x["num_warps"]) for x in of] == [(32, 16, 2), (8, 256, 8), (4, 8, 1), (1, 1, 1)]


def on_gpu(*shape):
    """A tensor that only claims to be on a GPU: it has a shape, a dtype and a device, and no numbers."""
    with FakeTensorMode():
        return torch.empty(shape, device="cuda")


@linux_only
def test_a_cpu_tensor_is_refused_without_the_interpreter(triton_gpu):
    one = torch.ones(1, 1, 3)
    with pytest.raises(
        ValueError, match=r"expected CUDA tensors, or TRITON_INTERPRET=1 .* got cpu; .*associative takes"
    ):
        triton_gpu.selective_scan(one, one, -one[0, :, :1], one, one)


@linux_only
def test_the_backend_takes_it_on_a_new_gpu(triton_gpu, monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (8, 0))
    u = on_gpu(1, 2, 3)
    assert backend.explain_backend(u) == "triton_gpu: the whole scan is one Triton kernel"
    monkeypatch.setattr(triton_gpu, "selective_scan", lambda *arguments: arguments)
    assert backend.selective_scan(u, *range(1, 10)) == (u, *range(1, 10))
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    problem = "expected a GPU of compute capability 8.0 or more, got 7.5"
    assert backend.explain_backend(u) == f"associative: few large operations suit a GPU (triton_gpu: {problem})"


def test_the_backend_does_without_triton(monkeypatch):
    monkeypatch.setattr(backend, "find_spec", lambda name: None)
    reason = "few large operations suit a GPU (triton_gpu: triton is not installed, it is the extra `gpu`)"
    assert backend.explain_backend(on_gpu(1, 2, 3)) == f"associative: {reason}"


def test_on_a_cpu_the_backend_does_not_import_it():
    code = (
        "import sys, torch; from coursekit.ssm import selective_scan; x = torch.ones(1, 1, 2); "
        "selective_scan(x, x, -x[0, :, :1], x, x); print('coursekit.ssm.scan.triton_gpu' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
