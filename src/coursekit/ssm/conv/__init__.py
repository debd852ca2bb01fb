"""The short convolution in front of every scan, as a ladder of equal functions.

From slow to fast; each rung has the signature of causal_conv1d's `causal_conv1d_fn` and equals the reference, gradients
included:

    reference.py    the sum as it is written
    grouped.py      torch's grouped convolution; and one step after the other with a state, for decoding

    checks.py       what every rung asks of its arguments
    backend.py      `causal_conv1d`, `causal_conv1d_update`: the fastest rung, and `explain_backend`, which says why

Dimensions: B batch, D channels, L length, W taps, S values kept (S >= W - 1).
"""

from coursekit.ssm.conv.backend import causal_conv1d, causal_conv1d_update, explain_backend

__all__ = ["causal_conv1d", "causal_conv1d_update", "explain_backend"]
