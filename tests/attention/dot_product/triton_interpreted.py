"""The Triton kernels under the interpreter. Not collected by name: `test_triton_gpu.py` runs this file in a process
of its own, because Triton reads TRITON_INTERPRET when it is imported.
"""

from math import log

import pytest
import torch

from coursekit.attention.dot_product import reference, triton_gpu


def inputs(T, S, H=2, G=1, D=16, E=16, B=1, dtype=torch.float32, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shapes = (B, H, T, D), (B, G, S, D), (B, G, S, E), (B, H, T, E)
    *tensors, upstream = (torch.randn(s, generator=generator, dtype=torch.float64).to(dtype) for s in shapes)
    return [x.requires_grad_() for x in tensors], upstream


def with_gradients(rung, tensors, upstream, dtype, options):
    tensors = [x.detach().to(dtype).requires_grad_() for x in tensors]
    result = rung(*tensors, **options)
    return [result, *torch.autograd.grad(result, tensors, upstream.to(dtype))]


def assert_no_worse_than_the_reference(tensors, upstream, options):
    """At most twice the error of the reference in the same dtype (the rule of flash-attention's tests).

    Where the reference happens to be exact (one key: a softmax of 1) a floor of 16 roundings stays: D = 16 terms of
    a score. It is relative to the largest number in play, upstream included, since gradients cancel from there.
    """
    dtype = tensors[0].dtype
    exact = with_gradients(reference.attention, tensors, upstream, torch.float64, options)
    plain = with_gradients(reference.attention, tensors, upstream, dtype, options)
    result = with_gradients(triton_gpu.attention, tensors, upstream, dtype, options)
    for ours, theirs, correct in zip(result, plain, exact):
        assert ours.dtype == dtype
        scale = max(correct.abs().max(), upstream.abs().max().double())
        limit = 2 * (theirs - correct).abs().max() + 16 * torch.finfo(dtype).eps * scale
        assert (ours - correct).abs().max() <= limit


def test_two_keys_by_hand():
    # D = 16, so scale = 1/4. Query (2, 0, ..); keys (2 ln 3, 0, ..) and 0: scores (2 * 2 ln 3 / 4, 0) = (ln 3, 0).
    # softmax = (3/4, 1/4). Values (4, 0, ..) and (0, 8, 0, ..): output (3, 2, 0, ..).
    query, key, value = torch.zeros(1, 1, 1, 16), torch.zeros(1, 1, 2, 16), torch.zeros(1, 1, 2, 16)
    query[..., 0], key[0, 0, 0, 0], value[0, 0, 0, 0], value[0, 0, 1, 1] = 2, 2 * log(3), 4, 8
    result = triton_gpu.attention(query, key, value)
    assert result[0, 0, 0].tolist() == pytest.approx([3, 2] + [0] * 14, abs=1e-6)
    # scale = 1/2: scores (2 ln 3, 0), softmax (9/10, 1/10), output (3.6, 0.8, 0, ..)
    result = triton_gpu.attention(query, key, value, scale=0.5)
    assert result[0, 0, 0].tolist() == pytest.approx([3.6, 0.8] + [0] * 14, abs=1e-6)


CASES = {
    "one": (1, 1, {}),
    "63": (63, 63, {}),
    "64 causal": (64, 64, {"is_causal": True}),
    "65 scale": (65, 65, {"scale": 0.7}),
    "65 causal": (65, 65, {"is_causal": True}),
    "65 window": (65, 65, {"window": 20}),
    "65 causal window": (65, 65, {"is_causal": True, "window": 40}),
    "64 window of one": (64, 64, {"window": 1}),
    "cache": (40, 57, {"is_causal": True}),  # the first block of 32 queries sees 32 + 17 = 49 keys, 3 * 16 + 1
    "cache, window": (7, 70, {"is_causal": True, "window": 20}),
    "fewer keys": (70, 33, {"window": 20}),
}


@pytest.mark.parametrize(("T", "S", "options"), CASES.values(), ids=CASES)
def test_equals_the_reference_with_gradients(T, S, options):
    assert_no_worse_than_the_reference(*inputs(T, S), options)


def test_batches_groups_and_two_head_sizes():
    assert_no_worse_than_the_reference(*inputs(33, 40, B=2, H=4, G=2, D=32, E=16), {"is_causal": True})


@pytest.mark.parametrize("options", [{}, {"is_causal": True, "window": 40}], ids=["full", "causal window"])
def test_half_precision(options):
    # blocks of 64 and 32: more than one of each
    assert_no_worse_than_the_reference(*inputs(65, 65, dtype=torch.float16), options)


def test_a_row_without_keys_is_zero_and_has_no_gradient():
    # the last of 40 queries stands at the last of 7 keys, so 33 queries stand before the first key
    tensors, upstream = inputs(40, 7)
    result = triton_gpu.attention(*tensors, is_causal=True)
    assert (result[:, :, :33] == 0).all()
    assert (result[:, :, 33:] != 0).all()
    gradients = torch.autograd.grad(result, tensors, upstream)
    assert all(g.isfinite().all() for g in gradients)
    assert (gradients[0][:, :, :33] == 0).all()


def test_huge_scores_do_not_overflow():
    # scores of +-3000: softmax is a hard choice, nothing is NaN
    query, key, value = torch.zeros(1, 1, 2, 16), torch.zeros(1, 1, 2, 16), torch.zeros(1, 1, 2, 16)
    query[0, 0, :, 0], key[0, 0, :, 0] = torch.tensor([3000.0, -3000]), torch.tensor([1.0, -1])
    value[0, 0, :, 0] = torch.tensor([5.0, 7])
    assert triton_gpu.attention(query, key, value, scale=1.0)[0, 0, :, 0].tolist() == [5, 7]


def test_any_layout_of_memory():
    # as a layer has them: heads beside each other in a token
    generator = torch.Generator().manual_seed(1)
    tensors = [torch.randn(1, 20, 2, 16, generator=generator).transpose(1, 2).requires_grad_() for _ in range(3)]
    upstream = torch.randn(1, 20, 2, 16, generator=generator).transpose(1, 2)
    packed = [x.detach().contiguous().requires_grad_() for x in tensors]
    result, expected = (triton_gpu.attention(*x) for x in (tensors, packed))
    assert torch.equal(result, expected)
    gradients = torch.autograd.grad(result, tensors, upstream)
    wanted = torch.autograd.grad(expected, packed, upstream.contiguous())
    assert all(map(torch.equal, gradients, wanted))


def test_first_derivatives_only():
    (query, key, value), _ = inputs(3, 3)
    result = triton_gpu.attention(query, key, value)
    (gradient,) = torch.autograd.grad(result.square().sum(), query, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


Q = torch.zeros(1, 2, 5, 16)
WRONG = {
    "mask": (
        (Q, Q, Q, torch.zeros(5, 5)),
        r"expected no attn_mask, got one of shape \(5, 5\); .*dot_product.sdpa takes",
    ),
    "head size": ((Q[..., :8], Q[..., :8], Q), r"expected head sizes out of \(16, 32, 64, 128\), got 8 and 16"),
    "value size": ((Q, Q, torch.zeros(1, 2, 5, 256)), "got 16 and 256"),
    "dtype": ((Q.double(), Q.double(), Q.double()), "expected float32, float16 or bfloat16, got torch.float64"),
    "bfloat16": ((Q.bfloat16(), Q.bfloat16(), Q.bfloat16()), "expected another dtype in the interpreter, got bfloat16"),
    "as all rungs": ((Q, Q, Q[:, :, :4]), "value: expected"),
}


@pytest.mark.parametrize(("tensors", "message"), WRONG.values(), ids=WRONG)
def test_what_it_does_not_take_is_refused(tensors, message):
    with pytest.raises(ValueError, match=message):
        triton_gpu.attention(*tensors)
