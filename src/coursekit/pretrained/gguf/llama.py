"""Architecture `llama` of GGUF (Llama, TinyLlama, Mistral, SmolLM, Falcon3 ...) into the decoder's defaults."""

from functools import partial

import torch
from torch.overrides import TorchFunctionMode

from coursekit.attention.layer import Attention
from coursekit.attention.rope_scaling import linear
from coursekit.attention.scaled_rotary import ScaledRotaryAttention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.pretrained.gguf.blocks import dequantize

_ENDS = {"embedding.tokens.weight": "token_embd.weight", "norm.weight": "output_norm.weight"}
_HEAD = {"head.weight": "output.weight"}  # where it is no copy of the embedding
_LAYER = {
    "mixer_norm.weight": "attn_norm.weight",
    "mixer.query.weight": "attn_q.weight",
    "mixer.key.weight": "attn_k.weight",
    "mixer.value.weight": "attn_v.weight",
    "mixer.output.weight": "attn_output.weight",
    "ffn_norm.weight": "ffn_norm.weight",
    "ffn.gate.weight": "ffn_gate.weight",
    "ffn.up.weight": "ffn_up.weight",
    "ffn.output.weight": "ffn_down.weight",
}
_TURNED = {"mixer.query.weight": "heads", "mixer.key.weight": "kv_heads"}
# what would change the result, and its value where it does not
_NEUTRAL = {"expert_count": 0, "expert_used_count": 0}


def load(container):
    """The decoder in a file.

    Args: container: a `coursekit.pretrained.gguf.container.Container`.
    Returns: a `Decoder` in float32, in evaluation mode.
    Raises: ValueError when the file lacks a size or a tensor, has one more, or an option that is not handled.

    Source: Touvron et al. 2023 (Llama), section 2.2; names: ggml, docs/gguf.md, LLM and Standardized tensor names.
    Taught in: 02-transformer
    """
    sizes = sizes_of(container)
    with _Unfilled():
        decoder = Decoder(sizes, mixer=_mixer(container))
    names = _names(sizes)
    if unknown := sorted(set(container.tensors) - set(names.values())):
        raise ValueError(f"{container.path}: tensor {unknown[0]!r} is not handled ({len(unknown)} such)")
    for name, weight in decoder.named_parameters():
        _fill(weight, container, names[name])
        if heads := _TURNED.get(".".join(name.split(".")[2:])):
            _half_by_half(weight, getattr(sizes, heads))
    return decoder.eval()


def sizes_of(container):
    """The sizes that the metadata give.

    Args, Raises: as in `load`.
    Returns: a `DecoderConfig`.
    """

    def number(key, kind=int, default=None):
        return container.get(f"llama.{key}", kind, default)

    for key, value in _NEUTRAL.items():
        if number(key, int, value) != value:
            raise ValueError(f"{container.path}: llama.{key} {number(key)} is not handled")
    width, heads = number("embedding_length"), number("attention.head_count")
    embedding = container.tensors.get("token_embd.weight")
    if embedding is None or len(embedding.shape) != 2:
        raise ValueError(f"{container.path}: expected a tensor 'token_embd.weight' with two axes")
    head_size = number("attention.key_length", int, width // max(heads, 1))
    turned = number("rope.dimension_count", int, head_size)
    if turned != head_size or number("attention.value_length", int, head_size) != head_size:
        raise ValueError(f"{container.path}: expected keys, values and rotation of {head_size} numbers, as the heads")
    try:
        return DecoderConfig(
            vocab_size=embedding.shape[0],
            width=width,
            layers=number("block_count"),
            heads=heads,
            kv_heads=number("attention.head_count_kv", int, heads),
            head_size=head_size,
            ffn_width=number("feed_forward_length"),
            context=number("context_length"),
            norm_eps=number("attention.layer_norm_rms_epsilon", float),
            rope_base=number("rope.freq_base", float, 10000.0),
            tied="output.weight" not in container.tensors,
        )
    except ValueError as error:
        raise ValueError(f"{container.path}: {error}") from None


def _mixer(container):
    kind = container.get("llama.rope.scaling.type", str, "none")
    window = container.get("llama.attention.sliding_window", int, 0) or None
    if kind == "none":
        return partial(Attention, window=window)
    if kind != "linear":
        raise ValueError(f"{container.path}: llama.rope.scaling.type {kind!r} is not handled")
    factor = container.get("llama.rope.scaling.factor", float)
    return partial(ScaledRotaryAttention, scaling=partial(linear, factor=factor), window=window)


def _names(sizes):
    """{name in the decoder: name in the file}."""
    names = _ENDS | ({} if sizes.tied else _HEAD)
    for i in range(sizes.layers):
        names |= {f"blocks.{i}.{ours}": f"blk.{i}.{theirs}" for ours, theirs in _LAYER.items()}
    return names


def _fill(weight, container, name):
    """A tensor of the file into a parameter."""
    raw, tensor = container.raw(name), container.tensors[name]
    if tensor.shape != tuple(weight.shape):
        raise ValueError(f"{container.path}, tensor {name!r}: expected shape {tuple(weight.shape)}, got {tensor.shape}")
    dequantize(raw, tensor.kind, weight.detach().numpy().reshape(-1))


def _half_by_half(weight, heads):
    """Put the rows of a query or key as the decoder turns them: first halves against second halves.

    The file has them pair by pair, (x0, x1), (x2, x3) ... of a head of D: row 2 i of it becomes row i, and row 2 i + 1
    becomes row i + D / 2.

    Args:
        weight: (H D, C), changed in place.
        heads: H.
    """
    pairs = weight.detach().unflatten(0, (heads, -1, 2))  # (H, D / 2, 2, C)
    weight.detach().copy_(pairs.transpose(1, 2).reshape(weight.shape))


class _Unfilled(TorchFunctionMode):
    """Modules made inside draw no initial weights, which would be thrown away."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        return args[0] if function is torch.Tensor.normal_ else function(*args, **(kwargs or {}))
