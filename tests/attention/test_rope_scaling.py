"""Frequencies against numbers worked by hand and against transformers' ROPE_INIT_FUNCTIONS."""

from importlib import import_module
from math import cos, log, pi, sin

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.attention.rope import rotary_table
from coursekit.attention.rope_scaling import linear, llama3, scaled_rotary_table, yarn


def test_linear_by_hand():
    # D = 4, base 100: 1 and 1/10, each divided by 8
    frequencies, scale = linear(4, 100.0, 8)
    assert frequencies.tolist() == pytest.approx([0.125, 0.0125], abs=1e-15)
    assert scale == 1.0


def test_yarn_by_hand():
    # D = 8, base 10^4: frequencies 1, 1/10, 1/100, 1/1000. Channel i turns n times in a context of 2000 pi where
    # 10^i = 2000 pi / (2 pi n): n = 32 at i = log10(31.25) = 1.49 -> 1 down, n = 1 at i = 3 -> 3 up.
    # ramp 0, 0, 1/2, 1; s = 4: factors 1, 1, 1/2 + 1/8 = 5/8, 1/4.
    # (2000 pi is nudged down, because its channel is 3 plus rounding, which would go up to 4.)
    frequencies, scale = yarn(8, 1e4, 4, 2000 * pi - 1e-6)
    assert frequencies.tolist() == pytest.approx([1, 0.1, 0.00625, 0.00025], rel=1e-12)
    assert scale == pytest.approx(0.1 * log(4) + 1, abs=1e-15)
    # fewer turns asked of the fast end: n = 10 at i = 2, ramp 0, 0, 0, 1
    frequencies, _ = yarn(8, 1e4, 4, 2000 * pi - 1e-6, fast=9.99, slow=1)
    assert frequencies.tolist() == pytest.approx([1, 0.1, 0.01, 0.00025], rel=1e-12)


def test_yarn_where_the_ramp_is_a_step():
    # a context of 1 token turns no channel: first = last = 0, and all channels but the first are slowed down fully
    frequencies, _ = yarn(8, 1e4, 4, 1, fast=2, slow=1)
    assert frequencies.tolist() == pytest.approx([1, 0.025, 0.0025, 0.00025], rel=1e-12)


def test_yarn_with_a_factor_of_ones_own():
    for scale in (1.5, 0.0):
        frequencies, given = yarn(8, 1e4, 4, 2000 * pi - 1e-6, scale=scale)
        assert given == scale
        assert torch.equal(frequencies, yarn(8, 1e4, 4, 2000 * pi - 1e-6)[0])


def test_llama3_by_hand():
    # D = 8, base 10^4: frequencies 1, 1/10, 1/100, 1/1000. In a context of 400 pi they turn 200, 20, 2 and 1/5 times.
    # With fast = 4, slow = 1: kept fully, fully, (2 - 1) / (4 - 1) = 1/3, nothing; s = 8: 1, 1, 1/3 + 2/24 = 5/12, 1/8
    frequencies, scale = llama3(8, 1e4, 8, 400 * pi)
    assert frequencies.tolist() == pytest.approx([1, 0.1, 0.05 / 12, 0.000125], rel=1e-12)
    assert scale == 1.0
    # fast = 38, slow = 2: kept fully, (20 - 2) / 36 = 1/2, nothing, nothing; 1/2 + 1/16 = 9/16
    frequencies, _ = llama3(8, 1e4, 8, 400 * pi, fast=38, slow=2)
    assert frequencies.tolist() == pytest.approx([1, 0.05625, 0.00125, 0.000125], rel=1e-12)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    half=st.integers(1, 64),
    base=st.sampled_from([4.0, 100.0, 1e4, 5e5]),
    factor=st.floats(1, 64),
    context=st.integers(16, 200000),
)
def test_tables_equal_those_of_transformers(half, base, factor, context):
    transformers = import_module("transformers")
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    ours = {
        "linear": linear(2 * half, base, factor),
        "yarn": yarn(2 * half, base, factor, context),
        "llama3": llama3(2 * half, base, factor, context),
    }
    for kind, (frequencies, scale) in ours.items():
        rope = {"rope_type": kind, "rope_theta": base, "factor": factor}
        if kind != "linear":
            rope["original_max_position_embeddings"] = context
        if kind == "llama3":
            rope |= {"high_freq_factor": 4.0, "low_freq_factor": 1.0}
        config = transformers.LlamaConfig(head_dim=2 * half, rope_parameters=rope)
        theirs, their_scale = ROPE_INIT_FUNCTIONS[kind](config, "cpu")
        # theirs are computed in float32
        torch.testing.assert_close(frequencies.float(), theirs, rtol=1e-6, atol=1e-6)
        assert scale == pytest.approx(their_scale, abs=1e-12)


def test_each_channel_is_between_unscaled_and_fully_slowed_down():
    plain, slowed = linear(64, 1e4, 1)[0], linear(64, 1e4, 16)[0]
    mixed, _ = yarn(64, 1e4, 16, 4096)
    assert (mixed <= plain).all()
    assert (mixed >= slowed * (1 - 1e-12)).all()
    # the fastest turns 4096 / (2 pi) = 652 times in the old context and stays; the slowest turns 0.09 times
    assert mixed[0] == plain[0]
    assert mixed[-1] == pytest.approx(slowed[-1].item(), rel=1e-12)


def test_table_by_hand_and_without_scaling():
    cosine, sine = scaled_rotary_table(torch.tensor([3]), torch.tensor([0.5]), 2.0, torch.float64)
    assert cosine.item() == pytest.approx(2 * cos(1.5), abs=1e-15)
    assert sine.item() == pytest.approx(2 * sin(1.5), abs=1e-15)
    positions = torch.tensor([[0, 1, 2], [7, 5, 300]])
    table = scaled_rotary_table(positions, linear(6, 1e4, 1)[0], dtype=torch.float64)
    for ours, plain in zip(table, rotary_table(positions, 6, dtype=torch.float64)):
        assert ours.shape == (2, 1, 3, 3)
        torch.testing.assert_close(ours, plain, rtol=0, atol=1e-12)


def test_linear_scaling_is_a_division_of_positions():
    far = scaled_rotary_table(torch.arange(0, 40, 4), linear(6, 1e4, 4)[0], dtype=torch.float64)
    for ours, near in zip(far, rotary_table(torch.arange(10), 6, dtype=torch.float64)):
        torch.testing.assert_close(ours, near, rtol=0, atol=1e-12)


def test_half_precision_gets_exact_angles():
    exact = scaled_rotary_table(torch.tensor([4097]), torch.tensor([1.0]), dtype=torch.float64)
    for value, true in zip(scaled_rotary_table(torch.tensor([4097]), torch.tensor([1.0]), 1.0, torch.bfloat16), exact):
        assert value.dtype == torch.bfloat16
        assert abs(value.item() - true.item()) < 2**-8


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: linear(4, 1e4, 0.5), "factor: expected at least 1 .* got 0.5"),
        (lambda: yarn(4, 1e4, 0.5, 128), "factor: expected at least 1 .* got 0.5"),
        (lambda: yarn(4, 1e4, 2, 128, fast=1, slow=1), "fast > slow > 0 turns, got 1 and 1"),
        (lambda: yarn(4, 1e4, 2, 128, slow=0), "fast > slow > 0 turns, got 32 and 0"),
        (lambda: llama3(4, 1e4, 0.5, 128), "factor: expected at least 1 .* got 0.5"),
        (lambda: llama3(4, 1e4, 2, 128, fast=1), "fast > slow > 0 turns, got 1 and 1"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
