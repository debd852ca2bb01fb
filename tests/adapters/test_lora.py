from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.adapters.lora import LoRALinear, add_lora
from coursekit.attention import Attention
from coursekit.decoder import Decoder, DecoderConfig

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=4, kv_heads=2, context=24)
EVERYWHERE = ("query", "key", "value", "output", "gate", "up")
IDS = torch.randint(13, (2, 9), generator=torch.Generator().manual_seed(1))


def trained(bias=False):
    torch.manual_seed(0)
    return Decoder(CONFIG, mixer=partial(Attention, bias=bias)).double()


def random_change(model):
    """As after training: B is no longer zero."""
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, LoRALinear):
                layer.up.copy_(torch.randn(layer.up.shape, dtype=layer.up.dtype, generator=generator))


def layers(model):
    return [layer for layer in model.modules() if isinstance(layer, LoRALinear)]


def test_by_hand():
    # W = (1, 2), bias 10, A = (3, 4), B = 5, alpha / r = 2: x = (1, 1): 3 + 10 + 2 * 5 * 7 = 83
    layer = LoRALinear(2, 1, rank=1, alpha=2).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 2.0]]))
        layer.bias.fill_(10)
        layer.down.copy_(torch.tensor([[3.0, 4.0]]))
        layer.up.fill_(5)
    x = torch.ones(2).double()
    assert layer(x).item() == 83
    # merged: W = (1 + 2 * 5 * 3, 2 + 2 * 5 * 4)
    layer.merge()
    assert layer.weight.tolist() == [[31, 42]]
    assert layer(x).item() == 83
    layer.unmerge()
    assert layer.weight.tolist() == [[1, 2]]
    # alpha is divided by the rank: 2 / 2
    assert LoRALinear(2, 2, rank=2, alpha=2).scale == 1


@pytest.mark.parametrize("bias", [False, True])
def test_nothing_changes_at_first_and_only_the_thin_matrices_learn(bias):
    model, original = add_lora(trained(bias), 2, 4, EVERYWHERE), trained(bias)
    assert len(layers(model)) == 2 * 7
    assert torch.equal(model(IDS), original(IDS))
    random_change(model)
    assert not torch.allclose(model(IDS), original(IDS))
    model(IDS).square().sum().backward()
    learning = {name for name, weight in model.named_parameters() if weight.grad is not None}
    assert learning == {name for name, _ in model.named_parameters() if name.endswith(".down") or name.endswith(".up")}
    assert all(weight.grad.abs().max() > 0 for weight in model.parameters() if weight.grad is not None)


def test_number_of_trained_weights():
    # queries 16 -> 16, values 16 -> 8 (2 of 4 heads), rank 3: 3 * 32 + 3 * 24 = 168 in each of two layers
    model = add_lora(trained(), 3, 6)
    assert sum(weight.numel() for weight in model.parameters() if weight.requires_grad) == 2 * 168
    assert model.parameter_count() == trained().parameter_count() + 2 * 168
    # GPT-3: width 12288, 96 layers, rank 4 on queries and values: 96 * 2 * 4 * 2 * 12288 = 18.9 M of 175 B
    with torch.device("meta"):
        layer = LoRALinear(12288, 12288, bias=False, rank=4, alpha=4)
    assert 96 * 2 * sum(w.numel() for w in layer.parameters() if w.requires_grad) == 18_874_368


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    inputs=st.integers(1, 9),
    outputs=st.integers(1, 9),
    rank=st.integers(1, 9),
    alpha=st.floats(0.1, 32),
    bias=st.booleans(),
)
def test_merged_equals_unmerged_and_the_change_has_its_rank(inputs, outputs, rank, alpha, bias):
    rank = min(rank, inputs, outputs)
    torch.manual_seed(0)
    layer = LoRALinear(inputs, outputs, bias, rank=rank, alpha=alpha).double()
    random_change(layer)
    x, before = torch.randn(3, inputs, dtype=torch.float64), layer.weight.clone()
    expected = layer(x)
    layer.merge()
    # sums of some ten products of order 100: rounding below 1e-12
    torch.testing.assert_close(layer(x), expected, rtol=0, atol=1e-11)
    assert torch.linalg.matrix_rank(layer.weight - before) == rank
    layer.unmerge()
    torch.testing.assert_close(layer.weight.detach(), before, rtol=0, atol=1e-11)
    torch.testing.assert_close(layer(x), expected, rtol=0, atol=1e-11)
    assert (layer.bias is not None) == bias


def test_a_merged_model_is_an_ordinary_one():
    model, plain = add_lora(trained(), 2, 4, EVERYWHERE), trained()
    random_change(model)
    expected = model(IDS)
    for layer in layers(model):
        layer.merge()
    names = plain.state_dict().keys()
    plain.load_state_dict({name: weight for name, weight in model.state_dict().items() if name in names})
    torch.testing.assert_close(plain(IDS), expected, rtol=0, atol=1e-10)


def test_saved_merged_and_loaded_the_change_is_not_added_twice():
    model, other = add_lora(trained(), 2, 4), add_lora(trained(), 2, 4)
    random_change(model)
    expected = model(IDS)
    for merge in (LoRALinear.merge, LoRALinear.unmerge):
        for layer in layers(model):
            merge(layer)
        other.load_state_dict(model.state_dict())
        torch.testing.assert_close(other(IDS), expected, rtol=0, atol=1e-10)


def test_as_the_linear_part_of_a_decoder():
    torch.manual_seed(0)
    model = Decoder(CONFIG, linear=partial(LoRALinear, rank=2, alpha=4)).double()
    result = model.load_state_dict(trained().state_dict(), strict=False)
    assert not result.unexpected_keys
    assert torch.equal(model(IDS), trained()(IDS))
    biased = LoRALinear(3, 3, rank=1, alpha=1)
    assert [name for name, weight in biased.named_parameters() if weight.requires_grad] == ["down", "up"]


def test_first_values():
    torch.manual_seed(0)
    layer = LoRALinear(400, 100, rank=50, alpha=1)
    assert (layer.up == 0).all()
    # 20000 draws: the standard error of their deviation is 0.5 %
    assert layer.down.std().item() == pytest.approx(1 / 20, rel=0.02)


def test_a_trained_float16_model_keeps_its_dtype():
    model = add_lora(trained().half(), 2, 4)
    assert {weight.dtype for weight in model.parameters()} == {torch.float16}


def test_merging_twice_is_refused():
    layer = LoRALinear(2, 2, rank=1, alpha=1)
    with pytest.raises(ValueError, match="expected a merged LoRALinear"):
        layer.unmerge()
    layer.merge()
    with pytest.raises(ValueError, match="not merged, got a merged one"):
        layer.merge()


@pytest.mark.parametrize(
    ("rank", "where", "message"),
    [
        (0, ("query",), "rank: expected 1 to 16, got 0"),
        (9, ("query", "value"), "rank: expected 1 to 8, got 9"),
        (2, ("query", "values"), "where: expected names of nn.Linear layers, got values"),
        (2, ("query", "mixer"), "where: expected names of nn.Linear layers, got mixer"),
        (2, ("query", "head"), "head: expected a weight of its own, got one shared by 2 layers"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_model_untouched(rank, where, message):
    model = trained()
    with pytest.raises(ValueError, match=message):
        add_lora(model, rank, 1, where)
    assert not layers(model)
    assert all(weight.requires_grad for weight in model.parameters())


def test_a_second_adapter_on_the_same_layers_is_refused():
    model = add_lora(trained(), 2, 4)
    with pytest.raises(ValueError, match="got query, value"):
        add_lora(model, 2, 4)
