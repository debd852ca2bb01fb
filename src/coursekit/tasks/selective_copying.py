"""Selective copying: remember what carries data, forget the rest."""

from dataclasses import dataclass
from math import comb

import torch

from coursekit.packing import IGNORED
from coursekit.tasks._permutations import permutations


@dataclass(frozen=True)
class SelectiveCopying:
    """M data tokens, scattered among noise, must be put out in order when the queries come.

        inputs    . b . . c . a . ? ? ?          . noise, ? query; L = 8, M = 3
        targets   - - - - - - - - b c a          - not asked

    Data tokens are independent and uniform, their places a uniform choice of M among L. The distances between
    them vary, so that no fixed convolution can do it; in the original all data come first, and one can.

    Ids: data 0 .. V - 1, noise V .. V + noise - 1, then the query.

    Args:
        symbols: V, different data tokens; at least 2. Gu and Dao: 16.
        length: L, tokens before the queries; at least 1. Gu and Dao: 4096.
        items: M, data tokens and queries; 1 .. L. Gu and Dao: 16.
        noise: different noise tokens; 1 is a blank, as in Gu and Dao's figure 2; more are harder to tell from data.

    Raises: ValueError when the sizes do not fit.

    Source: Gu and Dao 2023, sections 3.1 and 4.1.1; without the selection: Arjovsky et al. 2016, section 5.1.
    Taught in: 03-mamba
    """

    symbols: int = 8
    length: int = 64
    items: int = 4
    noise: int = 1

    def __post_init__(self):
        if self.symbols < 2 or self.noise < 1:
            raise ValueError(f"expected symbols >= 2 and noise >= 1, got {self}")
        if not 1 <= self.items <= self.length:
            raise ValueError(f"items: expected 1 to {self.length} (length), got {self.items}")

    @property
    def vocab_size(self):
        """V, the noise tokens and the query."""
        return self.symbols + self.noise + 1

    @property
    def context(self):
        """T = L + M, in tokens."""
        return self.length + self.items

    @property
    def chance(self):
        """1 / V: any constant answer."""
        return 1 / self.symbols

    @property
    def order_blind(self):
        """E[most frequent data token's count] / M, exact: whoever knows the data, and not their order, names it.

        E[max] = sum over k = 0 .. M - 1 of P(max > k),   P(max <= k) = words with no letter over k / V^M
        """
        words = self.symbols**self.items
        longer = sum(words - _words(self.symbols, self.items, most) for most in range(self.items))
        return longer / (words * self.items)

    def draw(self, batch, generator):
        """Sequences of the task.

        Args:
            batch: B.
            generator: torch.Generator on the CPU; moved on.

        Returns: inputs, targets: (B, L + M) int64 twice; -100 = not asked.
        """
        query = self.vocab_size - 1
        inputs = torch.randint(self.symbols, query, (batch, self.context), generator=generator)  # (B, L + M)
        data = torch.randint(self.symbols, (batch, self.items), generator=generator)  # (B, M)
        places = permutations(batch, self.length, generator)[:, : self.items].sort(-1).values  # (B, L) -> (B, M)
        inputs.scatter_(1, places, data)
        inputs[:, self.length :] = query
        targets = torch.full_like(inputs, IGNORED)
        targets[:, self.length :] = data
        return inputs, targets


def _words(letters, length, most):
    """Number of words of `length` in an alphabet of `letters`, no letter more than `most` times in it."""
    words = [1] + [0] * length  # by length, with the letters so far
    for _ in range(letters):
        words = [sum(comb(n, j) * words[n - j] for j in range(min(most, n) + 1)) for n in range(length + 1)]
    return words[length]
