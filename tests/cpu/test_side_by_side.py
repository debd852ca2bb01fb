"""Shares in threads: in order, with the caller's modes, and torch's own threads as before."""

import threading

import pytest
import torch

from coursekit.cpu.side_by_side import share_kernel, side_by_side


@pytest.fixture(autouse=True)
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_results_are_in_order_and_each_thread_does_its_own():
    together = threading.Barrier(2, timeout=20)

    def work(share):
        if share in (1, 4):
            together.wait()  # both threads are at work at once, or this fails
        return share, threading.get_ident()

    results = side_by_side(work, [[1, 2, 3], [4, 5]])
    assert [share for share, _ in results] == [1, 2, 3, 4, 5]
    threads = [thread for _, thread in results]
    assert threads[:3] == [threading.get_ident()] * 3
    assert threads[3] == threads[4] != threads[0]


def test_meanwhile_no_operation_is_divided():
    assert side_by_side(lambda share: torch.get_num_threads(), [[0], [1]]) == [1, 1]
    assert torch.get_num_threads() == 2
    assert side_by_side(lambda share: torch.get_num_threads(), [[0, 1]]) == [2, 2]


@pytest.mark.parametrize("failing", [0, 1])
def test_an_error_comes_through_and_the_threads_are_back(failing):
    done = []

    def work(share):
        if share == failing:
            raise ValueError("no")
        done.append(share)

    with pytest.raises(ValueError, match="no"):
        side_by_side(work, [[0], [1]])
    assert done == [1 - failing]
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize("mode", [torch.enable_grad, torch.no_grad, torch.inference_mode])
def test_every_thread_has_the_modes_of_the_caller(mode):
    with mode():
        expected = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
        found = side_by_side(lambda share: (torch.is_grad_enabled(), torch.is_inference_mode_enabled()), [[0], [1]])
    assert found == [expected, expected]


def test_a_kernel_that_fails_in_another_thread_is_heard():
    def kernel(worker, workers):
        if worker == 1:
            raise ValueError("the second of two")

    with pytest.raises(ValueError, match="the second of two"):
        share_kernel(2, kernel)


def test_a_worker_takes_its_own_of_a_tuple_and_all_the_rest():
    ones, own = torch.ones(2), (torch.zeros(1), torch.zeros(1))

    def kernel(common, mine, factor, worker, workers):
        mine[0] = factor * common.sum() + worker / workers

    share_kernel(2, kernel, ones, own, 3)
    assert [float(x) for x in own] == [6.0, 6.5]
