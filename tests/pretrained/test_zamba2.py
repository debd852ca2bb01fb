"""The hybrids, Zamba2 and Falcon-H1, against transformers; tolerance as in test_mamba.py, here through six layers."""

import pytest

from coursekit.pretrained import from_transformers

NO_LIMIT = {"time_step_min": 1e-9}
PUBLISHED = {  # what the sizes of Zamba2 have in common with the tiny model, and what not
    "1.2B": {"num_mem_blocks": 1, "use_shared_attention_adapter": True, "use_mem_rope": True, "mamba_ngroups": 1},
    "2.7B": {"num_mem_blocks": 2, "use_shared_attention_adapter": False, "use_mem_rope": False, "mamba_ngroups": 1},
}
MULTIPLIERS = ("attention_in", "key", "attention_out", "ssm_in", "ssm_out", "embedding", "lm_head")
MODELS = {
    "zamba2": lambda tiny: tiny.zamba2(**NO_LIMIT),
    "zamba2 like 1.2B": lambda tiny: tiny.zamba2(**NO_LIMIT, **PUBLISHED["1.2B"]),
    "zamba2 like 2.7B": lambda tiny: tiny.zamba2(**NO_LIMIT, **PUBLISHED["2.7B"]),
    "zamba2, grouped heads": lambda tiny: tiny.zamba2(
        **NO_LIMIT, num_key_value_heads=2, use_shared_attention_adapter=False
    ),
    "zamba2, add_bias_linear": lambda tiny: tiny.zamba2(**NO_LIMIT, add_bias_linear=True),
    "zamba2, sizes": lambda tiny: tiny.zamba2(**NO_LIMIT, mamba_expand=3, mamba_d_conv=3, n_mamba_heads=8),
    "zamba2, large eps": lambda tiny: tiny.zamba2(**NO_LIMIT, rms_norm_eps=0.1),
    "zamba2, another theta": lambda tiny: tiny.zamba2(
        **NO_LIMIT, rope_parameters={"rope_type": "default", "rope_theta": 50.0}
    ),
    "falcon_h1": lambda tiny: tiny.falcon_h1(),
    "falcon_h1, norm before the gate": lambda tiny: tiny.falcon_h1(mamba_rms_norm=True),
    "falcon_h1, norm after the gate": lambda tiny: tiny.falcon_h1(mamba_rms_norm=True, mamba_norm_before_gate=False),
    "falcon_h1, biases": lambda tiny: tiny.falcon_h1(
        attention_bias=True, mlp_bias=True, mamba_proj_bias=True, projectors_bias=True, mamba_conv_bias=False
    ),
    "falcon_h1, tied": lambda tiny: tiny.falcon_h1(tie_word_embeddings=True),
    "falcon_h1, large eps": lambda tiny: tiny.falcon_h1(rms_norm_eps=0.1, mamba_rms_norm=True),
    "falcon_h1, no multipliers": lambda tiny: tiny.falcon_h1(
        ssm_multipliers=None, mlp_multipliers=None, **{f"{name}_multiplier": 1.0 for name in MULTIPLIERS}
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_logits_equal_those_of_transformers_with_and_without_a_cache(tiny, recurrent, name):
    recurrent.assert_logits_equal_with_and_without_a_cache(MODELS[name](tiny), "past_key_values", atol=2e-5)


@pytest.mark.parametrize("name", ["zamba2", "zamba2 like 1.2B", "zamba2 like 2.7B", "falcon_h1"])
def test_as_many_weights_as_the_original(tiny, name):
    model = MODELS[name](tiny)
    assert sum(x.numel() for x in model.parameters()) == from_transformers(model).parameter_count()


def test_lowest_step(tiny, recurrent):
    recurrent.assert_limits_of_the_steps_hold(tiny.zamba2(time_step_min=0.8), tiny.zamba2(**NO_LIMIT), atol=2e-5)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda tiny: tiny.zamba2(hidden_act="silu"), "zamba2: expected hidden_act.*silu"),
        (lambda tiny: tiny.zamba2(tie_word_embeddings=False), "zamba2: expected tie_word_embeddings.*False"),
        (
            lambda tiny: tiny.zamba2(rope_parameters={"rope_type": "linear", "factor": 2.0, "rope_theta": 50.0}),
            "zamba2: expected rope_type default, got 'linear'",
        ),
        (lambda tiny: tiny.zamba2().model, "language-model head, got Zamba2Model"),
        (lambda tiny: tiny.falcon_h1(hidden_act="gelu"), "falcon_h1: expected hidden_act.*gelu"),
        (lambda tiny: tiny.falcon_h1(projectors_bias=True), "falcon_h1: expected projectors_bias in .False.*True"),
    ],
)
def test_what_is_not_handled_is_refused(tiny, build, message):
    with pytest.raises(ValueError, match=message):
        from_transformers(build(tiny))
