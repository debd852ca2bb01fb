"""T5 against transformers: as it is, where its norm in float32 is the largest error, and with that norm in float64.

Unscaled scores enlarge the relative error 6e-8 of the norm: 1e-4 on logits of order 10. Without it only the rounding of
float64 is left.
"""

import pytest
import torch
from transformers.models.t5.modeling_t5 import T5LayerNorm

from coursekit.pretrained import from_transformers

SOURCE = torch.randint(37, (3, 15), generator=torch.Generator().manual_seed(1))
TARGET = torch.randint(37, (3, 11), generator=torch.Generator().manual_seed(2))
MASK = torch.ones_like(SOURCE)
MASK[0, 9:], MASK[1, :2] = 0, 0


def untied(model):
    """As in the checkpoints of version 1.1, whose output layer is not the embedding."""
    model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach().flip(0))
    return model


MODELS = {
    "original": lambda tiny: tiny.t5(),
    "v1.1": lambda tiny: untied(tiny.t5(feed_forward_proj="gated-gelu", tie_word_embeddings=False)),
    "v1.1, tied": lambda tiny: tiny.t5(feed_forward_proj="gated-gelu", tie_word_embeddings=False),
    "defaults of the buckets": lambda tiny: tiny.t5(
        relative_attention_num_buckets=32, relative_attention_max_distance=128
    ),
    "large eps": lambda tiny: tiny.t5(layer_norm_epsilon=0.1),
}


@pytest.fixture(params=["float32", "float64"])
def tolerance(request, monkeypatch):
    if request.param == "float32":
        return 1e-4

    def exact(self, x):
        return self.weight * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.variance_epsilon)

    monkeypatch.setattr(T5LayerNorm, "forward", exact)
    return 1e-11


@pytest.mark.parametrize("mask", [None, MASK, MASK.bool()], ids=["no mask", "mask", "bool mask"])
@pytest.mark.parametrize("name", MODELS)
def test_logits_equal_those_of_transformers(tiny, name, mask, tolerance):
    model = MODELS[name](tiny)
    with torch.no_grad():
        expected = model(input_ids=SOURCE, decoder_input_ids=TARGET, attention_mask=mask).logits
        logits = from_transformers(model)(SOURCE, TARGET, mask)
    assert expected.abs().max() > 1
    torch.testing.assert_close(logits, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("name", MODELS)
def test_token_by_token_equals_all_at_once(tiny, name):
    model = from_transformers(MODELS[name](tiny))
    with torch.no_grad():
        for mask in (None, MASK):
            cache = model.read_source(SOURCE, mask)
            steps = torch.cat([model.decoder(chunk, cache) for chunk in TARGET.split([3] + [1] * 8, dim=1)], dim=1)
            torch.testing.assert_close(steps, model(SOURCE, TARGET, mask), rtol=0, atol=1e-11)


def test_padding_gets_no_weight(tiny):
    model, other = from_transformers(tiny.t5()), torch.where(MASK == 1, SOURCE, (SOURCE + 1) % 37)
    with torch.no_grad():
        assert torch.equal(model(SOURCE, TARGET, MASK), model(other, TARGET, MASK))
        assert not torch.allclose(model(SOURCE, TARGET), model(other, TARGET))


def test_as_many_weights_as_the_original(tiny):
    # embedding shared by encoder, decoder and output layer; one table of distances for each side
    for name in ("original", "v1.1"):
        theirs = MODELS[name](tiny)
        ours = from_transformers(theirs)
        assert sum(x.numel() for x in ours.parameters()) == sum(x.numel() for x in theirs.parameters())
        assert ours.encoder.embedding is ours.decoder.embedding
        assert ours.decoder.config.tied == (name == "original")


def test_an_older_configuration_says_by_its_tie_whether_the_stream_is_scaled(tiny):
    model = tiny.t5()
    del model.config.scale_decoder_outputs
    decoder = from_transformers(model)
    with torch.no_grad():
        logits = decoder(SOURCE, TARGET)
        model.config.scale_decoder_outputs = True
        assert torch.equal(logits, from_transformers(model)(SOURCE, TARGET))
        model.config.scale_decoder_outputs = False
        torch.testing.assert_close(logits * 24**0.5, from_transformers(model)(SOURCE, TARGET), rtol=0, atol=1e-11)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda tiny: tiny.t5(feed_forward_proj="gated-silu"), "t5: expected feed_forward_proj.*gated-silu"),
        (lambda tiny: tiny.t5(feed_forward_proj="gelu"), "t5: expected feed_forward_proj.*gelu"),
        (lambda tiny: tiny.t5().encoder, "language-model head, got T5Stack"),
    ],
)
def test_what_is_not_handled_is_refused(tiny, build, message):
    with pytest.raises(ValueError, match=message):
        from_transformers(build(tiny))
