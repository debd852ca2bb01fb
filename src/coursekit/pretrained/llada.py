"""LLaDA: the layers of Llama under other names, where every token sees every other. For `coursekit.diffusion`."""

from functools import partial

from coursekit.attention.layer import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.pretrained.loading import expect, fill, head_of, weights_of

ENDS = {
    "embedding.tokens": "model.transformer.wte",
    "norm": "model.transformer.ln_f",
    "head": "model.transformer.ff_out",
}
LAYER = {
    "mixer_norm": "attn_norm",
    "mixer.query": "q_proj",
    "mixer.key": "k_proj",
    "mixer.value": "v_proj",
    "mixer.output": "attn_out",
    "ffn_norm": "ff_norm",
    "ffn.gate": "ff_proj",
    "ffn.up": "up_proj",
    "ffn.output": "ff_out",
}
HANDLED = {
    "block_type": ("llama",),
    "activation_type": ("silu",),
    "layer_norm_type": ("rms",),
    "include_bias": (False,),
    "include_qkv_bias": (False, None),
    "weight_tying": (False,),
    "alibi": (False,),
    "scale_logits": (False,),
    "attention_layer_norm": (False,),
    "input_emb_norm": (False,),
}


def load(model):
    """A `LLaDAModelLM`, whose code comes with its checkpoint (`trust_remote_code`), as a `Decoder`.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`; the mask is among the V (126336 in LLaDA-8B).

    Source: Nie et al. 2025 (LLaDA), section 3.1.
    Taught in: 06-difusion
    """
    source, config = head_of(model, "model.transformer.ff_out"), model.config
    expect(config, HANDLED | {"embedding_size": (config.vocab_size, None)})
    sizes = DecoderConfig(
        vocab_size=config.vocab_size,
        width=config.d_model,
        layers=config.n_layers,
        heads=config.n_heads,
        kv_heads=config.n_kv_heads,
        ffn_width=config.mlp_hidden_size,
        context=config.max_sequence_length,
        norm_eps=config.rms_norm_eps,
        rope_base=config.rope_theta,
        tied=False,
    )
    weights = weights_of(source, ENDS)
    for i in range(sizes.layers):
        weights |= weights_of(source, LAYER, f"blocks.{i}.", f"model.transformer.blocks.{i}.")
    return fill(Decoder(sizes, mixer=partial(Attention, is_causal=False)), model, weights)
