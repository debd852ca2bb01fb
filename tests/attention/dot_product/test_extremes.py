"""Arguments at the edge of what is allowed: every rung does as the reference does, or refuses with one line."""

import pytest
import torch

from coursekit.attention.dot_product import backend, reference, sdpa, tiled
from coursekit.attention.lsh import lsh_attention, lsh_buckets

RUNGS = {"tiled": tiled, "sdpa": sdpa, "backend": backend}
rungs = pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS)


def qkv(T, S, dtype=torch.float64, heads=2, size=5, values=5):
    generator = torch.Generator().manual_seed(0)
    shapes = ((1, heads, T, size), (1, heads, S, size), (1, heads, S, values))
    return [torch.randn(*shape, dtype=dtype, generator=generator).requires_grad_() for shape in shapes]


def assert_same_with_gradients(rung, tensors, *arguments, tolerance=1e-12, **options):
    expected = reference.attention(*tensors, *arguments, **options)
    result = rung.attention(*tensors, *arguments, **options)
    assert expected.isfinite().all()
    torch.testing.assert_close(result, expected, rtol=tolerance, atol=tolerance)
    upstream = torch.randn(expected.shape, dtype=expected.dtype, generator=torch.Generator().manual_seed(1))
    for a, b in zip(torch.autograd.grad(result, tensors, upstream), torch.autograd.grad(expected, tensors, upstream)):
        torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


@rungs
@pytest.mark.parametrize("scale", [-0.5, 0.0, -3.0, 1e-30])
@pytest.mark.parametrize(("T", "S", "options"), [(4, 4, {"is_causal": True}), (65, 65, {"is_causal": True}),
                                                 (3, 7, {}), (70, 70, {"is_causal": True, "window": 3})])  # fmt: skip
def test_a_scale_that_is_not_positive(rung, scale, T, S, options):
    assert_same_with_gradients(rung, qkv(T, S), scale=scale, **options)


@rungs
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("values", [5, 6])  # keys and values of two sizes: another rung
def test_a_row_of_the_lowest_finite_number_is_the_mean_of_what_it_sees(rung, dtype, values):
    T = 300  # more than a tile
    tensors = qkv(T, T, dtype, values=values)
    mask = torch.zeros(T, T, dtype=dtype)
    mask[1] = torch.finfo(dtype).min  # the whole row: padding as others write it
    mask[2, :5] = torch.finfo(dtype).min  # part of it: as good as hidden
    mask[3] = -float("inf")  # hidden: zeros
    mask[4, 3:] = torch.finfo(dtype).min / 2
    assert_same_with_gradients(rung, tensors, mask, tolerance=1e-4 if dtype == torch.float32 else 1e-12)
    y = rung.attention(*tensors, mask)
    torch.testing.assert_close(y[:, :, 1], tensors[2].mean(2), rtol=1e-5, atol=1e-6)
    assert not y[:, :, 3].any()


@rungs
@pytest.mark.parametrize("who", ["query", "key", "value", "mask"])
@pytest.mark.parametrize("hidden", [0, 9])
@pytest.mark.parametrize(("dtype", "low"), [(torch.float32, -1e9), (torch.float64, -1e18), (torch.float64, -1e300)])
def test_a_row_that_is_low_throughout_has_its_gradient_whoever_asks_for_it(rung, who, hidden, dtype, low):
    # log of the sum of 70 weights is lost beside such a number: each weight would be 70 times as large
    tensors = dict(zip(("query", "key", "value"), (x.detach() for x in qkv(5, 70, dtype))))
    tensors["mask"] = torch.zeros(1, 2, 5, 70, dtype=dtype)
    tensors["mask"][:, :, 1] = low
    tensors["mask"][:, :, 1, :hidden] = -float("inf")  # as low as what is left of it
    tensors[who].requires_grad_()
    upstream = torch.randn(1, 2, 5, 5, dtype=dtype, generator=torch.Generator().manual_seed(1))
    result, expected = (
        torch.autograd.grad(kernel.attention(*tensors.values()), tensors[who], upstream)[0]
        for kernel in (rung, reference)
    )
    assert expected.isfinite().all()
    torch.testing.assert_close(result, expected, rtol=1e-4, atol=1e-5)


@rungs
def test_the_lowest_finite_number_above_what_causality_hides(rung):
    tensors = qkv(9, 9)
    mask = torch.zeros(9, 9, dtype=torch.float64)
    mask[:, 0] = torch.finfo(torch.float64).min
    assert_same_with_gradients(rung, tensors, mask, is_causal=True)  # the first query sees the first key only
    y = rung.attention(*tensors, mask, is_causal=True)
    torch.testing.assert_close(y[:, :, 0], tensors[2][:, :, 0])


@rungs
@pytest.mark.parametrize(("T", "S", "options"), [(1, 4, {}), (1, 1, {"is_causal": True}), (4, 4, {"is_causal": True}),
                                                 (600, 600, {"is_causal": True}), (70, 70, {"window": 4})])  # fmt: skip
def test_a_nan_in_a_query_is_not_hidden(rung, T, S, options):
    query, key, value = (x.detach() for x in qkv(T, S))
    query[0, 1, T // 2, 3] = float("nan")
    expected = reference.attention(query, key, value, **options)
    assert expected.isnan().any(-1).sum() == 1
    torch.testing.assert_close(rung.attention(query, key, value, **options), expected, equal_nan=True)


@rungs
def test_finite_queries_whose_sum_would_overflow_stay_finite(rung):
    query, key, value = (x.detach() for x in qkv(3, 3, torch.float32, size=4))
    query = torch.full_like(query, 3e38)
    key = torch.zeros_like(key)
    torch.testing.assert_close(rung.attention(query, key, value), value.mean(2, keepdim=True).expand_as(value))


@pytest.mark.parametrize("rung", [reference, *RUNGS.values()], ids=["reference", *RUNGS])
@pytest.mark.parametrize(
    ("shapes", "options", "message"),
    [
        (((1, 2, 3, 4), (1, 0, 3, 4), (1, 0, 3, 4)), {}, "at least one sequence, one head"),
        (((1, 0, 3, 4), (1, 1, 3, 4), (1, 1, 3, 4)), {}, "at least one sequence, one head"),
        (((1, 2, 3, 0), (1, 2, 3, 0), (1, 2, 3, 4)), {}, "head size >= 1"),
        (((1, 2, 3, 4), (1, 2, 3, 4), (1, 2, 3, 0)), {}, "head size >= 1"),
        (((0, 2, 3, 4), (0, 2, 3, 4), (0, 2, 3, 4)), {}, "at least one sequence"),
        (((1, 2, 3, 4),) * 3, {"window": True}, "window: expected None or a whole number of keys >= 1, got True"),
        (((1, 2, 3, 4),) * 3, {"window": 2.0}, "window: expected None or a whole number"),
    ],
)
def test_what_cannot_be_is_refused_with_one_line(rung, shapes, options, message):
    with pytest.raises(ValueError, match=message) as caught:
        rung.attention(*(torch.ones(shape) for shape in shapes), **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("x", "buckets", "rounds"),
    [
        (torch.ones(2, 3, 4), 2, 1),
        (torch.ones(1, 2, 3, 4, dtype=torch.long), 2, 1),
        (torch.ones(1, 2, 3, 4), 2.0, 1),
        (torch.ones(1, 2, 3, 4), True, 1),
        (torch.ones(1, 2, 3, 4), 3, 1),
        (torch.ones(1, 2, 3, 4), 2, 1.5),
        (torch.ones(1, 2, 3, 4), 2, 0),
    ],
)
def test_hashes_of_what_cannot_be_hashed_are_refused(x, buckets, rounds):
    for call in (lsh_buckets, lambda *a: lsh_attention(a[0], a[0], *a[1:])):
        with pytest.raises(ValueError, match="expected"):
            call(x, buckets, rounds)
