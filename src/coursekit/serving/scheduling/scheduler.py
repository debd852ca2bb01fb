"""Continuous batching: after every token it is decided anew who takes part in the next step."""

import time
from collections import deque

from coursekit.serving.paged.block_pool import OutOfBlocks
from coursekit.serving.scheduling.admission import continuous


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
        clock: () -> seconds.

    Attributes:
        waiting, running: the requests.
        preemptions: how many there were.

    Source: Yu et al. 2022 (Orca), section 3.1; preemption by recomputing: Kwon et al. 2023 (vLLM), section 4.5;
        chunks beside decoding: Agrawal et al. 2024 (Sarathi-Serve), section 4.
    Taught in: 07-despliegue
    """

    def __init__(self, cache, seats=8, chunk=64, admission=continuous, clock=time.monotonic):
        for name, number in (("seats", seats), ("chunk", chunk)):
            if type(number) is not int or number < 1:
                raise ValueError(f"{name}: expected a whole number >= 1, got {number!r}")
        self.cache, self.seats, self.chunk, self.admission, self.clock = cache, seats, chunk, admission, clock
        self.waiting, self.running, self.preemptions = deque(), [], 0

    @property
    def is_busy(self):
        """Is there anything left to do?"""
        return bool(self.waiting or self.running)

    def submit(self, request):
        """Let a request wait. Raises: ValueError when it is longer than the model's context or than all blocks."""
        longest = len(request.ids) + request.max_tokens
        room = self.cache.model.config.context
        if self.cache.pages:
            room = min(room, self.cache.pool.blocks * self.cache.block_size)
        if longest > room:
            raise ValueError(f"request: expected at most {room} tokens, prompt and answer, got {longest}")
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
        planned = self._reserved(self._plan())
        drawn = []
        for request, logits in self._read(planned):
            if len(request.unread) > 0:  # its prompt goes on
                continue
            try:
                token = request.draw(logits)
                request.add(token)
            except Exception as error:  # whatever a request brings with it must not stop the others
                self.cancel(request, error)
                continue
            request.first = self.clock() if request.first is None else request.first
            drawn.append((request, token))
            if request.reason is not None:
                self._end(request)
        return drawn

    def _admit(self):
        room = self.admission(len(self.running), self.seats)
        while room > 0 and self.waiting and len(self.running) < self.seats:
            request = self.waiting[0]
            text = self.cache.open(request.all_ids)
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
        """[(request, ids to be read)]: those who decode, then chunks of prompts as far as the budget goes."""
        unread = [(request, request.unread) for request in self.running]
        planned = [(request, ids) for request, ids in unread if len(ids) == 1]
        left = self.chunk
        for request, ids in unread:
            if len(ids) > 1 and left > 0:
                planned.append((request, ids[:left]))
                left -= len(ids[:left])
        return planned

    def _reserved(self, planned):
        """The plan, without those who had to make room."""
        order = {request: i for i, request in enumerate(self.running)}
        for request, ids in sorted(planned, key=lambda pair: order[pair[0]]):
            while request.text is not None:
                try:
                    self.cache.reserve(request.text, len(ids))
                    break
                except OutOfBlocks:
                    self._preempt(self.running[-1])
        return [(request, ids) for request, ids in planned if request.text is not None]

    def _preempt(self, request):
        self.cache.close(request.text)
        request.text = None
        request.preempted += 1
        self.preemptions += 1
        self.running.remove(request)
        self.waiting.appendleft(request)

    def _read(self, planned):
        """[(request, scores after its last token)]. Where reading fails, each is read alone to find the offender."""
        if not planned:
            return []
        try:
            logits = self.cache.read([request.text for request, _ in planned], [ids for _, ids in planned])
            return [(request, rows[-1]) for (request, _), rows in zip(planned, logits)]
        except Exception as error:  # a model may raise anything
            if len(planned) == 1:
                self.cancel(planned[0][0], error)
                return []
        return [read for one in planned for read in self._read([one])]

    def _end(self, request):
        request.finished = self.clock()
        if request.text is not None:
            self.cache.close(request.text)
            request.text = None
            self.running.remove(request)
