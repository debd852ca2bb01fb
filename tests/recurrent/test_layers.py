"""Stacks of layers against torch.nn's, with the same weights."""

import pytest
import torch

from coursekit.recurrent import GRU, LSTM, LSTM1997, Elman, GRUResetFirst
from coursekit.recurrent import layers as room
from coursekit.recurrent.unroll import backend, projected, reference

PAIRS = {"elman": (Elman, torch.nn.RNN), "lstm": (LSTM, torch.nn.LSTM), "gru": (GRU, torch.nn.GRU)}
over_pairs = pytest.mark.parametrize(("ours", "theirs"), PAIRS.values(), ids=PAIRS)
OPTIONS = [{}, {"num_layers": 3}, {"bias": False}, {"batch_first": True}, {"num_layers": 2, "bias": False}]


def flat(state):
    return [state] if isinstance(state, torch.Tensor) else list(state)


def initial(module, batch, dtype):
    shape = module.num_layers, batch, module.hidden_size
    parts = [torch.randn(shape, dtype=dtype, requires_grad=True) for _ in range(2)]
    return parts if "LSTM" in type(module).__name__ else parts[:1]


def results(module, x, state):
    """Outputs, last states, and the gradients of inputs, states and weights by name."""
    y, last = module(x, None if state is None else tuple(state) if len(state) > 1 else state[0])
    outputs = [y, *flat(last)]
    names, weights = zip(*sorted(module.named_parameters()))
    generator = torch.Generator().manual_seed(9)
    upstream = [torch.randn(out.shape, generator=generator, dtype=torch.float64).to(out.dtype) for out in outputs]
    gradients = torch.autograd.grad(outputs, [x, *(state or ()), *weights], upstream)
    return names, [*outputs, *gradients]


@over_pairs
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("given", [False, True], ids=["from zeros", "from a state"])
@pytest.mark.parametrize("rung", [reference, projected, backend])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-6), (torch.float64, 1e-12)])
def test_equal_torch_s_with_gradients(monkeypatch, ours, theirs, options, given, rung, dtype, tolerance):
    monkeypatch.setattr(room, "unroll", rung.unroll)
    torch.manual_seed(3)
    theirs = theirs(6, 5, **options).to(dtype)
    ours = ours(6, 5, **options).to(dtype)
    ours.load_state_dict(theirs.state_dict())
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(4, 9, 6, dtype=dtype, requires_grad=True)
    batch = 4 if options.get("batch_first") else 9
    state = initial(ours, batch, dtype) if given else None
    names, found = results(ours, x, state)
    their_names, expected = results(theirs, x, state)
    assert names == their_names
    for a, b in zip(found, expected, strict=True):
        # gradients are sums over 36 tokens of numbers up to 10: relative to the largest
        assert a.shape == b.shape
        assert (a - b).abs().max() <= tolerance * max(1, b.abs().max())


@over_pairs
def test_the_same_seed_draws_the_same_weights_as_torch(ours, theirs):
    torch.manual_seed(0)
    expected = theirs(3, 4, num_layers=2).state_dict()
    torch.manual_seed(0)
    found = ours(3, 4, num_layers=2).state_dict()
    assert list(found) == list(expected)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


@pytest.mark.parametrize("build", [Elman, LSTM1997, LSTM, GRU, GRUResetFirst])
def test_a_state_handed_on_is_one_long_text(build):
    torch.manual_seed(0)
    module = build(3, 4, num_layers=2, batch_first=True).double()
    x = torch.randn(2, 10, 3, dtype=torch.float64)
    whole, last = module(x)
    first, state = module(x[:, :6])
    second, end = module(x[:, 6:], state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole, rtol=0, atol=1e-12)
    for a, b in zip(flat(end), flat(last)):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


def test_padding_is_skipped_in_every_layer():
    torch.manual_seed(0)
    module = GRUResetFirst(3, 4, num_layers=2, batch_first=True)
    x = torch.randn(2, 6, 3)
    skip = torch.tensor([[True, True, False, False, False, False], [False] * 6])
    y, last = module(x, skip=skip)
    alone, end = module(x[:1, 2:])
    torch.testing.assert_close(y[:1, 2:], alone)
    torch.testing.assert_close(last[:, :1], end)


def test_bad_sizes_and_states_are_one_clear_line():
    with pytest.raises(ValueError, match=r"^expected input_size, .* whole numbers >= 1, got \(3, 0, 1\)$"):
        LSTM(3, 0)
    with pytest.raises(ValueError, match=r"^expected input_size, .* whole numbers >= 1, got \(3, 4, 1\.5\)$"):
        GRU(3, 4, num_layers=1.5)
    module = LSTM(3, 4, num_layers=2)
    good = torch.zeros(2, 5, 4)
    message = r"state: expected 2 of \(2, 5, 4\) \(layers, batch, units\) in LSTM, got "
    with pytest.raises(ValueError, match=message + r"\[\(2, 5, 4\)\]$"):
        module(torch.zeros(7, 5, 3), good)
    with pytest.raises(ValueError, match=message + r"\[\(2, 5, 4\), \(2, 7, 4\)\]$"):
        module(torch.zeros(7, 5, 3), (good, torch.zeros(2, 7, 4)))
