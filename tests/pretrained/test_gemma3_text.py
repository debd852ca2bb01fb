"""Gemma 3 against transformers; tolerance as in test_from_transformers.py."""

import pytest
import torch

from coursekit.pretrained import from_transformers

IDS = torch.randint(31, (2, 17), generator=torch.Generator().manual_seed(1))
MODELS = {
    "as it is": {},
    "no word on bidirectional attention": {"use_bidirectional_attention": None},
    "Gemma-3-1B": {  # width 1152, 4 heads of size 256 and one of keys and values
        "hidden_size": 12,
        "num_attention_heads": 4,
        "num_key_value_heads": 1,
        "head_dim": 256,
        "query_pre_attn_scalar": 256,
        "num_hidden_layers": 7,
        "sliding_window_pattern": 6,
    },
    "query_pre_attn_scalar": {"query_pre_attn_scalar": 13},
    "untied": {"tie_word_embeddings": False},
    "attention_bias": {"attention_bias": True},
    "large eps": {"rms_norm_eps": 0.1},
    "positions of the long context": {
        "rope_parameters": {
            "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 300.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 20.0},
        }
    },
}


@pytest.mark.parametrize("name", MODELS)
def test_logits_equal_those_of_transformers_and_those_token_by_token(tiny, name):
    model = tiny.gemma3(**MODELS[name])
    assert set(model.config.layer_types) == {"full_attention", "sliding_attention"}
    decoder = from_transformers(model)
    with torch.no_grad():
        expected, logits = model(IDS).logits, decoder(IDS)
        assert expected.abs().max() > 1
        torch.testing.assert_close(logits, expected, rtol=0, atol=1e-5)
        cache = decoder.new_cache(2)
        steps = torch.cat([decoder(chunk, cache) for chunk in IDS.split([3] + [1] * 14, dim=1)], dim=1)
        torch.testing.assert_close(steps, logits, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda tiny: tiny.gemma3(hidden_activation="silu"), "gemma3_text: expected hidden_activation.*silu"),
        (lambda tiny: tiny.gemma3(attn_logit_softcapping=50.0), "attn_logit_softcapping.*50"),
        (lambda tiny: tiny.gemma3(final_logit_softcapping=30.0), "final_logit_softcapping.*30"),
        (lambda tiny: tiny.gemma3(use_bidirectional_attention=True), "use_bidirectional_attention.*True"),
        (lambda tiny: tiny.gemma3().model, "language-model head, got Gemma3TextModel"),
    ],
)
def test_what_is_not_handled_is_refused(tiny, build, message):
    with pytest.raises(ValueError, match=message):
        from_transformers(build(tiny))
