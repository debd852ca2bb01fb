"""Logits of masked-language models equal those of transformers on tiny random configurations.

float64; transformers computes rotary angles in float32: 1e-5 on logits of order 1, as in test_from_transformers.py.
"""

import pytest
import torch

from coursekit.pretrained import from_transformers

BASES = {
    "full_attention": {"rope_type": "default", "rope_theta": 50.0},
    "sliding_attention": {"rope_type": "default", "rope_theta": 10.0},
}
MODELS = {
    "bert": lambda tiny: tiny.bert(),
    "bert, untied": lambda tiny: tiny.bert(tie_word_embeddings=False),
    "bert, large eps": lambda tiny: tiny.bert(layer_norm_eps=0.1),
    "modernbert": lambda tiny: tiny.modernbert(),
    "modernbert, biases": lambda tiny: tiny.modernbert(
        attention_bias=True, mlp_bias=True, norm_bias=True, classifier_bias=True
    ),
    "modernbert, untied": lambda tiny: tiny.modernbert(tie_word_embeddings=False, decoder_bias=False),
    "modernbert, bases": lambda tiny: tiny.modernbert(rope_parameters=BASES),
    "modernbert, large eps": lambda tiny: tiny.modernbert(norm_eps=0.1),
    "modernbert, odd window": lambda tiny: tiny.modernbert(local_attention=5),
}
IDS = torch.randint(37, (2, 17), generator=torch.Generator().manual_seed(1))
# padding on the right, so long that the windows of its last tokens hold nothing else, and on the left
MASK = torch.ones_like(IDS)
MASK[0, 5:], MASK[1, :3] = 0, 0


@pytest.mark.parametrize("name", MODELS)
def test_logits_equal_those_of_transformers(tiny, name):
    model = MODELS[name](tiny)
    with torch.no_grad():
        expected, logits = model(IDS).logits, from_transformers(model)(IDS)
    assert expected.abs().max() > 1
    torch.testing.assert_close(logits, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("mask", [MASK, MASK.bool(), MASK.double()], ids=["integer", "bool", "float"])
@pytest.mark.parametrize("name", ["bert", "modernbert", "modernbert, bases", "modernbert, odd window"])
def test_logits_of_padded_batches_equal_those_of_transformers(tiny, name, mask):
    model = MODELS[name](tiny)
    with torch.no_grad():
        expected, logits = model(IDS, attention_mask=MASK).logits, from_transformers(model)(IDS, mask)
    assert not logits.isnan().any()
    torch.testing.assert_close(logits[MASK == 1], expected[MASK == 1], rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["bert", "modernbert"])
def test_padding_gets_no_weight(tiny, name):
    encoder, other = from_transformers(MODELS[name](tiny)), torch.where(MASK == 1, IDS, (IDS + 1) % 37)
    with torch.no_grad():
        assert torch.equal(encoder(IDS, MASK)[MASK == 1], encoder(other, MASK)[MASK == 1])
        # a mask that hides nothing is no mask, and right padding is the text alone
        torch.testing.assert_close(encoder(IDS, torch.ones_like(IDS)), encoder(IDS), rtol=0, atol=1e-12)
        torch.testing.assert_close(encoder(IDS, MASK)[:1, :5], encoder(IDS[:1, :5]), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["bert", "modernbert"])
def test_every_logit_reads_every_token(tiny, name):
    decoder, changed = from_transformers(MODELS[name](tiny)), IDS.clone()
    changed[:, -1] = (changed[:, -1] + 1) % 37
    difference = (decoder(changed) - decoder(IDS)).abs().amax(-1)
    assert (difference > 1e-9).all()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda tiny: tiny.bert(hidden_act="relu"), "hidden_act.*relu"),
        (lambda tiny: tiny.bert(is_decoder=True), "is_decoder.*True"),
        (lambda tiny: tiny.bert(position_embedding_type="relative_key"), "position_embedding_type.*relative_key"),
        (lambda tiny: tiny.bert().bert, "a head for masked tokens, got BertModel"),
        (lambda tiny: tiny.modernbert(hidden_activation="relu"), "hidden_activation.*relu"),
        (lambda tiny: tiny.modernbert(classifier_activation="relu"), "classifier_activation.*relu"),
        (lambda tiny: tiny.modernbert().model, "a head for masked tokens, got ModernBertModel"),
    ],
)
def test_what_is_not_handled_is_refused(tiny, build, message):
    with pytest.raises(ValueError, match=message):
        from_transformers(build(tiny))


def test_scaled_rotary_positions_are_refused(tiny):
    model = tiny.modernbert()
    model.config.rope_parameters = BASES | {"full_attention": {"rope_type": "linear", "rope_theta": 50.0, "factor": 2}}
    with pytest.raises(ValueError, match="without scaling.*linear"):
        from_transformers(model)
