"""DeepSeek-V3 against transformers; tolerance as in test_from_transformers.py."""

import pytest
import torch

from coursekit.pretrained import from_transformers

IDS = torch.randint(31, (2, 17), generator=torch.Generator().manual_seed(1))
MODELS = {
    "as it is": {},
    "queries without a latent": {"q_lora_rank": None},
    "no groups": {"n_group": 1, "topk_group": 1},
    "not normalised": {"norm_topk_prob": False, "routed_scaling_factor": 1.5},
    "halves turn": {"rope_interleave": False},
    "no dense layer": {"first_k_dense_replace": 0},
}


def build(tiny, **changes):
    """With biases that change the choice; transformers starts with zeros."""
    model = tiny.deepseek_v3(**changes)
    model.set_experts_implementation("eager")  # torch's grouped product takes no float64
    for name, buffer in model.named_buffers():
        if name.endswith("e_score_correction_bias"):
            buffer.copy_(torch.randn(len(buffer), generator=torch.Generator().manual_seed(2)) * 0.3)
    return model


@pytest.mark.parametrize("name", MODELS)
def test_logits_equal_those_of_transformers_and_those_token_by_token(tiny, same_logits, name):
    model = build(tiny, **MODELS[name])
    decoder = same_logits(model)
    with torch.no_grad():
        logits = decoder(IDS)
        for block in decoder.blocks[1:]:  # the biases count
            block.ffn.router.bias.zero_()
        assert (decoder(IDS) - logits).abs().max() > 0.01


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hidden_act": "gelu"}, "deepseek_v3: expected hidden_act.*gelu"),
        ({"v_head_dim": 8}, "deepseek_v3: expected v_head_dim in .6,., got 8"),
        ({"rms_norm_eps": 1e-5}, "deepseek_v3: expected rms_norm_eps"),
        ({"attention_bias": True}, "deepseek_v3: expected attention_bias"),
    ],
)
def test_what_is_not_handled_is_refused(tiny, changes, message):
    with pytest.raises(ValueError, match=message):
        from_transformers(build(tiny, **changes))


def test_stretched_positions_are_refused(tiny):
    model = build(tiny)
    model.config.rope_parameters = {"rope_type": "yarn", "rope_theta": 100.0, "factor": 4.0}
    with pytest.raises(ValueError, match="deepseek_v3: expected rope_type default, got .*yarn"):
        from_transformers(model)
