"""Mixtral: Mistral with a mixture of experts in place of each feed-forward."""

from functools import partial

from coursekit.decoder import Decoder
from coursekit.moe import MixtureOfExperts
from coursekit.pretrained import llama
from coursekit.pretrained.loading import expect, fill, head_of
from coursekit.pretrained.rotary import rope_of, rotary

LAYER = {ours: theirs for ours, theirs in llama.LAYER.items() if not ours.startswith("ffn.")}
LAYER |= {"ffn.router.scores": "mlp.gate"}


def load(model):
    """A `MixtralForCausalLM` as a `Decoder`.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Jiang et al. 2024 (Mixtral), section 2.
    Taught in: 04-moe
    """
    source, config = head_of(model), model.config
    expect(config, {"hidden_act": ("silu",)})
    base, attention = rotary(config, rope_of(config))
    decoder = Decoder(
        llama.sizes(config, base),
        mixer=partial(attention, window=config.sliding_window),
        ffn=partial(
            MixtureOfExperts,
            experts=config.num_local_experts,
            top_k=config.num_experts_per_tok,
            balance=config.router_aux_loss_coef,
        ),
    )
    weights = llama.weights(source, decoder.config, LAYER)
    for i in range(decoder.config.layers):
        weights |= experts(source, f"blocks.{i}.ffn.", f"model.layers.{i}.mlp.experts.")
    return fill(decoder, model, weights)


def experts(source, ours, theirs):
    """The experts' two tensors, transposed: theirs are as in nn.Linear, ours as the product takes them.

    Args:
        source: {name: tensor}.
        ours, theirs: what stands before their names.

    Returns: {name in the decoder: tensor}.
    """
    return {
        f"{ours}gate_up": source[f"{theirs}gate_up_proj"].transpose(1, 2),  # (E, 2 F, C) -> (E, C, 2 F)
        f"{ours}down": source[f"{theirs}down_proj"].transpose(1, 2),  # (E, C, F) -> (E, F, C)
    }
