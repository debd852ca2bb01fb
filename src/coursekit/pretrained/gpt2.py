"""GPT-2: learned positions, LayerNorm, GELU, biases everywhere, one joint projection for query, key and value."""

from functools import partial

from coursekit.attention.layer import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.embeddings import LearnedPositions
from coursekit.layers.feedforward import GELUFeedForward
from coursekit.layers.norms import LayerNorm
from coursekit.pretrained.loading import expect, fill, head_of, weights_of

ENDS = {
    "embedding.tokens": "transformer.wte",
    "embedding.positions": "transformer.wpe",
    "norm": "transformer.ln_f",
    "head": "lm_head",
}
LAYER = {
    "mixer_norm": "ln_1",
    ("mixer.query", "mixer.key", "mixer.value"): "attn.c_attn",
    "mixer.output": "attn.c_proj",
    "ffn_norm": "ln_2",
    "ffn.input": "mlp.c_fc",
    "ffn.output": "mlp.c_proj",
}


def load(model):
    """A `GPT2LMHeadModel` as a `Decoder`.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Radford et al. 2019, section 2.3.
    Taught in: 02-transformer
    """
    source, config = head_of(model), model.config
    expect(
        config,
        {
            "activation_function": ("gelu_new", "gelu_pytorch_tanh"),
            "scale_attn_weights": (True,),
            "scale_attn_by_inverse_layer_idx": (False,),
            "add_cross_attention": (False,),
        },
    )
    sizes = DecoderConfig(
        vocab_size=config.vocab_size,
        width=config.n_embd,
        layers=config.n_layer,
        heads=config.n_head,
        ffn_width=config.n_inner or 4 * config.n_embd,
        context=config.n_positions,
        norm_eps=config.layer_norm_epsilon,
        rope_base=None,
        tied=config.tie_word_embeddings,
    )
    decoder = Decoder(
        sizes,
        mixer=partial(Attention, bias=True),
        ffn=GELUFeedForward,
        norm=LayerNorm,
        embedding=LearnedPositions,
    )
    # GPT-2 stores the matrices of its layers as (inputs, outputs)
    source = {name: x.T if name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight")) else x
              for name, x in source.items()}  # fmt: skip
    weights = weights_of(source, ENDS)
    for i in range(sizes.layers):
        weights |= weights_of(source, LAYER, f"blocks.{i}.", f"transformer.h.{i}.")
    return fill(decoder, model, weights)
