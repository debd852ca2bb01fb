"""Logits equal those of transformers on tiny random configurations.

float64, where the two differ by rounding only, except that transformers computes RMSNorm and rotary angles in float32:
relative error 6e-8 there, a few layers deep, on logits of order 1, stays below 1e-5.
"""

import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch
import transformers

from coursekit.pretrained import from_transformers

SPECIAL = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}


def randomised(model):
    """Every weight random, biases and norms too, so that none can be forgotten unseen."""
    torch.manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
    return model.double().eval()


def gpt2(**changes):
    options = {"n_embd": 24, "n_layer": 2, "n_head": 3, "vocab_size": 37, "n_positions": 20} | SPECIAL | changes
    return randomised(transformers.GPT2LMHeadModel(transformers.GPT2Config(**options)))


def llama_options(changes):
    return (
        {
            "hidden_size": 24,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 8,
            "intermediate_size": 40,
            "vocab_size": 37,
            "max_position_embeddings": 20,
        }
        | SPECIAL
        | changes
    )


def llama(**changes):
    return randomised(transformers.LlamaForCausalLM(transformers.LlamaConfig(**llama_options(changes))))


def mistral(**changes):
    return randomised(transformers.MistralForCausalLM(transformers.MistralConfig(**llama_options(changes))))


MODELS = {
    "gpt2": gpt2,
    "gpt2, odd sizes": lambda: gpt2(n_embd=15, n_head=5, n_layer=1, vocab_size=31, n_inner=17),
    "gpt2, untied": lambda: gpt2(tie_word_embeddings=False),
    "gpt2, large eps": lambda: gpt2(layer_norm_epsilon=0.1),
    "llama": llama,
    "llama, one head for each": lambda: llama(num_key_value_heads=4, head_dim=None),
    "llama, tied": lambda: llama(tie_word_embeddings=True),
    "llama, biases": lambda: llama(attention_bias=True, mlp_bias=True),
    "llama, large eps": lambda: llama(rms_norm_eps=0.1),
    "llama, another theta": lambda: llama(rope_parameters={"rope_type": "default", "rope_theta": 50.0}),
    "mistral, window": lambda: mistral(sliding_window=5),
    "mistral, no window": lambda: mistral(sliding_window=None),
}


@pytest.mark.parametrize("name", MODELS)
def test_logits_equal_those_of_transformers(name):
    model = MODELS[name]()
    ids = torch.randint(31, (2, 17), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected, logits = model(ids).logits, from_transformers(model)(ids)
    assert expected.abs().max() > 1
    torch.testing.assert_close(logits, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["gpt2", "llama", "mistral, window"])
def test_token_by_token_equals_all_at_once(name):
    decoder = from_transformers(MODELS[name]())
    ids = torch.randint(31, (2, 17), generator=torch.Generator().manual_seed(1))
    cache = decoder.new_cache(2)
    with torch.no_grad():
        steps = [decoder(token, cache) for token in ids.split(1, dim=1)]
        torch.testing.assert_close(torch.cat(steps, dim=1), decoder(ids), rtol=0, atol=1e-10)


def test_weights_are_copies_in_the_dtype_of_the_model():
    model = llama().float()
    decoder = from_transformers(model)
    assert not decoder.training
    assert decoder.embedding.tokens.weight.dtype == torch.float32
    with torch.no_grad():
        model.model.embed_tokens.weight.zero_()
    assert decoder.embedding.tokens.weight.abs().sum() > 0


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: gpt2(activation_function="relu"), "activation_function.*relu"),
        (lambda: gpt2(scale_attn_weights=False), "scale_attn_weights.*False"),
        (lambda: gpt2(scale_attn_by_inverse_layer_idx=True), "inverse_layer_idx.*True"),
        (lambda: gpt2(add_cross_attention=True), "cross_attention.*True"),
        (lambda: llama(hidden_act="gelu"), "hidden_act.*gelu"),
        (
            lambda: llama(rope_parameters={"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4}),
            "without scaling.*linear",
        ),
        (lambda: llama().model, "language-model head, got LlamaModel"),
    ],
)
def test_what_is_not_handled_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        from_transformers(build())


def test_partial_rotary_positions_are_refused():
    model = llama()
    model.config.rope_parameters = {"rope_theta": 1e4, "partial_rotary_factor": 0.5}
    with pytest.raises(ValueError, match="without scaling.*partial_rotary_factor"):
        from_transformers(model)


def test_names_of_transformers_4_are_read():
    model = llama(rope_parameters={"rope_type": "default", "rope_theta": 50.0})
    old = SimpleNamespace(**{k: v for k, v in vars(model.config).items() if k != "rope_parameters"})
    old.model_type, old.rope_theta, old.rope_scaling = "llama", 50.0, None
    stand_in = SimpleNamespace(config=old, state_dict=model.state_dict, parameters=model.parameters)
    assert from_transformers(stand_in).config.rope_base == 50.0
    for key in ("rope_type", "type"):
        old.rope_scaling = {key: "yarn", "factor": 2.0}
        with pytest.raises(ValueError, match="without scaling.*yarn"):
            from_transformers(stand_in)


def test_another_family_is_refused_with_the_list():
    with pytest.raises(ValueError, match="expected one of bert, gpt2, llama, mistral, modernbert, got t5"):
        from_transformers(SimpleNamespace(config=SimpleNamespace(model_type="t5")))


def test_transformers_is_not_imported_by_the_package():
    code = "import sys, coursekit.pretrained.gpt2, coursekit.pretrained.mistral; print('transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
