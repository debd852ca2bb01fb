"""Llama and its kin (TinyLlama, Falcon3): rotary positions, RMSNorm, SwiGLU, grouped heads. The decoder's defaults."""

from functools import partial

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.feedforward import FeedForward
from coursekit.pretrained.loading import expect, fill, head_of, weights_of
from coursekit.pretrained.rotary import rope_of, rotary

ENDS = {"embedding.tokens": "model.embed_tokens", "norm": "model.norm", "head": "lm_head"}
LAYER = {
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
    base, attention = rotary(config, rope_of(config))
    decoder = Decoder(
        sizes(config, base),
        mixer=partial(attention, bias=getattr(config, "attention_bias", False), window=window),
        ffn=partial(FeedForward, bias=getattr(config, "mlp_bias", False)),
    )
    return fill(decoder, model, weights(source, decoder.config, LAYER))


def sizes(config, base):
    """The sizes of Llama, and of relatives whose options have the same names.

    Args:
        config: a transformers configuration.
        base: of the rotary positions.

    Returns: a `DecoderConfig`.
    """
    return DecoderConfig(
        vocab_size=config.vocab_size,
        width=config.hidden_size,
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        kv_heads=config.num_key_value_heads,
        head_size=config.head_dim,
        ffn_width=config.intermediate_size,
        context=config.max_position_embeddings,
        norm_eps=config.rms_norm_eps,
        rope_base=base,
        tied=config.tie_word_embeddings,
    )


def weights(source, sizes, layer):
    """All weights of Llama or a relative, by the decoder's names.

    Args:
        source: {name: tensor}.
        sizes: a `DecoderConfig`.
        layer: {module of a block: module of the model's layer}, as `LAYER`.

    Returns: {name in the decoder: tensor}.
    """
    found = weights_of(source, ENDS)
    for i in range(sizes.layers):
        found |= weights_of(source, layer, f"blocks.{i}.", f"model.layers.{i}.")
    return found
