"""The engine without HTTP: what it tells, in which order; places are given back; memory stays as it was."""

import gc
import threading

import pytest

from coursekit.serving.server.limits import Limits
from coursekit.serving.server.question import Question
from coursekit.serving.server.refusal import Refusal
from coursekit.serving.server.ticket import Done


class Told:
    """Collects what an engine tells; `wait` until the last."""

    def __init__(self):
        self.events, self._last = [], threading.Event()

    def __call__(self, event):
        self.events.append(event)
        if not isinstance(event, str):
            self._last.set()

    def wait(self):
        assert self._last.wait(120)
        return "".join(self.events[:-1]), self.events[-1]


def answer(engine, question):
    told = Told()
    engine.ask(question, told)
    return told.wait()


def greedy(prompt="hola", tokens=9, **options):
    return Question(prompt, tokens, options={"temperature": 0}, **options)


def test_pieces_come_first_and_one_end(parts):
    with parts.make_engine() as engine:
        text, done = answer(engine, greedy())
        assert len(text) == 9
        assert done == Done("length", 4, 9)
        assert (engine.served, engine.failed, engine.load) == (1, 0, 0)


def test_an_answer_that_is_remembered_is_told_alike_and_takes_no_step(parts):
    with parts.make_engine() as engine:
        first = answer(engine, greedy(stop=("zz",)))
        engine.scheduler.step = None  # would fail
        assert answer(engine, greedy(stop=("zz",))) == first
        assert engine.answers.hits == 1


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (greedy([]), "prompt: expected 1 to 50 tokens, got 0"),
        (greedy("x" * 51), "prompt: expected 1 to 50 tokens, got 51"),
        (greedy(tokens=21), "max_tokens: expected at most 20, got 21"),
        (greedy([258]), "prompt: expected ids from 0 to 257"),
        (greedy([-1]), "prompt: expected ids from 0 to 257"),
        (greedy([{"role": "user"}]), "prompt: message 0: expected"),
        (greedy(schema={"type": "date"}), "schema: expected a type that JSON has"),
    ],
)
def test_a_refused_question_gives_its_place_back(parts, question, message):
    with parts.make_engine(limits=Limits(50, 20, 1, 60, 1000)) as engine:
        for _ in range(3):
            with pytest.raises(Refusal, match=message):
                engine.ask(question, Told())
            assert engine.load == 0
        assert answer(engine, greedy())[1].reason == "length"


def test_a_crowd_is_told_to_come_back_and_who_leaves_makes_room(parts):
    with parts.make_engine(limits=Limits(50, 200, 2, 60, 1000)) as engine:
        release, step = threading.Event(), engine.scheduler.step
        engine.scheduler.step = lambda: release.wait(60) and step()  # nothing ends before somebody says so
        told = [Told(), Told()]
        tickets = [engine.ask(greedy(tokens=200), one) for one in told]
        with pytest.raises(Refusal, match="busy: at most 2 requests at a time; try again in a moment") as caught:
            engine.ask(greedy(), Told())
        assert caught.value.status == 429
        for ticket in tickets:
            engine.cancel(ticket)
        release.set()
        assert [one.wait()[1].reason for one in told] == ["cancelled", "cancelled"]
        assert answer(engine, greedy())[1].reason == "length"
        engine.cancel(tickets[0])  # after its end: nothing
        assert answer(engine, greedy("otra"))[1].reason == "length"
        assert (engine.served, engine.load) == (2, 0)


def test_what_does_not_fit_into_the_cache_is_refused(parts):
    engine = parts.make_engine()
    engine.scheduler.cache.pool.blocks = 3  # of 8 tokens
    with engine, pytest.raises(Refusal, match="prompt: expected at most 24 tokens with the answer, got 4 and 21 of it"):
        engine.ask(greedy(tokens=21), Told())


def test_who_asks_when_it_is_over_is_told(parts):
    engine = parts.make_engine()
    told = Told()
    with engine:
        engine.scheduler.step = lambda: None  # nothing will ever end
        engine.ask(greedy(), told)
    assert str(told.wait()[1]) == "model: the server is shutting down"
    assert engine.load == 0


def test_memory_stays_as_it_was_however_many_have_asked(parts):
    def ask(n):
        question = Question(f"hola {n % 5}", 2, ("zz",), {"temperature": n % 2}, seed=n)
        assert answer(engine, question)[1].reason == "length"

    with parts.make_engine() as engine:
        for n in range(40):
            ask(n)
        gc.collect()
        before = len(gc.get_objects())
        for n in range(400):
            ask(n)
        gc.collect()
        assert len(gc.get_objects()) - before < 200  # one object a request would be 400
        cache = engine.scheduler.cache
        assert (cache.pool.available, len(cache.sequences)) == (cache.pool.blocks, 0)
