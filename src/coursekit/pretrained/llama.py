"""Llama and its kin (TinyLlama): rotary positions, RMSNorm, SwiGLU, grouped heads. The decoder's defaults."""

from functools import partial

from coursekit.attention.layer import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.feedforward import FeedForward
from coursekit.pretrained.loading import expect, fill, head_of

NAMES = {
    "mixer_norm": "input_layernorm",
    "mixer.query": "self_attn.q_proj",
    "mixer.key": "self_attn.k_proj",
    "mixer.value": "self_attn.v_proj",
    "mixer.output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn.gate": "mlp.gate_proj",
    "ffn.up": "mlp.up_proj",
    "ffn.output": "mlp.down_proj",
}


def load(model, window=None):
    """A `LlamaForCausalLM` as a `Decoder`.

    Args: as in `coursekit.pretrained.from_transformers`; window: the sliding window of a relative (Mistral).
    Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Touvron et al. 2023 (Llama), section 2.2.
    Taught in: 02-transformer
    """
    source, config = head_of(model), model.config
    expect(config, {"hidden_act": ("silu",)})
    sizes = DecoderConfig(
        vocab_size=config.vocab_size,
        width=config.hidden_size,
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        kv_heads=config.num_key_value_heads,
        head_size=config.head_dim,
        ffn_width=config.intermediate_size,
        context=config.max_position_embeddings,
        norm_eps=config.rms_norm_eps,
        rope_base=_rope_base(config),
        tied=config.tie_word_embeddings,
    )
    decoder = Decoder(
        sizes,
        mixer=partial(Attention, bias=getattr(config, "attention_bias", False), window=window),
        ffn=partial(FeedForward, bias=getattr(config, "mlp_bias", False)),
    )
    weights = {
        "embedding.tokens.weight": source["model.embed_tokens.weight"],
        "norm.weight": source["model.norm.weight"],
        "head.weight": source["lm_head.weight"],
    }
    for i in range(sizes.layers):
        for ours, theirs in NAMES.items():
            for kind in ("weight", "bias"):
                if f"model.layers.{i}.{theirs}.{kind}" in source:
                    weights[f"blocks.{i}.{ours}.{kind}"] = source[f"model.layers.{i}.{theirs}.{kind}"]
    return fill(decoder, model, weights)


def _rope_base(config):
    """theta of rotary positions without scaling, from transformers 5 (rope_parameters) or 4 (rope_theta)."""
    rope = getattr(config, "rope_parameters", None) or {
        "rope_theta": config.rope_theta,
        **(getattr(config, "rope_scaling", None) or {}),
    }
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind != "default" or rope.get("partial_rotary_factor", 1.0) != 1.0:
        raise ValueError(f"{config.model_type}: expected rotary positions without scaling, got {rope}")
    return rope["rope_theta"]
