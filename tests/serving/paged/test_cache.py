"""The paged cache: equal logits to the plain one for every kind of mixer; sharing, copies on write, no leaks."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.attention import Attention
from coursekit.attention.alibi import ALiBiAttention
from coursekit.attention.cache import KeyValueCache
from coursekit.attention.latent import LatentAttention
from coursekit.attention.relative import RelativeAttention, RelativeBias
from coursekit.attention.rolling_cache import RollingAttention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.embeddings import LearnedPositions
from coursekit.moe import MixtureOfExperts
from coursekit.serving.paged import OutOfBlocks, PagedCache
from coursekit.ssm.mamba import Mamba
from coursekit.ssm.mamba2 import Mamba2
from coursekit.ssm.mlstm import MLSTM
from coursekit.ssm.rwkv import TimeMixing

CONFIG = DecoderConfig(vocab_size=13, width=32, layers=2, heads=2, kv_heads=1, context=48)
UNTURNED = replace(CONFIG, rope_base=None)
DECODERS = {
    "attention": {},
    "window": {"mixer": partial(Attention, window=5)},
    "rolling": {"mixer": partial(RollingAttention, window=5)},
    "latent": {"mixer": partial(LatentAttention, latent=10, rotary=4)},
    "alibi": {"mixer": ALiBiAttention},
    "bias": {"mixer": partial(RelativeAttention, bias=RelativeBias(UNTURNED))},
    "learned": {"embedding": LearnedPositions},
    "experts": {"ffn": partial(MixtureOfExperts, experts=4, top_k=2)},
    "mamba": {"mixer": Mamba, "ffn": None},
    "mamba2": {"mixer": partial(Mamba2, head_size=16, states=8, chunk_size=8), "ffn": None},
    "hybrid": {"mixer": [Mamba, Attention]},
    "mlstm": {"mixer": MLSTM},
    "rwkv": {"mixer": TimeMixing},
}


def decoder(name="attention", seed=0):
    torch.manual_seed(seed)
    model = Decoder(UNTURNED if name in ("alibi", "bias") else CONFIG, **DECODERS[name]).double().eval()
    for weight in model.parameters():
        weight.data += torch.randn_like(weight) * 0.2  # otherwise each token only repeats itself
    return model


def ids(length, seed=0):
    return torch.randint(13, (length,), generator=torch.Generator().manual_seed(seed)).tolist()


@pytest.mark.parametrize("name", DECODERS)
def test_texts_of_unequal_length_get_the_logits_that_each_gets_alone(name):
    model, texts = decoder(name), [ids(30, 1), ids(17, 2), ids(23, 3)]
    cache = PagedCache(model, blocks=40, block_size=4)
    opened = [cache.begin() for _ in texts]
    found = [[] for _ in texts]
    places = [0, 0, 0]
    for step in ([9, 2, 5], [1, 1, 1], [1, 1, 1], [5, 5, 5], [1, 1, 4], [1, 1, 1], [12, 6, 6]):
        parts = [text[at : at + n] for text, at, n in zip(texts, places, step)]
        for row, logits in zip(found, cache.read(opened, parts)):
            row.append(logits)
        places = [at + n for at, n in zip(places, step)]
    assert places == [30, 17, 23]
    with torch.no_grad():
        for text, row in zip(texts, found):
            torch.testing.assert_close(torch.cat(row), model(torch.tensor([text]))[0], rtol=0, atol=1e-9)
    for text in opened:
        cache.close(text)
    assert cache.pool.available == 40


@pytest.mark.parametrize("name", ["attention", "latent", "learned", "mamba", "hybrid"])
def test_a_fork_goes_its_own_way(name):
    model = decoder(name)
    cache = PagedCache(model, blocks=40, block_size=4)
    first = cache.begin()
    cache.read([first], [ids(10, 1)])
    second = cache.fork(first)
    a, b = cache.read([first, second], [ids(5, 2), ids(5, 3)])
    with torch.no_grad():
        for logits, more in ((a, ids(5, 2)), (b, ids(5, 3))):
            whole = model(torch.tensor([ids(10, 1) + more]))[0, 10:]
            torch.testing.assert_close(logits, whole, rtol=0, atol=1e-9)


def test_blocks_are_shared_until_somebody_writes():
    cache = PagedCache(decoder(), blocks=40, block_size=4)
    first = cache.begin()
    cache.read([first], [ids(10)])  # two full blocks, and two tokens of a third
    second = cache.fork(first)
    assert second.blocks == first.blocks
    assert cache.pool.available == 37
    assert cache.blocks_for(first, 1) == 1
    cache.read([first], [[1]])
    assert first.blocks[:2] == second.blocks[:2]
    assert first.blocks[2] != second.blocks[2]
    assert cache.pool.available == 36
    assert cache.blocks_for(second, 1) == 0  # now it is the only one


def test_a_known_beginning_is_not_read_again():
    model, prompt = decoder(), ids(14)
    cache = PagedCache(model, blocks=40, block_size=4)
    first = cache.begin(prompt)
    assert first.length == 0
    whole = cache.read([first], [prompt])[0]
    for other in (True, False):  # while the first is there, and when it has gone
        again = cache.begin(prompt)
        assert (again.length, again.blocks) == (12, first.blocks[:3] if other else again.blocks)
        torch.testing.assert_close(cache.read([again], [prompt[12:]])[0], whole[12:], rtol=0, atol=1e-9)
        cache.close(again)
        cache.close(first)
    # the last token is always read: its scores are wanted
    assert cache.begin(prompt[:12]).length == 8
    assert cache.begin([*prompt[:5], (prompt[5] + 1) % 13, *prompt[6:]]).length == 4
    assert cache.begin([(prompt[0] + 1) % 13, *prompt[1:]]).length == 0
    assert PagedCache(model, blocks=4, share=False).share is False


def test_a_state_is_not_shared_by_its_text():
    for name in ("mamba", "hybrid", "rolling"):
        cache, prompt = PagedCache(decoder(name), blocks=40, block_size=4), ids(14)
        cache.read([cache.begin(prompt)], [prompt])
        assert cache.begin(prompt).length == 0
        with pytest.raises(ValueError, match="cut: expected a model that keeps every token"):
            cache.cut(cache.begin(), 0)


def test_a_text_that_was_cut_is_read_on_and_does_not_spoil_what_others_share():
    model, prompt = decoder(), ids(13)
    cache = PagedCache(model, blocks=40, block_size=4)
    first = cache.begin()
    cache.read([first], [prompt])
    cache.cut(first, 6)
    assert (first.length, first.ids, len(first.blocks)) == (6, prompt[:6], 2)
    logits = cache.read([first], [ids(7, 9)])[0]
    with torch.no_grad():
        whole = model(torch.tensor([prompt[:6] + ids(7, 9)]))[0, 6:]
    torch.testing.assert_close(logits, whole, rtol=0, atol=1e-9)
    again = cache.begin(prompt)
    expected = cache.read([again], [prompt[again.length :]])[0][-1]
    with torch.no_grad():
        torch.testing.assert_close(expected, model(torch.tensor([prompt]))[0, -1], rtol=0, atol=1e-9)
    with pytest.raises(ValueError, match="cut: expected a length 0 .. 13, got 14"):
        cache.cut(first, 14)


def test_a_block_is_called_by_all_that_stands_before_it():
    # read A, cut after its first block, go on with B: the last block of B is not what follows A
    cache, a, b = PagedCache(decoder(), blocks=40, block_size=4), ids(13), ids(13, 5)
    text = cache.begin()
    cache.read([text], [a])
    cache.cut(text, 4)
    cache.read([text], [b])  # tokens 4 to 16: three full blocks
    assert cache.begin([*a[:12], *b[8:12], 1]).length == 12
    assert cache.begin([*a[:4], *b[:12], 1]).length == 16


def test_a_call_that_fails_leaves_the_texts_as_they_were():
    model = decoder()
    cache = PagedCache(model, blocks=3, block_size=4)
    first, second = cache.begin(), cache.begin()
    cache.read([first, second], [[1, 2], [3]])
    with pytest.raises(OutOfBlocks, match="cache: expected 2 free blocks, got 1 of 3"):
        cache.read([first], [[1] * 8])
    with pytest.raises(ValueError, match="input_ids: expected numbers from 0 to 12, got 99"):
        cache.read([first, second], [[1], [99]])
    assert (first.ids, second.ids) == ([1, 2], [3])
    logits = cache.read([first], [[4]])[0]
    with torch.no_grad():
        torch.testing.assert_close(logits[0], model(torch.tensor([[1, 2, 4]]))[0, -1], rtol=0, atol=1e-9)


def test_a_text_without_numbers_does_not_reach_the_others():
    model = decoder()
    cache = PagedCache(model, blocks=9, block_size=4)
    bad = cache.begin()
    cache.reserve(bad, 4)
    for pool in cache._pools:
        for tensor in pool:
            tensor[:, bad.blocks[0] * 4 : bad.blocks[0] * 4 + 4] = float("nan")
    bad.ids = [1, 2]
    good = cache.begin()
    cache.read([good], [ids(7)])
    a, b = cache.read([bad, good], [[1], [2]])
    assert a.isnan().all()
    with torch.no_grad():
        torch.testing.assert_close(b[0], model(torch.tensor([[*ids(7), 2]]))[0, -1], rtol=0, atol=1e-9)


class Notebook:
    """A model whose keys are the tokens: what it is given back must be each text's own, in order."""

    def __init__(self):
        self.config, self.seen = SimpleNamespace(context=10**6), []

    def new_cache(self, batch):
        return SimpleNamespace(layers=[KeyValueCache(batch, 1, 4, 1, torch.float64, "cpu")])

    def __call__(self, tokens, cache, positions, mask):
        keys, values = cache.layers[0].append(*(2 * [tokens[:, None, :, None].double()]))
        real = torch.ones(len(tokens), keys.shape[2], dtype=torch.bool) if mask is None else mask[:, 0, 0]
        self.seen = [key[0, row, 0].long().tolist() for key, row in zip(keys, real)]
        assert keys.equal(values)
        return torch.zeros(*tokens.shape, 2)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 4),
    st.lists(
        st.tuples(st.sampled_from(["open", "read", "both", "fork", "cut", "close"]), st.integers(0, 40)), max_size=40
    ),
)
def test_every_text_is_its_own_and_no_block_leaks_under_any_workload(block_size, steps):
    model, opened = Notebook(), []
    cache = PagedCache(model, blocks=12, block_size=block_size)
    for what, n in steps:
        if what == "open":
            prompt = [(n // 3 + i) % 2 for i in range(n % 13 + 1)]  # beginnings that often return
            text = cache.begin(prompt)
            assert text.ids == prompt[: text.length]
            opened.append((text, prompt[: text.length]))
            continue
        if not opened:
            continue
        text, said = opened[n % len(opened)]
        if what == "fork":
            opened.append((cache.fork(text), list(said)))
        elif what == "cut":
            cache.cut(text, n % (len(said) + 1))
            del said[n % (len(said) + 1) :]
        elif what == "close":
            cache.close(text)
            opened.remove((text, said))
        else:
            chosen = [(text, said)] if what == "read" else opened
            fresh = [[(n + i + j) % 2 for j in range(n % 5 + 1)] for i in range(len(chosen))]
            try:
                cache.read([one for one, _ in chosen], fresh)
            except OutOfBlocks:
                continue
            for (_, known), more in zip(chosen, fresh):
                known += more
            assert model.seen == [known for _, known in chosen]
        held = [block for one, _ in opened for block in one.blocks]
        assert cache.pool.available == 12 - len(set(held))
        assert all(cache.pool.references(block) == held.count(block) for block in range(12))
    for text, _ in opened:
        cache.close(text)
        cache.close(text)
    assert cache.pool.available == 12


@pytest.mark.parametrize("bad", [0, -1, 1.5, None])
def test_sizes_below_one_are_refused(bad):
    with pytest.raises(ValueError, match="block_size: expected a whole number >= 1"):
        PagedCache(decoder(), 4, block_size=bad)
