"""How the next token is drawn: the ideas of this room in their order."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from coursekit.serving.generate import NOT_FINITE, check_temperature, draw
from coursekit.serving.sampling.min_p import min_p
from coursekit.serving.sampling.repetition_penalty import repetition_penalty
from coursekit.serving.sampling.top_k import top_k
from coursekit.serving.sampling.top_p import top_p


@dataclass(frozen=True)
class Sampling:
    """The way from a model's scores to a token; None = this idea is left out.

        penalty -> steps -> temperature -> top-k -> top-p -> min-p -> draw

    Args:
        temperature: 0 = the most probable token; else a finite number from 1e-6 on.
        top_k, top_p, min_p, repetition_penalty: as in the functions of these names.
        steps: further `(scores (B, V), ids (B, S)) -> scores (B, V)`: a watermark, a grammar.

    Attributes:
        reads_text: does it need to know the text so far?

    Raises: ValueError for a number out of its range.

    Taught in: 07-despliegue
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None
    steps: tuple[Callable, ...] = ()

    def __post_init__(self):
        check_temperature(self.temperature)
        self.scores(torch.zeros(1, 2), torch.zeros(1, 1, dtype=torch.long), steps=())  # each idea checks its number

    @property
    def reads_text(self):
        """Does it need to know the text so far?"""
        return self.repetition_penalty is not None or bool(self.steps)

    def scores(self, logits, ids=None, steps=None):
        """Scores whose softmax is drawn from.

        Args:
            logits: (B, V).
            ids: the text so far, (B, S), integer; may be None unless `reads_text`.
            steps: instead of its own.

        Returns: (B, V), the temperature applied unless it is 0; -inf = out.
        """
        scores = logits.float() if logits.dtype in (torch.float16, torch.bfloat16) else logits
        if self.repetition_penalty is not None:
            scores = repetition_penalty(scores, ids, self.repetition_penalty)
        for step in self.steps if steps is None else steps:
            scores = step(scores, ids)
        scores = scores if self.temperature == 0 else scores / self.temperature
        for idea, number in ((top_k, self.top_k), (top_p, self.top_p), (min_p, self.min_p)):
            scores = scores if number is None else idea(scores, number)
        return scores

    def probabilities(self, logits, ids=None):
        """What the next token is drawn from.

        Args: as in `scores`.
        Returns: (B, V), rows add up to 1; at temperature 0 all of it on the most probable token.
        Raises: ValueError for logits that are not finite.
        """
        scores = self.scores(logits, ids)
        if not scores.amax(-1).isfinite().all():
            raise ValueError(NOT_FINITE)
        if self.temperature == 0:
            return torch.zeros_like(scores).scatter_(-1, scores.argmax(-1, keepdim=True), 1.0)
        return scores.softmax(-1)

    def draw(self, logits, generator, ids=None):
        """The next token of each row.

        Args: logits, ids: as in `scores`; generator: a `torch.Generator` of the CPU.
        Returns: (B, 1) integer.
        Raises: ValueError for logits that are not finite.
        """
        return draw(self.scores(logits, ids), 0 if self.temperature == 0 else 1.0, generator)
