"""The short convolution as a mixer calls it: on a whole text, or on from where its cache stands.

It is computed in the dtype of its weights, which under autocast is not that of x.
"""

from coursekit.ssm.conv import causal_conv1d, causal_conv1d_update


def short_conv(conv1d, x, cache=None):
    """Each channel mixes its last W values, and SiLU.

        y = SiLU(conv(x))

    Args:
        conv1d: the nn.Conv1d that holds the weights (D, 1, W) and perhaps a bias; it is not called.
        x: (B, D, L).
        cache: a `MambaCache`, whose last inputs are read and written over; None = nothing before x.

    Returns: (B, D, L), dtype of x.
    Raises: ValueError when the batch differs from the cache's.

    Source: Gu & Dao 2023, section 3.4, figure 3.
    Taught in: 03-mamba
    """
    weights = conv1d.weight[:, 0], conv1d.bias, "silu"
    inputs = x.to(conv1d.weight.dtype)
    y = causal_conv1d(inputs, *weights) if cache is None else causal_conv1d_update(inputs, cache.conv, *weights)
    return y.to(x.dtype)
