"""Qwen3 against transformers; tolerance as in test_from_transformers.py."""

import pytest

from coursekit.pretrained import from_transformers

YARN = {"rope_type": "yarn", "rope_theta": 100.0, "factor": 4.0, "original_max_position_embeddings": 5}
MODELS = {
    "as it is": {},
    "Qwen3-0.6B": {  # width 1024, 16 heads of size 128, not 64; tied
        "hidden_size": 16,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "tie_word_embeddings": True,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0},
    },
    "windows in the last layers": {"use_sliding_window": True, "sliding_window": 5, "max_window_layers": 1},
    "attention_bias": {"attention_bias": True},
    "large eps": {"rms_norm_eps": 0.1},
    "yarn": {"rope_parameters": YARN},
}


@pytest.mark.parametrize("name", MODELS)
def test_logits_equal_those_of_transformers_and_those_token_by_token(tiny, same_logits, name):
    model = tiny.qwen3(**MODELS[name])
    same_logits(model)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda tiny: tiny.qwen3(hidden_act="gelu"), "qwen3: expected hidden_act.*gelu"),
        (lambda tiny: tiny.qwen3().model, "language-model head, got Qwen3Model"),
    ],
)
def test_what_is_not_handled_is_refused(tiny, build, message):
    with pytest.raises(ValueError, match=message):
        from_transformers(build(tiny))


def test_another_kind_of_layer_is_refused(tiny):
    model = tiny.qwen3()
    model.config.layer_types = ["full_attention", "linear_attention"]
    with pytest.raises(ValueError, match=r"qwen3: expected layer_types in .*, got 'linear_attention'"):
        from_transformers(model)
