"""GPT-2: learned positions, LayerNorm, GELU, biases everywhere, one joint projection for query, key and value."""

from functools import partial

from coursekit.attention.layer import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.embeddings import LearnedPositions
from coursekit.layers.feedforward import GELUFeedForward
from coursekit.layers.norms import LayerNorm
from coursekit.pretrained.loading import expect, fill, head_of


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
    weights = {
        "embedding.tokens.weight": source["transformer.wte.weight"],
        "embedding.positions.weight": source["transformer.wpe.weight"],
        "norm.weight": source["transformer.ln_f.weight"],
        "norm.bias": source["transformer.ln_f.bias"],
        "head.weight": source["lm_head.weight"],
    }
    for i in range(sizes.layers):
        theirs, ours = f"transformer.h.{i}.", f"blocks.{i}."
        for kind in ("weight", "bias"):
            query, key, value = source[f"{theirs}attn.c_attn.{kind}"].chunk(3, dim=-1)  # (C, 3 C) -> (C, C)
            weights |= {
                f"{ours}mixer_norm.{kind}": source[f"{theirs}ln_1.{kind}"],
                f"{ours}mixer.query.{kind}": _transposed(query),
                f"{ours}mixer.key.{kind}": _transposed(key),
                f"{ours}mixer.value.{kind}": _transposed(value),
                f"{ours}mixer.output.{kind}": _transposed(source[f"{theirs}attn.c_proj.{kind}"]),
                f"{ours}ffn_norm.{kind}": source[f"{theirs}ln_2.{kind}"],
                f"{ours}ffn.input.{kind}": _transposed(source[f"{theirs}mlp.c_fc.{kind}"]),
                f"{ours}ffn.output.{kind}": _transposed(source[f"{theirs}mlp.c_proj.{kind}"]),
            }
    return fill(decoder, model, weights)


def _transposed(x):
    """GPT-2 stores matrices as (inputs, outputs); a bias stays as it is."""
    return x.transpose(0, -1)
