"""Mamba, Falcon Mamba and Mamba-2 against transformers, whose recurrences run in float32: 6e-8 a step, and no more than
1e-5 on logits of order 1 after 17 steps and two layers. Ours with and without a cache differ by rounding in float64.
"""

import pytest
import torch

from coursekit.pretrained import from_transformers

MODELS = {
    "mamba": lambda tiny: tiny.mamba(),
    "mamba, default rank": lambda tiny: tiny.mamba(time_step_rank="auto"),
    "mamba, sizes": lambda tiny: tiny.mamba(hidden_size=25, expand=3, conv_kernel=3, state_size=2),
    "mamba, use_bias": lambda tiny: tiny.mamba(use_bias=True),
    "mamba, no bias in the convolution": lambda tiny: tiny.mamba(use_conv_bias=False),
    "mamba, untied": lambda tiny: tiny.mamba(tie_word_embeddings=False),
    "mamba, large eps": lambda tiny: tiny.mamba(layer_norm_epsilon=0.1),
    "falcon_mamba": lambda tiny: tiny.falcon_mamba(),
    "falcon_mamba, large eps": lambda tiny: tiny.falcon_mamba(layer_norm_epsilon=0.2, mixer_rms_eps=0.1),
    "falcon_mamba, use_bias": lambda tiny: tiny.falcon_mamba(use_bias=True, use_conv_bias=False),
    "mamba2": lambda tiny: tiny.mamba2(),
    "mamba2, sizes": lambda tiny: tiny.mamba2(num_heads=9, expand=3, n_groups=3, conv_kernel=3, state_size=2),
    "mamba2, one group": lambda tiny: tiny.mamba2(n_groups=1, chunk_size=256),
    "mamba2, use_bias": lambda tiny: tiny.mamba2(use_bias=True, use_conv_bias=False),
    "mamba2, tied": lambda tiny: tiny.mamba2(tie_word_embeddings=True),
    "mamba2, large eps": lambda tiny: tiny.mamba2(layer_norm_epsilon=0.1),
}


@pytest.mark.parametrize("name", MODELS)
def test_logits_equal_those_of_transformers_with_and_without_a_cache(tiny, recurrent, name):
    model = MODELS[name](tiny)
    decoder = recurrent.assert_logits_equal_with_and_without_a_cache(model, "cache_params", atol=1e-5)
    assert sum(x.numel() for x in model.parameters()) == decoder.parameter_count()


def test_limits_of_the_steps(tiny, recurrent):
    recurrent.assert_limits_of_the_steps_hold(tiny.mamba2(time_step_limit=(0.5, 0.7)), tiny.mamba2(), atol=1e-5)


def test_there_is_no_longest_text(tiny):
    decoder = from_transformers(tiny.mamba())
    with torch.no_grad():
        assert decoder(torch.zeros(1, 300, dtype=torch.long)).shape == (1, 300, 37)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda tiny: tiny.mamba(hidden_act="gelu"), "mamba: expected hidden_act.*gelu"),
        (lambda tiny: tiny.mamba2(hidden_act="gelu"), "mamba2: expected hidden_act.*gelu"),
        (lambda tiny: tiny.falcon_mamba(hidden_act="gelu"), "falcon_mamba: expected hidden_act.*gelu"),
        (lambda tiny: tiny.mamba().backbone, "language-model head, got MambaModel"),
    ],
)
def test_what_is_not_handled_is_refused(tiny, build, message):
    with pytest.raises(ValueError, match=message):
        from_transformers(build(tiny))
