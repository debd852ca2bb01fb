"""How much a head looks where an earlier case would help: scores of its attention map on tokens that come twice."""

import torch


def repeated(tokens):
    """Random tokens twice over: nothing in them can be known but by looking back.

    Args: tokens: (B, P), integer.
    Returns: (B, 2 P).
    """
    return torch.cat([tokens, tokens], dim=1)


def prefix_matching(maps, period):
    """How much of its attention each head puts on the token that followed the earlier case.

        mean over t in the second half of  A[t, t - P + 1]

    The token at t stood at t - P, and what followed it then stands at t - P + 1: an induction head looks there.

    Args:
        maps: {layer: weights (B, H, 2 P, 2 P)}, of `coursekit.attention.inspect.attention_maps` on `repeated` tokens.
        period: P >= 2.

    Returns: (layers, H), in [0, 1].

    Source: Olsson et al. 2022, Definition (prefix matching) and the section on how the scores are computed.
    Taught in: 02-transformer
    """
    return _diagonal(maps, range(period, 2 * period), period - 1)


def previous_token(maps, period):
    """How much of its attention each head puts on the token just before.

        mean over t in the first half of  A[t, t - 1]

    Args, Returns: as in `prefix_matching`.

    Source: Olsson et al. 2022, previous-token heads.
    Taught in: 02-transformer
    """
    return _diagonal(maps, range(1, period), 1)


def _diagonal(maps, queries, back):
    """The mean weight that queries put on the token `back` places before them."""
    t = torch.tensor(list(queries))
    return torch.stack([weights[:, :, t, t - back].mean((0, 2)) for _, weights in sorted(maps.items())])
