"""Whole models: what their layers are given, all of them rounded, what is left of them and what that weighs."""

from copy import deepcopy
from functools import partial

import pytest
import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.quant import quantize
from coursekit.quant.models import (
    bits_per_weight,
    collect,
    layer_errors,
    linear_layers,
    quantize_model,
    replace_layers,
    smooth_model,
)
from coursekit.quant.outliers import W8A8Linear, smoothing_scale
from coursekit.quant.rounding import AdaRoundOptions, Calibration, adaround, awq, gptq, round_to_nearest

CONFIG = DecoderConfig(vocab_size=29, width=32, layers=2, heads=2, kv_heads=1, context=24, ffn_width=48)
TOKENS = [torch.randint(29, (8, 20), generator=torch.Generator().manual_seed(i)) for i in range(3)]
FEW = partial(adaround, options=AdaRoundOptions(steps=30))


def built(tied=True):
    torch.manual_seed(0)
    decoder = Decoder(DecoderConfig(**vars(CONFIG) | {"tied": tied}))
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.2)
    return decoder


def test_the_layers_of_a_decoder_and_their_inputs():
    decoder = built()
    layers = linear_layers(decoder)
    assert len(layers) == 2 * 7
    assert "head" not in layers
    assert len(linear_layers(decoder, skip=("head", "output"))) == 2 * 5
    assert len(linear_layers(decoder, skip=())) == 2 * 7 + 1
    seen = collect(decoder, layers, TOKENS)
    # the first layer reads the normalised embedding
    with torch.no_grad():
        x = torch.cat([decoder.blocks[0].mixer_norm(decoder.embedding(tokens, None)) for tokens in TOKENS])
    expected = Calibration.of(x)
    assert seen["blocks.0.mixer.query"].count == 3 * 8 * 20
    torch.testing.assert_close(seen["blocks.0.mixer.query"].moments, expected.moments)
    # nothing is left behind
    assert not any(layer._forward_pre_hooks for layer in layers.values())
    assert decoder.training


@pytest.mark.parametrize("method", [round_to_nearest, gptq, awq, FEW], ids=["nearest", "gptq", "awq", "adaround"])
@pytest.mark.parametrize("group", [16, "channel"])
def test_every_weight_becomes_a_mark_and_the_rest_stays(method, group):
    before = built()
    model = deepcopy(before)
    rounded = quantize_model(model, method, 4, group, TOKENS)
    assert list(rounded) == list(linear_layers(before))
    for name, layer in linear_layers(model).items():
        assert layer.weight.equal(rounded[name].dequantize())
        assert not layer.weight.equal(before.get_submodule(name).weight)
    for name, weight in before.named_parameters():
        if name.removesuffix(".weight") not in rounded:
            assert model.get_parameter(name).equal(weight)
    assert model(TOKENS[0]).isfinite().all()


def test_later_blocks_are_rounded_for_what_rounded_ones_give_them():
    model = built(tied=False)
    rounded = quantize_model(model, gptq, 3, 8, TOKENS, skip=())
    # by the definition: blocks before rounded, this one not yet
    half = built(tied=False)
    for name, layer in linear_layers(half).items():
        if name.startswith("blocks.0."):
            layer.weight.data = rounded[name].dequantize()
    seen = collect(half, linear_layers(half), TOKENS)
    for name in ("blocks.1.mixer.query", "blocks.1.ffn.output"):
        expected = gptq(half.get_submodule(name).weight, seen[name], 3, 8)
        assert rounded[name].codes.equal(expected.codes)
    # the head last, on what all rounded blocks give
    for name, layer in linear_layers(half).items():
        layer.weight.data = rounded[name].dequantize()
    seen = collect(half, {"head": half.head}, TOKENS)
    assert rounded["head"].codes.equal(gptq(half.head.weight, seen["head"], 3, 8).codes)


def test_a_model_without_blocks_is_rounded_for_the_inputs_that_it_has():
    torch.manual_seed(0)
    model, x = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.ReLU(), torch.nn.Linear(8, 4)), torch.randn(40, 8)
    before = deepcopy(model)
    rounded = quantize_model(model, gptq, 4, 4, [x])
    with torch.no_grad():
        inputs = {"0": x, "2": before[:2](x)}
    for name, given in inputs.items():
        expected = gptq(before.get_submodule(name).weight, Calibration.of(given), 4, 4)
        assert rounded[name].codes.equal(expected.codes)


def test_what_looks_at_the_inputs_leaves_more_of_the_model():
    before = built()
    errors, logits = {}, {}
    with torch.no_grad():
        for method in (round_to_nearest, gptq, awq):
            model = deepcopy(before)
            quantize_model(model, method, 3, 16, TOKENS)
            errors[method] = sum(layer_errors(before, model, TOKENS).values())
            logits[method] = (model(TOKENS[0]) - before(TOKENS[0])).square().mean().item()
    assert errors[gptq] < errors[round_to_nearest]
    assert errors[awq] < errors[round_to_nearest]
    assert logits[gptq] < logits[round_to_nearest]


def test_layer_errors_by_hand():
    before = torch.nn.Sequential(torch.nn.Linear(2, 1, bias=False))
    after = deepcopy(before)
    before[0].weight.data, after[0].weight.data = torch.tensor([[3.0, 4.0]]), torch.tensor([[3.0, 5.0]])
    # x = (1, 0) and (0, 2): outputs 3 and 8, changes 0 and 2: 4 / 73
    errors = layer_errors(before, after, [torch.tensor([[1.0, 0.0], [0.0, 2.0]])])
    assert errors == {"0": pytest.approx(4 / 73)}
    assert layer_errors(before, before, [torch.ones(1, 2)]) == {"0": 0}


def test_bits_by_hand():
    weight = torch.randn(4, 32, generator=torch.Generator().manual_seed(0))
    # groups of 16: a scale of 16 bits for 16 weights is one bit each; a zero of 3 bits on top
    assert bits_per_weight({"a": quantize(weight, 3, 16)}) == 4
    assert bits_per_weight({"a": quantize(weight, 3, 16, symmetric=False)}) == 4 + 3 / 16
    assert bits_per_weight({"a": quantize(weight, 3, 16), "b": quantize(weight[:2], 8, 16)}) == (2 * 4 + 9) / 3
    # AWQ: one scale more for each column, shared by 4 rows
    assert bits_per_weight({"a": awq(weight, Calibration.of(weight), 3, 16, steps=2)}) == 4 + 16 / 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quantize_model(built(), gptq, 4), r"calibration: expected batches of inputs, got none"),
        (lambda: quantize_model(built(), round_to_nearest, 4, 5), r"group_size: expected a divisor of the 32 columns"),
        (lambda: linear_layers(torch.nn.ReLU()), r"model: expected linear layers beside .*, got none in ReLU"),
        (lambda: collect(built(), {"x": torch.nn.Linear(2, 2)}, TOKENS), r"batches: expected inputs .* got none for x"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_other_layers_in_their_place_and_smoothing_behind_every_norm():
    before = built()
    with torch.no_grad():  # norms that make channels stick out, as in a trained model
        for block in before.blocks:
            block.mixer_norm.weight[3] *= 60
            block.ffn_norm.weight[7] *= 60
        plain, smoothed = deepcopy(before), deepcopy(before)
        scales = smooth_model(smoothed, TOKENS)
        seen, block = collect(before, linear_layers(before), TOKENS), before.blocks[1]
        expected = smoothing_scale(seen["blocks.1.ffn.up"].largest, [block.ffn.gate.weight, block.ffn.up.weight])
        torch.testing.assert_close(scales["blocks.1.ffn_norm"], expected, rtol=1e-3, atol=0)
        assert list(scales) == [f"blocks.{i}.{part}_norm" for i in range(2) for part in ("mixer", "ffn")]
        torch.testing.assert_close(smoothed(TOKENS[0]), before(TOKENS[0]), rtol=1e-3, atol=1e-3)
        errors = []
        for model in (plain, smoothed):
            seen = collect(model, linear_layers(model), TOKENS)
            # one scale for all tokens, found beforehand: what outliers spoil
            replace_layers(model, lambda name, layer: W8A8Linear(layer, None, float(seen[name].largest.max()) / 127))  # noqa: B023
            assert isinstance(model.blocks[1].ffn.output, W8A8Linear)
            assert type(model.head) is torch.nn.Linear
            errors.append((model(TOKENS[0]) - before(TOKENS[0])).square().mean().item())
    assert errors[1] < errors[0] / 2
