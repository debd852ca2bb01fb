"""Scaled rotary positions of the Llama family; tolerance as in test_from_transformers.py, times 3 for larger scores."""

from types import SimpleNamespace

import pytest
import torch

from coursekit.attention import Attention
from coursekit.pretrained import from_transformers
from coursekit.pretrained.rotary import rotary

IDS = torch.randint(31, (2, 20), generator=torch.Generator().manual_seed(1))
LINEAR = {"rope_type": "linear", "rope_theta": 100.0, "factor": 4.0}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 100.0,
    "factor": 4.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 5,
}
YARN = {"rope_type": "yarn", "rope_theta": 100.0, "factor": 4.0, "original_max_position_embeddings": 5}
ROPES = {
    "linear": LINEAR,
    "llama3": LLAMA3,
    "llama3, other turns": LLAMA3 | {"low_freq_factor": 0.25, "high_freq_factor": 0.5},
    "yarn": YARN,
    "yarn, other turns": YARN | {"beta_fast": 0.7, "beta_slow": 0.05},
    "yarn, attention_factor": YARN | {"attention_factor": 1.5},
    "yarn, what changes nothing": YARN | {"truncate": True, "mscale": None},
}


def config(**rope):
    return SimpleNamespace(model_type="llama", max_position_embeddings=40), rope


@pytest.mark.parametrize("length", [5, 20])  # the original context, and four times that
@pytest.mark.parametrize("name", ROPES)
def test_logits_equal_those_of_transformers(tiny, name, length):
    model = tiny.llama(rope_parameters=dict(ROPES[name]))
    decoder = from_transformers(model)
    with torch.no_grad():
        expected, logits = model(IDS[:, :length]).logits, decoder(IDS[:, :length])
        torch.testing.assert_close(logits, expected, rtol=0, atol=3e-5)
        if length == 20:
            cache = decoder.new_cache(2)
            steps = torch.cat([decoder(chunk, cache) for chunk in IDS.split([7] + [1] * 13, dim=1)], dim=1)
            torch.testing.assert_close(steps, logits, rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", [name for name in ROPES if name != "yarn, what changes nothing"])
def test_each_option_changes_the_result(tiny, name):
    options = ROPES[name]
    base = {"rope_type": "default", "rope_theta": 100.0} if "," not in name else ROPES[options["rope_type"]]
    with torch.no_grad():
        one, other = (from_transformers(tiny.llama(rope_parameters=dict(rope)))(IDS) for rope in (options, base))
    assert (one - other).abs().max() > 1e-3


def test_mistral_and_the_keys_of_transformers_4(tiny):
    model = tiny.mistral(sliding_window=5, rope_scaling={"type": "linear", "factor": 4.0}, rope_theta=100.0)
    with torch.no_grad():
        torch.testing.assert_close(from_transformers(model)(IDS), model(IDS).logits, rtol=0, atol=3e-5)


@pytest.mark.parametrize("key", ["rope_type", "type"])
def test_a_configuration_of_transformers_4_is_read(tiny, key):
    model = tiny.llama(rope_parameters=dict(LINEAR))
    old = SimpleNamespace(**{k: v for k, v in vars(model.config).items() if k != "rope_parameters"})
    old.model_type, old.rope_theta, old.rope_scaling = "llama", 100.0, {key: "linear", "factor": 4.0}
    stand_in = SimpleNamespace(config=old, state_dict=model.state_dict, parameters=model.parameters)
    with torch.no_grad():
        decoder = from_transformers(stand_in)
        assert decoder.config.rope_base == 100.0
        assert torch.equal(decoder(IDS), from_transformers(model)(IDS))
        old.rope_scaling = None
        plain = tiny.llama(rope_parameters={"rope_type": "default", "rope_theta": 100.0})
        assert torch.equal(from_transformers(stand_in)(IDS), from_transformers(plain)(IDS))


def test_without_scaling_the_default_mixer_is_taken():
    assert rotary(*config(rope_theta=50.0, partial_rotary_factor=1.0)) == (50.0, Attention)


def test_the_original_context_is_that_of_the_model_if_nothing_else_is_said():
    for rope in (YARN, LLAMA3):
        silent = {key: value for key, value in rope.items() if key != "original_max_position_embeddings"}
        _, mixer = rotary(*config(**silent))
        assert mixer.keywords["scaling"].keywords["context"] == 40


@pytest.mark.parametrize(
    ("rope", "message"),
    [
        (
            {"rope_type": "dynamic", "factor": 2.0},
            "llama: expected rope_type default, linear, llama3, yarn .*'dynamic'",
        ),
        ({"type": "longrope", "factor": 2.0, "long_factor": [1.0]}, "expected rope_type default, .* got 'longrope'"),
        ({"partial_rotary_factor": 0.5}, "llama: partial_rotary_factor of rotary positions is not handled, got 0.5"),
        (YARN | {"mscale": 0.7}, "mscale of rotary positions is not handled, got 0.7"),
        (YARN | {"truncate": False}, "truncate of rotary positions is not handled, got False"),
        (LINEAR | {"attention_factor": 2.0}, "attention_factor of rotary positions is not handled, got 2.0"),
        (LINEAR | {"factor": None}, "expected a factor with rope_type 'linear', got none"),
    ],
)
def test_what_is_not_handled_is_refused_by_name(rope, message):
    with pytest.raises(ValueError, match=message):
        rotary(*config(rope_theta=1e4, **{key: value for key, value in rope.items() if key != "rope_theta"}))


def test_dynamic_scaling_is_refused_for_a_whole_model(tiny):
    model = tiny.llama(rope_parameters={"rope_type": "dynamic", "rope_theta": 1e4, "factor": 2.0})
    with pytest.raises(ValueError, match="got 'dynamic'"):
        from_transformers(model)
