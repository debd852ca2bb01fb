"""Induction with a special token: what followed it the first time?"""

from dataclasses import dataclass

import torch

from coursekit.packing import IGNORED
from coursekit.tasks._permutations import permutations


@dataclass(frozen=True)
class InductionPrefix:
    """A special token S stands somewhere in a random sequence, and again at its end: what followed it?

        inputs    c a S b d a c b d S            V = 4, T = 10
        targets   - - - - - - - - - b            - not asked

    The T - 2 other tokens are a random order of all symbols, each equally often, and the place of S is uniform
    and independent of them: whatever an answer takes from the sequence without the place of S, it is right with
    probability 1 / V exactly. Counting is of no use; in a sequence of independent draws it would be.

    Ids: symbols 0 .. V - 1, then S.

    Args:
        symbols: V, at least 2. Gu and Dao: vocabulary 16.
        length: T; T - 2 must be a multiple of V, at least V. Gu and Dao train at 256: here 258 is nearest.

    Raises: ValueError when the sizes do not fit.

    Source: Gu and Dao 2023, section 4.1.2 (there the tokens are independent); the head: Olsson et al. 2022,
    "Key concepts".
    Taught in: 03-mamba
    """

    symbols: int = 16
    length: int = 258

    def __post_init__(self):
        if self.symbols < 2:
            raise ValueError(f"symbols: expected at least 2, got {self.symbols}")
        repeats = max(1, round((self.length - 2) / self.symbols))
        nearest = 2 + self.symbols * repeats
        if self.length != nearest:
            raise ValueError(
                f"length: expected 2 and a multiple of {self.symbols} (symbols), such as {nearest}, got {self.length}"
            )

    @property
    def vocab_size(self):
        """V, and the special token."""
        return self.symbols + 1

    @property
    def context(self):
        """T, in tokens."""
        return self.length

    @property
    def chance(self):
        """1 / V: any constant answer."""
        return 1 / self.symbols

    @property
    def order_blind(self):
        """1 / V: every symbol comes equally often."""
        return 1 / self.symbols

    def draw(self, batch, generator):
        """Sequences of the task.

        Args:
            batch: B.
            generator: torch.Generator on the CPU; moved on.

        Returns: inputs, targets: (B, T) int64 twice; -100 = not asked.
        """
        others = permutations(batch, self.length - 2, generator) % self.symbols  # (B, T - 2)
        place = torch.randint(self.length - 2, (batch, 1), generator=generator)  # (B, 1), of the first S
        t = torch.arange(self.length - 1)  # (T - 1,)
        inputs = torch.full((batch, self.length), self.symbols)  # (B, T), all S
        inputs[:, :-1] = others.gather(1, t - (t > place).long())  # room for S: its place holds what follows it twice
        inputs.scatter_(1, place, self.symbols)
        targets = torch.full_like(inputs, IGNORED)
        targets[:, -1:] = others.gather(1, place)  # (B, 1)
        return inputs, targets
