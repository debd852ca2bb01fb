"""Qwen3: Llama with queries and keys that are normalised, and windows in some layers if the options ask for them."""

from functools import partial

from coursekit.attention.normed_heads import normed_heads
from coursekit.decoder import Decoder
from coursekit.pretrained import llama
from coursekit.pretrained.loading import expect, fill, head_of, windows
from coursekit.pretrained.rotary import rope_of, rotary

NORMED = {
    "mixer.query.projection": "self_attn.q_proj",
    "mixer.query.norm": "self_attn.q_norm",
    "mixer.key.projection": "self_attn.k_proj",
    "mixer.key.norm": "self_attn.k_norm",
}
LAYER = {ours: theirs for ours, theirs in llama.LAYER.items() if ours not in ("mixer.query", "mixer.key")} | NORMED


def load(model):
    """A `Qwen3ForCausalLM` as a `Decoder`.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Qwen Team 2025 (Qwen3), section 2.
    Taught in: 02-transformer
    """
    source, config = head_of(model), model.config
    expect(config, {"hidden_act": ("silu",)})
    base, attention = rotary(config, rope_of(config))
    attention = partial(attention, bias=config.attention_bias)
    decoder = Decoder(
        llama.sizes(config, base),
        mixer=[partial(normed_heads, mixer=partial(attention, window=window)) for window in windows(config)],
    )
    return fill(decoder, model, llama.weights(source, decoder.config, LAYER))
