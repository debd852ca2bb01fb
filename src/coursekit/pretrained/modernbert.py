"""ModernBERT: BERT with rotary positions, gates, norms before each part, and windows in two layers of three."""

from dataclasses import replace
from functools import partial

from torch import nn

from coursekit.attention.layer import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.encoders import GEGLUFeedForward, MaskedHead, NormedTokens, add_head
from coursekit.layers.norms import LayerNorm
from coursekit.pretrained.loading import expect, fill


def load(model):
    """A `ModernBertForMaskedLM` as a `Decoder` whose attention is not causal.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Warner et al. 2024, section 2.1.
    Taught in: 02-transformer
    """
    source, config = model.state_dict(), model.config
    if "decoder.weight" not in source:
        raise ValueError(f"expected a model with a head for masked tokens, got {type(model).__name__}")
    expect(config, {"hidden_activation": ("gelu",), "classifier_activation": ("gelu",)})
    sizes = DecoderConfig(
        vocab_size=config.vocab_size,
        width=config.hidden_size,
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        ffn_width=config.intermediate_size,
        context=config.max_position_embeddings,
        norm_eps=config.norm_eps,
        tied=config.tie_word_embeddings,
    )
    decoder = Decoder(
        sizes,
        mixer=[_mixer(config, kind) for kind in config.layer_types],
        ffn=partial(GEGLUFeedForward, bias=config.mlp_bias),
        norm=LayerNorm,
        embedding=NormedTokens,
    )
    add_head(decoder, nn.Sequential(decoder.norm, MaskedHead(sizes, config.classifier_bias)), config.decoder_bias)
    # the embeddings are normalised already
    decoder.blocks[0].mixer_norm = nn.Identity()
    names = {
        "embedding.tokens": "model.embeddings.tok_embeddings",
        "embedding.norm": "model.embeddings.norm",
        "norm.0": "model.final_norm",
        "norm.1.dense": "head.dense",
        "norm.1.norm": "head.norm",
        "head": "decoder",
    }
    weights = {}
    for i in range(sizes.layers):
        ours, theirs = f"blocks.{i}.", f"model.layers.{i}."
        names |= {
            f"{ours}mixer_norm": f"{theirs}attn_norm",
            f"{ours}mixer.output": f"{theirs}attn.Wo",
            f"{ours}ffn_norm": f"{theirs}mlp_norm",
            f"{ours}ffn.output": f"{theirs}mlp.Wo",
        }
        joint = {"attn.Wqkv": ("mixer.query", "mixer.key", "mixer.value"), "mlp.Wi": ("ffn.gate", "ffn.up")}
        for name, parts in joint.items():
            for kind in ("weight", "bias"):
                if f"{theirs}{name}.{kind}" in source:
                    pieces = source[f"{theirs}{name}.{kind}"].chunk(len(parts))  # (3 C or 2 F, C) -> (C or F, C)
                    weights |= {f"{ours}{part}.{kind}": piece for part, piece in zip(parts, pieces)}
    for ours, theirs in names.items():
        for kind in ("weight", "bias"):
            if f"{theirs}.{kind}" in source:
                weights[f"{ours}.{kind}"] = source[f"{theirs}.{kind}"]
    if not config.norm_bias:
        for name, weight in decoder.state_dict().items():
            if name.endswith("norm.bias") or name == "norm.0.bias":
                weights[name] = weight.new_zeros(weight.shape)
    return fill(decoder, model, weights)


def _mixer(config, kind):
    """Full layers and layers with a window each have their own base of rotary positions."""
    rope = config.rope_parameters[kind]
    if rope["rope_type"] != "default":
        raise ValueError(f"{config.model_type}: expected rotary positions without scaling, got {rope}")
    # local_attention // 2 tokens are in sight on each side of the own one
    window = config.local_attention // 2 + 1 if kind == "sliding_attention" else None

    def build(sizes, linear):
        sizes = replace(sizes, rope_base=rope["rope_theta"])
        return Attention(sizes, linear, window, is_causal=False, bias=config.attention_bias)

    return build
