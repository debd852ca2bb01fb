"""The mixers whose positions are not plain rotary ones: ScaledRotaryAttention and ALiBiAttention."""

from dataclasses import replace
from functools import partial
from importlib import import_module

import pytest
import torch
from torch import nn

from coursekit.attention import Attention
from coursekit.attention.alibi import ALiBiAttention
from coursekit.attention.inspect import attention_maps
from coursekit.attention.rope_scaling import linear, yarn
from coursekit.attention.scaled_rotary import ScaledRotaryAttention
from coursekit.decoder import Decoder, DecoderConfig

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=4, kv_heads=2, context=24)
UNPLACED = replace(CONFIG, rope_base=None)
INTERPOLATED = partial(ScaledRotaryAttention, scaling=partial(linear, factor=4))
YARN = partial(ScaledRotaryAttention, scaling=partial(yarn, factor=4, context=1000))


def build(config, mixer):
    """A decoder with large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    decoder = Decoder(config, mixer=mixer).double()
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return decoder


def ids(length):
    return torch.randint(13, (2, length), generator=torch.Generator().manual_seed(1))


MIXERS = {
    "linear": (CONFIG, INTERPOLATED),
    "yarn": (CONFIG, YARN),
    "yarn, window": (CONFIG, partial(YARN, window=5)),
    "alibi": (UNPLACED, ALiBiAttention),
    "alibi, window": (UNPLACED, partial(ALiBiAttention, window=5)),
}


@pytest.mark.parametrize(("config", "mixer"), MIXERS.values(), ids=MIXERS)
def test_with_cache_equals_all_at_once(config, mixer):
    decoder = build(config, mixer)
    expected = decoder(ids(24))
    for chunks in ([1] * 24, [7, 1, 12, 4]):
        cache = decoder.new_cache(2)
        result = torch.cat([decoder(chunk, cache) for chunk in ids(24).split(chunks, dim=1)], dim=1)
        torch.testing.assert_close(result, expected, rtol=0, atol=1e-10)


def test_interpolation_by_four_is_a_quarter_of_the_positions():
    decoder, plain = build(CONFIG, INTERPOLATED), build(CONFIG, Attention)
    spaced = decoder(ids(9), positions=torch.arange(9) * 4)
    torch.testing.assert_close(spaced, plain(ids(9)), rtol=0, atol=1e-10)
    assert not torch.allclose(decoder(ids(9)), plain(ids(9)))


def test_yarn_equals_transformers():
    transformers = import_module("transformers")
    rope = {"rope_type": "yarn", "rope_theta": 100.0, "factor": 4.0, "original_max_position_embeddings": 6}
    theirs = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            hidden_size=24,
            num_hidden_layers=2,
            num_attention_heads=3,
            num_key_value_heads=3,
            intermediate_size=16,
            vocab_size=13,
            max_position_embeddings=24,
            rope_parameters=rope,
        )
    )
    torch.manual_seed(0)
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
    theirs = theirs.double().eval()
    plain = theirs.config.rope_parameters
    theirs.config.rope_parameters = {"rope_type": "default", "rope_theta": 100.0}
    from coursekit.pretrained import from_transformers

    weights = from_transformers(theirs)
    theirs.config.rope_parameters = plain
    scaling = partial(yarn, factor=4.0, context=6)
    decoder = Decoder(weights.config, mixer=partial(ScaledRotaryAttention, scaling=scaling)).double()
    decoder.load_state_dict(weights.state_dict())
    tokens = ids(20)
    with torch.no_grad():
        expected = theirs(tokens).logits
        # transformers computes angles and norms in float32: 1e-5 on logits of order 1, as in tests/pretrained
        torch.testing.assert_close(decoder(tokens), expected, rtol=0, atol=1e-5)
        assert not torch.allclose(weights(tokens), expected, atol=1e-2)


def test_attention_maps_show_the_scaled_rotation_and_leave_alibi_out():
    model = build(CONFIG, YARN)
    x = model.blocks[0].mixer_norm(model.embedding(ids(5), None))
    query, key, _ = model.blocks[0].mixer.project(x, torch.arange(5))
    scores = query[0, 3, 4] @ key[0, 1].T / 2  # head 3 reads key head 1; D = 4
    torch.testing.assert_close(attention_maps(model, ids(5))[0][0, 3, 4], scores.softmax(-1).detach())
    assert attention_maps(build(UNPLACED, ALiBiAttention), ids(5)) == {}


def test_alibi_by_hand():
    # one head, slope 2^-8 replaced by ln 2; zero queries; values are the inputs: weights 2^-distance
    config = DecoderConfig(vocab_size=2, width=1, layers=1, heads=1, rope_base=None)
    for is_causal, window, expected in (
        # token 1: (8 / 2 + 16) / (3/2) = 40/3; token 2: (8 / 4 + 16 / 2 + 0) / (7/4) = 40/7
        (True, None, [8.0, 40 / 3, 40 / 7]),
        # a window of two: token 2 sees (16 / 2 + 0) / (3/2) = 16/3
        (True, 2, [8.0, 40 / 3, 16 / 3]),
        # token 0: (8 + 16 / 2 + 0) / (7/4) = 64/7; token 1: (8 / 2 + 16 + 0) / 2 = 10
        (False, None, [64 / 7, 10.0, 40 / 7]),
    ):
        mixer = ALiBiAttention(config, window=window, is_causal=is_causal).double()
        nn.init.zeros_(mixer.attention.query.weight)
        nn.init.ones_(mixer.attention.value.weight)
        nn.init.ones_(mixer.attention.output.weight)
        mixer.slopes = torch.tensor([2.0], dtype=torch.float64).log()
        y = mixer(torch.tensor([[[8.0], [16.0], [0.0]]], dtype=torch.float64))
        assert y.flatten().tolist() == pytest.approx(expected, abs=1e-12)


def test_alibi_tells_order_apart():
    decoder = build(replace(UNPLACED, layers=1), ALiBiAttention)
    tokens = ids(9)
    permuted = torch.cat((tokens[:, :8].flip(1), tokens[:, 8:]), dim=1)
    assert not torch.allclose(decoder(permuted)[:, 8], decoder(tokens)[:, 8])
    # each head has its own slope
    assert decoder.blocks[0].mixer.slopes.tolist() == [2**-2, 2**-4, 2**-6, 2**-8]


def test_options_reach_the_projections():
    for config, mixer in ((CONFIG, YARN), (UNPLACED, ALiBiAttention)):
        biased = mixer(config, bias=True)
        assert sum(name.endswith("bias") for name, _ in biased.named_parameters()) == 4

        class Counted(nn.Linear):
            pass

        assert sum(isinstance(part, Counted) for part in mixer(config, Counted).modules()) == 4
    assert YARN(CONFIG, is_causal=False).is_causal is False


def test_the_wrong_kind_of_positions_is_refused():
    with pytest.raises(ValueError, match="a config with a rope_base, got None"):
        YARN(UNPLACED)
    with pytest.raises(ValueError, match="rope_base=None, got 10000.0"):
        ALiBiAttention(CONFIG)
