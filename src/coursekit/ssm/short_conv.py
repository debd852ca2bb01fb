"""The short convolution as a mixer calls it: on a whole text, or on from where its cache stands."""

from coursekit.ssm.conv import causal_conv1d, causal_conv1d_update


def short_conv(conv1d, x, cache=None):
    """Each channel mixes its last W values, and SiLU.

        y = SiLU(conv(x))

    Args:
        conv1d: the nn.Conv1d that holds the weights (D, 1, W) and perhaps a bias; it is not called.
        x: (B, D, L).
        cache: a `MambaCache`, whose last inputs are read and written over; None = nothing before x.

    Returns: (B, D, L).
    Raises: ValueError when the batch differs from the cache's.

    Source: Gu & Dao 2023, section 3.4, figure 3.
    Taught in: 03-mamba
    """
    weight, bias = conv1d.weight[:, 0], conv1d.bias
    if cache is None:
        return causal_conv1d(x, weight, bias, "silu")
    return causal_conv1d_update(x, cache.conv, weight, bias, "silu")
