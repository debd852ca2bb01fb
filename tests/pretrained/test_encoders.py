"""Logits of masked-language models equal those of transformers on tiny random configurations.

float64; transformers computes rotary angles in float32: 1e-5 on logits of order 1, as in test_from_transformers.py.
"""

import pytest
import torch
import transformers

from coursekit.pretrained import from_transformers


def randomised(model):
    """Every weight random, biases and norms too, so that none can be forgotten unseen."""
    torch.manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
    return model.double().eval()


def bert(**changes):
    options = {
        "hidden_size": 24,
        "num_hidden_layers": 2,
        "num_attention_heads": 3,
        "intermediate_size": 40,
        "vocab_size": 37,
        "max_position_embeddings": 20,
    } | changes
    return randomised(transformers.BertForMaskedLM(transformers.BertConfig(**options)))


def modernbert(**changes):
    options = {
        "hidden_size": 24,
        "num_hidden_layers": 4,
        "num_attention_heads": 3,
        "intermediate_size": 40,
        "vocab_size": 37,
        "max_position_embeddings": 20,
        "local_attention": 8,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "cls_token_id": 1,
        "sep_token_id": 2,
    } | changes
    return randomised(transformers.ModernBertForMaskedLM(transformers.ModernBertConfig(**options)))


BASES = {
    "full_attention": {"rope_type": "default", "rope_theta": 50.0},
    "sliding_attention": {"rope_type": "default", "rope_theta": 10.0},
}
MODELS = {
    "bert": bert,
    "bert, untied": lambda: bert(tie_word_embeddings=False),
    "bert, large eps": lambda: bert(layer_norm_eps=0.1),
    "modernbert": modernbert,
    "modernbert, biases": lambda: modernbert(attention_bias=True, mlp_bias=True, norm_bias=True, classifier_bias=True),
    "modernbert, untied": lambda: modernbert(tie_word_embeddings=False, decoder_bias=False),
    "modernbert, bases": lambda: modernbert(rope_parameters=BASES),
    "modernbert, large eps": lambda: modernbert(norm_eps=0.1),
    "modernbert, odd window": lambda: modernbert(local_attention=5),
}
IDS = torch.randint(37, (2, 17), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", MODELS)
def test_logits_equal_those_of_transformers(name):
    model = MODELS[name]()
    with torch.no_grad():
        expected, logits = model(IDS).logits, from_transformers(model)(IDS)
    assert expected.abs().max() > 1
    torch.testing.assert_close(logits, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["bert", "modernbert"])
def test_every_logit_reads_every_token(name):
    decoder, changed = from_transformers(MODELS[name]()), IDS.clone()
    changed[:, -1] = (changed[:, -1] + 1) % 37
    difference = (decoder(changed) - decoder(IDS)).abs().amax(-1)
    assert (difference > 1e-9).all()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: bert(hidden_act="relu"), "hidden_act.*relu"),
        (lambda: bert(is_decoder=True), "is_decoder.*True"),
        (lambda: bert().bert, "a head for masked tokens, got BertModel"),
        (lambda: modernbert(hidden_activation="relu"), "hidden_activation.*relu"),
        (lambda: modernbert(classifier_activation="relu"), "classifier_activation.*relu"),
        (lambda: modernbert().model, "a head for masked tokens, got ModernBertModel"),
    ],
)
def test_what_is_not_handled_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        from_transformers(build())


def test_scaled_rotary_positions_are_refused():
    model = modernbert()
    model.config.rope_parameters = BASES | {"full_attention": {"rope_type": "linear", "rope_theta": 50.0, "factor": 2}}
    with pytest.raises(ValueError, match="without scaling.*linear"):
        from_transformers(model)
