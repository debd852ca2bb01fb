"""Every rung of the ladder against the reference, and the reference against numbers worked by hand."""

from math import exp, log, sqrt

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import scaled_dot_product_attention
from torch.utils._python_dispatch import TorchDispatchMode

from coursekit.attention.dot_product import backend, reference, sdpa, tiled

RUNGS = {"tiled": tiled.attention, "sdpa": sdpa.attention, "backend": backend.attention}
ALL = RUNGS | {"reference": reference.attention}

# float64: a row sums S products of numbers of order 1, so rounding is about sqrt(S) * D * 1e-16 < 1e-13
TOLERANCE = {"rtol": 0, "atol": 1e-12}


def inputs(T, S, H=4, G=2, D=8, E=8, B=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shapes = (B, H, T, D), (B, G, S, D), (B, G, S, E)
    return [
        torch.randn(s, dtype=torch.float64, generator=generator).requires_grad_()  # fmt: skip
        for s in shapes
    ]


def assert_equal_with_gradients(rung, tensors, arguments):
    expected, result = reference.attention(*tensors, **arguments), rung(*tensors, **arguments)
    torch.testing.assert_close(result, expected, **TOLERANCE)
    upstream = torch.randn(result.shape, dtype=result.dtype, generator=torch.Generator().manual_seed(9))
    wanted = torch.autograd.grad(expected, tensors, upstream)
    for gradient, correct in zip(torch.autograd.grad(result, tensors, upstream), wanted):
        torch.testing.assert_close(gradient, correct, **TOLERANCE)


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_two_keys_by_hand(rung):
    # D = 4, so scale = 1/2. Query (2, 0, 0, 0); keys (ln 3, 0, 0, 0) and 0: scores (2 ln 3 / 2, 0) = (ln 3, 0).
    # softmax = (3/4, 1/4). Values (4, 0, 0, 0) and (0, 8, 0, 0): output (3, 2, 0, 0).
    query = torch.tensor([[[[2.0, 0, 0, 0]]]], dtype=torch.float64)
    key = torch.tensor([[[[log(3), 0, 0, 0], [0, 0, 0, 0]]]], dtype=torch.float64)
    value = torch.tensor([[[[4.0, 0, 0, 0], [0, 8, 0, 0]]]], dtype=torch.float64)
    expected = torch.tensor([[[[3.0, 2, 0, 0]]]], dtype=torch.float64)
    torch.testing.assert_close(rung(query, key, value), expected, **TOLERANCE)
    # scale = 1: scores (2 ln 3, 0), softmax (9/10, 1/10), output (3.6, 0.8, 0, 0)
    expected = torch.tensor([[[[3.6, 0.8, 0, 0]]]], dtype=torch.float64)
    torch.testing.assert_close(rung(query, key, value, scale=1.0), expected, **TOLERANCE)
    # ln 3 is taken back by a float mask of -ln 3 on the first key: softmax (1/2, 1/2)
    mask = torch.tensor([[-log(3), 0.0]], dtype=torch.float64)
    expected = torch.tensor([[[[2.0, 4, 0, 0]]]], dtype=torch.float64)
    torch.testing.assert_close(rung(query, key, value, mask), expected, **TOLERANCE)


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_causal_and_window_by_hand(rung):
    # zero queries weigh what they see equally; value j is j. Four keys, the queries stand at the last three.
    query, key = torch.zeros(1, 1, 3, 2), torch.zeros(1, 1, 4, 2)
    value = torch.arange(4.0).reshape(1, 1, 4, 1).expand(1, 1, 4, 2)

    def means(**arguments):
        return rung(query, key, value, **arguments)[0, 0, :, 0].tolist()

    assert means() == [1.5, 1.5, 1.5]  # (0+1+2+3)/4
    assert means(is_causal=True) == [0.5, 1.0, 1.5]  # (0+1)/2, (0+1+2)/3, (0+1+2+3)/4
    assert means(is_causal=True, window=2) == [0.5, 1.5, 2.5]  # keys {0,1}, {1,2}, {2,3}
    assert means(window=2) == [1.0, 2.0, 2.5]  # keys {0,1,2}, {1,2,3}, {2,3}
    assert means(window=1) == [1.0, 2.0, 3.0]  # itself


LENGTHS = [(1, 1), (63, 63), (64, 64), (65, 65), (7, 300), (300, 7), (1, 300), (300, 300)]
OPTIONS = {
    "full": {},
    "causal": {"is_causal": True},
    "window": {"window": 5},
    "causal window": {"is_causal": True, "window": 40},
    "scale": {"scale": 0.7},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize(("T", "S"), LENGTHS)
@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_rung_equals_reference(rung, T, S, options):
    assert_equal_with_gradients(rung, inputs(T, S), options)


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("shape", [(300,), (1, 300), (270, 300), (4, 270, 300), (2, 1, 1, 300), (2, 4, 270, 1)])
@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)
def test_masks_of_every_shape(rung, shape, is_causal):
    generator = torch.Generator().manual_seed(1)
    tensors = inputs(270, 300)
    boolean = torch.rand(shape, generator=generator) > 0.4
    numeric = torch.randn(shape, generator=generator, dtype=torch.float64)
    for mask in (boolean, numeric):
        assert_equal_with_gradients(rung, tensors, {"attn_mask": mask, "is_causal": is_causal, "window": 150})


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    T=st.integers(1, 20),
    S=st.integers(1, 20),
    G=st.integers(1, 3),
    repeats=st.integers(1, 3),
    D=st.integers(1, 5),
    E=st.integers(1, 5),
    is_causal=st.booleans(),
    window=st.none() | st.integers(1, 25),
    masked=st.booleans(),
    blocks=st.tuples(st.integers(1, 7), st.integers(1, 7), st.integers(1, 3)),
)
def test_any_shape_and_any_block(T, S, G, repeats, D, E, is_causal, window, masked, blocks):
    tensors = inputs(T, S, H=G * repeats, G=G, D=D, E=E)
    mask = torch.rand(T, S, generator=torch.Generator().manual_seed(2)) > 0.5 if masked else None
    arguments = {"attn_mask": mask, "is_causal": is_causal, "window": window}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiled, "QUERY_BLOCK", blocks[0])
        patch.setattr(tiled, "KEY_BLOCK", blocks[1])
        patch.setattr(tiled, "HEADS", blocks[2])
        patch.setattr(sdpa, "QUERY_BLOCK", blocks[0])
        for rung in RUNGS.values():
            assert_equal_with_gradients(rung, tensors, arguments)


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_a_row_without_keys_is_zero_and_has_no_gradient(rung):
    mask = torch.ones(2, 1, 5, 6, dtype=torch.bool)
    mask[0, 0, 2] = False
    for form in (mask, torch.zeros(mask.shape, dtype=torch.float64).masked_fill(~mask, -torch.inf)):
        tensors = inputs(5, 6)
        result = rung(*tensors, form)
        assert (result[0, :, 2] == 0).all()
        result.sum().backward()
        assert all(tensor.grad.isfinite().all() for tensor in tensors)
        assert (tensors[0].grad[0, :, 2] == 0).all()


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_huge_scores_do_not_overflow(rung):
    # scores of +-3000 and a mask at the lowest finite number: softmax is a hard choice, nothing is NaN
    query = torch.tensor([[[[3000.0], [-3000.0]]]])
    key, value = torch.tensor([[[[1.0], [-1.0]]]]), torch.tensor([[[[5.0], [7.0]]]])
    assert rung(query, key, value, scale=1.0).flatten().tolist() == [5.0, 7.0]
    lowest = torch.tensor([torch.finfo(torch.float32).min, 0.0])
    assert rung(query[:, :, 1:], key, value, lowest).flatten().tolist() == [7.0]


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_causality_later_keys_change_nothing(rung):
    query, key, value = (x.detach() for x in inputs(20, 20))
    before = rung(query, key, value, is_causal=True)
    key[:, :, 12:], value[:, :, 12:] = 7.0, -7.0
    after = rung(query, key, value, is_causal=True)
    assert torch.equal(before[:, :, :12], after[:, :, :12])
    assert not torch.allclose(before[:, :, 12:], after[:, :, 12:])


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_order_of_keys_is_irrelevant_without_a_mask(rung):
    query, key, value = inputs(9, 33)
    order = torch.randperm(33, generator=torch.Generator().manual_seed(3))
    expected = rung(query, key, value)
    torch.testing.assert_close(rung(query, key[:, :, order], value[:, :, order]), expected, **TOLERANCE)


def test_attention_weights_are_distributions():
    query, key, _ = inputs(5, 7)
    weights = reference.attention_weights(query, key, is_causal=True, window=3)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 4, 5, dtype=torch.float64), **TOLERANCE)
    # query 0 stands at key 2 and sees keys 0, 1, 2
    assert (weights[:, :, 0, 3:] == 0).all()
    assert (weights[:, :, 0, :3] > 0).all()
    q, k = query[0, 3, 0].detach(), key[0, 1, :3].detach()  # head 3 reads key head 3 // 2 = 1
    scores = [float(q @ row) / sqrt(8) for row in k]
    total = sum(map(exp, scores))
    assert weights[0, 3, 0, :3].tolist() == pytest.approx([exp(s) / total for s in scores], abs=1e-12)


@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_same_call_as_torch(rung):
    query, key, value = inputs(33, 33, G=4)
    torch.testing.assert_close(
        rung(query, key, value, None, True), scaled_dot_product_attention(query, key, value, None, 0.0, True)
    )


@pytest.mark.parametrize("rung", ["tiled", "backend"])
def test_gradient_of_a_float_mask(rung):
    tensors, mask = inputs(30, 40), torch.zeros(4, 1, 40, dtype=torch.float64, requires_grad=True)
    wanted = torch.autograd.grad(reference.attention(*tensors, mask, True).square().sum(), mask)
    result = torch.autograd.grad(RUNGS[rung](*tensors, mask, True).square().sum(), mask)
    assert wanted[0].abs().max() > 1e-3
    torch.testing.assert_close(result, wanted, **TOLERANCE)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_tiled_is_no_worse_than_the_reference(dtype):
    query, key, value = (x.detach() for x in inputs(65, 65))
    exact = reference.attention(query, key, value, is_causal=True)
    half = [x.to(dtype) for x in (query, key, value)]
    error = (reference.attention(*half, is_causal=True) - exact).abs().max()
    result = tiled.attention(*half, is_causal=True)
    assert result.dtype == dtype
    assert (result - exact).abs().max() <= 2 * error  # the rule of flash-attention's tests


def test_tiled_has_first_derivatives_only():
    query, key, value = inputs(3, 3)
    (gradient,) = torch.autograd.grad(tiled.attention(query, key, value).square().sum(), query, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


def saved_bytes(call):
    """Bytes that autograd keeps for the backward pass, each storage once."""
    storages = {}

    def keep(tensor):
        storages[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        result = call()
    return sum(storages.values()), result


def test_tiled_saves_only_inputs_output_and_logsumexp():
    for T in (256, 512):
        tensors = inputs(T, T, G=4)
        saved, _ = saved_bytes(lambda: tiled.attention(*tensors, is_causal=True))  # noqa: B023
        # query, key, value, output: 4 * B H T D numbers; logsumexp and its rounding: B H T each; 8 bytes a number
        assert saved == 8 * (4 * 2 * 4 * T * 8 + 2 * 2 * 4 * T)
        naive, _ = saved_bytes(lambda: reference.attention(*tensors, is_causal=True))  # noqa: B023
        assert naive > 8 * 2 * 4 * T * T


class Largest(TorchDispatchMode):
    """The most numbers in one storage that an operation makes or looks at (a view counts what is behind it)."""

    numbers = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for tensor in result if isinstance(result, tuple) else (result,):
            if isinstance(tensor, torch.Tensor):
                self.numbers = max(self.numbers, tensor.untyped_storage().nbytes() // tensor.itemsize)
        return result


@pytest.mark.parametrize("module", [tiled, sdpa], ids=["tiled", "sdpa"])
def test_no_tensor_grows_with_the_square_of_the_length(module):
    """Window 16, T = 8192, D = 8: nothing is larger than the output of 8192 * 8 (a tile of 256 * 256 is as large)."""
    query, key, value = (torch.randn(1, 1, 8192, 8) for _ in range(3))
    with Largest() as seen:
        module.attention(query, key, value, is_causal=True, window=16)
    assert seen.numbers == 8192 * 8


@pytest.mark.parametrize("module", [tiled, sdpa], ids=["tiled", "sdpa"])
def test_no_gradient_grows_with_the_window(module):
    """Blocks of an eighth of the window: each key lies in nine bands, so at most 9 T D numbers, whatever the window."""
    for window in (512, 1024):
        tensors = [torch.randn(1, 1, 8192, 8, requires_grad=True) for _ in range(3)]
        with Largest() as seen:
            module.attention(*tensors, is_causal=True, window=window).sum().backward()
        assert 8192 * 8 <= seen.numbers <= 9 * 8192 * 8


@pytest.mark.parametrize(
    ("is_causal", "shapes"),
    [
        # window 64, so blocks of 64. 63 queries stand too near the start; 14 blocks fit in the other 937; 41 are left
        (True, [(2, 4, 63), (8, 14, 64), (2, 4, 41)]),
        # the last 63 see beyond the end: 13 blocks fit in 874; 105 are left
        (False, [(2, 4, 63), (8, 13, 64), (2, 4, 64), (2, 4, 41)]),
    ],
)
def test_all_bands_inside_the_sequence_are_one_call(monkeypatch, is_causal, shapes):
    calls, kernel = [], sdpa._kernel
    monkeypatch.setattr(sdpa, "_kernel", lambda query, *rest: calls.append(query.shape[:3]) or kernel(query, *rest))
    tensors = inputs(1000, 1000)
    assert_equal_with_gradients(sdpa.attention, tensors, {"is_causal": is_causal, "window": 64})
    assert calls == shapes


def test_the_block_grows_with_the_window():
    assert [sdpa._block(window) for window in (None, 1, 512, 513, 1024)] == [64, 64, 64, 64, 128]


def test_tiled_takes_more_heads_at_a_time_where_tiles_are_small():
    def sizes(T, B, H):
        return [len(batch) for (batch, _), _ in tiled._groups(torch.empty(B, H, T, 8), torch.empty(B, H, T, 8))]

    assert sizes(4096, 1, 12) == [4, 4, 4]
    assert sizes(256, 1, 6) == [4, 2]
    # 64 * 64 is a sixteenth of 256 * 256
    assert sizes(64, 32, 4) == [64, 64]
    # two sequences, four query heads in two groups: heads 0 and 1 read key head 0, heads 2 and 3 key head 1
    ((head, kv_head),) = tiled._groups(torch.empty(2, 4, 5, 8), torch.empty(2, 2, 5, 8))
    assert [x.tolist() for x in head] == [[0, 0, 0, 0, 1, 1, 1, 1], [0, 1, 2, 3] * 2]
    assert [x.tolist() for x in kv_head] == [[0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 1, 1] * 2]


def test_tiled_writes_its_tiles_over_each_other():
    tile = torch.empty(0)
    first = tiled._product(torch.ones(1, 3, 2), torch.ones(1, 2, 4), tile)
    second = tiled._product(torch.ones(1, 2, 2), torch.ones(1, 2, 4), tile)
    assert second.data_ptr() == first.data_ptr()
    assert torch.equal(second, torch.full((1, 2, 4), 2.0))


def test_fully_masked_tiles_are_skipped(monkeypatch):
    monkeypatch.setattr(tiled, "QUERY_BLOCK", 10)
    monkeypatch.setattr(tiled, "KEY_BLOCK", 10)
    tiles = [len(tiles) for _, tiles in tiled._schedule(40, 40, True, None)]
    assert tiles == [1, 2, 3, 4]
    # window 11: queries 20..29 see keys 10..29
    assert [len(tiles) for _, tiles in tiled._schedule(40, 40, True, 11)] == [1, 2, 2, 2]
    # only tiles that the diagonal crosses carry a mask
    masked = [[hidden is not None for _, hidden in tiles] for _, tiles in tiled._schedule(30, 30, True, None)]
    assert masked == [[True], [False, True], [False, False, True]]
    # window 25: the last block sees keys 6..39; its last query starts at 15, its first one stops at 31
    tiles = list(tiled._schedule(40, 40, True, 25))[-1][1]
    assert [(c.start, c.stop, hidden is not None) for c, hidden in tiles] == [
        (6, 16, True),
        (16, 26, False),
        (26, 36, True),
        (36, 40, True),
    ]


Q, K = torch.zeros(2, 4, 5, 8), torch.zeros(2, 2, 6, 8)
WRONG = {
    "rank": ((Q[0], K, K), {}, r"query: expected 4 dimensions .* got \(4, 5, 8\)"),
    "integers": ((Q, K.long(), K), {}, "key: expected a floating-point dtype, got torch.int64"),
    "dtypes": ((Q, K.double(), K), {}, "expected one dtype .* got torch.float32, torch.float64"),
    "head size": ((Q, K[..., :7], K), {}, r"key: expected batch and head size .* got \(2, 2, 6, 7\)"),
    "batch": ((Q, K[:1], K[:1]), {}, r"key: expected batch and head size .* got \(1, 2, 6, 8\)"),
    "value": ((Q, K, K[:, :, :5]), {}, r"value: expected .*\(2, 2, 6\), got \(2, 2, 5, 8\)"),
    "heads": ((Q[:, :3], K, K), {}, "multiple of key heads, got 3 query and 2 key heads"),
    "no queries": ((Q[:, :, :0], K, K), {}, "got lengths 0 and 6"),
    "no keys": ((Q, K[:, :, :0], K[:, :, :0]), {}, "at least one query and one key, got lengths 5 and 0"),
    "window": ((Q, K, K), {"window": 0}, "window: expected None or a whole number of keys >= 1, got 0"),
    "window type": ((Q, K, K), {"window": 2.0}, "window: expected .* got 2.0"),
    "mask dtype": ((Q, K, K), {"attn_mask": torch.zeros(5, 6, dtype=torch.int)}, "bool or torch.float32, got"),
    "mask shape": ((Q, K, K), {"attn_mask": torch.zeros(6, 5)}, r"\(2, 4, 5, 6\), got \(6, 5\)"),
    "mask rank": ((Q, K, K), {"attn_mask": torch.zeros(1, 2, 4, 5, 6)}, r"got \(1, 2, 4, 5, 6\)"),
}


@pytest.mark.parametrize(("tensors", "options", "message"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("rung", ALL.values(), ids=ALL)
def test_bad_input_is_refused(rung, tensors, options, message):
    with pytest.raises(ValueError, match=message):
        rung(*tensors, **options)


def test_explain_backend_names_the_rung_and_the_reason():
    query, key, value = (x.detach() for x in inputs(300, 300, E=8))
    assert backend.explain_backend(query, key, value, is_causal=True) == "sdpa: torch's kernel does it in one call"
    banded = backend.explain_backend(query, key, value, window=5)
    assert banded == "sdpa: torch's kernel, over bands of queries and the keys that they see"
    narrow = backend.explain_backend(query, key, value[..., :4])
    assert narrow.startswith("tiled: torch has no fused CPU kernel when keys and values differ")
