"""BERT: every token sees every other; learned positions, norms after each part, GELU, biases everywhere."""

from functools import partial

from coursekit.attention.layer import Attention
from coursekit.decoder import DecoderConfig
from coursekit.layers.blocks import PostNorm
from coursekit.layers.encoders import ExactGELUFeedForward, MaskedHead, NormedPositions, add_head
from coursekit.layers.norms import LayerNorm
from coursekit.models.encoder_decoder import Encoder
from coursekit.pretrained.loading import expect, fill, head_of, weights_of

ENDS = {
    "embedding.tokens": "bert.embeddings.word_embeddings",
    "embedding.positions": "bert.embeddings.position_embeddings",
    "embedding.norm": "bert.embeddings.LayerNorm",
    "norm.dense": "cls.predictions.transform.dense",
    "norm.norm": "cls.predictions.transform.LayerNorm",
    "head": "cls.predictions.decoder",
}
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


def load(model):
    """A `BertForMaskedLM` as an `Encoder`, for texts of one segment.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Devlin et al. 2018, section 3.
    Taught in: 02-transformer
    """
    source, config = head_of(model, "cls.predictions.decoder", "a head for masked tokens"), model.config
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
        tied=config.tie_word_embeddings,
    )
    encoder = Encoder(
        sizes,
        mixer=partial(Attention, is_causal=False, bias=True),
        ffn=ExactGELUFeedForward,
        norm=LayerNorm,
        block=PostNorm,
        embedding=NormedPositions,
    )
    add_head(encoder, MaskedHead(sizes))
    weights = weights_of(source, ENDS)
    # every token of one segment gets the same vector, so it can be part of the positions
    segment = source["bert.embeddings.token_type_embeddings.weight"][0]
    weights["embedding.positions.weight"] = weights["embedding.positions.weight"] + segment
    for i in range(sizes.layers):
        weights |= weights_of(source, LAYER, f"blocks.{i}.", f"bert.encoder.layer.{i}.")
    return fill(encoder, model, weights)
