"""An automaton: where a text stands in a pattern, and which bytes may come next."""

from coursekit.serving.constrained.pattern import read_pattern


class Automaton:
    """The states of a pattern, made deterministic as far as they are asked for.

        state = automaton.start
        for byte in text: state = automaton.step(state, byte)       None = the text does not fit
        automaton.is_final(state)                                    may the text end here?

    From a set of states that a text can be in, each byte leads to one other set: that is a state here.

    Args: pattern: a regular expression, as `coursekit.serving.constrained.pattern` reads it.

    Source: Rabin and Scott 1959 (the subset construction), with the states made when they are needed.
    Taught in: 07-despliegue
    """

    def __init__(self, pattern):
        self._states, first, self._last = read_pattern(pattern)
        self.start = self._closed([first])
        self._steps = {}

    def step(self, state, byte):
        """The state after one more byte, or None."""
        key = state, byte
        if key not in self._steps:
            reached = [to for one in state for taken, to in self._states.bytes.get(one, ()) if byte in taken]
            self._steps[key] = self._closed(reached) if reached else None
        return self._steps[key]

    def walk(self, state, data):
        """The state after several bytes, or None."""
        for byte in data:
            if state is None:
                return None
            state = self.step(state, byte)
        return state

    def is_final(self, state):
        """May the text end here?"""
        return state is not None and self._last in state

    def matches(self, text):
        """Does a whole text fit? Args: text: str or bytes."""
        return self.is_final(self.walk(self.start, text.encode() if isinstance(text, str) else text))

    def _closed(self, reached):
        """These states and all that are reached from them over nothing."""
        found, left = set(reached), list(reached)
        while left:
            for to in self._states.free.get(left.pop(), ()):
                if to not in found:
                    found.add(to)
                    left.append(to)
        return frozenset(found)
