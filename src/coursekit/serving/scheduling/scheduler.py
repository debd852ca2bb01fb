"""Continuous batching: after every token it is decided anew who takes part in the next step."""

import time
from collections import deque

from coursekit.serving.paged.block_pool import OutOfBlocks
from coursekit.serving.scheduling.admission import continuous
from coursekit.serving.scheduling.part import Part


class Scheduler:
    """Requests wait, run and end; `step` brings each running one a token further, or a chunk of its prompt.

        scheduler = Scheduler(PagedCache(model, blocks=256), seats=8)
        scheduler.submit(Request(ids, max_tokens=20))
        while scheduler.is_busy:
            for request, token in scheduler.step(): ...

    1. Admit: those who have waited longest, as far as seats and free blocks go.
    2. Plan: who has read all decodes one token; the rest of the budget goes to chunks of prompts, in order of arrival.
    3. Reserve: where blocks run out, the last that came in is preempted: its blocks are given back, and it waits at
       the front, its tokens kept, to be read again.
    4. Read and draw. A request that fails ends with its error; the others are read without it.

    Args:
        cache: a `PagedCache`.
        seats: most requests at a time, >= 1.
        chunk: tokens of prompts read in a step, >= 1.
        admission: `continuous` or `static`.
        draft: what proposes tokens (`coursekit.serving.speculative`), or None.
        clock: () -> seconds.

    Attributes:
        waiting, running: the requests.
        preemptions: how many there were.

    Source: Yu et al. 2022 (Orca), section 3.1; preemption by recomputing: Kwon et al. 2023 (vLLM), section 4.5;
        chunks beside decoding: Agrawal et al. 2024 (Sarathi-Serve), section 4.
    Taught in: 07-despliegue
    """

    def __init__(self, cache, seats=8, chunk=64, admission=continuous, draft=None, clock=time.monotonic):
        for name, number in (("seats", seats), ("chunk", chunk)):
            if type(number) is not int or number < 1:
                raise ValueError(f"{name}: expected a whole number >= 1, got {number!r}")
        self.cache, self.seats, self.chunk, self.admission = cache, seats, chunk, admission
        self.draft, self.clock = draft, clock
        if draft is not None and not cache.is_paged:
            raise ValueError("draft: expected a model that keeps every token, whose cache can be cut")
        self.waiting, self.running, self.preemptions = deque(), [], 0

    @property
    def is_busy(self):
        """Is there anything left to do?"""
        return bool(self.waiting or self.running)

    @property
    def room(self):
        """The longest request, prompt and answer together, in tokens."""
        context = self.cache.model.config.context
        return min(context, self.cache.pool.blocks * self.cache.block_size) if self.cache.pages else context

    def submit(self, request):
        """Let a request wait. Raises: ValueError when it is longer than the model's context or than all blocks."""
        longest = len(request.ids) + request.max_tokens
        if longest > self.room:
            raise ValueError(f"request: expected at most {self.room} tokens, prompt and answer, got {longest}")
        request.arrived = self.clock()
        self.waiting.append(request)

    def cancel(self, request, error=None):
        """End a request now; one that has ended stays as it is. Args: error: why, or None = somebody wanted it."""
        if request.reason is None:
            request.reason, request.error = ("cancelled" if error is None else "error"), error
            if request in self.waiting:
                self.waiting.remove(request)
            self._end(request)

    def step(self):
        """Bring everybody a step further.

        Returns: list of (request, token), the tokens that were drawn; requests that ended have their `reason`.
        """
        self._admit()
        drawn = []
        for part, logits in self._read(self._reserved(self._plan())):
            request = part.request
            if request.text.length < len(request.all_ids):  # its prompt goes on
                continue
            try:
                for token in request.draw(logits[-len(part.proposed) - 1 :], part.proposed, part.q):
                    request.add(token)
                    request.first = self.clock() if request.first is None else request.first
                    drawn.append((request, token))
                    if request.reason is not None:
                        break
            except Exception as error:  # whatever a request brings with it must not stop the others
                self.cancel(request, error)
                continue
            if part.proposed:  # what did not stand is forgotten; the last token is still to be read
                self.cache.cut(request.text, min(request.text.length, len(request.all_ids) - 1))
            if request.reason is not None:
                self._end(request)
        return drawn

    def _admit(self):
        room = self.admission(len(self.running), self.seats)
        while room > 0 and self.waiting and len(self.running) < self.seats:
            request = self.waiting[0]
            text = self.cache.begin(request.all_ids)
            try:
                self.cache.reserve(text, len(request.all_ids) - text.length)
            except OutOfBlocks:
                self.cache.close(text)
                break
            self.waiting.popleft()
            request.text = text
            self.running.append(request)
            room -= 1

    def _plan(self):
        """The parts of the next step: those who decode, then chunks of prompts as far as the budget goes."""
        unread = [(request, request.unread) for request in self.running]
        planned = self._proposed([Part(request, ids) for request, ids in unread if len(ids) == 1])
        left = self.chunk
        for request, ids in unread:
            if len(ids) > 1 and left > 0:
                planned.append(Part(request, ids[:left]))
                left -= len(ids[:left])
        return planned

    def _proposed(self, planned):
        """The parts of those who decode, with what the draft proposes; nobody gets more than it may still write."""
        if self.draft is None or not planned:
            return planned
        requests = [part.request for part in planned]
        most = [request.max_tokens - len(request.tokens) - 1 for request in requests]
        try:
            proposals = self.draft.propose(requests, most)
        except Exception:  # a draft is a help: without it the step is an ordinary one
            return planned
        return [Part(part.request, part.ids, ids, q) for part, (ids, q) in zip(planned, proposals)]

    def _reserved(self, planned):
        """The plan, without those who had to make room."""
        order = {request: i for i, request in enumerate(self.running)}
        for part in sorted(planned, key=lambda part: order[part.request]):
            while part.request.text is not None:
                try:
                    self.cache.reserve(part.request.text, len(part.all_ids))
                    break
                except OutOfBlocks:
                    self._preempt(self.running[-1])
        return [part for part in planned if part.request.text is not None]

    def _preempt(self, request):
        self._release(request)
        request.preempted += 1
        self.preemptions += 1
        self.waiting.appendleft(request)

    def _read(self, planned):
        """[(part, scores after each of its tokens)]. Where reading fails, each is read alone to find the offender."""
        if not planned:
            return []
        try:
            logits = self.cache.read([part.request.text for part in planned], [part.all_ids for part in planned])
            return list(zip(planned, logits))
        except Exception as error:  # a model may raise anything
            if len(planned) == 1:
                self.cancel(planned[0].request, error)
                return []
        return [read for part in planned for read in self._read([part])]

    def _end(self, request):
        request.finished = self.clock()
        if request.text is not None:
            self._release(request)

    def _release(self, request):
        self.cache.close(request.text)
        request.text = None
        self.running.remove(request)
        if self.draft is not None:
            self.draft.forget(request)
