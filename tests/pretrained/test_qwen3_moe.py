"""Qwen3-MoE against transformers; tolerance as in test_from_transformers.py."""

import pytest

from coursekit.layers.feedforward import FeedForward
from coursekit.moe import MixtureOfExperts
from coursekit.pretrained import from_transformers

MODELS = {
    "as it is": {},
    "Qwen3-30B-A3B": {"norm_topk_prob": True, "num_experts": 12, "num_experts_per_tok": 8},
    "one expert a token": {"num_experts_per_tok": 1},
    "every second layer": {"decoder_sparse_step": 2, "num_hidden_layers": 3},
    "first layer dense": {"mlp_only_layers": [0]},
    "no experts": {"num_experts": 0},
    "window": {"use_sliding_window": True, "sliding_window": 5},
    "attention_bias": {"attention_bias": True},
    "tied": {"tie_word_embeddings": True},
}


@pytest.mark.parametrize("name", MODELS)
def test_logits_equal_those_of_transformers_and_those_token_by_token(tiny, same_logits, name):
    model = tiny.qwen3_moe(**MODELS[name])
    model.set_experts_implementation("eager")  # torch's grouped product takes no float64
    same_logits(model)


def test_the_layers_that_stay_dense_are_those_of_the_options(tiny):
    decoder = from_transformers(tiny.qwen3_moe(decoder_sparse_step=2, num_hidden_layers=5, mlp_only_layers=[3]))
    kinds = [type(block.ffn) for block in decoder.blocks]
    assert kinds == [FeedForward, MixtureOfExperts, FeedForward, FeedForward, FeedForward]


def test_another_activation_is_refused(tiny):
    with pytest.raises(ValueError, match="qwen3_moe: expected hidden_act.*gelu"):
        from_transformers(tiny.qwen3_moe(hidden_act="gelu"))
