"""Mixtral against transformers; tolerance as in test_from_transformers.py."""

import pytest

from coursekit.pretrained import from_transformers

MODELS = {
    "as it is": {},
    "8 experts": {"num_local_experts": 8},
    "one expert a token": {"num_experts_per_tok": 1},
    "window": {"sliding_window": 5},
    "tied": {"tie_word_embeddings": True},
}


@pytest.mark.parametrize("name", MODELS)
def test_logits_equal_those_of_transformers_and_those_token_by_token(tiny, same_logits, name):
    model = tiny.mixtral(**MODELS[name])
    model.set_experts_implementation("eager")  # torch's grouped product takes no float64
    same_logits(model)


def test_another_activation_is_refused(tiny):
    with pytest.raises(ValueError, match="mixtral: expected hidden_act.*gelu"):
        from_transformers(tiny.mixtral(hidden_act="gelu"))
