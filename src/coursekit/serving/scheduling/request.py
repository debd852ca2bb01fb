"""A request: what somebody asks for, and how far it has come."""

import torch

from coursekit.serving.sampling.sampling import Sampling
from coursekit.serving.speculative.accept import accept


class Request:
    """A prompt to be continued. Its draws are its own, so that the result does not depend on who is in the batch.

    Args:
        ids: the prompt, list of int, at least one.
        max_tokens: most tokens to add, >= 1.
        sampling: a `Sampling`; None = temperature 1.
        end: id that ends it, or None; a list of several.
        seed: of its draws.
        until: called with each new token; True ends it (a stop string was met).

    Attributes:
        tokens: what was added so far, the token that ended it included.
        reason: why it has ended: "end", "until", "length", "cancelled", "error"; None = it has not.
        error: the exception behind "error".
        arrived, first, finished: times by the scheduler's clock, None = not yet.
        preempted: how often its memory was taken away.

    Raises: ValueError for an empty prompt or a budget below 1.

    Taught in: 07-despliegue
    """

    def __init__(self, ids, max_tokens, sampling=None, end=None, seed=0, until=None):
        self.ids = [int(i) for i in ids]
        if not self.ids:
            raise ValueError("ids: expected at least one token, got none")
        if type(max_tokens) is not int or max_tokens < 1:
            raise ValueError(f"max_tokens: expected a whole number >= 1, got {max_tokens!r}")
        self.max_tokens, self.sampling, self.until, self.seed = max_tokens, sampling or Sampling(), until, seed
        self.ends = () if end is None else tuple(end) if isinstance(end, list | tuple | set) else (end,)
        self.tokens, self.reason, self.error = [], None, None
        self.arrived = self.first = self.finished = None
        self.text, self.preempted = None, 0  # its `Sequence`, while it is running
        self._generator = torch.Generator().manual_seed(seed)

    @property
    def all_ids(self):
        """Prompt and what was added."""
        return self.ids + self.tokens

    @property
    def unread(self):
        """What the cache does not hold: the rest of the prompt, or the token that was drawn last."""
        return self.all_ids[self.text.length if self.text else 0 :]

    def draw(self, logits, proposed=(), q=None):
        """The next tokens, from the scores after the last known one and after each proposal.

        Args: logits: (n + 1, V); proposed, q: as in `accept`, n may be 0.
        Returns: list of 1 to n + 1 ids.
        Raises: what the sampling does.
        """
        if not proposed:
            return [self.sampling.draw(logits, self._generator, self._said()).item()]
        p = [self.sampling.probabilities(scores[None], self._said(proposed[:i])) for i, scores in enumerate(logits)]
        return accept(torch.cat(p), q.to(p[0]), proposed, self._generator)

    def propose(self, logits, proposed):
        """A token for a draft, drawn as this request draws: logits (V,) -> an id, q (V,)."""
        q = self.sampling.probabilities(logits[None], self._said(proposed))
        return torch.multinomial(q, 1, generator=self._generator).item(), q[0]

    def _said(self, more=()):
        return torch.tensor([[*self.all_ids, *more]]) if self.sampling.reads_text else None

    def add(self, token):
        """One more token; says why the request has ended, if it has."""
        self.tokens.append(token)
        if token in self.ends:
            self.reason = "end"
        elif self.until is not None and self.until(token):
            self.reason = "until"
        elif len(self.tokens) >= self.max_tokens:
            self.reason = "length"
