import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.attention import attention
from coursekit.attention.dot_product import reference
from coursekit.attention.sparse import bigbird_mask, bigbird_pairs, longformer_mask, longformer_pairs


def test_longformer_by_hand():
    # window 2: the token and its neighbours; token 3 sees all and is seen by all
    rows = longformer_mask(5, 2, (3,)).int().tolist()
    assert rows == [[1, 1, 0, 1, 0], [1, 1, 1, 1, 0], [0, 1, 1, 1, 0], [1, 1, 1, 1, 1], [0, 0, 0, 1, 1]]
    assert longformer_pairs(5, 2, (3,)) == 3 + 4 + 3 + 5 + 2
    # without global tokens: 2 + 3 + 3 + 3 + 2
    assert longformer_pairs(5, 2) == 13
    # the paper's length 4096 and 512 in sight: 512 = 2 * 256 keys beside the own one, so w = 257.
    # 4096 * 513 less what the ends cut off, 2 * (1 + .. + 256) = 65792; 12.1 % of 4096^2
    assert longformer_pairs(4096, 257) == 4096 * 513 - 65792


def test_bigbird_by_hand():
    # 4 blocks of 1: block 0 is global, each other sees its neighbours; no lot
    rows = bigbird_mask(4, 1, random_blocks=0).int().tolist()
    assert rows == [[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 1, 1], [1, 0, 1, 1]]
    assert bigbird_pairs(4, 1, random_blocks=0) == 4 + 3 + 4 + 3
    # the two hidden ones are the only ones on which the lot can fall
    assert bigbird_mask(4, 1, random_blocks=1).all()
    # blocks of 2: four times as many pairs, and whole blocks
    assert bigbird_pairs(8, 2, random_blocks=0) == 4 * 14
    doubled = bigbird_mask(8, 2, random_blocks=0)
    assert torch.equal(doubled[::2, ::2].int(), torch.tensor(rows, dtype=torch.int))
    assert torch.equal(doubled[::2, ::2], doubled[1::2, 1::2])
    # the paper's base model: 4096 tokens, blocks of 64, 2 global, window 3, 3 random; 64 rows of blocks:
    # 2 global rows of 64; row 2 sees 0 .. 3 and 3 more, 7; row 63 sees 0, 1, 62, 63 and 3 more, 7; 60 rows of 8
    assert bigbird_pairs(4096, 64, 3, 2, 3) == (2 * 64 + 7 + 7 + 60 * 8) * 64**2


@settings(max_examples=80, deadline=None, derandomize=True)
@given(length=st.integers(1, 30), window=st.integers(1, 12), special=st.sets(st.integers(0, 29), max_size=5))
def test_longformer_pairs_count_the_mask(length, window, special):
    special = tuple(j for j in special if j < length)
    mask = longformer_mask(length, window, special)
    assert longformer_pairs(length, window, special) == mask.sum()
    assert torch.equal(mask, mask.T)
    assert mask.sum() <= length * (2 * window - 1 + 2 * len(special))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    blocks=st.integers(1, 14),
    block=st.integers(1, 4),
    window=st.sampled_from([1, 3, 5]),
    special=st.integers(0, 15),
    drawn=st.integers(0, 15),
    seed=st.integers(0, 9),
)
def test_bigbird_pairs_count_the_mask(blocks, block, window, special, drawn, seed):
    options = {"block": block, "window": window, "global_blocks": special, "random_blocks": drawn}
    mask = bigbird_mask(blocks * block, seed=seed, **options)
    assert bigbird_pairs(blocks * block, **options) == mask.sum()
    assert mask.sum() <= blocks * block**2 * (window + 2 * special + drawn)
    # nothing of the window is lost to the lot
    assert mask.diagonal().all()


def test_both_are_linear_in_the_length():
    lengths = range(40, 80, 8)
    for count in (lambda T: longformer_pairs(T, 4, (0, 1)), lambda T: bigbird_pairs(T, 4, 3, 1, 2)):
        pairs = [count(T) for T in lengths]
        steps = {b - a for a, b in zip(pairs, pairs[1:])}
        assert len(steps) == 1  # each 8 tokens add the same number of pairs
    # 8 tokens add 8 windows of 7, and 2 pairs with each of 2 global tokens; 2 rows of (3 + 1 + 2) blocks and
    # 2 columns under the global row, of 16 pairs each
    assert longformer_pairs(48, 4, (0, 1)) - longformer_pairs(40, 4, (0, 1)) == 8 * (7 + 4)
    assert bigbird_pairs(48, 4, 3, 1, 2) - bigbird_pairs(40, 4, 3, 1, 2) == 2 * (6 + 1) * 16


def test_the_lot_depends_on_the_seed_only():
    a, b, other = (bigbird_mask(60, 2, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(a, b)
    assert not torch.equal(a, other)


def test_two_layers_connect_every_pair_by_the_global_token():
    one = longformer_mask(40, 2, (7,)).int()
    assert not one.all()
    assert (one @ one > 0).all()


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_as_masks_of_attention(length):
    # what attention gives under the mask is what it gives each query over its visible keys alone
    x = torch.randn(3, 1, 2, length, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    query, key, value = x
    for mask in (longformer_mask(length, 3, (length // 2,)), bigbird_mask(length, 1, seed=3)):
        result = attention(query, key, value, mask)
        for i in {0, length // 2, length - 1}:
            seen = mask[i].nonzero().flatten()
            alone = reference.attention(query[:, :, i : i + 1], key[:, :, seen], value[:, :, seen])
            torch.testing.assert_close(result[:, :, i : i + 1], alone, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", ["mask", "pairs"])
@pytest.mark.parametrize(
    ("family", "arguments", "message"),
    [
        ("longformer", (5, 0), "window: expected at least 1 token, got 0"),
        ("longformer", (5, 2, (5,)), r"different positions from 0 to 4, got \(5,\)"),
        ("longformer", (5, 2, (-1,)), r"different positions from 0 to 4, got \(-1,\)"),
        ("longformer", (5, 2, (1, 1)), r"different positions from 0 to 4, got \(1, 1\)"),
        ("bigbird", (10, 4), "a multiple of the block, got 10 and 4"),
        ("bigbird", (10, 0), "a multiple of the block, got 10 and 0"),
        ("bigbird", (8, 4, 2), "window: expected an odd number of blocks, got 2"),
        ("bigbird", (8, 4, -1), "window: expected an odd number of blocks, got -1"),
        ("bigbird", (8, 4, 3, -1), "at least 0 global and random blocks, got -1 and 1"),
        ("bigbird", (8, 4, 3, 1, -2), "at least 0 global and random blocks, got 1 and -2"),
    ],
)
def test_bad_input_is_refused(kind, family, arguments, message):
    function = {
        "longformer mask": longformer_mask,
        "longformer pairs": longformer_pairs,
        "bigbird mask": bigbird_mask,
        "bigbird pairs": bigbird_pairs,
    }[f"{family} {kind}"]
    with pytest.raises(ValueError, match=message):
        function(*arguments)
