"""Zamba2: a backbone of Mamba-2, and one or two transformer blocks that are called all along it."""

from functools import partial
from math import inf

from coursekit.attention.layer import Attention
from coursekit.decoder import DecoderConfig
from coursekit.models.shared_hybrid import shared_hybrid
from coursekit.pretrained.loading import expect, fill, head_of, weights_of
from coursekit.pretrained.mamba2 import VECTORS
from coursekit.pretrained.rotary import rope_of, rotary
from coursekit.ssm.mamba2 import Mamba2

ENDS = {"embedding.tokens": "model.embed_tokens", "norm": "model.final_layernorm", "head": "lm_head"}
MAMBA = {
    "norm": "input_layernorm",
    "mixer.in_proj": "mamba.in_proj",
    "mixer.conv1d": "mamba.conv1d",
    "mixer.norm": "mamba.norm",
    "mixer.out_proj": "mamba.out_proj",
}
CALL = {
    "link": "linear",
    "call.norm": "shared_transformer.input_layernorm",
    "call.ffn_norm": "shared_transformer.pre_ff_layernorm",
    "call.attention.output": "shared_transformer.self_attn.o_proj",
    "call.input.shared": "shared_transformer.feed_forward.gate_up_proj",
    "call.output": "shared_transformer.feed_forward.down_proj",
}
NAMES = ("query", "key", "value")


def load(model):
    """A `Zamba2ForCausalLM` as a `Decoder`.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Glorioso et al. 2024 (Zamba2), section 2.
    Taught in: 03-mamba
    """
    source, config = head_of(model), model.config
    # what ties the output layer to the embedding also ties the calls of a block to each other
    expect(config, {"hidden_act": ("gelu",), "tie_word_embeddings": (True,)})
    base, attention = rotary(config, rope_of(config)) if config.use_mem_rope else (None, Attention)
    if attention is not Attention:
        raise ValueError(f"zamba2: expected rope_type default, got {config.rope_parameters['rope_type']!r}")
    mixer = partial(
        Mamba2,
        channels=config.n_mamba_heads * config.mamba_headdim,
        head_size=config.mamba_headdim,
        groups=config.mamba_ngroups,
        states=config.mamba_d_state,
        conv_width=config.mamba_d_conv,
        bias=config.add_bias_linear,
        chunk_size=config.chunk_size,
        dt_limit=(config.time_step_min, inf),
    )
    decoder = shared_hybrid(
        DecoderConfig(
            vocab_size=config.vocab_size,
            width=config.hidden_size,
            layers=config.num_hidden_layers,
            heads=config.num_attention_heads,
            kv_heads=config.num_key_value_heads,
            head_size=config.attention_head_dim,
            ffn_width=config.intermediate_size,
            context=config.max_position_embeddings,
            norm_eps=config.rms_norm_eps,
            rope_base=base,
        ),
        config.hybrid_layer_ids,
        rank=config.adapter_rank,
        blocks=config.num_mem_blocks,
        mixer=mixer,
        bias=config.add_bias_linear,
        adapted=NAMES if config.use_shared_attention_adapter else (),
    )
    for block in decoder.blocks:
        block.mixer.mixer.norm.eps = 1e-5  # whatever the other norms have
    return fill(decoder, model, _weights(source, config))


def _weights(source, config):
    found, calls = weights_of(source, ENDS), {layer: i for i, layer in enumerate(config.hybrid_layer_ids)}
    for i in range(config.num_hidden_layers):
        ours, theirs = f"blocks.{i}.mixer.", f"model.layers.{i}."
        mamba = theirs
        if i in calls:
            mamba = f"{theirs}mamba_decoder."
            found |= weights_of(source, CALL | _adapters(config, calls[i]), ours, theirs)
            # their scores are divided by sqrt(D / 2), ours by sqrt(D)
            for name, x in found.items():
                if name.startswith(f"{ours}call.attention.query") and not name.endswith("down.weight"):
                    found[name] = x * 2**0.5
        found |= weights_of(source, MAMBA, ours, mamba)
        found |= {f"{ours}mixer.{name}": source[f"{mamba}mamba.{name}"] for name in VECTORS}
    return found


def _adapters(config, call):
    """The projections with an adapter, and the adapters of one call."""
    attention, ffn = "shared_transformer.self_attn", "shared_transformer.feed_forward"
    adapters = {"call.input": f"{ffn}.gate_up_proj_adapter_list"}
    if config.use_shared_attention_adapter:
        adapters |= {f"call.attention.{name}": f"{attention}.linear_{name[0]}_adapter_list" for name in NAMES}
    names = {
        f"{ours}.{end}": f"{theirs}.{call}.{j}"
        for ours, theirs in adapters.items()
        for j, end in enumerate(("down", "up"))
    }
    for name in NAMES:
        ours = f"call.attention.{name}"
        names[f"{ours}.shared" if ours in adapters else ours] = f"{attention}.{name[0]}_proj"
    return names
