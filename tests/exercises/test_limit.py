"""A student's loop ends, with the alarm of the system and without it; what is fast is left alone."""

import signal
import sys
import threading
import time
from contextlib import suppress

import pytest

from coursekit.exercises import limit
from coursekit.exercises.limit import TooSlow, within

is_main = threading.current_thread() is threading.main_thread()
needs_alarm = pytest.mark.skipif(not (is_main and hasattr(signal, "setitimer")), reason="no alarm, or another thread")


@pytest.fixture(params=["alarm", "watch", "another thread"])
def limited(request, monkeypatch):
    """`within`, in each of the ways in which it works."""
    if request.param == "alarm" and not (is_main and hasattr(signal, "setitimer")):
        pytest.skip("no alarm, or another thread")
    if request.param == "watch":
        monkeypatch.delattr(signal, "setitimer", raising=False)
    return _in_a_thread if request.param == "another thread" else within


def _in_a_thread(*arguments):
    box = {}

    def run():
        try:
            box["answer"] = within(*arguments)
        except BaseException as error:
            box["error"] = error

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if "error" in box:
        raise box["error"]
    return box["answer"]


def for_ever():
    while True:
        pass


def stubborn():
    while True:
        with suppress(Exception):
            time.sleep(0.001)


def very_stubborn():
    while True:
        try:
            sum(range(100))
        except:  # noqa: E722
            continue


def slow_and_very_stubborn():
    while True:
        try:
            sum(range(10**5))
        except BaseException:
            time.sleep(0.001)


def endless_generator():
    def numbers():
        i = 0
        while True:
            yield (i := i + 1)

    return [i for i in numbers() if i < 0]


@pytest.mark.parametrize("function", [for_ever, stubborn, endless_generator])
def test_what_does_not_end_is_ended(limited, function):
    with pytest.raises(TooSlow) as caught:
        limited(0.1, function)
    names = [entry.name for entry in caught.traceback]
    assert function.__name__ in names  # it says where it was


@needs_alarm
@pytest.mark.parametrize("function", [very_stubborn, slow_and_very_stubborn])
def test_a_loop_that_catches_everything_is_ended_by_the_alarm(function):
    test_what_does_not_end_is_ended(within, function)


@needs_alarm
def test_waiting_is_ended_by_the_alarm():
    waited = []
    with pytest.raises(TooSlow):
        within(0.1, lambda: (time.sleep(60), waited.append("to the end")))
    assert waited == []


def test_what_ends_is_left_alone(limited):
    def fails():
        raise KeyError("a")

    assert limited(5, lambda a, b: a + b, 1, 2) == 3
    with pytest.raises(KeyError):
        limited(5, fails)
    assert limited(0.05, list, "ab") == ["a", "b"]
    until = time.monotonic() + 0.2  # nothing comes later
    while time.monotonic() < until:
        pass


@needs_alarm
def test_somebody_elses_alarm_goes_on():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 1.0)
        with pytest.raises(TooSlow):
            within(0.1, for_ever)
        assert rung == []
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 1.0
        time.sleep(1.2)
        assert rung == [1]
        signal.setitimer(signal.ITIMER_REAL, 0)
        within(5, int)
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        assert signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_an_import_is_not_left_half_done(limited, tmp_path, monkeypatch):
    (tmp_path / "slow_to_import.py").write_text(
        "import time\nuntil = time.monotonic() + 0.4\nwhile time.monotonic() < until: pass\nwhole = 1\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "slow_to_import", raising=False)

    def imports():
        import slow_to_import

        while slow_to_import.whole:
            pass

    with pytest.raises(TooSlow):
        limited(0.1, imports)
    assert sys.modules["slow_to_import"].whole == 1


def test_the_way_out_is_never_interrupted():
    # the alarm comes as often as it can while calls end
    for _ in range(300):
        with suppress(TooSlow):
            within(1e-4, lambda: sorted(range(300)))
    assert limit.within is within
    if hasattr(signal, "setitimer"):
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
