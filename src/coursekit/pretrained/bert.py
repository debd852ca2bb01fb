"""BERT: every token sees every other; learned positions, norms after each part, GELU, biases everywhere."""

import json
from functools import partial
from types import SimpleNamespace

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from coursekit.attention.layer import Attention
from coursekit.decoder import DecoderConfig
from coursekit.layers.blocks import PostNorm
from coursekit.layers.encoders import ExactGELUFeedForward, MaskedHead, NormedPositions, add_head
from coursekit.layers.norms import LayerNorm
from coursekit.models.encoder_decoder import Encoder
from coursekit.pretrained.loading import expect, fill, head_of, weights_of

EMBEDDING = {
    "embedding.tokens": "embeddings.word_embeddings",
    "embedding.positions": "embeddings.position_embeddings",
    "embedding.norm": "embeddings.LayerNorm",
}
HEAD = {
    "norm.dense": "cls.predictions.transform.dense",
    "norm.norm": "cls.predictions.transform.LayerNorm",
    "head": "cls.predictions.decoder",
}
KINDS = ("weight", "bias")
SEGMENTS = "embeddings.token_type_embeddings.weight"
LAYER = {
    "mixer.query": "attention.self.query",
    "mixer.key": "attention.self.key",
    "mixer.value": "attention.self.value",
    "mixer.output": "attention.output.dense",
    "mixer_norm": "attention.output.LayerNorm",
    "ffn.input": "intermediate.dense",
    "ffn.output": "output.dense",
    "ffn_norm": "output.LayerNorm",
}


# of a file without a head: what nothing here computes, and a constant
LEFT_OUT = {"pooler.dense.weight", "pooler.dense.bias", "embeddings.position_ids"}


def load(model):
    """A `BertForMaskedLM` as an `Encoder`, for texts of one segment.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Devlin et al. 2018, section 3.
    Taught in: 02-transformer
    """
    source = head_of(model, "cls.predictions.decoder", "a head for masked tokens")
    encoder = _encoder(model.config)
    add_head(encoder, MaskedHead(encoder.config))
    return fill(encoder, model, _weights(source, encoder.config, "bert.") | weights_of(source, HEAD))


def load_folder(folder):
    """A `BertModel` in a folder, without a head: what it returns is what stands in the stream after the last layer.

    Args: folder: path of a folder with config.json and model.safetensors.
    Returns: an `Encoder` in evaluation mode, (B, T) -> (B, T, C), for texts of one segment.
    Raises: ValueError for an option that is not handled, a file that is damaged, or a tensor more or less.

    Source: Devlin et al. 2018, section 3.
    Taught in: 02-transformer
    """
    config = SimpleNamespace(**json.loads((folder / "config.json").read_text(encoding="utf-8")))
    try:
        source = load_file(folder / "model.safetensors")
    except SafetensorError as error:
        raise ValueError(f"{folder / 'model.safetensors'}: expected tensors, got a damaged file: {error}") from None
    encoder = _encoder(config)
    encoder.norm = encoder.head = nn.Identity()
    ours = encoder.state_dict()
    named = [(f"{here}.{kind}", f"{there}.{kind}") for here, there in _names(encoder.config).items() for kind in KINDS]
    expected = {SEGMENTS, *(there for here, there in named if here in ours)}
    if odd := sorted(expected ^ (source.keys() - LEFT_OUT)):
        wrong = "is missing" if odd[0] in expected else "is not handled"
        raise ValueError(f"{folder}: tensor {odd[0]!r} {wrong} ({len(odd)} such)")
    weights = _weights(source, encoder.config)
    for name, weight in ours.items():
        if weights[name].shape != weight.shape:
            found = tuple(weights[name].shape)
            raise ValueError(f"{folder}: {name}: expected shape {tuple(weight.shape)} after config.json, got {found}")
    encoder.load_state_dict(weights)
    return encoder.eval()


def _encoder(config):
    expect(config, {"hidden_act": ("gelu",), "is_decoder": (False,), "position_embedding_type": ("absolute",)})
    sizes = DecoderConfig(
        vocab_size=config.vocab_size,
        width=config.hidden_size,
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        ffn_width=config.intermediate_size,
        context=config.max_position_embeddings,
        norm_eps=config.layer_norm_eps,
        rope_base=None,
        tied=getattr(config, "tie_word_embeddings", True),
    )
    return Encoder(
        sizes,
        mixer=partial(Attention, is_causal=False, bias=True),
        ffn=ExactGELUFeedForward,
        norm=LayerNorm,
        block=PostNorm,
        embedding=NormedPositions,
    )


def _names(sizes):
    """{module of the encoder: module of a `BertModel`}."""
    names = dict(EMBEDDING)
    for i in range(sizes.layers):
        names |= {f"blocks.{i}.{ours}": f"encoder.layer.{i}.{theirs}" for ours, theirs in LAYER.items()}
    return names


def _weights(source, sizes, theirs=""):
    weights = weights_of(source, _names(sizes), theirs=theirs)
    # every token of one segment gets the same vector, so it can be part of the positions
    segment = source[f"{theirs}{SEGMENTS}"][0]
    weights["embedding.positions.weight"] = weights["embedding.positions.weight"] + segment
    return weights
