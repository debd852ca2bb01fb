import pytest
import torch
from torch import nn

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.serving import generate, in_one_stream
from coursekit.serving.matrix_vector import one_stream_cpu
from coursekit.serving.one_stream import OneStreamLinear


def decoder(tied=True):
    torch.manual_seed(0)
    return Decoder(DecoderConfig(vocab_size=11, width=16, layers=2, heads=2, context=24, tied=tied)).double().eval()


@pytest.mark.parametrize("tied", [True, False])
def test_the_weights_are_shared_and_the_results_are_equal(tied):
    model = decoder(tied)
    stream = in_one_stream(model)
    ours, theirs = (dict(m.named_parameters(remove_duplicate=False)) for m in (stream, model))
    assert list(ours) == list(theirs)
    assert all(ours[name] is theirs[name] for name in ours)
    assert stream.head.weight is (stream.embedding.tokens.weight if tied else model.head.weight)
    assert not any(isinstance(layer, OneStreamLinear) for layer in model.modules())
    linear = [layer for layer in stream.modules() if isinstance(layer, nn.Linear)]
    assert {type(layer) for layer in linear} == {OneStreamLinear}
    assert len(linear) == 15  # 2 layers of 4 + 3, and the head
    assert (linear[-1].in_features, linear[-1].out_features, linear[-1].training) == (16, 11, False)
    prompt = torch.tensor([[1, 2, 3], [4, 5, 6]])
    with torch.no_grad():
        # float64: sums of 48 terms in another order differ by some 48 roundings of 1e-16
        torch.testing.assert_close(stream(prompt), model(prompt), rtol=0, atol=1e-13)
    assert generate(stream, prompt, 8, temperature=0).equal(generate(model, prompt, 8, temperature=0))


def test_each_new_token_goes_through_the_compiled_rung(monkeypatch):
    called, run = [], one_stream_cpu.linear
    monkeypatch.setattr(one_stream_cpu, "linear", lambda x, *rest: called.append(x.shape[1]) or run(x, *rest))
    generate(in_one_stream(decoder()), torch.tensor([[1, 2, 3, 4, 5]]), 3, temperature=0)
    assert called == 15 * 2 * [1]  # the prompt of five goes by the library; two steps of one token


def test_it_trains_as_the_model_does():
    model = decoder()
    prompt = torch.tensor([[1, 2, 3]])
    grads = []
    for each in (model, in_one_stream(model)):
        model.zero_grad()
        each(prompt).square().sum().backward()
        grads.append([parameter.grad for parameter in model.parameters()])
    for ours, theirs in zip(*grads, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


def test_a_layer_alone_buffers_and_other_kinds_of_linear():
    class Doubled(nn.Linear):
        def forward(self, x):
            return 2 * super().forward(x)

    layer, doubled = nn.Linear(3, 2), Doubled(3, 2)
    x = torch.tensor([[1.0, 2.0, 3.0]])
    assert type(in_one_stream(layer)) is OneStreamLinear
    torch.testing.assert_close(in_one_stream(layer)(x), layer(x))
    model = nn.Sequential(layer, nn.BatchNorm1d(2)).eval()
    assert in_one_stream(model)[1].running_mean is model[1].running_mean
    assert in_one_stream(model)[0].bias is layer.bias
    assert type(in_one_stream(nn.Sequential(doubled))[0]) is Doubled
