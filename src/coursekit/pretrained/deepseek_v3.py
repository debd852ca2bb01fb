"""DeepSeek-V3: latent attention, and experts chosen by affinity plus bias, in groups, beside a shared one."""

from dataclasses import replace
from functools import partial

import torch

from coursekit.attention.latent import LatentAttention
from coursekit.decoder import Decoder
from coursekit.layers.feedforward import FeedForward
from coursekit.moe import MixtureOfExperts
from coursekit.moe.routers import BiasedRouter
from coursekit.pretrained import llama
from coursekit.pretrained.loading import expect, fill, head_of
from coursekit.pretrained.mixtral import experts
from coursekit.pretrained.rotary import rope_of

LAYER = {ours: theirs for ours, theirs in llama.LAYER.items() if not ours.startswith("mixer.")}
LAYER |= {
    "mixer.query_down": "self_attn.q_a_proj",
    "mixer.query_norm": "self_attn.q_a_layernorm",
    "mixer.norm": "self_attn.kv_a_layernorm",
    "mixer.output": "self_attn.o_proj",
    "ffn.router.scores": "mlp.gate",
    "ffn.shared.gate": "mlp.shared_experts.gate_proj",
    "ffn.shared.up": "mlp.shared_experts.up_proj",
    "ffn.shared.output": "mlp.shared_experts.down_proj",
}


def load(model):
    """A `DeepseekV3ForCausalLM` as a `Decoder`; its modules for several tokens at once are left out.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: DeepSeek-AI 2024 (DeepSeek-V3), section 2.1.
    Taught in: 04-moe
    """
    source, config = head_of(model), model.config
    # its norms of latents have an eps of their own, 1e-6
    handled = {"hidden_act": ("silu",), "attention_bias": (False,), "rms_norm_eps": (1e-6,)}
    expect(config, handled | {"v_head_dim": (config.qk_nope_head_dim,)})
    rope = rope_of(config)
    if rope.get("rope_type", rope.get("type", "default")) != "default":
        raise ValueError(f"deepseek_v3: expected rope_type default, got {rope}")
    sizes = replace(llama.sizes(config, rope["rope_theta"]), head_size=config.qk_nope_head_dim)
    dense = config.first_k_dense_replace
    mixer = partial(
        LatentAttention,
        latent=config.kv_lora_rank,
        rotary=config.qk_rope_head_dim,
        query_latent=config.q_lora_rank,
    )
    ffn = [FeedForward if i < dense else _mixture(config) for i in range(sizes.layers)]
    weights = llama.weights(source, sizes, LAYER)
    for i in range(sizes.layers):
        ours, theirs = f"blocks.{i}.", f"model.layers.{i}."
        weights |= _attention(source, config, f"{ours}mixer.", f"{theirs}self_attn.")
        if i >= dense:
            weights |= experts(source, f"{ours}ffn.", f"{theirs}mlp.experts.")
            weights[f"{ours}ffn.router.bias"] = source[f"{theirs}mlp.gate.e_score_correction_bias"]
    return fill(Decoder(sizes, mixer=mixer, ffn=ffn), model, weights)


def _mixture(config):
    router = partial(
        BiasedRouter,
        groups=config.n_group,
        kept_groups=config.topk_group,
        normalise=config.norm_topk_prob,
        scale=config.routed_scaling_factor,
    )
    return partial(
        MixtureOfExperts,
        experts=config.n_routed_experts,
        top_k=config.num_experts_per_tok,
        width=config.moe_intermediate_size,
        shared=config.n_shared_experts,
        router=router,
        balance=0.0,
        sequence=1e-4,
    )


def _attention(source, config, ours, theirs):
    """What theirs has in one matrix, apart; and the channels that turn together in our order."""
    nope, R, heads = config.qk_nope_head_dim, config.qk_rope_head_dim, config.num_attention_heads
    order = torch.arange(R)
    if config.rope_interleave:  # theirs turns channels 2 i and 2 i + 1 together, ours i and i + R / 2
        order = torch.cat((order[::2], order[1::2]))
    low = config.q_lora_rank is not None
    query = source[f"{theirs}{'q_b_proj' if low else 'q_proj'}.weight"].unflatten(0, (heads, -1))  # (H, D + R, Q)
    down, turned = source[f"{theirs}kv_a_proj_with_mqa.weight"].split((config.kv_lora_rank, R))
    key, value = source[f"{theirs}kv_b_proj.weight"].unflatten(0, (heads, -1)).split(nope, dim=1)  # (H, D, L) twice
    return {
        f"{ours}query.weight": torch.cat((query[:, :nope], query[:, nope + order]), dim=1).flatten(0, 1),
        f"{ours}down.weight": down,
        f"{ours}rotary_key.weight": turned[order],
        f"{ours}key_up.weight": key.flatten(0, 1),
        f"{ours}value_up.weight": value.flatten(0, 1),
    }
