"""Induction on any token: it was followed by what, when it came before?"""

from dataclasses import dataclass

import torch

from coursekit.packing import IGNORED
from coursekit.tasks._permutations import permutations


@dataclass(frozen=True)
class InductionBigrams:
    """A random order of all symbols; then some of them again, each asked for the one that followed it.

        inputs    c a d b e  d c b               V = 5, M = 3
        targets   - - - - -  b a e               - not asked

    The queries are a random choice, in random order, of all symbols but the last. Each stands at another
    distance from its first place, so that looking back a fixed number of tokens finds nothing: a head must match
    the token before. Attention does so in two layers: the first writes into each token which came before it, the
    second looks for it. One layer can only weigh places, and in a short sequence part of the answers gives way.

    Given the symbols and the queries, but not the order of the first V tokens, each of the V - 1 others is
    equally likely to have followed a query, and no answer is shown: there is nothing to count or to rule out.

    Ids: symbols 0 .. V - 1; there are no special tokens.

    Args:
        symbols: V, at least 3.
        queries: M, 1 .. V - 1.

    Raises: ValueError when the sizes do not fit.

    Source: Olsson et al. 2022, "Key concepts" (induction heads); Elhage et al. 2021, "Induction heads" (why two
    layers). Theirs are repeated sequences of random tokens, in which all distances are the same.
    Taught in: 02-transformer
    """

    symbols: int = 16
    queries: int = 15

    def __post_init__(self):
        if self.symbols < 3:
            raise ValueError(f"symbols: expected at least 3, got {self.symbols}")
        if not 1 <= self.queries < self.symbols:
            raise ValueError(f"queries: expected 1 to {self.symbols - 1} (symbols - 1), got {self.queries}")

    @property
    def vocab_size(self):
        """V."""
        return self.symbols

    @property
    def context(self):
        """T = V + M, in tokens."""
        return self.symbols + self.queries

    @property
    def chance(self):
        """1 / V: any constant answer."""
        return 1 / self.symbols

    @property
    def order_blind(self):
        """1 / (V - 1): any symbol but the query itself."""
        return 1 / (self.symbols - 1)

    def draw(self, batch, generator):
        """Sequences of the task.

        Args:
            batch: B.
            generator: torch.Generator on the CPU; moved on.

        Returns: inputs, targets: (B, V + M) int64 twice; -100 = not asked.
        """
        order = permutations(batch, self.symbols, generator)  # (B, V)
        asked = permutations(batch, self.symbols - 1, generator)[:, : self.queries]  # (B, V - 1) -> (B, M), places
        inputs = torch.cat([order, order.gather(1, asked)], dim=1)  # (B, V + M)
        targets = torch.full_like(inputs, IGNORED)
        targets[:, self.symbols :] = order.gather(1, asked + 1)
        return inputs, targets
