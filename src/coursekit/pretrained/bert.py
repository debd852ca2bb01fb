"""BERT: every token sees every other; learned positions, norms after each part, GELU, biases everywhere."""

from functools import partial

from coursekit.attention.layer import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.blocks import PostNorm
from coursekit.layers.encoders import ExactGELUFeedForward, MaskedHead, NormedPositions, add_head
from coursekit.layers.norms import LayerNorm
from coursekit.pretrained.loading import expect, fill

NAMES = {
    "mixer.query": "attention.self.query",
    "mixer.key": "attention.self.key",
    "mixer.value": "attention.self.value",
    "mixer.output": "attention.output.dense",
    "mixer_norm": "attention.output.LayerNorm",
    "ffn.input": "intermediate.dense",
    "ffn.output": "output.dense",
    "ffn_norm": "output.LayerNorm",
}


def load(model):
    """A `BertForMaskedLM` as a `Decoder` whose attention is not causal, for texts of one segment.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Devlin et al. 2018, section 3.
    Taught in: 02-transformer
    """
    source, config = model.state_dict(), model.config
    if "cls.predictions.decoder.weight" not in source:
        raise ValueError(f"expected a model with a head for masked tokens, got {type(model).__name__}")
    expect(config, {"hidden_act": ("gelu",), "is_decoder": (False,)})
    sizes = DecoderConfig(
        vocab_size=config.vocab_size,
        width=config.hidden_size,
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        ffn_width=config.intermediate_size,
        context=config.max_position_embeddings,
        norm_eps=config.layer_norm_eps,
        rope_base=None,
        tied=config.tie_word_embeddings,
    )
    decoder = Decoder(
        sizes,
        mixer=partial(Attention, is_causal=False, bias=True),
        ffn=ExactGELUFeedForward,
        norm=LayerNorm,
        block=PostNorm,
        embedding=NormedPositions,
    )
    add_head(decoder, MaskedHead(sizes))
    # every token of one segment gets the same vector, so it can be part of the positions
    positions = source["bert.embeddings.position_embeddings.weight"]
    segment = source["bert.embeddings.token_type_embeddings.weight"][0]
    weights = {
        "embedding.tokens.weight": source["bert.embeddings.word_embeddings.weight"],
        "embedding.positions.weight": positions + segment,
        "head.weight": source["cls.predictions.decoder.weight"],
        "head.bias": source["cls.predictions.decoder.bias"],
    }
    for kind in ("weight", "bias"):
        weights |= {
            f"embedding.norm.{kind}": source[f"bert.embeddings.LayerNorm.{kind}"],
            f"norm.dense.{kind}": source[f"cls.predictions.transform.dense.{kind}"],
            f"norm.norm.{kind}": source[f"cls.predictions.transform.LayerNorm.{kind}"],
        }
        for i in range(sizes.layers):
            for ours, theirs in NAMES.items():
                weights[f"blocks.{i}.{ours}.{kind}"] = source[f"bert.encoder.layer.{i}.{theirs}.{kind}"]
    return fill(decoder, model, weights)
