"""How many bits of one thing another tells: plug-in estimates from counts, and the same after shuffling."""

import torch


def mutual_information(x, y):
    """Bits that x tells about y, of the frequencies of the pairs.

        I(X; Y) = sum_xy p(x, y) log2 ( p(x, y) / (p(x) p(y)) )

    From few pairs it is too high, for chance alone leaves some: `shuffled_information` says how much.

    Args:
        x, y: (N,), integers >= 0, N >= 1.

    Returns: bits, >= 0; at most the entropy of either.
    Raises: ValueError when lengths differ, or there is no pair.

    Source: Cover and Thomas 2006, equation 2.28.
    Taught in: 04-moe
    """
    joint = _joint(x, y)
    alone = joint.sum(1, keepdim=True) * joint.sum(0, keepdim=True)
    seen = joint > 0
    return max(0.0, (joint[seen] * (joint[seen] / alone[seen]).log2()).sum().item())


def entropy(x):
    """Bits of x alone: the most that anything can tell about it.

    Args: as in `mutual_information`.
    Returns: bits, >= 0.
    Taught in: 04-moe
    """
    return mutual_information(x, x)


def shuffled_information(x, y, shuffles=20, seed=0, blocks=None):
    """The same where y is dealt out anew: what chance alone gives.

    Args:
        x, y: as in `mutual_information`.
        shuffles: how many times.
        seed: of the shuffles.
        blocks: (N,), integers: y is the same within a block, and is shuffled block by block; None = each alone.

    Returns: bits, the mean of the shuffles.
    Raises: ValueError as in `mutual_information`, or when y differs within a block.
    Taught in: 04-moe
    """
    generator, x, y = torch.Generator().manual_seed(seed), torch.as_tensor(x), torch.as_tensor(y)
    where = torch.arange(len(y)) if blocks is None else torch.as_tensor(blocks).unique(return_inverse=True)[1]
    of_block = torch.zeros(int(where.max()) + 1, dtype=y.dtype).scatter(0, where, y)
    if (of_block[where] != y).any():
        raise ValueError("blocks: expected one y in each, got several")
    dealt = (of_block[torch.randperm(len(of_block), generator=generator)] for _ in range(shuffles))
    return sum(mutual_information(x, deal[where]) for deal in dealt) / shuffles


def _joint(x, y):
    x, y = torch.as_tensor(x), torch.as_tensor(y)
    if x.shape != y.shape or x.dim() != 1 or not len(x):
        raise ValueError(f"expected as many x as y, at least one, got {tuple(x.shape)} and {tuple(y.shape)}")
    width = int(y.max()) + 1
    counts = torch.bincount(x * width + y, minlength=(int(x.max()) + 1) * width)
    return counts.view(-1, width).to(torch.float64) / len(x)
