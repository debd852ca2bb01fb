"""Blocks: masks by hand, the loss against a decoder that is shown one block at a time, and its two ends."""

from functools import partial

import pytest
import torch

from coursekit.diffusion.text import block_masked_loss, masked_loss
from coursekit.diffusion.text.blocks import block_mask, block_training_mask
from coursekit.packing import IGNORED
from coursekit.train import next_token_loss

MASK = 9


def at(t):
    return lambda shape, device=None: torch.full(shape, t, dtype=torch.float64)


def test_masks_by_hand():
    assert block_mask(5, 2).int().tolist() == [
        [1, 1, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [1, 1, 1, 1, 0],
        [1, 1, 1, 1, 0],
        [1, 1, 1, 1, 1],
    ]
    assert block_mask(4, 1).equal(torch.ones(4, 4).tril().bool())
    assert block_mask(4, 4).all()
    # three places in blocks of two: masked 0 1 2, clean 0 1 2
    assert block_training_mask(3, 2).int().tolist() == [
        [1, 1, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [0, 0, 1, 1, 1, 0],
        [0, 0, 0, 1, 1, 0],
        [0, 0, 0, 1, 1, 0],
        [0, 0, 0, 1, 1, 1],
    ]


@pytest.mark.parametrize("padding", [0, 3])
def test_one_pass_equals_block_after_block(decoder, padding):
    # every block alone: the clean blocks before it, and its own masks
    model, tokens = decoder(), torch.arange(10).remainder(7)[None]
    targets = tokens.masked_fill(torch.arange(10) >= 10 - padding, IGNORED)
    nats = 0.0
    for start in (0, 4, 8):
        stop = min(start + 4, 10 - padding)
        if start < stop:
            seen = torch.cat([tokens[:, :start], torch.full((1, stop - start), MASK)], 1)
            mask = block_mask(stop, 4)
            logits = model(seen, mask=mask)[0, start:]
            logits[:, MASK] = -torch.inf
            nats -= logits.log_softmax(-1)[range(stop - start), tokens[0, start:stop]].sum().item()
    loss = block_masked_loss(model, None, targets, MASK, 4, times=at(1.0))
    assert loss.item() == pytest.approx(nats / (10 - padding), abs=1e-10)


def test_one_block_is_the_loss_without_blocks(decoder):
    model, tokens = decoder(), torch.arange(10).remainder(7).view(2, 5)
    one = block_masked_loss(model, None, tokens, MASK, 5, times=at(1.0))
    assert one.item() == pytest.approx(masked_loss(model, None, tokens, MASK, times=at(1.0)).item(), abs=1e-10)


def test_blocks_of_one_token_cost_what_writing_from_left_to_right_costs():
    # a model whose answer at a place depends on what it may see: the clean tokens before; the weights 1/t of the
    # hidden ones have the mean 1, so that the loss has the mean of the cross-entropy
    table = torch.randn(10, 10, dtype=torch.float64, generator=torch.Generator().manual_seed(0))

    def model(ids, positions, mask):
        clean = ids[:, ids.shape[1] // 2 :]
        before = torch.cat([torch.zeros_like(clean[:, :1]), clean[:, :-1]], 1)
        assert mask.equal(block_training_mask(clean.shape[1], 1))
        return torch.cat([table[before]] * 2, 1).index_fill(-1, torch.tensor([MASK]), -torch.inf)

    tokens = torch.randint(9, (1, 4), generator=torch.Generator().manual_seed(1))
    inputs = torch.cat([torch.zeros(1, 1, dtype=torch.long), tokens[:, :-1]], 1)
    masked = table.index_fill(-1, torch.tensor([MASK]), -torch.inf)
    expected = next_token_loss(lambda ids: masked[ids], inputs, tokens).item()
    torch.manual_seed(0)
    rows = tokens.expand(500, 4)
    losses = torch.stack([block_masked_loss(model, None, rows, MASK, 1) for _ in range(40)])
    assert abs(losses.mean() - expected) < 4 * losses.std() / 40**0.5 + 1e-3
    assert losses.std() / 40**0.5 < 0.05 * expected


def test_each_block_has_its_own_time():
    shapes = []

    def times(shape, device=None):
        shapes.append(shape)
        return torch.tensor([[1.0, 0.0, 1.0]])

    def model(ids, positions, mask):
        assert ids[0, :5].tolist() == [MASK, MASK, 2, 3, MASK]
        assert positions.tolist() == [0, 1, 2, 3, 4] * 2
        return torch.zeros(1, 10, 10, dtype=torch.float64)

    block_masked_loss(model, None, torch.arange(5)[None], MASK, 2, times=times)
    assert shapes == [(1, 3)]


@pytest.mark.parametrize("call", [partial(block_mask, 4), partial(block_training_mask, 4)])
@pytest.mark.parametrize("size", [0, 1.5])
def test_sizes_are_whole(call, size):
    with pytest.raises(ValueError, match=f"^block_length: expected a whole number >= 1, got {size}$"):
        call(size)
