"""mLSTM: against numbers worked by hand, the loop against the matrix, the equation without m, and transformers."""

from dataclasses import replace
from math import exp, sqrt

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.ssm.mlstm import MLSTM, mlstm, mlstm_parallel

CONFIG = DecoderConfig(vocab_size=13, width=12, layers=2, heads=3, head_size=6, context=70)


def build():
    """A decoder with large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    decoder = Decoder(CONFIG, mixer=MLSTM, ffn=None).double()
    with torch.no_grad():
        for block in decoder.blocks:
            block.mixer.input_gate.bias.zero_()
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return decoder


def draw(length, sizes=(4, 5), heads=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shapes = [(2, heads, length, size) for size in (sizes[0], *sizes)] + [(2, heads, length)] * 2
    return [torch.randn(shape, generator=generator, dtype=torch.float64).mul(2).requires_grad_() for shape in shapes]


def test_by_hand():
    # K = 1, V = 2. Gates: i = e^0.5 then e^-1; f = sigmoid(0) = 1/2 at the second token; keys 2, -1; queries 1.5, 3
    # n: 2 e^0.5, then e^0.5 - e^-1. C: n v. First read: (3, -1) * 3 e^0.5 / max(3 e^0.5, 1) = (3, -1)
    # second: 3 (e^0.5 (3, -1) - e^-1 (4, 4)) / max(3 (e^0.5 - e^-1), 1)
    query, key = torch.tensor([1.5, 3.0]).view(1, 1, 2, 1), torch.tensor([2.0, -1.0]).view(1, 1, 2, 1)
    value = torch.tensor([[3.0, -1.0], [4.0, 4.0]]).view(1, 1, 2, 2)
    gates = torch.tensor([0.5, -1.0]).view(1, 1, 2), torch.tensor([7.0, 0.0]).view(1, 1, 2)
    a, b = exp(0.5), exp(-1)
    expected = [3, -1, (3 * a - 4 * b) / (a - b), (-a - 4 * b) / (a - b)]
    y, (memory, normaliser, m) = mlstm(query, key, value, *gates)
    assert y.flatten().tolist() == pytest.approx(expected, rel=1e-6)
    assert m.item() == pytest.approx(0.5 + torch.tensor(0.5).log().item(), rel=1e-6)
    assert (normaliser * m.exp()).item() == pytest.approx(a - b, rel=1e-6)
    assert (memory * m.exp()).flatten().tolist() == pytest.approx([3 * a - 4 * b, -a - 4 * b], rel=1e-6)


def test_a_weak_match_is_not_blown_up():
    # |n . q| = 0.01 < 1: divided by 1, so the read is C q
    one = torch.ones(1, 1, 1, 1)
    y, _ = mlstm(0.01 * one, one, 5 * one, torch.zeros(1, 1, 1), torch.zeros(1, 1, 1))
    assert y.item() == pytest.approx(0.05)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_loop_equals_matrix_gradients_too(length):
    ours, theirs = draw(length), draw(length)
    (y, _), expected = mlstm(*ours), mlstm_parallel(*theirs)
    torch.testing.assert_close(y, expected, rtol=1e-10, atol=1e-10)
    weight = torch.randn(y.shape, generator=torch.Generator().manual_seed(5), dtype=y.dtype)
    (y * weight).sum().backward()
    (expected * weight).sum().backward()
    for a, b in zip(ours, theirs):
        torch.testing.assert_close(a.grad, b.grad, rtol=1e-8, atol=1e-8)


def test_the_stabiliser_cancels():
    # the equation of the paper as it stands, without m
    query, key, value, input_gate, forget_gate = (x.detach() for x in draw(20))
    key = key / sqrt(4)
    memory, normaliser = torch.zeros(2, 3, 4, 5, dtype=torch.float64), torch.zeros(2, 3, 4, dtype=torch.float64)
    expected = []
    for t in range(20):
        forget, add = forget_gate[..., t].sigmoid(), input_gate[..., t].exp()
        memory = forget[..., None, None] * memory + add[..., None, None] * key[:, :, t, :, None] * value[:, :, t, None]
        normaliser = forget[..., None] * normaliser + add[..., None] * key[:, :, t]
        match = torch.einsum("bhk,bhk->bh", normaliser, query[:, :, t]).abs().clamp(min=1)
        expected.append(torch.einsum("bhkv,bhk->bhv", memory, query[:, :, t]) / match[..., None])
    y, _ = mlstm(query, key * sqrt(4), value, input_gate, forget_gate)
    torch.testing.assert_close(y, torch.stack(expected, dim=2), rtol=1e-10, atol=1e-10)


def test_gates_of_any_size_do_not_overflow():
    # e^1000 overflows. A common factor of all input gates cancels where the match is above 1
    query, key, value, input_gate, forget_gate = (x.detach() for x in draw(20))
    large, _ = mlstm(query, key, value, input_gate + 1000, forget_gate)
    larger, _ = mlstm(query, key, value, input_gate + 2000, forget_gate)
    assert large.isfinite().all()
    torch.testing.assert_close(large, larger, rtol=1e-8, atol=1e-8)
    torch.testing.assert_close(
        mlstm_parallel(query, key, value, input_gate + 1000, forget_gate), large, rtol=1e-8, atol=1e-8
    )


@settings(derandomize=True, max_examples=25, deadline=None)
@given(
    first=st.integers(1, 9),
    second=st.integers(1, 9),
    sizes=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    seed=st.integers(0, 99),
)
def test_state_carries_on(first, second, sizes, seed):
    inputs = [x.detach() for x in draw(first + second, sizes, seed=seed)]
    whole, end = mlstm(*inputs)
    a, state = mlstm(*(x[:, :, :first] for x in inputs))
    b, state = mlstm(*(x[:, :, first:] for x in inputs), state)
    torch.testing.assert_close(torch.cat((a, b), dim=2), whole, rtol=1e-10, atol=1e-10)
    for ours, theirs in zip(state, end):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


def test_equals_that_of_transformers():
    from transformers.models.xlstm.modeling_xlstm import mlstm_recurrent_sequence_native

    query, key, value, input_gate, forget_gate = (x.detach() for x in draw(30))
    expected = mlstm_recurrent_sequence_native(
        query, key, value, input_gate, forget_gate, eps=0.0, dtype_state=torch.float64
    )
    y, _ = mlstm(query, key, value, input_gate, forget_gate)
    # theirs starts from m = 0 instead of minus infinity, which changes nothing while the memory is empty
    torch.testing.assert_close(y, expected, rtol=1e-10, atol=1e-10)


def test_mixer_equals_the_layer_of_transformers():
    from transformers import xLSTMConfig
    from transformers.models.xlstm.modeling_xlstm import xLSTMLayer

    config = xLSTMConfig(
        vocab_size=13,
        hidden_size=128,
        num_hidden_layers=1,
        num_heads=4,
        chunk_size=8,
        qk_dim_factor=1.0,
        gate_soft_cap=1e9,  # none
        norm_eps=1e-5,
        norm_reduction_force_float32=False,
        eps=0.0,
    )
    theirs = xLSTMLayer(config).double()
    ours = MLSTM(DecoderConfig(vocab_size=13, width=128, layers=1, heads=4)).double()
    names = {
        "query": "q",
        "key": "k",
        "value": "v",
        "gate": "ogate_preact",
        "input_gate": "igate_preact",
        "forget_gate": "fgate_preact",
        "output": "out_proj",
    }
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for a, b in [*names.items(), ("gain", "multihead_norm")]:
            for kind in ("weight", "bias"):
                target = getattr(theirs, b).state_dict().get(kind)
                if target is not None:
                    target.copy_(torch.randn(target.shape, generator=generator, dtype=torch.float64) * 0.2)
                    (ours.gain if a == "gain" else getattr(getattr(ours, a), kind)).copy_(target)
        x = torch.randn(2, 21, 128, generator=generator, dtype=torch.float64)
        # their chunks carry their states in float32
        torch.testing.assert_close(ours(x), theirs(x)[0], rtol=0, atol=1e-5)


@pytest.mark.parametrize("length", [1, 63, 64, 65])
def test_token_by_token_equals_all_at_once(decoding, length):
    decoding.assert_pieces_equal_the_whole(build(), [1] * length, batch=2)


@settings(derandomize=True, max_examples=10, deadline=None)
@given(pieces=st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_any_split_of_the_text_gives_the_same(decoding, pieces):
    decoding.assert_pieces_equal_the_whole(build(), pieces, batch=1)


def test_no_token_sees_a_later_one(decoding):
    decoding.assert_no_token_sees_a_later_one(build())


def test_the_cache_does_not_grow_and_knows_its_batch():
    mixer = build().blocks[0].mixer
    cache = mixer.new_cache(2)
    for length in (1, 30):
        with torch.no_grad():
            mixer(torch.randn(2, length, 12, dtype=torch.float64), cache)
        assert [x.shape for x in cache.state] == [(2, 3, 6, 6), (2, 3, 6), (2, 3)]
    with pytest.raises(ValueError, match="cache: expected a batch of 2, got 3"):
        mixer(torch.zeros(3, 1, 12, dtype=torch.float64), cache)


def test_initial_weights():
    mixer = MLSTM(DecoderConfig(vocab_size=13, width=128, layers=8, heads=4))
    assert mixer.input_gate.bias.tolist() == [-10.0] * 4
    assert mixer.forget_gate.bias.tolist() == [3.0, 4.0, 5.0, 6.0]
    assert not mixer.input_gate.weight.any()
    assert not mixer.forget_gate.weight.any()
    assert mixer.query.weight.std().item() == pytest.approx(0.02, rel=0.03)
    assert mixer.output.weight.std().item() == pytest.approx(0.02 / 4, rel=0.03)


def test_every_weight_learns(decoding):
    decoding.assert_every_weight_learns(build())


def test_number_of_weights():
    # width 12, 3 heads of 6: four projections 12 * 18, two gates 12 * 3 + 3, gain 18, out 18 * 12
    assert sum(x.numel() for x in MLSTM(CONFIG).parameters()) == 4 * 216 + 2 * 39 + 18 + 216


def test_the_norm_takes_its_eps_from_the_config():
    # beside eps the variance, of order 1, is nothing: divided by roots of 1e8 and 4e8, the second is half of the first
    layers = [MLSTM(replace(CONFIG, norm_eps=eps)).double() for eps in (1e8, 4e8)]
    layers[1].load_state_dict(layers[0].state_dict())
    x = torch.randn(1, 5, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    first, second = (layer(x) for layer in layers)
    torch.testing.assert_close(2 * second, first, rtol=1e-6, atol=0)
