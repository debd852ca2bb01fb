"""T5 and FLAN-T5: an encoder and a decoder with relative positions; RMSNorm, scores without a scale, no biases.

The original has a network with ReLU and scores tokens by the embedding; version 1.1 has GeGLU and its own output layer.
"""

from dataclasses import replace
from functools import partial

import torch
from torch import nn

from coursekit.attention.cross import CrossAttention
from coursekit.attention.relative import RelativeAttention, RelativeBias
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.feedforward import ReLUFeedForward, TanhGEGLUFeedForward
from coursekit.models.encoder_decoder import Encoder, EncoderDecoder
from coursekit.pretrained.loading import expect, fill, head_of, weights_of

FEEDFORWARDS = {"relu": partial(ReLUFeedForward, bias=False), "gated-gelu": TanhGEGLUFeedForward}
ENDS = {
    "encoder.embedding.tokens": "shared",
    "encoder.norm": "encoder.final_layer_norm",
    "decoder.embedding.tokens": "shared",
    "decoder.norm": "decoder.final_layer_norm",
    "decoder.head": "lm_head",
}
SELF = {
    "mixer_norm": "layer_norm",
    "mixer.attention.query": "SelfAttention.q",
    "mixer.attention.key": "SelfAttention.k",
    "mixer.attention.value": "SelfAttention.v",
    "mixer.attention.output": "SelfAttention.o",
}
CROSS = {
    "mixer_norm": "layer_norm",
    "mixer.query": "EncDecAttention.q",
    "mixer.key": "EncDecAttention.k",
    "mixer.value": "EncDecAttention.v",
    "mixer.output": "EncDecAttention.o",
}
FFN = {
    "ffn_norm": "layer_norm",
    "ffn.input": "DenseReluDense.wi",
    "ffn.gate": "DenseReluDense.wi_0",
    "ffn.up": "DenseReluDense.wi_1",
    "ffn.output": "DenseReluDense.wo",
}
BIAS = "block.0.layer.0.SelfAttention.relative_attention_bias"


def load(model):
    """A `T5ForConditionalGeneration` as an `EncoderDecoder`, for at most 512 tokens, the length that T5 was trained at.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Raffel et al. 2020 (T5), section 2.1; version 1.1: Shazeer 2020, and the released code.
    Taught in: 02-transformer
    """
    source, config = head_of(model), model.config
    expect(config, {"feed_forward_proj": tuple(FEEDFORWARDS)})
    sizes = DecoderConfig(
        vocab_size=config.vocab_size,
        width=config.d_model,
        layers=config.num_layers,
        heads=config.num_heads,
        head_size=config.d_kv,
        ffn_width=config.d_ff,
        context=512,
        norm_eps=config.layer_norm_epsilon,
        rope_base=None,
        tied=torch.equal(source["lm_head.weight"], source["shared.weight"]),
    )
    built = _assemble(config, sizes, FEEDFORWARDS[config.feed_forward_proj])
    weights = weights_of(source, ENDS)
    if getattr(config, "scale_decoder_outputs", config.tie_word_embeddings):
        weights["decoder.norm.weight"] = weights["decoder.norm.weight"] * config.d_model**-0.5
    bias = {"mixer.bias.table": BIAS}
    for i in range(config.num_layers):
        ours, theirs = f"encoder.blocks.{i}.", f"encoder.block.{i}.layer."
        weights |= weights_of(source, bias, ours, "encoder.")
        weights |= weights_of(source, SELF, ours, f"{theirs}0.") | weights_of(source, FFN, ours, f"{theirs}1.")
    for i in range(config.num_decoder_layers):
        ours, after, theirs = f"decoder.blocks.{2 * i}.", f"decoder.blocks.{2 * i + 1}.", f"decoder.block.{i}.layer."
        weights |= weights_of(source, bias, ours, "decoder.") | weights_of(source, SELF, ours, f"{theirs}0.")
        weights |= weights_of(source, CROSS, after, f"{theirs}1.") | weights_of(source, FFN, after, f"{theirs}2.")
    return fill(built, model, weights)


def _assemble(config, sizes, ffn):
    """Each layer of the decoder takes two blocks: self-attention alone, then cross-attention and feed-forward."""

    def attention(is_causal):
        ranges = config.relative_attention_num_buckets, config.relative_attention_max_distance
        return partial(RelativeAttention, bias=RelativeBias(sizes, *ranges, is_causal), scale=1.0)

    layers = config.num_decoder_layers
    encoder = Encoder(sizes, mixer=attention(is_causal=False), ffn=ffn)
    decoder = Decoder(
        replace(sizes, layers=2 * layers),
        mixer=[attention(is_causal=True), partial(CrossAttention, scale=1.0)] * layers,
        ffn=[None, ffn] * layers,
    )
    encoder.head, encoder.embedding = nn.Identity(), decoder.embedding
    return EncoderDecoder(encoder, decoder)
