"""The benchmark of the selective scan, small."""

import subprocess
import time

import pytest
import torch
from torch.nn.functional import softplus

from coursekit.bench import scan as bench_scan
from coursekit.bench import scan_floor, scan_peak
from coursekit.bench.scan_inputs import scan_inputs
from coursekit.bench.scan_peak import peak_over_inputs


@pytest.mark.slow
def test_the_bench_of_the_scan_yields_positive_ratios_and_gives_the_threads_back(monkeypatch):
    monkeypatch.setattr(bench_scan, "peak_over_inputs", lambda *arguments: sum(arguments[1:]))
    before = torch.get_num_threads()
    rows = list(bench_scan.run((4, 65), (8,), 16, long=32, channels=6, states=3, repeats=1))
    passes = [("forward", "4"), ("forward", "65"), ("backward", "8"), ("forward", "16-2t"), ("backward", "16-2t")]
    names = []
    for way, end in passes:
        forward = ("transformers", "mambapy", "reference", "associative")
        names += [f"scan-forward-over-{name}-{end}" for name in forward] if way == "forward" else []
        names += [f"scan-floor-over-forward-{end}" if way == "forward" else f"scan-backward-over-mambapy-{end}"]
    assert [name for name, _, _ in rows] == [f"bench/{name}" for name in (*names, "scan-memory-over-inputs-32")]
    assert all(value > 0 and unit == "×" for _, value, unit in rows)
    assert rows[-1][1] == 32 + 6 + 3
    assert torch.get_num_threads() == before


def test_a_wrong_candidate_is_not_timed():
    one, off = torch.ones(3), torch.tensor([1.0, 1.0, 1.1])
    bench_scan._check_equal([one, one], [one, one.clone()])
    for wrong in (off, one * float("nan")):
        with pytest.raises(ValueError, match="tensor 1: expected the others' numbers"):
            bench_scan._check_equal([one, one], [one, wrong])


def test_a_longer_scan_is_timed_less_often_but_never_once():
    assert [bench_scan._rounds(5, length) for length in (64, 1024, 2048, 4096, 16384)] == [5, 5, 2, 2, 2]
    assert bench_scan._rounds(1, 4096) == 1


def test_the_floor_takes_every_exponential(monkeypatch):
    calls = []
    monkeypatch.setattr(
        scan_floor, "share_kernel", lambda workers, kernel, *arguments: calls.append((workers, *arguments))
    )
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    scan_floor.take_exponentials(10_000)
    ((workers, x, results, rounds),) = calls
    # 32 * 64 = 2048 a round: 5 rounds are the first to reach 10000
    assert (workers, x.numel(), rounds) == (2, 2048, 5)
    assert [result.shape for result in results] == [x.shape] * 2


def test_the_floor_computes_powers_of_two_round_by_round():
    x, result = -torch.rand(3, 64), torch.zeros(3, 64)
    scan_floor._exponentials(x.numpy(), result.numpy(), 2, 1, 2)
    torch.testing.assert_close(result, torch.exp2(x), rtol=1e-6, atol=0)
    # the third of three workers has nothing to do in two rounds
    scan_floor._exponentials(x.numpy() * 0, result.numpy(), 2, 2, 3)
    torch.testing.assert_close(result, torch.exp2(x), rtol=1e-6, atol=0)


@pytest.mark.slow
def test_memory_is_counted_beyond_the_inputs():
    # the output and the gradients of u, delta and z: 4 tensors for 3, each of 8 MiB so that what else a process
    # touches is small; and the states of every 128th step, 2 / 128 of a tensor
    ratio = peak_over_inputs("fused_cpu", 8192, 256, 2)
    assert 4 / 3 * 0.9 < ratio < 2
    # the reference holds decays, inputs and states of N = 2, and their gradients
    assert peak_over_inputs("reference", 8192, 256, 2) > 2 * ratio


def test_the_measurement_is_a_process_of_its_own(monkeypatch):
    monkeypatch.setattr(scan_peak, "highest_mark", iter((1000, 1000 + 3 * 4 * 100)).__next__)
    threads = []
    monkeypatch.setattr(torch, "set_num_threads", threads.append)
    # L = 3, D = 5, N = 2: u, delta and z 15 each, A 10, B and C 6 each, D and delta_bias 5 each: 77 numbers of 4 bytes
    assert scan_peak._measure("reference", 3, 5, 2) == 3 * 4 * 100 / (77 * 4)
    assert threads == [1]


def test_a_process_that_ends_badly_is_said(monkeypatch):
    monkeypatch.setattr(scan_peak.sys, "executable", "false")
    with pytest.raises(subprocess.CalledProcessError):
        peak_over_inputs("fused_cpu", 3, 5, 2)


def test_one_thread_is_timed_in_cpu_time_and_two_in_elapsed_time(monkeypatch):
    def passed(length, channels, states, repeats, clock, end):
        yield length, torch.get_num_threads(), clock, end

    for name in ("_forward", "_backward"):
        monkeypatch.setattr(bench_scan, name, passed)
    monkeypatch.setattr(bench_scan, "peak_over_inputs", lambda *arguments: 0)
    alone, both = (1, time.process_time, ""), (2, time.perf_counter, "-2t")
    *rows, _ = bench_scan.run((3, 4), (5,), 6)
    assert rows == [(3, *alone), (4, *alone), (5, *alone), (6, *both), (6, *both)]


def test_every_pass_is_timed_by_the_clock_it_is_given(monkeypatch):
    clocks = []

    def interleaved(candidates, repeats, clock=None):
        clocks.append(clock)
        return dict.fromkeys(candidates, 1.0)

    monkeypatch.setattr(bench_scan, "interleaved", interleaved)
    for timed in (bench_scan._forward, bench_scan._backward):
        list(timed(4, 2, 2, 1, "a clock", ""))
    assert clocks == ["a clock"] * 3


def test_inputs_are_those_of_a_layer_and_the_same_each_time():
    u, delta, A, B, C, D, z, bias = scan_inputs(50, 4, 3)
    assert [x.shape for x in (u, delta, z, B, C)] == [(1, 4, 50)] * 3 + [(1, 3, 50)] * 2
    assert A.tolist() == [[-1, -2, -3]] * 4
    # softplus(-3.5) = log(1 + 0.030197) = 0.029750
    assert softplus(bias).tolist() == pytest.approx([0.029750] * 4, abs=1e-6)
    assert all(x.requires_grad for x in (u, delta, A, B, C, D, z, bias))
    assert all(map(torch.equal, (u, delta, A, B, C, D, z, bias), scan_inputs(50, 4, 3)))
