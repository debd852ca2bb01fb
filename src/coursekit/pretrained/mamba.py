"""Mamba: one mixer a layer and no feed-forward; no positions, so no longest text."""

import sys
from functools import partial

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.pretrained.loading import expect, fill, head_of, weights_of
from coursekit.ssm.mamba import Mamba

ENDS = {"embedding.tokens": "backbone.embeddings", "norm": "backbone.norm_f", "head": "lm_head"}
LAYER = {
    "mixer_norm": "norm",
    "mixer.in_proj": "mixer.in_proj",
    "mixer.conv1d": "mixer.conv1d",
    "mixer.x_proj": "mixer.x_proj",
    "mixer.dt_proj": "mixer.dt_proj",
    "mixer.out_proj": "mixer.out_proj",
}
VECTORS = ("A_log", "D")


def load(model):
    """A `MambaForCausalLM` as a `Decoder`.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Gu & Dao 2023 (Mamba), section 3.4.
    Taught in: 03-mamba
    """
    source, config = head_of(model), model.config
    decoder = Decoder(sizes(config), mixer=mixer(config), ffn=None)
    return fill(decoder, model, weights(source, decoder.config, LAYER, VECTORS))


def sizes(config):
    """The sizes of Mamba, and of relatives whose options have the same names.

    Args:
        config: a transformers configuration.

    Returns: a `DecoderConfig`.
    Raises: ValueError for an activation that is not handled.
    """
    expect(config, {"hidden_act": ("silu",)})
    return DecoderConfig(
        vocab_size=config.vocab_size,
        width=config.hidden_size,
        layers=config.num_hidden_layers,
        heads=1,
        context=sys.maxsize,
        norm_eps=config.layer_norm_epsilon,
        rope_base=None,
        tied=config.tie_word_embeddings,
    )


def mixer(config):
    """`Mamba` with the options of a transformers configuration."""
    return partial(
        Mamba,
        channels=config.intermediate_size,
        states=config.state_size,
        conv_width=config.conv_kernel,
        rank=config.time_step_rank,
        bias=config.use_bias,
        conv_bias=config.use_conv_bias,
    )


def weights(source, sizes, layer, vectors):
    """All weights of Mamba or a relative, by the decoder's names.

    Args:
        source: {name: tensor}.
        sizes: a `DecoderConfig`.
        layer: {module of a block: module of the model's layer}, as `LAYER`.
        vectors: names of the mixer's weights that are in no module of their own.

    Returns: {name in the decoder: tensor}.
    """
    found = weights_of(source, ENDS)
    for i in range(sizes.layers):
        found |= weights_of(source, layer, f"blocks.{i}.", f"backbone.layers.{i}.")
        found |= {f"blocks.{i}.mixer.{name}": source[f"backbone.layers.{i}.mixer.{name}"] for name in vectors}
    return found
