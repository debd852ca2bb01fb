"""BitNet against transformers' own forward, in the three ways in which its weights are stored.

transformers rounds in float32 what the model has in float64; the two differ by rounding only, below 1e-4, as long as
no number lies so near the middle between two codes that it falls to another: on these random ones none does.
"""

import pytest
import torch
from transformers.integrations.bitnet import AutoBitLinear, pack_weights
from transformers.integrations.bitnet import BitLinear as TheirBitLinear

from coursekit.pretrained import from_transformers
from coursekit.quant.training import BitLinear, PackedBitLinear, pack_bit_linears

IDS = torch.randint(31, (2, 17), generator=torch.Generator().manual_seed(1))


@pytest.fixture(autouse=True)
def _uncompiled():
    """Their functions are decorated with torch.compile, which would start a C++ compiler."""
    before = torch._dynamo.config.disable
    torch._dynamo.config.disable = True
    yield
    torch._dynamo.config.disable = before


def projections(model):
    return [(name, layer) for name, layer in model.named_modules() if name.endswith("_proj")]


def ternary(weight):
    inverse = 1 / weight.float().abs().mean()
    return (weight.float() * inverse).round().clamp(-1, 1), inverse


def as_trained(model, **options):
    for name, layer in projections(model):
        theirs = AutoBitLinear(layer.in_features, layer.out_features, bias=False, online_quant=True, **options)
        theirs.weight.data = layer.weight.data
        model.set_submodule(name, theirs)
    return model.double()


def unpacked(model):
    for name, layer in projections(model):
        theirs = AutoBitLinear(layer.in_features, layer.out_features, bias=False, online_quant=False)
        trits, inverse = ternary(layer.weight.data)
        theirs.weight.data, theirs.weight_scale = trits, torch.nn.Buffer(1 / inverse.reshape(1))
        model.set_submodule(name, theirs)
    return model.double()


def packed(model):
    for name, layer in projections(model):
        theirs = TheirBitLinear(layer.in_features, layer.out_features, bias=False, dtype=torch.float64)
        trits, inverse = ternary(layer.weight.data)
        theirs.weight, theirs.weight_scale = torch.nn.Buffer(pack_weights(trits)), torch.nn.Buffer(inverse.reshape(1))
        model.set_submodule(name, theirs)
    return model


@pytest.mark.parametrize(
    ("store", "kind"),
    [
        (as_trained, BitLinear),
        (unpacked, PackedBitLinear),
        (packed, PackedBitLinear),
        (lambda model: model, torch.nn.Linear),
    ],
    ids=["as trained", "unpacked", "packed", "not rounded"],
)
@pytest.mark.parametrize("changes", [{}, {"tie_word_embeddings": True, "rms_norm_eps": 0.1}], ids=["", "tied"])
def test_logits_equal_those_of_transformers_and_those_token_by_token(tiny, store, kind, changes):
    model = store(tiny.bitnet(**changes))
    decoder = from_transformers(model)
    inner = [
        layer
        for block in decoder.blocks
        for layer in block.modules()
        if hasattr(layer, "weight") and layer.weight.dim() == 2
    ]
    assert len(inner) == 2 * 7
    assert {type(layer) for layer in inner} == {kind}
    with torch.no_grad():
        expected, logits = model(IDS).logits, decoder(IDS)
        assert expected.abs().max() > 1
        torch.testing.assert_close(logits, expected, rtol=0, atol=1e-4)
        cache = decoder.new_cache(2)
        steps = torch.cat([decoder(chunk, cache) for chunk in IDS.split([3] + [1] * 14, dim=1)], dim=1)
        torch.testing.assert_close(steps, logits, rtol=0, atol=1e-4)


def test_the_three_ways_are_one_model(tiny):
    models = [from_transformers(store(tiny.bitnet())) for store in (as_trained, unpacked, packed)]
    models.append(pack_bit_linears(from_transformers(as_trained(tiny.bitnet()))))
    with torch.no_grad():
        for model in models[1:]:
            torch.testing.assert_close(model(IDS), models[0](IDS), rtol=0, atol=1e-4)
        # and another one than the model that is not rounded
        assert (from_transformers(tiny.bitnet())(IDS) - models[0](IDS)).abs().max() > 0.1


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda tiny: tiny.bitnet(hidden_act="silu"), r"bitnet: expected hidden_act in \('relu2',\), got 'silu'"),
        (lambda tiny: tiny.bitnet(attention_bias=True), r"bitnet: expected attention_bias in \(False,\), got True"),
        (lambda tiny: as_trained(tiny.bitnet(), use_rms_norm=True), r"bitnet: expected use_rms_norm False, got a norm"),
        (lambda tiny: tiny.bitnet().model, r"language-model head, got BitNetModel"),
    ],
)
def test_what_is_not_handled_is_refused(tiny, build, message):
    with pytest.raises(ValueError, match=message):
        from_transformers(build(tiny))
