"""The contract of a mixer (coursekit.layers.mixer), over all of them. A new mixer gets a line in MIXERS."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest
import torch

import coursekit
from coursekit.attention import Attention
from coursekit.attention.alibi import ALiBiAttention
from coursekit.attention.cross import CrossAttention, read_source
from coursekit.attention.latent import AbsorbedLatentAttention, LatentAttention
from coursekit.attention.normed_heads import normed_heads
from coursekit.attention.relative import RelativeAttention, RelativeBias
from coursekit.attention.rolling_cache import RollingAttention
from coursekit.attention.rope_scaling import yarn
from coursekit.attention.scaled_rotary import ScaledRotaryAttention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.embeddings import LearnedPositions
from coursekit.liga.costs import state_bytes
from coursekit.models.shared_hybrid import shared_hybrid
from coursekit.recurrent import GRU, LSTM1997, Elman, GRUResetFirst, RecurrentMixer
from coursekit.serving import generate
from coursekit.ssm.convolved import Convolved
from coursekit.ssm.lti_mamba import LTIMamba
from coursekit.ssm.mamba import Mamba
from coursekit.ssm.mamba2 import Mamba2
from coursekit.ssm.mlstm import MLSTM
from coursekit.ssm.normed_parts import normed_parts
from coursekit.ssm.parallel import Parallel
from coursekit.ssm.rwkv import ChannelMixing, TimeMixing

CONTEXT, BATCH = 24, 3
CONFIG = DecoderConfig(vocab_size=13, width=32, layers=2, heads=2, kv_heads=1, context=CONTEXT)
UNTURNED = replace(CONFIG, rope_base=None)
MAMBA2 = partial(Mamba2, head_size=16, states=8, chunk_size=8)


@dataclass(frozen=True)
class Row:
    """A mixer under test.

    Args:
        build: no arguments -> a decoder of two layers of it.
        numbers: how many its cache keeps in one layer of one sequence, counted by hand.
        adds_up: how many of these add up over the whole text, and have at least float32.
        sees_later: does it see in both directions?
    """

    build: Callable
    numbers: int
    adds_up: int = 0
    sees_later: bool = False


def of(mixer, config=CONFIG):
    return lambda: Decoder(config, mixer=mixer)


# width C = 32, H = 2 heads of D = 16, G = 1 head of keys and values, 24 tokens of context
KEYS_AND_VALUES = 2 * 24 * 16  # 2 context G D
MAMBA = 64 * 3 + 64 * 16, 64 * 16  # 2 C channels: W - 1 = 3 inputs of the convolution, N = 16 states
MAMBA_2 = (64 + 2 * 8) * 3 + 64 * 8, 64 * 8  # the convolution is over channels, B and C, N = 8 states each
MATRICES = (2 * (16 * 16 + 16 + 1),) * 2  # H (D^2 + D + 1), all of it state
MIXERS = {
    "attention": Row(of(Attention), KEYS_AND_VALUES),
    "attention, window": Row(of(partial(Attention, window=5)), KEYS_AND_VALUES),
    "attention, both ways": Row(of(partial(Attention, is_causal=False)), KEYS_AND_VALUES, sees_later=True),
    "attention, both ways, window": Row(
        of(partial(Attention, is_causal=False, window=5)), KEYS_AND_VALUES, sees_later=True
    ),
    "rolling": Row(of(partial(RollingAttention, window=5)), 2 * 5 * 16),  # 2 window G D
    "scaled rotary": Row(
        of(partial(ScaledRotaryAttention, scaling=partial(yarn, factor=4.0, context=6))), KEYS_AND_VALUES
    ),
    "normed heads": Row(of(normed_heads), KEYS_AND_VALUES),
    "normed heads, both ways": Row(
        of(partial(normed_heads, mixer=partial(Attention, is_causal=False))), KEYS_AND_VALUES, sees_later=True
    ),
    "alibi": Row(of(ALiBiAttention, UNTURNED), KEYS_AND_VALUES),
    "alibi, both ways": Row(of(partial(ALiBiAttention, is_causal=False), UNTURNED), KEYS_AND_VALUES, sees_later=True),
    "relative": Row(
        lambda: Decoder(UNTURNED, mixer=partial(RelativeAttention, bias=RelativeBias(UNTURNED))), KEYS_AND_VALUES
    ),
    "relative, both ways": Row(
        lambda: Decoder(UNTURNED, mixer=partial(RelativeAttention, bias=RelativeBias(UNTURNED, is_causal=False))),
        KEYS_AND_VALUES,
        sees_later=True,
    ),
    "latent": Row(of(partial(LatentAttention, latent=10, rotary=4)), 24 * (10 + 4)),  # context (L + R)
    "latent, queries too": Row(of(partial(LatentAttention, latent=10, rotary=4, query_latent=6)), 24 * (10 + 4)),
    "latent, absorbed": Row(of(partial(AbsorbedLatentAttention, latent=10, rotary=4)), 24 * (10 + 4)),
    "mamba": Row(of(Mamba), *MAMBA),
    "mamba, normed parts": Row(of(normed_parts), *MAMBA),
    "mamba, not selective": Row(of(LTIMamba), *MAMBA),
    "mamba-2": Row(of(MAMBA2), *MAMBA_2),
    "mlstm": Row(of(MLSTM), *MATRICES),
    "rwkv, time": Row(of(TimeMixing), 32 + 3 * 32, 3 * 32),  # the last input; numerator, denominator, exponent
    "rwkv, channels": Row(of(ChannelMixing), 32),
    # H = 32 units of h, all of them state, and as many of c in LSTMs
    "recurrent, elman": Row(of(partial(RecurrentMixer, layer=Elman)), 32, 32),
    "recurrent, lstm of 1997": Row(of(partial(RecurrentMixer, layer=LSTM1997)), 2 * 32, 2 * 32),
    "recurrent, lstm": Row(of(RecurrentMixer), 2 * 32, 2 * 32),
    "recurrent, gru": Row(of(partial(RecurrentMixer, layer=GRU)), 32, 32),
    "recurrent, gru of its paper": Row(of(partial(RecurrentMixer, layer=GRUResetFirst)), 32, 32),
    "convolved": Row(of(Convolved), 32 * 3 + KEYS_AND_VALUES),
    "convolved mamba": Row(of(partial(Convolved, mixer=Mamba)), 32 * 3 + MAMBA[0], MAMBA[1]),
    "parallel": Row(
        of(partial(Parallel, mixers=(MAMBA2, Attention, MLSTM))),
        MAMBA_2[0] + KEYS_AND_VALUES + MATRICES[0],
        MAMBA_2[1] + MATRICES[1],
    ),
    "parallel, both ways": Row(
        of(partial(Parallel, mixers=(partial(Attention, is_causal=False),) * 2)), 2 * KEYS_AND_VALUES, sees_later=True
    ),
    # one layer of the two calls the shared block, and keeps its keys and values
    "shared hybrid": Row(
        lambda: shared_hybrid(CONFIG, (1,), rank=2, mixer=MAMBA2), KEYS_AND_VALUES // 2 + MAMBA_2[0], MAMBA_2[1]
    ),
}
ONE_WAY = {name: row for name, row in MIXERS.items() if not row.sees_later}
BOTH_WAYS = {name: row for name, row in MIXERS.items() if row.sees_later}
# whole models; the fourth has a test of its own below, the fifth in tests/quant/cache, since what it keeps is rounded
NO_MIXERS = {"Decoder", "SoftPrompt", "NeuralNGram", "CrossAttention", "WithFewBitsCache"}


def over(rows):
    return pytest.mark.parametrize("row", rows.values(), ids=rows)


def build(row):
    """A decoder with weights that are large enough for nothing to be hidden by being small."""
    torch.manual_seed(0)
    decoder = row.build()
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.2)
    return decoder


def read_in_pieces(decoder, tokens, cache=None):
    """Logits with a cache."""
    cache = decoder.new_cache(BATCH) if cache is None else cache
    return torch.cat([decoder(piece, cache) for piece in tokens.split([9, 1, 1, 12], dim=1)], dim=1)


def ids(length, batch=BATCH):
    return torch.randint(13, (batch, length), generator=torch.Generator().manual_seed(1))


def test_every_mixer_is_in_the_table():
    tested = [module for row in MIXERS.values() for module in row.build().modules()]
    source = Path(coursekit.__file__).parent
    for path in source.rglob("*.py"):
        if "def new_cache(" in path.read_text(encoding="utf-8"):
            module = import_module(".".join(("coursekit", *path.relative_to(source).with_suffix("").parts)))
            mixers = [part for part in vars(module).values() if isinstance(part, type) and "new_cache" in vars(part)]
            for mixer in mixers:
                is_tested = any(isinstance(part, mixer) for part in tested)
                assert is_tested or mixer.__name__ in NO_MIXERS, f"{mixer.__name__}: give it a row in MIXERS"


@over(MIXERS)
@pytest.mark.parametrize("length", [1, 23])
def test_scores_for_every_token_and_gradients_for_every_weight(row, length):
    decoder = build(row)
    logits = decoder(ids(length))
    assert logits.shape == (BATCH, length, 13)
    assert logits.isfinite().all()
    logits.square().sum().backward()
    if length > 1:
        assert all(weight.grad.isfinite().all() and weight.grad.any() for weight in decoder.parameters())


@over(ONE_WAY)
@pytest.mark.parametrize("pieces", [[1] * 23, [9, 1, 1, 12]])
def test_step_by_step_equals_all_at_once(row, pieces, decoding):
    decoding.assert_pieces_equal_the_whole(build(row).double(), pieces, BATCH)


@over(BOTH_WAYS)
def test_in_both_directions_a_piece_sees_itself_and_what_is_in_the_cache(row):
    decoder, tokens = build(row).double(), ids(23)
    with torch.no_grad():
        cache = decoder.new_cache(BATCH)
        first, second = (decoder(piece, cache) for piece in tokens.split([9, 14], dim=1))
        torch.testing.assert_close(first, decoder(tokens[:, :9]), rtol=0, atol=1e-10)
        # the same as all at once, where the first piece is kept from seeing the second
        mask = torch.ones(23, 23, dtype=torch.bool)
        mask[:9, 9:] = False
        torch.testing.assert_close(second, decoder(tokens, mask=mask)[:, 9:], rtol=0, atol=1e-10)


# a batch of unequal prompts: 23, 12 and 1 tokens, filled up on the right
LENGTHS = (23, 12, 1)


@over(ONE_WAY)
def test_padding_on_the_right_needs_no_mask_where_no_token_sees_a_later_one(row):
    decoder, tokens = build(row).double(), ids(23)
    with torch.no_grad():
        logits = decoder(tokens)
        for i, length in enumerate(LENGTHS):
            alone = decoder(tokens[i : i + 1, :length])
            torch.testing.assert_close(logits[i : i + 1, :length], alone, rtol=0, atol=1e-10)


# padding on the left of the same batch
REAL = torch.arange(23) >= 23 - torch.tensor(LENGTHS)[:, None]  # (B, T)
# what has a state and no scores, in which a pair could be hidden
STATES = tuple(
    name
    for name in ONE_WAY
    if name.startswith(("mamba", "mlstm", "rwkv", "recurrent", "convolved", "parallel", "shared"))
)


def padded_in_pieces(decoder, tokens, pieces):
    cache, logits, stop = decoder.new_cache(BATCH), [], 0
    for piece in tokens.split(pieces, dim=1):
        stop += piece.shape[1]
        logits.append(decoder(piece, cache, mask=REAL[:, None, None, :stop]))
    return torch.cat(logits, dim=1)


@over(ONE_WAY)
@pytest.mark.parametrize("embedding", [None, LearnedPositions])
def test_padding_on_the_left_gives_each_row_what_it_gives_alone(row, embedding):
    decoder, tokens = build(row).double(), ids(23)
    if embedding is not None:
        learned = embedding(CONFIG).double()
        decoder.embedding.register_forward_hook(
            lambda _, given, x: x + learned.positions(given[1]).repeat(1, 1, x.shape[-1] // 32)
        )
    with torch.no_grad():
        results = [decoder(tokens, mask=REAL[:, None, None])]
        results += [padded_in_pieces(decoder, tokens, pieces) for pieces in ([1] * 23, [9, 1, 1, 12], [22, 1])]
        for i, length in enumerate(LENGTHS):
            alone = decoder(tokens[i : i + 1, -length:])
            for logits in results:
                assert logits.isfinite().all()
                torch.testing.assert_close(logits[i : i + 1, -length:], alone, rtol=0, atol=1e-10)
    # without the mask the padding is read
    assert not torch.allclose(decoder(tokens)[1, -12:], results[0][1, -12:], atol=1e-3)


@over(ONE_WAY)
def test_padding_on_the_left_leaves_the_gradients_as_they_are(row):
    decoder, tokens = build(row).double(), ids(23)
    decoder(tokens, mask=REAL[:, None, None])[REAL].square().sum().backward()
    gradients = [weight.grad for weight in decoder.parameters()]
    decoder.zero_grad()
    for i, length in enumerate(LENGTHS):
        decoder(tokens[i : i + 1, -length:]).square().sum().backward()
    for found, weight in zip(gradients, decoder.parameters()):
        assert (found - weight.grad).norm() <= 1e-11 * weight.grad.norm()


@over(ONE_WAY)
def test_greedy_tokens_of_unequal_prompts_are_those_of_each_prompt_alone(row):
    decoder, tokens = build(row), ids(15)
    real = REAL[:, -15:]
    # what stands in padded places does not matter, and nor does how the mask is written
    filled = torch.where(real, tokens, 7)
    generated = generate(decoder, filled, 8, temperature=0, attention_mask=real.long())
    assert generated[:, :15].equal(filled)
    for i, length in enumerate((15, 12, 1)):
        alone = generate(decoder, tokens[i : i + 1, -length:], 8, temperature=0)
        assert generated[i, -8:].equal(alone[0, -8:])


@pytest.mark.parametrize("name", STATES)
def test_a_state_cannot_skip_what_it_has_seen(name):
    decoder, tokens = build(MIXERS[name]), ids(5)
    later = torch.tensor([[1, 1, 0, 1, 1]] * BATCH).bool()[:, None, None]
    right = torch.tensor([[1, 1, 1, 0, 0]] * BATCH).bool()[:, None, None]
    for mask, cache in ((later, None), (later, decoder.new_cache(BATCH)), (right, decoder.new_cache(BATCH))):
        with pytest.raises(ValueError, match=r"^mask: expected padding on the left in \w+, whose state .*; pad there$"):
            decoder(tokens, cache, mask=mask)
    torch.testing.assert_close(decoder(tokens, mask=right)[:, :3], decoder(tokens)[:, :3])  # nothing follows
    with pytest.raises(
        ValueError, match=r"^mask: expected \(3, 1, 1, S\) in \w+, which has a state .* shape \(5, 5\)$"
    ):
        decoder(tokens, mask=torch.ones(5, 5, dtype=torch.bool))
    with pytest.raises(ValueError, match=r"mask: expected bool, True = may be seen, got torch.int64"):
        decoder(tokens, mask=right.long())


@pytest.mark.parametrize("name", [name for name in ONE_WAY if name not in STATES])
def test_scores_can_hide_any_pair_from_a_mixer_that_looks_back(name):
    # two texts in one row, walled off from each other
    decoder, tokens = build(MIXERS[name]).double(), ids(9)
    walled = torch.zeros(9, 9, dtype=torch.bool)
    walled[:4, :4] = walled[4:, 4:] = True
    with torch.no_grad():
        logits = decoder(tokens, mask=walled)
        torch.testing.assert_close(logits[:, 4:], decoder(tokens[:, 4:]), rtol=0, atol=1e-10)


@over(MIXERS)
def test_a_mask_over_other_tokens_is_refused(row):
    decoder = row.build()
    cache = decoder.new_cache(BATCH)
    decoder(ids(3), cache)
    with pytest.raises(
        ValueError, match=r"mask: expected 5 tokens, those of the cache and these, got shape \(3, 1, 1, 2\)"
    ):
        decoder(ids(2), cache, mask=torch.ones(BATCH, 1, 1, 2, dtype=torch.bool))


@over(ONE_WAY)
def test_padding_in_the_cache_is_not_forgotten(row):
    decoder = row.build()
    cache = decoder.new_cache(BATCH)
    decoder(ids(23)[:, :12], cache, mask=REAL[:, None, None, :12])
    with pytest.raises(ValueError, match=r"mask: expected one over all 13 tokens, since one hid padding .*, got None"):
        decoder(ids(1), cache)


@over(BOTH_WAYS)
def test_a_mask_leaves_padding_out(row):
    decoder, tokens = build(row).double(), ids(23)
    real = torch.arange(23) < torch.tensor(LENGTHS)[:, None]  # (B, T)
    with torch.no_grad():
        logits = decoder(tokens, mask=real[:, None, None])
        for i, length in enumerate(LENGTHS):
            alone = decoder(tokens[i : i + 1, :length])
            torch.testing.assert_close(logits[i : i + 1, :length], alone, rtol=0, atol=1e-10)


@over(BOTH_WAYS)
def test_a_mask_that_hides_nothing_is_no_mask(row):
    decoder = build(row).double()
    with torch.no_grad():
        for shape in ((1,), (BATCH, 1, 1, 23), (BATCH, 2, 23, 23)):
            everything = torch.ones(shape, dtype=torch.bool)
            torch.testing.assert_close(decoder(ids(23), mask=everything), decoder(ids(23)), rtol=0, atol=1e-12)
    with pytest.raises(ValueError, match=r"mask: expected bool, True = may be seen, got torch.int64"):
        decoder(ids(5), mask=torch.ones(5, 5, dtype=torch.long))


@over(MIXERS)
def test_bytes_of_the_cache_counted_by_hand(row):
    # two layers of float32; from the start, and no more after a text
    decoder = row.build()
    cache = decoder.new_cache(BATCH)
    assert sum(tensor.nbytes for tensor in cache.tensors()) == 2 * 4 * BATCH * row.numbers
    with torch.no_grad():
        for piece in ids(23).split([9, 1, 1, 12], dim=1):
            decoder(piece, cache)
            assert sum(tensor.nbytes for tensor in cache.tensors()) == 2 * 4 * BATCH * row.numbers
    assert state_bytes(decoder, 20) == 2 * 4 * row.numbers


@over(MIXERS)
def test_a_cache_is_for_its_batch(row):
    decoder = row.build()
    with pytest.raises(ValueError, match=f"{BATCH}"):
        decoder(ids(3, batch=BATCH + 1), decoder.new_cache(BATCH))


def off(logits, expected):
    """The error of logits in half precision, relative to the logits.

    bfloat16 rounds to 8 bits; after the roundings of two layers three must be left: 1/8. What is wrong is off by 1.
    """
    assert logits.isfinite().all()
    return ((logits - expected).norm() / expected.norm()).item()


@over(MIXERS)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_computes_in_half_precision_and_caches_keep_their_dtype(row, dtype):
    decoder, tokens = build(row), ids(23)
    with torch.no_grad():
        whole, in_pieces, cache = decoder(tokens), read_in_pieces(decoder, tokens), decoder.new_cache(BATCH)
        with torch.autocast("cpu", dtype):
            assert decoder(tokens).dtype == dtype
            assert off(decoder(tokens), whole) < 1 / 8
            assert off(read_in_pieces(decoder, tokens, cache), in_pieces) < 1 / 8
    assert sum(tensor.nbytes for tensor in cache.tensors()) == 2 * 4 * BATCH * row.numbers
    with torch.autocast("cpu", dtype):
        loss = decoder(tokens).float().square().mean()
    loss.backward()
    assert all(weight.grad.dtype == torch.float32 and weight.grad.isfinite().all() for weight in decoder.parameters())


@over(MIXERS)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_a_model_in_half_precision_whose_states_are_float32(row, dtype):
    decoder, tokens = build(row), ids(23)
    with torch.no_grad():
        whole, in_pieces = decoder(tokens), read_in_pieces(decoder, tokens)
        decoder = decoder.to(dtype)
        cache = decoder.new_cache(BATCH)
        assert decoder(tokens).dtype == dtype
        assert off(decoder(tokens), whole) < 1 / 8
        assert off(read_in_pieces(decoder, tokens, cache), in_pieces) < 1 / 8
    # two bytes for each number, and two more for what adds up over the text
    assert sum(tensor.nbytes for tensor in cache.tensors()) == 2 * 2 * BATCH * (row.numbers + row.adds_up)
    decoder(tokens).float().square().mean().backward()
    assert all(weight.grad.isfinite().all() for weight in decoder.parameters())


def test_cross_attention_waits_for_a_source():
    decoder = Decoder(CONFIG, mixer=[Attention, CrossAttention])
    cache = decoder.new_cache(BATCH)
    assert sum(tensor.nbytes for tensor in cache.tensors()) == 4 * BATCH * KEYS_AND_VALUES
    source = torch.randn(BATCH, 7, 32, generator=torch.Generator().manual_seed(2))
    read_source(decoder, cache, source, lengths=torch.tensor([7, 3, 1]))
    # keys and values of 7 tokens and a mask of a byte each
    expected = 4 * BATCH * (KEYS_AND_VALUES + 2 * 7 * 16) + BATCH * 7
    assert sum(tensor.nbytes for tensor in cache.tensors()) == expected
    with pytest.raises(ValueError, match=r"mask: expected None in CrossAttention, whose mask goes to read_source"):
        decoder.blocks[1].mixer(source, cache.layers[1], mask=torch.ones(7, dtype=torch.bool))
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        assert decoder(ids(5), cache).isfinite().all()
    cache = decoder.bfloat16().new_cache(BATCH)
    read_source(decoder, cache, source.bfloat16())
    assert decoder(ids(5), cache).isfinite().all()
