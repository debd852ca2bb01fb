"""Gemma 3, its text part: norms around each part and on the heads, GeGLU, five layers with a window to one without."""

from dataclasses import replace
from functools import partial

from coursekit.attention.normed_heads import normed_heads
from coursekit.decoder import Decoder
from coursekit.layers.feedforward import TanhGEGLUFeedForward
from coursekit.layers.sandwich import SandwichNorm
from coursekit.layers.scaled_tokens import ScaledTokens
from coursekit.layers.zero_centred_norm import ZeroCentredRMSNorm
from coursekit.pretrained import llama, qwen3
from coursekit.pretrained.loading import expect, fill, head_of, windows
from coursekit.pretrained.rotary import rotary

LAYER = qwen3.LAYER | {
    "mixer_output_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "ffn_output_norm": "post_feedforward_layernorm",
}


def load(model):
    """A `Gemma3ForCausalLM` as a `Decoder`.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Gemma Team 2025 (Gemma 3), section 2.
    Taught in: 02-transformer
    """
    source, config = head_of(model), model.config
    expect(
        config,
        {
            "hidden_activation": ("gelu_pytorch_tanh",),
            "attn_logit_softcapping": (None,),
            "final_logit_softcapping": (None,),
            "use_bidirectional_attention": (False, None),
        },
    )
    decoder = Decoder(
        llama.sizes(config, config.rope_parameters["full_attention"]["rope_theta"]),
        mixer=[_mixer(config, kind, window) for kind, window in zip(config.layer_types, windows(config))],
        ffn=TanhGEGLUFeedForward,
        norm=ZeroCentredRMSNorm,
        block=SandwichNorm,
        embedding=ScaledTokens,
    )
    return fill(decoder, model, llama.weights(source, decoder.config, LAYER))


def _mixer(config, kind, window):
    """Layers with a window and those without each have their own base of rotary positions."""
    base, attention = rotary(config, config.rope_parameters[kind])
    attention = partial(attention, bias=config.attention_bias, window=window)
    scale = config.query_pre_attn_scalar**-0.5

    def build(sizes, linear):
        sizes = replace(sizes, rope_base=base)
        return normed_heads(sizes, linear, mixer=attention, norm=ZeroCentredRMSNorm, scale=scale)

    return build
