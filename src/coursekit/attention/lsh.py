"""Reformer's attention: queries look only at keys that fall into the same random bucket.

Adds one idea to `reference.py`: vectors that point the same way are likely to be hashed alike, so that the large
scores are found without computing all. Leaves out the gain: the paper sorts by bucket and attends in chunks, in
O(T log T); here the buckets make a T x T mask.
"""

import torch
from torch.nn import functional as F

from coursekit.attention.dot_product import reference
from coursekit.attention.dot_product.masks import additive

TO_ITSELF = -1e5  # a score that leaves a token to itself only when it sees no other; the released code's number


def lsh_buckets(x, buckets, rounds=1, seed=0):
    """Hash vectors by their direction: the nearest of some random axes, each taken both ways.

        h(x) = argmax([x R; -x R]),  R ~ N(0, 1) of shape (D, buckets / 2), one for each round

    Args:
        x: (B, H, T, D).
        buckets: even, or 1.
        rounds: number of independent hashes.
        seed: of the rotations, which all heads share.

    Returns: (B, H, rounds, T), integer, 0 .. buckets - 1.
    Raises: ValueError when x, buckets or rounds do not fit.

    Source: Kitaev et al. 2020 (Reformer), section 2, "Locality sensitive hashing".
    Taught in: 02-transformer
    """
    if x.dim() != 4 or not x.is_floating_point():
        raise ValueError(f"expected floating-point vectors (B, H, T, D), got {x.dtype} of shape {tuple(x.shape)}")
    if type(buckets) is not int or buckets < 1 or (buckets % 2 and buckets != 1):
        raise ValueError(f"buckets: expected 1 or an even number, got {buckets!r}")
    if type(rounds) is not int or rounds < 1:
        raise ValueError(f"rounds: expected a whole number >= 1, got {rounds!r}")
    if buckets == 1:
        return torch.zeros(*x.shape[:2], rounds, x.shape[2], dtype=torch.long, device=x.device)
    generator = torch.Generator().manual_seed(seed)
    hashes = []
    for _ in range(rounds):
        axes = torch.randn(x.shape[-1], buckets // 2, dtype=torch.float64, generator=generator)
        turned = x @ axes.to(x)  # (B, H, T, buckets / 2)
        hashes.append(torch.cat((turned, -turned), dim=-1).argmax(-1))  # (B, H, T)
    return torch.stack(hashes, dim=2)  # (B, H, rounds, T)


def lsh_mask(hashes):
    """Pairs that share a bucket in some round.

    Args:
        hashes: (B, H, rounds, T), from `lsh_buckets`.

    Returns: bool (B, H, T, T), True = may attend; symmetric, and True on the diagonal.

    Source: Kitaev et al. 2020 (Reformer), section 2, "Multi-round LSH attention".
    Taught in: 02-transformer
    """
    return (hashes[..., :, None] == hashes[..., None, :]).any(2)  # (B, H, rounds, T, T) -> (B, H, T, T)


def lsh_attention(query, value, buckets, rounds=1, is_causal=False, scale=None, seed=0):
    """Attention with shared queries and keys, among tokens whose hashes agree in some round.

        k_j = q_j / |q_j|;  i attends to j if h(q_i) = h(q_j) in some round, and to itself only if to no other

    Args:
        query: (B, H, T, D), floating point; the keys are made of it.
        value: (B, H, T, E), same dtype.
        buckets, rounds, seed: as in `lsh_buckets`.
        is_causal, scale: as in `coursekit.attention.attention`.

    Returns: (B, H, T, E).
    Raises: ValueError when shapes, dtypes, buckets or rounds do not fit.

    Source: Kitaev et al. 2020 (Reformer), section 2, equations 3 and 4, and "Causal masking for shared-QK attention".
    Taught in: 02-transformer
    """
    # 1. who shares a bucket
    mask = lsh_mask(lsh_buckets(query, buckets, rounds, seed))  # (B, H, T, T)
    # 2. shared queries and keys; the length of the keys is taken away
    key = F.normalize(query, dim=-1)  # (B, H, T, D)
    # 3. to itself only where nothing else is visible
    bias = additive(mask, query.dtype) + TO_ITSELF * torch.eye(query.shape[2]).to(query)  # (B, H, T, T)
    # 4. attention as ever
    return reference.attention(query, key, value, bias, is_causal, scale)  # (B, H, T, E)
