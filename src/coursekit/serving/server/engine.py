"""The thread that owns the model: questions go in, answers come out piece by piece."""

import queue
import threading
import time

from coursekit.serving.constrained.automaton import Automaton
from coursekit.serving.constrained.constraint import Constraint, TokenTrie
from coursekit.serving.constrained.json_schema import schema_pattern
from coursekit.serving.scheduling.request import Request
from coursekit.serving.scheduling.response_cache import ResponseCache
from coursekit.serving.server.limits import Limits
from coursekit.serving.server.refusal import Refusal, too_many
from coursekit.serving.server.ticket import Done, Ticket
from coursekit.serving.text_stream import TextStream

LONGEST = 20_000  # characters of a schema's pattern


class Engine:
    """Brings the questions of all clients through one scheduler.

        with Engine(scheduler, tokenizer) as engine:
            ticket = engine.ask(question, tell)

    Only its thread touches model, cache and scheduler; clients hand it work and hear from it by `tell`, which must be
    quick and must not raise.

    Args:
        scheduler: a `Scheduler`, which nobody else uses.
        tokenizer: with `encode`, `decode_bytes`, and perhaps `end` and `chat`.
        limits: `Limits`.
        remembered: how many answers to questions without luck are kept, >= 0.

    Attributes:
        served, failed: how many questions were answered, and ended by an error.

    Taught in: 07-despliegue
    """

    def __init__(self, scheduler, tokenizer, limits=None, remembered=64):
        self.scheduler, self.tokenizer, self.limits = scheduler, tokenizer, limits or Limits()
        self.answers, self.served, self.failed = ResponseCache(remembered), 0, 0
        self._inbox, self._open = queue.SimpleQueue(), {}
        self._constraints, self._trie = ResponseCache(4), None
        self._count, self._lock = 0, threading.Lock()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._inbox.put(None)
        self._thread.join()

    @property
    def load(self):
        """Questions under way, those that wait included."""
        return self._count

    def ask(self, question, tell):
        """Hand in a question.

        Args:
            question: a `Question`.
            tell: called from the engine's thread with each piece (str), then once with a `Done` or a `Refusal`.

        Returns: a ticket for `cancel`.
        Raises: Refusal where it is wrong, or too many wait.
        """
        with self._lock:  # first the place, so that a crowd does not even have its prompts read
            if self._count >= self.limits.requests:
                raise too_many(self.limits.requests)
            self._count += 1
        try:
            ticket = self._ticket(question, tell)
        except BaseException:
            self._leave()
            raise
        self._inbox.put(("submit", ticket))
        return ticket

    def cancel(self, ticket):
        """Nobody wants this answer any more; after its end this does nothing."""
        self._inbox.put(("cancel", ticket))

    def _ticket(self, question, tell):
        with self._lock:  # tokenizers remember words, and were not made for several threads
            ids = question.ids(self.tokenizer)
        end = getattr(self.tokenizer, "end", None)
        context = self.scheduler.cache.model.config.context
        vocabulary = self.scheduler.cache.model.config.vocab_size
        if not all(type(i) is int and 0 <= i < vocabulary for i in ids):
            raise Refusal(f"prompt: expected ids from 0 to {vocabulary - 1}", field="prompt")
        budget = question.budget(len(ids), self.limits, min(context, self.scheduler.room))
        text = TextStream(self.tokenizer, question.stop)
        request = Request(ids, max(budget, 1), question.sampling(self._constraint, len(ids)), end, question.seed)
        ticket = Ticket(request, text, tell, time.monotonic() + self.limits.seconds, question.certain(ids, budget))
        request.until = lambda token: ticket.say(text.feed(token)) or text.stopped
        return ticket

    def _constraint(self, schema):
        """What a schema allows; the last few are kept, since the tokens that fit a state take a while to be found."""
        end, name = getattr(self.tokenizer, "end", None), repr(schema)
        if end is None:
            raise ValueError("format: expected a model with an end token, which ends what was asked for")
        with self._lock:
            found = self._constraints.get(name)
            if found is None:
                if len(pattern := schema_pattern(schema)) > LONGEST:
                    raise ValueError(f"format: expected a smaller schema: its pattern has over {LONGEST} characters")
                self._trie = self._trie or TokenTrie.of(self.tokenizer)
                found = Constraint(Automaton(pattern), self._trie, end, 0)
                self._constraints.put(name, found)
            return found

    def _run(self):
        while True:
            try:
                if not self._take(wait=not self.scheduler.is_busy):
                    break
                self.scheduler.step()
                self._settle()
            except Exception as error:  # the scheduler isolates what a request does; this is for what nobody foresaw
                for ticket in list(self._open.values()):
                    self._abandon(ticket, error)
        for ticket in list(self._open.values()):
            self._abandon(ticket, RuntimeError("the server is shutting down"))

    def _take(self, wait):
        """Do what is in the inbox; False = it is over. Waits for something where there is nothing else to do."""
        while True:
            try:
                message = self._inbox.get(block=wait)
            except queue.Empty:
                return True
            if message is None:
                return False
            what, ticket = message
            if what == "submit":
                self._submit(ticket)
            elif ticket.request in self._open:
                self.scheduler.cancel(ticket.request)
                self._close(ticket)
            wait = False

    def _submit(self, ticket):
        request = ticket.request
        self._open[request] = ticket
        answer = None if ticket.known is None else self.answers.get(ticket.known)
        if answer is not None:
            pieces, done = answer
            for piece in pieces:
                ticket.tell(piece)
            self._finish(ticket, done)
            return
        try:
            self.scheduler.submit(request)
        except ValueError as error:
            self._finish(ticket, Refusal(error))

    def _settle(self):
        """Close what has ended, and what takes too long."""
        now = time.monotonic()
        for ticket in list(self._open.values()):
            if ticket.request.reason is None and now > ticket.deadline:
                seconds = self.limits.seconds
                late = Refusal(f"time: expected an answer within {seconds:g} s, got a part of it", 504)
                self.scheduler.cancel(ticket.request, late)
            if ticket.request.reason is not None:
                self._close(ticket)

    def _close(self, ticket):
        request = ticket.request
        if request.reason == "error":
            error = request.error
            self._finish(ticket, error if isinstance(error, Refusal) else Refusal(f"model: {error}", 500))
            return
        ticket.say(ticket.text.end())
        reason = {"end": "stop", "until": "stop"}.get(request.reason, request.reason)
        done = Done(reason, len(request.ids), len(request.tokens))
        if ticket.known is not None and reason != "cancelled":
            self.answers.put(ticket.known, (tuple(ticket.pieces), done))
        self._finish(ticket, done)

    def _abandon(self, ticket, error):
        self.scheduler.cancel(ticket.request, error)
        self._finish(ticket, Refusal(f"model: {error}", 500))

    def _finish(self, ticket, last):
        del self._open[ticket.request]
        self.failed += isinstance(last, Refusal)
        self.served += isinstance(last, Done) and last.reason != "cancelled"
        self._leave()
        ticket.tell(last)

    def _leave(self):
        with self._lock:
            self._count -= 1
