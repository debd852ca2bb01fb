"""Blocks: each is refined as a whole, and they are written one after another (BD3-LM)."""

import torch

from coursekit.diffusion.text.checks import check_whole
from coursekit.diffusion.text.loss import hidden_nats
from coursekit.diffusion.text.masking import mask_tokens
from coursekit.diffusion.text.schedules import LINEAR
from coursekit.diffusion.text.times import even_times
from coursekit.packing import IGNORED


def block_mask(length, block_length, device=None):
    """Which places see which: all of their own block and of those before.

        seen(i, j) = block(j) <= block(i),    block(i) = i // block_length

    Args:
        length: T. block_length: places a block; the last one may be shorter.
        device: of the result.

    Returns: bool (T, T), True = may be seen. Blocks of one place: the causal mask; of T: all see all.
    Raises: ValueError when a size is no whole number >= 1.
    Taught in: 06-difusion
    """
    check_whole("length", length)
    check_whole("block_length", block_length)
    block = torch.arange(length, device=device) // block_length  # (T,)
    return block <= block[:, None]


def block_training_mask(length, block_length, device=None):
    """Which places see which when a masked text and then the clean one are read together.

        masked i, masked j:  block(i) = block(j)          clean i, clean j:   block(j) <= block(i)
        masked i, clean j:   block(j) < block(i)          clean i, masked j:  never

    Args, Raises: as in `block_mask`.

    Returns: bool (2 T, 2 T).

    Source: Arriola et al. 2025 (BD3-LM), section 3 (training in one pass).
    Taught in: 06-difusion
    """
    before = block_mask(length, block_length, device)  # (T, T)
    own = before & before.T
    return torch.cat([torch.cat([own, before & ~own], 1), torch.cat([torch.zeros_like(own), before], 1)])


def block_masked_loss(model, inputs, targets, mask_id, block_length, schedule=LINEAR, times=even_times):
    """The bound of a model that writes block after block, each with noise of its own; an objective for `train`.

        1/N sum_b sum_{i in b} weight(t_b) [z_i = mask] -log q(x_i | z in block b, clean blocks before b)

    One pass reads 2 T places, the masked text and the clean one: twice the work of `masked_loss`. With blocks of one
    token its expectation is the cross-entropy of an autoregressive model; with one block it is `masked_loss`.

    Args:
        model: as in `masked_loss`, with room for 2 T places; called with `positions` (2 T,) and `mask`.
        block_length: places a block.
        inputs, targets, mask_id, schedule: as in `masked_loss`.
        times: shape, device -> times; one for each block of each text.

    Returns: scalar, nats a token that counts.
    Raises: as in `masked_loss` and `block_mask`.

    Source: Arriola et al. 2025 (BD3-LM), section 3.
    Taught in: 06-difusion
    """
    (batch, length), device, real = targets.shape, targets.device, targets != IGNORED
    mask = block_training_mask(length, block_length, device)  # (2 T, 2 T)
    if not real.all():
        mask = mask & real.repeat(1, 2)[:, None, None]  # (B, 1, 2 T, 2 T)
    t = times((batch, -(-length // block_length)), device=device)  # (B, blocks)
    t = t.repeat_interleave(block_length, 1)[:, :length]  # (B, T)
    tokens = targets.masked_fill(~real, 0 if mask_id != 0 else 1)
    noisy = mask_tokens(tokens, t, mask_id, schedule, fixed=~real)  # (B, T)
    hidden = noisy == mask_id
    positions = torch.arange(length, device=device).repeat(2)  # (2 T,)
    logits = model(torch.cat([noisy, tokens], 1), positions=positions, mask=mask)[:, :length]  # (B, T, V)
    weights = schedule.weight(t)[hidden]  # (n,)
    return (weights * hidden_nats(logits, tokens, hidden, mask_id)).sum() / real.sum()
