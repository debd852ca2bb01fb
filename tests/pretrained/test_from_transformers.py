"""Logits equal those of transformers on tiny random configurations.

float64, where the two differ by rounding only, except that transformers computes RMSNorm and rotary angles in float32:
relative error 6e-8 there, a few layers deep, on logits of order 1, stays below 1e-5.
"""

import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch

from coursekit.pretrained import FAMILIES, from_transformers

IDS = torch.randint(31, (2, 17), generator=torch.Generator().manual_seed(1))
# the shape of the published model, with fewer layers, a smaller width and fewer words
TINY_LLAMA = {
    "hidden_size": 64,  # 2048
    "num_attention_heads": 32,
    "num_key_value_heads": 4,
    "head_dim": None,
    "intermediate_size": 176,  # 5632
    "rms_norm_eps": 1e-5,
    "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
}
FALCON3 = {
    "hidden_size": 16,  # 2048, which is also heads times head_dim; here it is not
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "head_dim": 256,
    "intermediate_size": 64,  # 8192
    "rms_norm_eps": 1e-6,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1000042.0},
}
MODELS = {
    "gpt2": lambda tiny: tiny.gpt2(),
    "gpt2, odd sizes": lambda tiny: tiny.gpt2(n_embd=15, n_head=5, n_layer=1, vocab_size=31, n_inner=17),
    "gpt2, untied": lambda tiny: tiny.gpt2(tie_word_embeddings=False),
    "gpt2, large eps": lambda tiny: tiny.gpt2(layer_norm_epsilon=0.1),
    "llama": lambda tiny: tiny.llama(),
    "llama, one head for each": lambda tiny: tiny.llama(num_key_value_heads=4, head_dim=None),
    "llama, head_dim not width / heads": lambda tiny: tiny.llama(head_dim=10),
    "llama, tied": lambda tiny: tiny.llama(tie_word_embeddings=True),
    "llama, attention_bias": lambda tiny: tiny.llama(attention_bias=True),
    "llama, mlp_bias": lambda tiny: tiny.llama(mlp_bias=True),
    "llama, large eps": lambda tiny: tiny.llama(rms_norm_eps=0.1),
    "llama, another theta": lambda tiny: tiny.llama(rope_parameters={"rope_type": "default", "rope_theta": 50.0}),
    "TinyLlama-1.1B": lambda tiny: tiny.llama(**TINY_LLAMA),
    "Falcon3-1B": lambda tiny: tiny.llama(**FALCON3),
    "mistral, window": lambda tiny: tiny.mistral(sliding_window=5),
    "mistral, no window": lambda tiny: tiny.mistral(sliding_window=None),
}


@pytest.mark.parametrize("name", MODELS)
def test_logits_equal_those_of_transformers(tiny, name):
    model = MODELS[name](tiny)
    with torch.no_grad():
        expected, logits = model(IDS).logits, from_transformers(model)(IDS)
    assert expected.abs().max() > 1
    torch.testing.assert_close(logits, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["gpt2", "llama", "Falcon3-1B", "mistral, window"])
def test_token_by_token_equals_all_at_once(tiny, name):
    decoder = from_transformers(MODELS[name](tiny))
    cache = decoder.new_cache(2)
    with torch.no_grad():
        steps = [decoder(token, cache) for token in IDS.split(1, dim=1)]
        torch.testing.assert_close(torch.cat(steps, dim=1), decoder(IDS), rtol=0, atol=1e-10)


def test_weights_are_copies_in_the_dtype_of_the_model(tiny):
    model = tiny.llama().float()
    decoder = from_transformers(model)
    assert not decoder.training
    assert decoder.embedding.tokens.weight.dtype == torch.float32
    with torch.no_grad():
        model.model.embed_tokens.weight.zero_()
    assert decoder.embedding.tokens.weight.abs().sum() > 0


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda tiny: tiny.gpt2(activation_function="relu"), "activation_function.*relu"),
        (lambda tiny: tiny.gpt2(scale_attn_weights=False), "scale_attn_weights.*False"),
        (lambda tiny: tiny.gpt2(scale_attn_by_inverse_layer_idx=True), "inverse_layer_idx.*True"),
        (lambda tiny: tiny.gpt2(add_cross_attention=True), "cross_attention.*True"),
        (lambda tiny: tiny.gpt2().transformer, "language-model head, got GPT2Model"),
        (lambda tiny: tiny.llama(hidden_act="gelu"), "hidden_act.*gelu"),
        (lambda tiny: tiny.llama().model, "language-model head, got LlamaModel"),
        (lambda tiny: tiny.mistral(hidden_act="gelu"), "mistral: expected hidden_act.*gelu"),
    ],
)
def test_what_is_not_handled_is_refused(tiny, build, message):
    with pytest.raises(ValueError, match=message):
        from_transformers(build(tiny))


def test_tied_layers_that_differ_are_refused(tiny):
    model = tiny.llama()
    model.config.tie_word_embeddings = True
    with pytest.raises(ValueError, match="tie_word_embeddings: expected False.* differ, got True"):
        from_transformers(model)


def test_another_family_is_refused_with_the_list():
    assert len(FAMILIES) == 18
    with pytest.raises(ValueError, match=f"expected one of {', '.join(FAMILIES)}, got opt"):
        from_transformers(SimpleNamespace(config=SimpleNamespace(model_type="opt")))


def test_transformers_is_not_imported_by_the_package():
    families = ", ".join(f"coursekit.pretrained.{family}" for family in FAMILIES)
    code = f"import sys, {families}; print('transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


@pytest.mark.parametrize("thing", [None, "gpt2", torch.nn.Linear(2, 2)])
def test_what_is_no_model_of_transformers_is_named(thing):
    with pytest.raises(ValueError, match=f"model_type: expected one of .*, got {type(thing).__name__}"):
        from_transformers(thing)
