"""The parts around the mixer: norms, positions, embeddings, feed-forwards.

    initialise.py    GPT-2's initial weights
    norms.py         RMSNorm, LayerNorm
    rope.py          rotary positions
    rope_scaling.py  rotary positions for longer contexts: interpolation, YaRN
    alibi.py         slopes and bias of ALiBi
    embeddings.py    tokens, and tokens plus learned positions
    sinusoidal.py    tokens plus sines and cosines
    feedforward.py   SwiGLU, and the two-layer MLP with GELU
    blocks.py        how mixer and feed-forward are wired: PreNorm, and the PostNorm of the original Transformer
    encoders.py      what masked-language models have: normalised embeddings, exact GELU, their head

Dimensions: B batch, T tokens, C width of the residual stream, F width of the feed-forward, D size of a head,
H heads, V vocabulary.
"""
