r"""A regular expression, read into the states of an automaton over bytes.

    abc  .  [a-z_]  [^"\\]  (ab|c)  (?:ab)  x*  x+  x?  x{2}  x{2,}  x{2,5}  \d \w \s \n \t \r \\ \.

The whole text must match. There are no anchors, no look-around, no references: with those a pattern is no longer
regular, and what may come next could not be told from a state alone. Characters beyond ASCII become the bytes of
their UTF-8; `.`, \d, \w, \s and classes are of ASCII, but `.` and [^...] also take every character beyond it.
"""

from coursekit.serving.constrained.thompson import States, either, in_a_row, over, times

_DIGITS = frozenset(range(0x30, 0x3A))
_WORDS = _DIGITS | frozenset(range(0x41, 0x5B)) | frozenset(range(0x61, 0x7B)) | {0x5F}
_SPACES = frozenset(b" \t\n\r\f\v")
_ASCII = frozenset(range(0x80))
_CLASSES = {"d": _DIGITS, "w": _WORDS, "s": _SPACES}
_CONTROLS = {"n": 0x0A, "t": 0x09, "r": 0x0D, "f": 0x0C, "v": 0x0B}
_REST = frozenset(range(0x80, 0xC0))
_MOST = 1000  # repetitions: each adds states
# characters beyond ASCII in UTF-8, the first byte and what may follow it: the Unicode Standard, table 3-7
_BEYOND = [
    [range(0xC2, 0xE0), _REST],
    [{0xE0}, range(0xA0, 0xC0), _REST],
    [[*range(0xE1, 0xED), 0xEE, 0xEF], _REST, _REST],
    [{0xED}, range(0x80, 0xA0), _REST],
    [{0xF0}, range(0x90, 0xC0), _REST, _REST],
    [range(0xF1, 0xF4), _REST, _REST, _REST],
    [{0xF4}, range(0x80, 0x90), _REST, _REST],
]


def read_pattern(pattern):
    """The states of a regular expression.

    Args: pattern: str.
    Returns: `States`, the first state, the last.
    Raises: ValueError, with the place, for what is no pattern or none of these.

    Source: Thompson 1968 (Regular Expression Search Algorithm).
    Taught in: 07-despliegue
    """
    states, reader = States(), _Reader(pattern)
    part = reader.choice()
    if reader.at < len(pattern):
        raise reader.problem("nothing open here")
    first = states.new()
    return states, first, part(states, first)


class _Reader:
    """Reads a pattern from left to right; each method returns a part: (states, from) -> to."""

    def __init__(self, pattern):
        if not isinstance(pattern, str):
            raise ValueError(f"pattern: expected str, got {type(pattern).__name__}")
        self.pattern, self.at = pattern, 0

    def problem(self, expected):
        return ValueError(f"pattern: expected {expected} at {self.at}, got {self.pattern[self.at : self.at + 10]!r}")

    def next(self, letters=""):
        """The letter here, if it is one of these (or any); moves on."""
        letter = self.pattern[self.at : self.at + 1]
        if not letter or (letters and letter not in letters):
            return ""
        self.at += 1
        return letter

    def choice(self):
        parts = [self.row()]
        while self.next("|"):
            parts.append(self.row())
        return parts[0] if len(parts) == 1 else either(parts)

    def row(self):
        parts = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            parts.append(self.repeated())
        return in_a_row(parts)

    def repeated(self):
        part = self.one()
        while sign := self.next("*+?{"):
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign) or self.bounds()
            part = times(part, least, most)
        return part

    def bounds(self):
        least = self.number()
        most = least
        if self.next(","):
            most = None if self.pattern[self.at : self.at + 1] == "}" else self.number()
        if not self.next("}") or (most is not None and most < least):
            raise self.problem("{m}, {m,} or {m,n} with m <= n")
        return least, most

    def number(self):
        digits = ""
        while digit := self.next("0123456789"):
            digits += digit
        if not digits or int(digits[:5]) > _MOST:
            raise self.problem(f"a number of repetitions up to {_MOST}")
        return int(digits)

    def one(self):
        if self.next("("):
            if self.next("?") and not self.next(":"):
                raise self.problem("(?: or ( alone")
            part = self.choice()
            if not self.next(")"):
                raise self.problem("a closing )")
            return part
        if self.next("["):
            return self.members()
        if self.next("."):
            return either([over([_ASCII - {0x0A}]), *map(over, _BEYOND)])
        if self.next("\\"):
            return over([self.escaped()])
        if self.pattern[self.at] in "*+?{}^$":
            raise self.problem("a character (with \\ before it if it is meant as it stands)")
        return over([{byte} for byte in self.next().encode()])

    def escaped(self):
        """What \\ and the letter here mean: a set of bytes."""
        letter = self.next()
        if letter in _CLASSES:
            return _CLASSES[letter]
        if letter in _CONTROLS:
            return {_CONTROLS[letter]}
        if not letter or letter.isalnum() or not letter.isascii():
            raise self.problem("after \\ one of d w s n t r f v, or a sign")
        return {ord(letter)}

    def members(self):
        """[...] after its bracket."""
        negated, taken, beyond = self.next("^"), set(), []
        while not self.next("]"):
            letter = self.next()
            if not letter:
                raise self.problem("a closing ]")
            if letter != "\\" and not letter.isascii():
                beyond.append(over([{byte} for byte in letter.encode()]))
                continue
            low = self.escaped() if letter == "\\" else {ord(letter)}
            if len(low) == 1 and self.pattern[self.at : self.at + 1] == "-" and self.pattern[self.at + 1 :][:1] != "]":
                self.at += 1
                last = self.next()
                high = self.escaped() if last == "\\" else {ord(last)} if last.isascii() and last else ()
                if len(high) != 1 or max(high) < max(low):
                    raise self.problem("before this the end of a range of ASCII, not below its beginning")
                low = range(max(low), max(high) + 1)
            taken |= set(low)
        if negated and beyond:
            raise self.problem("before this only ASCII in [^...]")
        parts = [over([_ASCII - taken]), *map(over, _BEYOND)] if negated else [over([taken]), *beyond]
        return either(parts) if len(parts) > 1 else parts[0]
