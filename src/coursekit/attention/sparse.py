"""Sparse patterns as boolean masks: which pairs Longformer and BigBird keep, and exactly how many.

Adds one idea to the sliding window: a few tokens (or blocks) that see and are seen by all, so that two layers
connect every pair. Leaves out the kernels that skip what is hidden: the mask is T x T, the counts are not.
"""

import torch

from coursekit.attention.dot_product.masks import key_range, visible


def longformer_mask(length, window, global_tokens=()):
    """A window around every token, and tokens that see all and are seen by all.

        |i - j| < w, or i global, or j global

    Args:
        length: T.
        window: w; a token sees w - 1 others on each side (the paper's window is 2 w - 1 wide).
        global_tokens: their positions, each once.

    Returns: bool (T, T), True = may attend; an `attn_mask`.
    Raises: ValueError for a window below 1, or global tokens outside the sequence or repeated.

    Source: Beltagy et al. 2020 (Longformer), section 3.1, figure 2d.
    Taught in: 02-transformer
    """
    _check_longformer(length, window, global_tokens)
    mask = visible(torch.arange(length), torch.arange(length), window=window)  # (T, T)
    seen_by_all = torch.tensor(global_tokens, dtype=torch.long)
    mask[seen_by_all, :] = True
    mask[:, seen_by_all] = True
    return mask


def longformer_pairs(length, window, global_tokens=()):
    """Pairs that `longformer_mask` keeps: at most T (2 w - 1 + 2 g) for g global tokens, linear in T.

    Args, Raises: as in `longformer_mask`.
    Returns: a whole number.
    Taught in: 02-transformer
    """
    _check_longformer(length, window, global_tokens)
    special = set(global_tokens)
    # a global query sees all T keys; another sees its window, and the global keys outside it
    pairs = len(special) * length
    for i in set(range(length)) - special:
        start, stop = key_range(i, i, length, window=window)
        pairs += stop - start + sum(not start <= j < stop for j in special)
    return pairs


def bigbird_mask(length, block, window=3, global_blocks=1, random_blocks=1, seed=0):
    """Blocks of tokens see the blocks around them, the first blocks of all, and some drawn by lot.

        |I - J| <= (w - 1) / 2, or I < g, or J < g, or J drawn for I

    The lot falls on blocks that I does not see otherwise; if fewer than r are left, on all of those.

    Args:
        length: T, a multiple of the block.
        block: tokens in a block.
        window: w, blocks in sight, the own one in the middle; odd.
        global_blocks: g, the first blocks, which see all and are seen by all.
        random_blocks: r, for each block that is not global.
        seed: of the lot.

    Returns: bool (T, T), True = may attend; an `attn_mask`.
    Raises: ValueError when the length is no multiple of the block, or a number of blocks does not fit.

    Source: Zaheer et al. 2020 (BigBird), section 2, and appendix D on blocks.
    Taught in: 02-transformer
    """
    _check_bigbird(length, block, window, global_blocks, random_blocks)
    blocks = length // block
    generator = torch.Generator().manual_seed(seed)
    # 1. window, 2. global, both between blocks
    I = torch.arange(blocks)
    seen = visible(I, I, window=window // 2 + 1)  # (N, N)
    seen[:global_blocks, :] = True
    seen[:, :global_blocks] = True
    # 3. random
    for row in seen[global_blocks:]:
        hidden = (~row).nonzero().flatten()
        row[hidden[torch.randperm(len(hidden), generator=generator)[:random_blocks]]] = True
    return seen.repeat_interleave(block, 0).repeat_interleave(block, 1)  # (N, N) -> (T, T)


def bigbird_pairs(length, block, window=3, global_blocks=1, random_blocks=1):
    """Pairs that `bigbird_mask` keeps, whatever the seed: at most T block (w + 2 g + r), linear in T.

    Args, Raises: as in `bigbird_mask`.
    Returns: a whole number.
    Taught in: 02-transformer
    """
    _check_bigbird(length, block, window, global_blocks, random_blocks)
    blocks = length // block
    special = min(global_blocks, blocks)
    pairs = special * blocks
    for i in range(special, blocks):
        start, stop = key_range(i, i, blocks, window=window // 2 + 1)
        regular = special + stop - max(start, special)
        pairs += min(regular + random_blocks, blocks)
    return pairs * block**2


def _check_longformer(length, window, global_tokens):
    if window < 1:
        raise ValueError(f"window: expected at least 1 token, got {window}")
    if len(set(global_tokens)) < len(global_tokens) or not all(0 <= j < length for j in global_tokens):
        raise ValueError(f"global_tokens: expected different positions from 0 to {length - 1}, got {global_tokens}")


def _check_bigbird(length, block, window, global_blocks, random_blocks):
    if block < 1 or length % block:
        raise ValueError(f"expected a length that is a multiple of the block, got {length} and {block}")
    if window < 1 or window % 2 == 0:
        raise ValueError(f"window: expected an odd number of blocks, got {window}")
    if min(global_blocks, random_blocks) < 0:
        raise ValueError(f"expected at least 0 global and random blocks, got {global_blocks} and {random_blocks}")
