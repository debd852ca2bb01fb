"""Other people's products with weights of few bits: torch's, transformers' BitLinear, and ggml's (inside xllamacpp).

Each is (call, exact output) for one weight and one x, or None where this machine or its packages do not have it.
"""

import ctypes
import weakref
from itertools import count, cycle

import numpy as np
import torch

from coursekit.quant.formats import from_blocks, to_blocks

CALLS = 200  # that a product of ggml's can be asked for
TYPES = {"F32": 0, "Q4_0": 2, "Q8_0": 8, "TQ2_0": 35}  # ggml's numbers


def taking_turns(make, nbytes, size):
    """Copies of a weight made by `make()`, of `size` bytes each, at least `nbytes` together: an endless iterator."""
    return cycle([make() for _ in range(1 + nbytes // size)])


def dynamic_int8(weight, x, nbytes):
    """torch's dynamic quantization: a scale for each output, int8 inputs."""
    if "fbgemm" not in torch.backends.quantized.supported_engines:
        return None
    torch.backends.quantized.engine = "fbgemm"
    scale = (weight.abs().amax(1) / 127).double()
    zero = torch.zeros(len(weight), dtype=torch.int64)  # of another type the product is wrong, without a word
    rounded = torch.quantize_per_channel(weight, scale, zero, 0, torch.qint8)
    copies = taking_turns(lambda: torch.ops.quantized.linear_prepack(rounded, None), nbytes, weight.numel())
    # without reduce_range its sums overflow on machines without an instruction for them
    return lambda: torch.ops.quantized.linear_dynamic(x, next(copies), True), x @ rounded.dequantize().T


def int4pack(weight, x, nbytes):
    """torch's product with 4 bits in groups of 32; inputs stay as they are (float32)."""
    rows = weight.unflatten(1, (-1, 32))
    low, high = rows.amin(-1), rows.amax(-1)
    scale = (high - low).clamp(min=1e-6) / 15
    codes = ((rows - low[..., None]) / scale[..., None]).round().clamp(0, 15)  # (O, G, 32)
    middle = low + scale * 8
    exact = x @ ((codes - 8) * scale[..., None] + middle[..., None]).flatten(1).T
    grid = torch.stack([scale, middle], -1).transpose(0, 1).contiguous()  # (G, O, 2)
    whole = codes.flatten(1).to(torch.int32)

    def make():
        return torch.ops.aten._convert_weight_to_int4pack_for_cpu(whole, 1), grid.clone()

    try:
        copies = taking_turns(make, nbytes, weight.numel() // 2)
        torch.ops.aten._weight_int4pack_mm_for_cpu(x, *_middle(next(copies), 32))
    except (AttributeError, RuntimeError):  # other versions of torch
        return None
    return lambda: torch.ops.aten._weight_int4pack_mm_for_cpu(x, *_middle(next(copies), 32)), exact


def _middle(weight, group):
    return weight[0], group, weight[1]


def bitlinear(trits, gamma, x, nbytes):
    """transformers' BitLinear, which unpacks its weights at each call; its compiled parts run as they are written."""
    try:
        from transformers.integrations.bitnet import BitLinear, pack_weights
    except ImportError:
        return None
    outputs, inputs = trits.shape
    if outputs % 4:
        return None
    data = pack_weights(trits.clone())

    def make():
        layer = BitLinear(inputs, outputs, bias=False, dtype=torch.float32)
        layer.weight, layer.weight_scale = data.clone(), 1 / gamma.view(1)
        return layer

    copies = taking_turns(make, nbytes, data.nbytes)

    def call():
        with torch.compiler.set_stance("force_eager"):
            return next(copies)(x)

    return call, x @ (trits.float() * gamma).T


def ggml(weight, x, kind, nbytes, threads=1):
    """ggml's product of blocks, as llama.cpp calls it; inputs are rounded to its own 8 bits.

    Args:
        weight, x: (O, C), (N, C) float32; C a multiple of the block.
        kind: "Q4_0", "Q8_0" or "TQ2_0".
        nbytes: of copies.
        threads: that it uses.
    """
    library = _library()
    if library is None:
        return None
    (outputs, inputs), tokens = weight.shape, len(x)
    raw = to_blocks(weight.numpy(), kind)
    exact = x @ torch.from_numpy(from_blocks(raw, kind)).T
    copies = 1 + nbytes // raw.nbytes
    # a graph and an output a copy; each call takes memory for the rounded inputs, and gives none back
    size = copies * (raw.nbytes + 4 * tokens * outputs + 2**20) + x.nbytes + CALLS * (x.nbytes // 2 + 2**17)
    context = library.ggml_init(_Settings(size, None, False))
    given = library.ggml_new_tensor_2d(context, TYPES["F32"], inputs, tokens)
    _fill(library, given, x.numpy())
    graphs = []
    for _ in range(copies):
        w = library.ggml_new_tensor_2d(context, TYPES[kind], inputs, outputs)
        _fill(library, w, raw)
        y = library.ggml_mul_mat(context, w, given)
        graph = library.ggml_new_graph(context)
        library.ggml_build_forward_expand(graph, y)
        graphs.append((graph, y))
    turn = count()

    def call():
        graph, y = graphs[next(turn) % copies]
        if library.ggml_graph_compute_with_ctx(context, graph, threads):
            raise ValueError(f"ggml: expected a product of {kind}, got an error")
        floats = ctypes.cast(library.ggml_get_data(y), ctypes.POINTER(ctypes.c_float))
        return torch.from_numpy(np.ctypeslib.as_array(floats, (tokens, outputs)))

    weakref.finalize(call, library.ggml_free, context)
    return call, exact


class _Settings(ctypes.Structure):
    _fields_ = (("size", ctypes.c_size_t), ("buffer", ctypes.c_void_p), ("no_alloc", ctypes.c_bool))


def _library():
    """ggml inside of xllamacpp, or None."""
    try:
        from xllamacpp import xllamacpp

        library = ctypes.CDLL(xllamacpp.__file__)
        library.ggml_cpu_init()
        for name in ("init", "new_tensor_2d", "mul_mat", "new_graph", "get_data"):
            getattr(library, f"ggml_{name}").restype = ctypes.c_void_p
    except (ImportError, OSError, AttributeError):
        return None
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    library.ggml_init.argtypes = [_Settings]
    library.ggml_new_tensor_2d.argtypes = [pointer, ctypes.c_int, number, number]
    library.ggml_mul_mat.argtypes = [pointer, pointer, pointer]
    for name in ("new_graph", "get_data", "free"):
        getattr(library, f"ggml_{name}").argtypes = [pointer]
    library.ggml_build_forward_expand.argtypes = [pointer, pointer]
    library.ggml_graph_compute_with_ctx.argtypes = [pointer, pointer, ctypes.c_int]
    return library


def _fill(library, tensor, array):
    array = np.ascontiguousarray(array)
    ctypes.memmove(library.ggml_get_data(tensor), array.ctypes.data, array.nbytes)
