"""The same question again: its answer is known where nothing was left to luck."""

from collections import OrderedDict


class ResponseCache:
    """The answers to the last questions, word for word the same ones.

    Args: size: how many are kept, >= 0; the longest unused goes first.

    Attributes:
        hits, asked: how often it knew, and was asked.

    Taught in: 07-despliegue
    """

    def __init__(self, size):
        if type(size) is not int or size < 0:
            raise ValueError(f"size: expected a whole number >= 0, got {size!r}")
        self.size, self.hits, self.asked = size, 0, 0
        self._answers = OrderedDict()

    def get(self, question):
        """The answer, or None. Args: question: anything hashable."""
        self.asked += 1
        if question not in self._answers:
            return None
        self.hits += 1
        self._answers.move_to_end(question)
        return self._answers[question]

    def put(self, question, answer):
        """Keep an answer."""
        self._answers[question] = answer
        self._answers.move_to_end(question)
        while len(self._answers) > self.size:
            self._answers.popitem(last=False)
