"""Whatever the sizes: a canvas is filled, blocks from the cache are those read anew, a bound is no less than zero."""

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coursekit.diffusion import generate, mask_tokens, masked_loss
from coursekit.diffusion.text import BlockCausal, CachedBlocks, above, entropy, evenly, low_confidence, margin

MASK = 9
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def canvases(draw):
    batch, length = draw(st.integers(1, 3)), draw(st.integers(1, 12))
    rows = st.lists(st.integers(0, MASK), min_size=length, max_size=length)
    prompt = torch.tensor(draw(st.lists(rows, min_size=batch, max_size=batch)))
    prompt[0, draw(st.integers(0, length - 1))] = MASK
    return prompt, draw(st.integers(1, length))


@given(canvases(), st.sampled_from([low_confidence, margin, entropy]), st.sampled_from([evenly, above(0.6)]), st.data())
@FEW
def test_every_canvas_is_filled_and_the_cache_changes_nothing(decoder, canvas, remasking, pace, data):
    model, (prompt, block) = decoder(), canvas
    gaps = [part.sum(1).max().item() for part in (prompt == MASK).split(block, 1)]
    steps = data.draw(st.integers(sum(gap > 0 for gap in gaps), sum(gaps)))
    seen = []
    filled = [
        generate(model, prompt, steps, block, remasking, mask_id=MASK, pace=pace, reader=reader, watch=seen.append)
        for reader in (CachedBlocks, BlockCausal)
    ]
    assert filled[0].equal(filled[1])
    assert (filled[0] != MASK).all()
    assert filled[0][prompt != MASK].equal(prompt[prompt != MASK])
    assert len(seen) <= 2 * (steps + 1)


@given(st.integers(1, 4), st.integers(1, 9), st.integers(0, 10**6))
@FEW
def test_a_loss_is_finite_and_not_negative(decoder, batch, length, seed):
    torch.manual_seed(seed)
    tokens = torch.randint(9, (batch, length))
    loss = masked_loss(decoder(), None, tokens, MASK)
    assert loss.isfinite()
    assert loss >= 0
    noisy = mask_tokens(tokens, torch.rand(batch), MASK)
    assert (noisy[noisy != MASK] == tokens[noisy != MASK]).all()
