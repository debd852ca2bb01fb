"""BitNet b1.58 2B4T: Llama with ternary weights, a squared ReLU, and a norm before each part's last projection.

How its weights are stored, in transformers and in the published files:

    as trained     floating point (bf16), rounded at every call: AutoBitLinear, `online_quant`
    unpacked       -1, 0, 1 in floating point, and `weight_scale` = gamma, that multiplies: AutoBitLinear
    packed         uint8, (O / 4, C): byte (r, c) holds w + 1 of the rows r, r + O/4, r + O/2, r + 3 O/4 of column c in
                   its bits 0-1, 2-3, 4-5, 6-7, and `weight_scale`, which divides in BitLinear: 1 / gamma

Embedding and output layer are not rounded. A `BitNetForCausalLM` without a quantization of its own has ordinary linear
layers, and computes with them as they are; so does its decoder here.
"""

from functools import partial

import torch
from torch import nn

from coursekit.decoder import Decoder
from coursekit.layers.squared_relu import SquaredReLUFeedForward
from coursekit.layers.sub_norm import sub_normed
from coursekit.pretrained import llama
from coursekit.pretrained.loading import expect, fill, head_of
from coursekit.pretrained.rotary import rope_of, rotary
from coursekit.quant.training import BitLinear, PackedBitLinear

ROWS = 4  # that share a byte
LAYER = {ours: theirs for ours, theirs in llama.LAYER.items() if not ours.endswith(".output")} | {
    "mixer.output.norm": "self_attn.attn_sub_norm",
    "mixer.output.projection": "self_attn.o_proj",
    "ffn.output.norm": "mlp.ffn_sub_norm",
    "ffn.output.projection": "mlp.down_proj",
}


def load(model):
    """A `BitNetForCausalLM` as a `Decoder`.

    Args: as in `coursekit.pretrained.from_transformers`.
    Returns: as there; its linear layers are `BitLinear` where the model's weights are as trained, `PackedBitLinear`
        where they are trits, `nn.Linear` where the model does not round.
    Raises: ValueError as there, and for layers that are stored in another way.

    Source: Ma et al. 2025 (BitNet b1.58 2B4T), section 2.
    Taught in: 05-cuantizacion
    """
    source, config = dict(head_of(model)), model.config
    expect(config, {"hidden_act": ("relu2",), "attention_bias": (False,)})
    trits = {name: _trits(name, layer) for name, layer in model.named_modules() if _kind(name, layer) == "trits"}
    source |= {f"{name}.weight": weight for name, (weight, _) in trits.items()}
    kinds = {_kind(name, layer) for name, layer in model.named_modules()} - {None}
    base, attention = rotary(config, rope_of(config))
    decoder = Decoder(
        llama.sizes(config, base),
        mixer=partial(sub_normed, part=attention),
        ffn=partial(sub_normed, part=SquaredReLUFeedForward),
        linear=nn.Linear if kinds == {"linear"} else BitLinear,
    )
    decoder = fill(decoder, model, llama.weights(source, decoder.config, LAYER))
    for i in range(decoder.config.layers):
        for ours, theirs in LAYER.items():
            scale = trits.get(f"model.layers.{i}.{theirs}", (None, None))[1]
            if scale is not None:
                layer = decoder.get_submodule(f"blocks.{i}.{ours}")
                decoder.set_submodule(f"blocks.{i}.{ours}", PackedBitLinear(layer.weight.detach(), scale))
    return decoder


def _kind(name, layer):
    """How a projection of a layer is stored: "linear", "trained", "trits"; None for what is no such projection."""
    if not name.startswith("model.layers.") or not name.endswith("_proj"):
        return None
    if getattr(layer, "rms_norm", None) is not None:
        raise ValueError(f"bitnet: expected use_rms_norm False, got a norm inside {name}")
    kind = {"Linear": "linear", "AutoBitLinear": "trained", "BitLinear": "trits"}.get(type(layer).__name__)
    if kind is None:
        raise ValueError(f"bitnet: expected Linear, AutoBitLinear or BitLinear, got {type(layer).__name__} in {name}")
    return "trits" if kind == "trained" and not layer.online_quant else kind


def _trits(name, layer):
    """The weights, -1, 0 or 1, and gamma."""
    scale = layer.weight_scale.detach().float()
    if layer.weight.dtype != torch.uint8:
        return layer.weight.detach(), scale
    if layer.out_features % ROWS or layer.weight.shape[0] * ROWS != layer.out_features:
        raise ValueError(
            f"bitnet: expected {layer.out_features} / {ROWS} rows of bytes in {name}, got {layer.weight.shape}"
        )
    parts = [(layer.weight >> 2 * i) & 3 for i in range(ROWS)]
    return torch.cat(parts).float() - 1, 1 / scale
