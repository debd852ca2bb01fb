"""`attention`: the choice of its rung."""

from importlib import import_module
from importlib.util import find_spec

from coursekit.attention.dot_product import sdpa, tiled


def attention(query, key, value, attn_mask=None, is_causal=False, scale=None, window=None):
    """Scaled dot-product attention by the fastest rung for these tensors.

        Attention(Q, K, V) = softmax(Q K^T / sqrt(D)) V

    Args, Returns, Raises: as in `coursekit.attention.dot_product.reference.attention`.

    Source: Vaswani et al. 2017, section 3.2.1, equation 1.
    Taught in: 02-transformer
    """
    rung, _ = _choose(query, key, value, attn_mask, is_causal, window)
    return rung.attention(query, key, value, attn_mask, is_causal, scale, window)


def explain_backend(query, key, value, attn_mask=None, is_causal=False, scale=None, window=None):
    """Which rung `attention` takes for these arguments, and why.

    Args: as in `attention`.
    Returns: one line of text, "name: reason".
    Taught in: 02-transformer
    """
    rung, reason = _choose(query, key, value, attn_mask, is_causal, window)
    return f"{rung.__name__.rpartition('.')[2]}: {reason}"


def _choose(query, key, value, attn_mask, is_causal, window):
    if query.device.type == "cuda":
        triton_gpu, problem = _triton_gpu(query, value, attn_mask)
        if problem is None:
            return triton_gpu, "the whole schedule is one Triton kernel"
        rung, reason = _torch_rung(query, key, value, attn_mask, is_causal, window)
        return rung, f"{reason} (triton_gpu: {problem})"
    return _torch_rung(query, key, value, attn_mask, is_causal, window)


def _triton_gpu(query, value, attn_mask):
    """The rung, imported only where there is a GPU for it, and why not to take it, or None."""
    if find_spec("triton") is None:
        return None, "triton is not installed, it is the extra `gpu`"
    rung = import_module("coursekit.attention.dot_product.triton_gpu")
    return rung, rung.unsupported(query, value, attn_mask)


def _torch_rung(query, key, value, attn_mask, is_causal, window):
    if query.device.type == "cpu" and query.shape[-1] != value.shape[-1]:
        return tiled, "torch has no fused CPU kernel when keys and values differ in head size"
    if sdpa.one_call(query, key, attn_mask, is_causal, window):
        return sdpa, "torch's kernel does it in one call"
    return sdpa, "torch's kernel, over bands of queries and the keys that they see"
