"""Qwen3-MoE: Qwen3 with many small experts in place of most feed-forwards; which layers stay dense is an option."""

from functools import partial

from coursekit.attention.normed_heads import normed_heads
from coursekit.decoder import Decoder
from coursekit.layers.feedforward import FeedForward
from coursekit.moe import MixtureOfExperts
from coursekit.moe.routers import SoftmaxFirstRouter, TopKRouter
from coursekit.pretrained import llama, qwen3
from coursekit.pretrained.loading import expect, fill, head_of
from coursekit.pretrained.mixtral import experts
from coursekit.pretrained.rotary import rope_of, rotary

LAYER = qwen3.LAYER | {"ffn.router.scores": "mlp.gate"}


def load(model):
    """A `Qwen3MoeForCausalLM` as a `Decoder`.

    With norm_topk_prob the chosen probabilities are divided by their sum, which is the softmax of the chosen scores.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Qwen Team 2025 (Qwen3), section 2.
    Taught in: 04-moe
    """
    source, config = head_of(model), model.config
    expect(config, {"hidden_act": ("silu",)})
    base, attention = rotary(config, rope_of(config))
    mixer = partial(attention, bias=config.attention_bias, window=config.sliding_window)
    sparse = [
        i not in config.mlp_only_layers and config.num_experts > 0 and (i + 1) % config.decoder_sparse_step == 0
        for i in range(config.num_hidden_layers)
    ]
    decoder = Decoder(
        llama.sizes(config, base),
        mixer=partial(normed_heads, mixer=mixer),
        ffn=[_mixture(config) if many else FeedForward for many in sparse],
    )
    weights = llama.weights(source, decoder.config, LAYER)
    for i, many in enumerate(sparse):
        if many:
            weights |= experts(source, f"blocks.{i}.ffn.", f"model.layers.{i}.mlp.experts.")
    return fill(decoder, model, weights)


def _mixture(config):
    return partial(
        MixtureOfExperts,
        experts=config.num_experts,
        top_k=config.num_experts_per_tok,
        width=config.moe_intermediate_size,
        router=TopKRouter if config.norm_topk_prob else SoftmaxFirstRouter,
        balance=config.router_aux_loss_coef,
    )
