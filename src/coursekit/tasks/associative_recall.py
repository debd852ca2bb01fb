"""Multi-query associative recall: a dictionary is written, then looked up."""

from dataclasses import dataclass

import torch

from coursekit.packing import IGNORED
from coursekit.tasks._permutations import permutations


@dataclass(frozen=True)
class AssociativeRecall:
    """Pairs of key and value, then every key again, in random order and among blanks: its value is asked.

        inputs    b 3 d 1 a 4  . d . a b .       M = 3, T = 12, . blank
        targets   - - - - - -  - 1 - 4 3 -       - not asked

    Keys are drawn without repetition, and so are values, as in the authors' code (`multiquery_ar`): a model that
    only knows which values there are is right once in M. Every key is asked once. The places of the queries are
    a uniform choice among the T - 2 M; Arora et al. draw them by a power law that favours the first ones.

    Ids: keys 0 .. K - 1, values K .. K + W - 1, then the blank.

    Args:
        pairs: M, at least 2.
        keys: K, at least M.
        values: W, at least M.
        length: T, at least 3 M.

    Raises: ValueError when the sizes do not fit.

    Source: Arora et al. 2023, definition 3.1.
    Taught in: 03-mamba
    """

    pairs: int = 8
    keys: int = 32
    values: int = 32
    length: int = 64

    def __post_init__(self):
        if self.pairs < 2:
            raise ValueError(f"pairs: expected at least 2, got {self.pairs}")
        for name, least in (("keys", self.pairs), ("values", self.pairs), ("length", 3 * self.pairs)):
            if getattr(self, name) < least:
                got = getattr(self, name)
                raise ValueError(f"{name}: expected at least {least}, with {self.pairs} pairs, got {got}")

    @property
    def vocab_size(self):
        """K + W, and the blank."""
        return self.keys + self.values + 1

    @property
    def context(self):
        """T, in tokens."""
        return self.length

    @property
    def chance(self):
        """1 / W: any constant answer that is a value."""
        return 1 / self.values

    @property
    def order_blind(self):
        """1 / M: any of the values that the sequence has."""
        return 1 / self.pairs

    def draw(self, batch, generator):
        """Sequences of the task.

        Args:
            batch: B.
            generator: torch.Generator on the CPU; moved on.

        Returns: inputs, targets: (B, T) int64 twice; -100 = not asked.
        """
        written = 2 * self.pairs
        keys = permutations(batch, self.keys, generator)[:, : self.pairs]  # (B, K) -> (B, M)
        values = permutations(batch, self.values, generator)[:, : self.pairs] + self.keys  # (B, W) -> (B, M)
        places = permutations(batch, self.length - written, generator)[:, : self.pairs] + written  # (B, M), unsorted
        inputs = torch.full((batch, self.length), self.vocab_size - 1)  # (B, T), blank
        inputs[:, 0:written:2], inputs[:, 1:written:2] = keys, values
        inputs.scatter_(1, places, keys)
        targets = torch.full_like(inputs, IGNORED)
        targets.scatter_(1, places, values)
        return inputs, targets
