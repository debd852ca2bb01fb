"""Reversing or copying a sequence: a source is read whole, and only then said."""

from dataclasses import dataclass

import torch

from coursekit.packing import IGNORED
from coursekit.tasks.selective_copying import SelectiveCopying

PAD, END = range(2)


@dataclass(frozen=True)
class Reversal:
    """A source of n symbols, drawn uniformly, is to be said backwards, and closed.

        inputs    a b c . .  ; c b a . .         . padding, ; END; S = 5, n = 3
        targets   - - - - -  c b a ; - -         - not asked

    The longer the source, the more a vector of fixed size has to hold of it. Lengths are uniform; a task for one
    length alone is `replace(task, shortest=n, longest=n)`, with the same places.

    Ids: padding 0, END 1, which also asks for the first symbol, and symbols 2 .. V + 1.

    Args:
        symbols: V, different symbols; at least 2.
        places: S, of the source; as many targets and END fit behind it.
        shortest, longest: lengths of a source, 1 .. S; longest None = S.
        backwards: False = copied in order, which is harder for a recurrent network: every symbol is equally far away.

    Raises: ValueError when the sizes do not fit.

    Source: Sutskever et al. 2014, section 3.3 (what reversing the source does); Bahdanau et al. 2014, figure 2 (the
    measure against length).
    Taught in: 01-historia
    """

    symbols: int = 16
    places: int = 16
    shortest: int = 1
    longest: int | None = None
    backwards: bool = True

    def __post_init__(self):
        if self.longest is None:
            object.__setattr__(self, "longest", self.places)
        if self.symbols < 2:
            raise ValueError(f"symbols: expected at least 2, got {self.symbols}")
        if not 1 <= self.shortest <= self.longest <= self.places:
            raise ValueError(f"expected 1 <= shortest <= longest <= places, got {self}")

    @property
    def vocab_size(self):
        """V, padding and END."""
        return self.symbols + 2

    @property
    def context(self):
        """T = 2 S + 1, in tokens."""
        return 2 * self.places + 1

    @property
    def chance(self):
        """The better of END, which is one of n + 1 answers, and any symbol, a part 1 / V of the others."""
        asked = sum(n + 1 for n in self._lengths)
        return max(len(self._lengths), sum(self._lengths) / self.symbols) / asked

    @property
    def order_blind(self):
        """What was said is known, and what is left of the source, but not in which order: the most frequent of it.

        m symbols are left, again a uniform word: E[most frequent one's count] / m; END, when none is left, is certain.
        """
        counts = [SelectiveCopying(self.symbols, m, m).order_blind for m in range(1, self.longest + 1)]
        return sum(1 + sum(counts[:n]) for n in self._lengths) / sum(n + 1 for n in self._lengths)

    @property
    def _lengths(self):
        return range(self.shortest, self.longest + 1)

    def draw(self, batch, generator):
        """Sequences of the task.

        Args:
            batch: B.
            generator: torch.Generator on the CPU; moved on.

        Returns: inputs, targets: (B, 2 S + 1) int64 twice; -100 = not asked.
        """
        S = self.places
        lengths = torch.randint(self.shortest, self.longest + 1, (batch, 1), generator=generator)  # (B, 1)
        source = torch.randint(2, self.vocab_size, (batch, S), generator=generator)  # (B, S)
        places = torch.arange(S)
        order = (lengths - 1 - places).clamp(min=0) if self.backwards else places.expand(batch, -1)
        said = source.gather(1, order)  # (B, S)
        is_said = places < lengths  # (B, S)
        inputs = torch.full((batch, self.context), PAD)
        inputs[:, :S] = source.where(is_said, torch.tensor(PAD))
        inputs[:, S] = END
        inputs[:, S + 1 :] = said.where(is_said, torch.tensor(PAD))
        targets = torch.full((batch, self.context), IGNORED)
        targets[:, S:-1] = said.where(is_said, torch.tensor(IGNORED))
        targets.scatter_(1, S + lengths, END)
        return inputs, targets
