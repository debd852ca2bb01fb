"""What patterns are made of: parts, each of which adds its states to an automaton.

A part is a function, (states, from) -> to: x{3} calls that of x three times.
"""

from collections import defaultdict

MOST = 100_000  # states


class States:
    """States by number; `bytes` and `free` are the arrows: over a set of bytes, and over nothing."""

    def __init__(self):
        self.count, self.bytes, self.free = 0, defaultdict(list), defaultdict(list)

    def new(self):
        """One more. Raises: ValueError for too many: x{999}{999} is short to write."""
        self.count += 1
        if self.count > MOST:
            raise ValueError(f"pattern: expected one of at most {MOST} states")
        return self.count - 1


def over(sets):
    """Bytes one after the other, each from its set."""

    def part(states, at):
        for taken in sets:
            to = states.new()
            states.bytes[at].append((frozenset(taken), to))
            at = to
        return at

    return part


def in_a_row(parts):
    """One part after the other."""

    def part(states, at):
        for one in parts:
            at = one(states, at)
        return at

    return part


def either(parts):
    """One part or another."""

    def part(states, at):
        end = states.new()
        for one in parts:
            begin = states.new()
            states.free[at].append(begin)
            states.free[one(states, begin)].append(end)
        return end

    return part


def times(one, least, most):
    """A part so many times; most None = any number from least on."""

    def part(states, at):
        for _ in range(least):
            at = one(states, at)
        end = states.new()
        if most is None:  # round and round
            begin = states.new()
            states.free[at].append(begin)
            states.free[begin].append(end)
            states.free[one(states, begin)].append(begin)
            return end
        for _ in range(most - least):
            states.free[at].append(end)
            begin = states.new()
            states.free[at].append(begin)
            at = one(states, begin)
        states.free[at].append(end)
        return end

    return part
