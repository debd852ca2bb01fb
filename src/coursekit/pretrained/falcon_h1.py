"""Falcon-H1: attention and Mamba-2 side by side in each layer, and a multiplier nearly everywhere."""

from functools import partial

import torch
from torch import nn
from torch.nn.functional import silu

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.feedforward import FeedForward
from coursekit.pretrained.loading import expect, fill, head_of, weights_of
from coursekit.pretrained.mamba2 import VECTORS
from coursekit.pretrained.rotary import rope_of, rotary
from coursekit.ssm.mamba2 import GatedRMSNorm, Mamba2
from coursekit.ssm.parallel import Parallel

ENDS = {"embedding.tokens": "model.embed_tokens", "norm": "model.final_layernorm", "head": "lm_head"}
LAYER = {
    "mixer_norm": "input_layernorm",
    "mixer.mixers.0.in_proj": "mamba.in_proj",
    "mixer.mixers.0.conv1d": "mamba.conv1d",
    "mixer.mixers.0.norm": "mamba.norm",
    "mixer.mixers.0.out_proj": "mamba.out_proj",
    "mixer.mixers.1.query": "self_attn.q_proj",
    "mixer.mixers.1.key": "self_attn.k_proj",
    "mixer.mixers.1.value": "self_attn.v_proj",
    "mixer.mixers.1.output": "self_attn.o_proj",
    "ffn_norm": "pre_ff_layernorm",
    "ffn.gate": "feed_forward.gate_proj",
    "ffn.up": "feed_forward.up_proj",
    "ffn.output": "feed_forward.down_proj",
}


class Gate(nn.Module):
    """A gate without a norm: x * SiLU(z). Called as `GatedRMSNorm`."""

    def __init__(self, channels, groups, eps):
        super().__init__()

    def forward(self, x, z):
        """(B, L, H * P) twice -> (B, L, H * P)"""
        return x * silu(z)


class NormThenGate(GatedRMSNorm):
    """The norm first: norm_G(x) * weight * SiLU(z). Args: as in `GatedRMSNorm`."""

    def forward(self, x, z):
        """(B, L, H * P) twice -> (B, L, H * P)"""
        return self.normalise(x) * silu(z)


def load(model):
    """A `FalconH1ForCausalLM` as a `Decoder`; its multipliers become part of the weights.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Zuo et al. 2025 (Falcon-H1), section 2.
    Taught in: 03-mamba
    """
    source, config = head_of(model), model.config
    expect(config, {"hidden_act": ("silu",), "projectors_bias": (config.mamba_proj_bias,)})
    base, attention = rotary(config, rope_of(config))
    sizes = DecoderConfig(
        vocab_size=config.vocab_size,
        width=config.hidden_size,
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        kv_heads=config.num_key_value_heads,
        head_size=getattr(config, "head_dim", None),
        ffn_width=config.intermediate_size,
        context=config.max_position_embeddings,
        norm_eps=config.rms_norm_eps,
        rope_base=base,
        tied=False,  # embedding and output layer have multipliers of their own
    )
    mamba = partial(
        Mamba2,
        channels=config.mamba_n_heads * config.mamba_d_head,
        head_size=config.mamba_d_head,
        groups=config.mamba_n_groups,
        states=config.mamba_d_state,
        conv_width=config.mamba_d_conv,
        bias=config.mamba_proj_bias,
        conv_bias=config.mamba_conv_bias,
        chunk_size=config.mamba_chunk_size,
        dt_limit=config.time_step_limit,
        norm=(NormThenGate if config.mamba_norm_before_gate else GatedRMSNorm) if config.mamba_rms_norm else Gate,
    )
    decoder = Decoder(
        sizes,
        mixer=partial(Parallel, mixers=(mamba, partial(attention, bias=config.attention_bias))),
        ffn=partial(FeedForward, bias=config.mlp_bias),
    )
    weights = weights_of(source, ENDS)
    weights["embedding.tokens.weight"] = weights["embedding.tokens.weight"] * config.embedding_multiplier
    weights["head.weight"] = weights["head.weight"] * config.lm_head_multiplier
    for i in range(sizes.layers):
        weights |= weights_of(source, LAYER, f"blocks.{i}.", f"model.layers.{i}.")
        weights |= {f"blocks.{i}.mixer.mixers.0.{name}": source[f"model.layers.{i}.mamba.{name}"] for name in VECTORS}
        for module, (of_input, of_output) in _multipliers(config).items():
            weight, bias = f"blocks.{i}.{module}.weight", f"blocks.{i}.{module}.bias"
            rows = torch.as_tensor(of_output).to(weights[weight])  # one number, or one for each output
            weights[weight] = weights[weight] * (of_input * rows[..., None])
            if bias in weights:
                weights[bias] = weights[bias] * rows
    return fill(decoder, model, weights)


def _multipliers(config):
    """{module: (factor of what it reads, factor of what it gives, a number or one for each output)}"""
    states, channels = config.mamba_n_groups * config.mamba_d_state, config.mamba_n_heads * config.mamba_d_head
    # gate, x, B, C, steps
    of_parts = torch.tensor(config.ssm_multipliers).repeat_interleave(
        torch.tensor((channels, channels, states, states, config.mamba_n_heads))
    )
    of_gate, of_ffn = config.mlp_multipliers
    seen = config.attention_in_multiplier
    return {
        "mixer.mixers.0.in_proj": (config.ssm_in_multiplier, of_parts),
        "mixer.mixers.0.out_proj": (1.0, config.ssm_out_multiplier),
        "mixer.mixers.1.query": (seen, 1.0),
        "mixer.mixers.1.key": (seen, config.key_multiplier),
        "mixer.mixers.1.value": (seen, 1.0),
        "mixer.mixers.1.output": (1.0, config.attention_out_multiplier),
        "ffn.gate": (1.0, of_gate),
        "ffn.output": (1.0, of_ffn),
    }
