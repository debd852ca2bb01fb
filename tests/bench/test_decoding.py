"""The benchmark of decoding, small."""

import pytest
import torch

from coursekit.bench import decoding as bench_decode


def test_the_bench_of_decoding_counts_caches_and_weighs_both_sides():
    before = torch.get_num_threads()
    rows = {name: (value, unit) for name, value, unit in bench_decode.run(64, (8, 16), repeats=1, rounds=1)}
    # C = 64: 128 channels with 3 inputs of the convolution and 16 states, 4 bytes each
    assert rows["bench/decode-mamba-cache"] == (128 * 19 * 4 / 2**20, "MiB")
    for context in (8, 16):
        # keys and values, one head of 64, 4 bytes each
        assert rows[f"bench/decode-attention-cache-{context}"] == (2 * context * 64 * 4 / 2**20, "MiB")
        both = [f"bench/decode-mamba-over-attention-{context}", f"bench/decode-attention-over-mamba-{context}"]
        assert rows[both[0]][0] * rows[both[1]][0] == pytest.approx(1)
    assert all(value > 0 for value, _ in rows.values())
    forms = [form + "-over-transformers" + end for form in ("", "-8", "-heads") for end in ("", "-2t")]
    assert {f"bench/state-update{form}" for form in forms} < set(rows)
    assert {unit for name, (_, unit) in rows.items() if "-time" in name} == {"µs"}
    assert "bench/decode-mamba-over-transformers" in rows
    assert torch.get_num_threads() == before


def test_a_wrong_candidate_is_not_timed():
    one, two = torch.ones(3), torch.tensor([1.0, 1.0, 1.1])
    bench_decode._check_equal({"ours": lambda: one, "theirs": lambda: one.clone()})
    with pytest.raises(ValueError, match="expected the output of transformers"):
        bench_decode._check_equal({"ours": lambda: one, "theirs": lambda: two})


def test_times_are_those_of_one_call():
    ticks = iter(range(0, 1000, 10))
    seconds = bench_decode._time({"ours": lambda: None}, repeats=3, rounds=5, clock=lambda: next(ticks))
    assert seconds == {"ours": 2}  # 10 seconds for 5 calls


def test_the_step_is_timed_on_the_same_numbers_each_time():
    first, again = (bench_decode._state_updates(8, 2, 0)["ours"]() for _ in range(2))
    assert first.equal(again)
