"""The parts around the mixer: norms, positions, embeddings, feed-forwards.

    initialise.py    GPT-2's initial weights
    norms.py         RMSNorm, LayerNorm
    rope.py          rotary positions
    embeddings.py    tokens, and tokens plus learned positions
    feedforward.py   SwiGLU, and the two-layer MLP with GELU
    postnorm.py      the block of the original Transformer

Dimensions: B batch, T tokens, C width of the residual stream, F width of the feed-forward, D size of a head,
H heads, V vocabulary.
"""
