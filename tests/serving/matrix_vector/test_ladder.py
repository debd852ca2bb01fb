"""A linear layer for a few tokens: compiled and by torch against the sum written out."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.serving.matrix_vector import backend, explain_backend, library, one_stream_cpu, reference

RUNGS = {"reference": reference, "library": library, "cpu": one_stream_cpu, "chosen": backend}
RUNGS = {name: module.linear for name, module in RUNGS.items()}
SIZES = (1, 63, 64, 65)


def inputs(tokens=(1, 1), C=5, O=3, dtype=torch.float64, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shapes = {"x": (*tokens, C), "weight": (O, C), "bias": (O,)}
    return {name: torch.randn(shape, dtype=dtype, generator=generator) for name, shape in shapes.items()}


def bound(x, weight, bias):
    """How far two orders of a sum of C products and a bias may be apart: C + 1 roundings of at most the sum of sizes.

    Each rounding is at most eps / 2 of a partial sum; both orders have C + 1 of them.
    """
    C = weight.shape[1]
    return (C + 1) * torch.finfo(x.dtype).eps * (reference.linear(x.abs(), weight.abs(), bias.abs()))


@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
@torch.no_grad()
def test_a_product_by_hand(rung):
    # (1, 2, 3) with rows (1, 0, 2) and (-1, 4, 1): 1 + 0 + 6 = 7 and -1 + 8 + 3 = 10; (0, 1, 0) picks column 2: 0 and 4
    x = torch.tensor([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]])
    weight = torch.nn.Parameter(torch.tensor([[1.0, 0.0, 2.0], [-1.0, 4.0, 1.0]]))
    assert rung(x, weight).tolist() == [[7, 10], [0, 4]]
    assert rung(x, weight, torch.tensor([0.5, -1.0])).tolist() == [[7.5, 9], [0.5, 3]]
    assert rung(x[0], weight).tolist() == [7, 10]


@pytest.mark.parametrize("C", SIZES)
@pytest.mark.parametrize("O", SIZES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("rung", ["library", "cpu", "chosen"])
def test_rungs_are_equal_at_awkward_sizes(rung, dtype, O, C):
    given = inputs((1, 3), C, O, dtype)
    y, expected = RUNGS[rung](**given), reference.linear(**given)
    assert (y.dtype, y.shape) == (dtype, (1, 3, O))
    assert ((y - expected).abs() <= bound(**given)).all()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    tokens=st.lists(st.integers(0, 4), max_size=3),
    C=st.integers(0, 40),
    O=st.integers(0, 40),
    rung=st.sampled_from(["library", "cpu", "chosen"]),
    has_bias=st.booleans(),
)
def test_any_shape(tokens, C, O, rung, has_bias):
    given = inputs(tokens, C, O)
    if not has_bias:
        given["bias"] = None
    y, expected = RUNGS[rung](**given), reference.linear(**given)
    assert y.shape == (*tokens, O)
    torch.testing.assert_close(y, expected, rtol=0, atol=1e-12)  # sums of 41 terms of order 10 at most


def test_the_columns_are_what_single_inputs_give():
    # y is linear in x: the unit vectors give the columns of W, exactly, and their weighted sum gives y
    given = inputs((1,), 7, 4)
    x, weight = given["x"], given["weight"]
    columns = one_stream_cpu.linear(torch.eye(7, dtype=torch.float64), weight)  # (C, O)
    assert columns.equal(weight.T)
    torch.testing.assert_close(one_stream_cpu.linear(x, weight), x @ columns, rtol=0, atol=1e-14)


def test_views_and_parameters():
    given = inputs((2, 1), 6, 4)
    expected = reference.linear(**given)
    turned = {name: t.mT.contiguous().mT if t.dim() > 1 else t for name, t in given.items()}
    turned["x"] = torch.stack([given["x"], given["x"]], -1)[..., 0]
    assert not turned["x"].is_contiguous()
    assert not turned["weight"].is_contiguous()
    turned = {name: torch.nn.Parameter(t) for name, t in turned.items()}
    with torch.no_grad():
        y = one_stream_cpu.linear(**turned)
    torch.testing.assert_close(y, expected, rtol=0, atol=1e-14)
    assert not y.requires_grad


def test_what_is_not_a_number_stays_so_and_where_it_is():
    given = inputs((2,), 65, 3, torch.float32)
    given["weight"][1, 64] = float("nan")
    given["x"][0, 3] = float("inf")
    y = one_stream_cpu.linear(**given)
    assert y.isnan().tolist() == [[False, True, False], [False, True, False]]
    assert y.isinf().tolist() == [[True, False, True], [False, False, False]]


def test_gradients_are_torch_s():
    given = {name: t.requires_grad_() for name, t in inputs().items()}
    backend.linear(**given).square().sum().backward()
    ours = [t.grad.clone() for t in given.values()]
    for t in given.values():
        t.grad = None
    reference.linear(**given).square().sum().backward()
    for grad, t in zip(ours, given.values()):
        torch.testing.assert_close(grad, t.grad, rtol=0, atol=1e-12)


BAD = [
    ("weight", torch.zeros(15), r"weight: expected \(outputs, inputs\), got shape \(15,\)"),
    ("x", torch.zeros(1, 4), r"x: expected \(\.\.\., 5\), the inputs of weight, got shape \(1, 4\)"),
    ("x", torch.tensor(1.0), r"x: expected \(\.\.\., 5\), the inputs of weight, got shape \(\)"),
    ("bias", torch.zeros(1), r"bias: expected \(3,\), the outputs of weight, got shape \(1,\)"),
]


@pytest.mark.parametrize(("name", "bad", "message"), BAD)
@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_bad_input(rung, name, bad, message):
    with pytest.raises(ValueError, match=message):
        rung(**(inputs(dtype=torch.float32) | {name: bad}))


OTHERS = {
    "it is for the CPU": {"x": lambda t: t.to("meta")},
    "it is for the CPU ": {"weight": lambda t: t.to("meta")},
    "it takes tensors that are all float32 or all float64": dict.fromkeys(("x", "weight", "bias"), torch.Tensor.half),
    "it takes tensors that are all float32 or all float64 ": {"weight": torch.Tensor.float},
    "it takes tensors that are all float32 or all float64  ": {"bias": torch.Tensor.float},
    "it has no gradient, and one is wanted": {"bias": torch.Tensor.requires_grad_},
    "it has no gradient, and one is wanted ": {"x": torch.Tensor.requires_grad_},
    "it has no gradient, and one is wanted  ": {"weight": torch.Tensor.requires_grad_},
}


@pytest.mark.parametrize(("problem", "change"), OTHERS.items())
def test_what_the_compiled_rung_does_not_take_goes_to_the_library(problem, change):
    given = {name: change.get(name, lambda t: t)(t) for name, t in inputs().items()}
    with pytest.raises(ValueError, match=f"^one_stream_cpu: {problem.strip()}; call"):
        one_stream_cpu.linear(**given)
    assert explain_backend(**given) == f"library: one_stream_cpu: {problem.strip()}"


def test_the_rung_is_chosen_by_tokens_and_layout(monkeypatch):
    for module in (library, one_stream_cpu):
        monkeypatch.setattr(module, "linear", lambda *arguments, name=module.__name__: name)
    few, many = inputs((2, backend.FEW // 2)), inputs((1, backend.FEW + 1))
    by_columns = few | {"weight": few["weight"].t().contiguous().t()}
    stream = "one_stream_cpu: the weights are read once, in one stream"
    shared = "library: more than 4 tokens, which share what is read of the weights"
    turned = "library: the weights do not lie row after row"
    for tensors, reason in ((few, stream), (many, shared), (by_columns, turned)):
        assert explain_backend(**tensors) == reason
        assert backend.linear(**tensors).endswith(reason.partition(":")[0])
    assert explain_backend(few["x"], few["weight"]) == stream
    monkeypatch.setattr(backend, "find_spec", lambda name: None)
    backend._compiled.cache_clear()
    try:
        assert explain_backend(**few).startswith("library: numba is not installed")
    finally:
        backend._compiled.cache_clear()
