"""The parts of the skeleton around the mixer: norms, embeddings, feed-forwards.

    mixer.py         what the skeleton asks of a mixer; joint_cache.py, for a mixer made of others
    full_precision.py  states in at least float32, whatever is around them
    padding.py       batches of texts of unequal length: what a mask hides, and positions beside it
    initialise.py    GPT-2's initial weights
    norms.py         RMSNorm, LayerNorm
    embeddings.py    tokens, and tokens plus learned positions
    sinusoidal.py    tokens plus sines and cosines
    scaled_tokens.py tokens times the root of the width (Gemma)
    feedforward.py   SwiGLU, GeGLU, and the two-layer MLPs with GELU and ReLU
    blocks.py        how mixer and feed-forward are wired: PreNorm, and the PostNorm of the original Transformer
    sandwich.py      a norm before and after each part (Gemma)
    zero_centred_norm.py  RMSNorm whose weight is added to one (Gemma)
    squared_relu.py  a gate that is a ReLU, squared;  sub_norm.py  a norm before each part's last projection (BitNet)
    encoders.py      what masked-language models have: normalised embeddings, exact GELU, their head

Dimensions: B batch, T tokens, C width of the residual stream, F width of the feed-forward, V vocabulary.
"""
