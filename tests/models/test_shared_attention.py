"""A shared transformer block along Mamba-2: what is shared, what is a call's own, and the number of weights."""

from functools import partial
from math import erf, sqrt

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.decoder import DecoderConfig
from coursekit.models.shared_attention import Adapted, SharedBlock, SharedCall
from coursekit.models.shared_hybrid import shared_hybrid
from coursekit.ssm.mamba import Mamba
from coursekit.ssm.mamba2 import Mamba2

CONFIG = DecoderConfig(vocab_size=13, width=12, layers=5, heads=4, kv_heads=2, head_size=4, ffn_width=7, context=70)
MIXER = partial(Mamba2, head_size=4, states=5, chunk_size=8)


def build(shared_at=(1, 2, 4), blocks=2, **options):
    """A decoder with large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    decoder = shared_hybrid(CONFIG, shared_at, rank=3, blocks=blocks, mixer=options.pop("mixer", MIXER), **options)
    decoder = decoder.double()
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return decoder


def test_adapted_by_hand():
    # x = (1, 2): x W = 1 * 3 + 2 * 4 = 11, x A = 1 - 2 = -1, times B = 0.5
    shared = torch.nn.Linear(2, 1, bias=False)
    adapted = Adapted(shared, (2, 1), rank=1)
    assert (adapted.up.weight == 0).all()  # at first a call is the block
    with torch.no_grad():
        for weight, value in ((shared.weight, [3.0, 4.0]), (adapted.down.weight, [1.0, -1.0])):
            weight.copy_(torch.tensor([value]))
        adapted.up.weight.fill_(0.5)
    assert adapted(torch.tensor([1.0, 2.0])).item() == 10.5


def test_call_by_hand():
    # one token attends to itself alone: its value. [x, e] = (3, 1), root of the mean square sqrt 5: value 4 / sqrt 5
    # times output 2, normalised: 1. Gate 0.6 + adapter 0.1, up 2 + 0.2: 3 GELU(0.7) * 2.2
    config = DecoderConfig(vocab_size=2, width=1, layers=1, heads=1, head_size=2, ffn_width=1, norm_eps=0.0)
    block = SharedBlock(config)
    call = SharedCall(block, rank=1, adapted=())
    values = {
        block.attention.value.weight: [[1.0, 1.0], [0.0, 0.0]],
        block.attention.output.weight: [[2.0, 0.0]],
        block.input.weight: [[0.6], [2.0]],
        block.output.weight: [[3.0]],
        call.input.down.weight: [[0.5]],
        call.input.up.weight: [[0.2], [0.4]],
    }
    with torch.no_grad():
        for weight, value in values.items():
            weight.copy_(torch.tensor(value))
    y = call(torch.tensor([[[3.0, 1.0]]]))
    assert y.item() == pytest.approx(3 * 0.7 * (1 + erf(0.7 / sqrt(2))) / 2 * 2.2, rel=1e-6)


def test_layer_by_hand():
    # mixers that return what they see: y = norm(x + 0.5 call); norm of one number is its sign
    class Seen(torch.nn.Module):
        def __init__(self, config, linear):
            super().__init__()
            self.seen = []

        def forward(self, x, cache, positions, mask):
            self.seen.append(x)
            return 10 * x

    config = DecoderConfig(vocab_size=2, width=1, layers=2, heads=1, head_size=2, ffn_width=1, norm_eps=0.0)
    decoder = shared_hybrid(config, (1,), rank=1, mixer=Seen)
    with torch.no_grad():
        decoder.embedding.tokens.weight.fill_(-2.0)
        decoder.blocks[1].mixer.link.weight.fill_(0.5)
    decoder.blocks[1].mixer.call.forward = lambda stream, cache, positions, mask: -stream.sum(-1, keepdim=True)
    left = []
    decoder.norm.register_forward_hook(lambda _, inputs, output: left.append((inputs[0], output)))
    decoder(torch.zeros(1, 1, dtype=torch.long))
    # layer 0: x = -2 - 10 = -12. Layer 1 reads -12 + 0.5 * 14 = -5, so its mixer sees -1; x = -22, e is still -2
    assert [block.mixer.mixer.seen[0].item() for block in decoder.blocks] == [-1.0, -1.0]
    assert left[0][0].flatten().tolist() == [-22.0, -2.0]
    assert left[0][1].flatten().tolist() == [-1.0]


def test_only_the_mixer_sees_the_call():
    # its sign: a call large enough turns what the mixer sees, and the stream gets nothing of it
    decoder = build((0,), blocks=1)
    layer = decoder.blocks[0].mixer
    stream = torch.randn(1, 6, 24, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        before = layer(stream)
        torch.testing.assert_close(
            before, layer.mixer(layer.norm(stream[..., :12] + layer.link(layer.call(stream)))), rtol=0, atol=1e-12
        )
        layer.link.weight.zero_()
        torch.testing.assert_close(layer(stream), layer.mixer(layer.norm(stream[..., :12])), rtol=0, atol=1e-12)
        assert (before - layer(stream)).abs().max() > 0.1


def test_blocks_take_turns_and_share_all_but_adapters_and_caches():
    decoder = build()
    a, b, c = (decoder.blocks[i].mixer.call for i in (1, 2, 4))
    for name in ("query", "key", "value"):
        shared = [getattr(call.attention, name).shared for call in (a, b, c)]
        assert shared[0] is shared[2]
        assert shared[0] is not shared[1]
        assert getattr(a.attention, name).down is not getattr(c.attention, name).down
    assert a.attention.output is c.attention.output
    assert (a.norm, a.ffn_norm, a.output, a.input.shared) == (c.norm, c.ffn_norm, c.output, c.input.shared)
    assert a.norm is not b.norm
    caches = decoder.new_cache(2).layers
    assert caches[0][0] is None
    assert caches[1][0].keys.shape == caches[4][0].keys.shape == (2, 2, 70, 4)
    assert caches[1][0].keys.data_ptr() != caches[4][0].keys.data_ptr()


def test_number_of_weights():
    def count(module):
        return sum(x.numel() for x in module.parameters())

    # a block, width 12, heads 4 of 4, 2 of keys: norms 24 + 12, query 24 * 16, key and value 24 * 8, output 16 * 12,
    # input 12 * 14, output 7 * 12
    block = 36 + 384 + 2 * 192 + 192 + 168 + 84
    assert count(SharedBlock(CONFIG)) == block
    # a call, rank 3: query 3 * (24 + 16), key and value 3 * (24 + 8), input 3 * (12 + 14), link 12 * 12
    call = 120 + 2 * 96 + 78 + 144
    layer = count(MIXER(CONFIG, torch.nn.Linear)) + 12
    ends = 13 * 12 + 12
    assert build().parameter_count() == ends + 5 * layer + 2 * block + 3 * call
    assert build(blocks=1).parameter_count() == ends + 5 * layer + block + 3 * call
    assert build(adapted=()).parameter_count() == ends + 5 * layer + 2 * block + 3 * (78 + 144)
    # biases: 14 of the input, 12 of the output
    assert build(bias=True).parameter_count() == ends + 5 * layer + 2 * (block + 26) + 3 * call


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_token_by_token_equals_all_at_once(decoding, length):
    decoding.assert_pieces_equal_the_whole(build(), [1] * length, batch=2)


@settings(derandomize=True, max_examples=15, deadline=None)
@given(
    pieces=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    shared_at=st.lists(st.integers(0, 4), unique=True, max_size=3),
    mixer=st.sampled_from([MIXER, Mamba]),
)
def test_any_split_and_any_places_give_the_same(decoding, pieces, shared_at, mixer):
    decoding.assert_pieces_equal_the_whole(build(sorted(shared_at), mixer=mixer), pieces, batch=1)


def test_no_token_sees_a_later_one(decoding):
    decoding.assert_no_token_sees_a_later_one(build())


def test_every_weight_learns(decoding):
    decoding.assert_every_weight_learns(build())


def test_a_number_that_is_no_layer_is_refused():
    with pytest.raises(ValueError, match=r"shared_at: expected numbers of layers, 0 to 4, got \(1, 5\)"):
        shared_hybrid(CONFIG, (1, 5), rank=3)


@pytest.mark.parametrize("shared_at", [(), (0, 1, 2, 3, 4)])
def test_a_mask_of_more_than_padding_is_refused(shared_at):
    with pytest.raises(ValueError, match=r"mask: expected \(1, 1, 1, S\) in Mamba2, which has a state"):
        build(shared_at)(torch.zeros(1, 3, dtype=torch.long), mask=torch.ones(3, 3, dtype=torch.bool))
