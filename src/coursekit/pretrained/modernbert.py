"""ModernBERT: BERT with rotary positions, gates, norms before each part, and windows in two layers of three."""

from dataclasses import replace
from functools import partial

from torch import nn

from coursekit.attention.layer import Attention
from coursekit.decoder import DecoderConfig
from coursekit.layers.encoders import GEGLUFeedForward, MaskedHead, NormedTokens, add_head
from coursekit.layers.norms import LayerNorm
from coursekit.models.encoder_decoder import Encoder
from coursekit.pretrained.loading import expect, fill, head_of, weights_of

ENDS = {
    "embedding.tokens": "model.embeddings.tok_embeddings",
    "embedding.norm": "model.embeddings.norm",
    "norm.0": "model.final_norm",
    "norm.1.dense": "head.dense",
    "norm.1.norm": "head.norm",
    "head": "decoder",
}
LAYER = {
    "mixer_norm": "attn_norm",
    ("mixer.query", "mixer.key", "mixer.value"): "attn.Wqkv",
    "mixer.output": "attn.Wo",
    "ffn_norm": "mlp_norm",
    ("ffn.gate", "ffn.up"): "mlp.Wi",
    "ffn.output": "mlp.Wo",
}


def load(model):
    """A `ModernBertForMaskedLM` as an `Encoder`.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Warner et al. 2024, section 2.1.
    Taught in: 02-transformer
    """
    source, config = head_of(model, "decoder", "a head for masked tokens"), model.config
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
    encoder = Encoder(
        sizes,
        mixer=[_mixer(config, kind) for kind in config.layer_types],
        ffn=partial(GEGLUFeedForward, bias=config.mlp_bias),
        norm=LayerNorm,
        embedding=NormedTokens,
    )
    add_head(encoder, nn.Sequential(encoder.norm, MaskedHead(sizes, config.classifier_bias)), config.decoder_bias)
    # the embeddings are normalised already
    encoder.blocks[0].mixer_norm = nn.Identity()
    weights = weights_of(source, ENDS)
    for i in range(sizes.layers):
        weights |= weights_of(source, LAYER, f"blocks.{i}.", f"model.layers.{i}.")
    if not config.norm_bias:
        for name, weight in encoder.state_dict().items():
            if name.endswith("norm.bias") or name == "norm.0.bias":
                weights[name] = weight.new_zeros(weight.shape)
    return fill(encoder, model, weights)


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
