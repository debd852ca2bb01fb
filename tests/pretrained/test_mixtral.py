"""Mixtral against transformers; tolerance as in test_from_transformers.py."""

import pytest
import torch

from coursekit.pretrained import from_transformers

IDS = torch.randint(31, (2, 17), generator=torch.Generator().manual_seed(1))
MODELS = {
    "as it is": {},
    "8 experts": {"num_local_experts": 8},
    "one expert a token": {"num_experts_per_tok": 1},
    "window": {"sliding_window": 5},
    "tied": {"tie_word_embeddings": True},
}


@pytest.mark.parametrize("name", MODELS)
def test_logits_equal_those_of_transformers_and_those_token_by_token(tiny, name):
    model = tiny.mixtral(**MODELS[name])
    model.set_experts_implementation("eager")  # torch's grouped product takes no float64
    decoder = from_transformers(model)
    with torch.no_grad():
        expected, logits = model(IDS).logits, decoder(IDS)
        assert expected.abs().max() > 1
        torch.testing.assert_close(logits, expected.double(), rtol=0, atol=1e-5)
        cache = decoder.new_cache(2)
        steps = torch.cat([decoder(chunk, cache) for chunk in IDS.split([3] + [1] * 14, dim=1)], dim=1)
        torch.testing.assert_close(steps, logits, rtol=0, atol=1e-10)


def test_another_activation_is_refused(tiny):
    with pytest.raises(ValueError, match="mixtral: expected hidden_act.*gelu"):
        from_transformers(tiny.mixtral(hidden_act="gelu"))
