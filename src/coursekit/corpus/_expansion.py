"""Expands a grammar into its finite graph of nonterminals, and checks that it can be read left to right.

What is left out here: sampling, reading and summing (see grammar.py).
"""

from __future__ import annotations

import math
from itertools import accumulate


class Node:
    """One nonterminal with its attributes bound, its alternatives and what is known about it.

    Alternative i has probability `probabilities[i]` and body `bodies[i]`, a tuple of words (str) and Nodes, last
    part first, ready for a stack. `by_word`: {next word: the alternative that it calls for}; `empty`: the alternative
    that can produce nothing, or None. `first`: the words that the node can start with; `tail`: the words that could
    still prolong it once it is complete. `entropy` in bits; `length` (expected) and `longest` in tokens.
    """

    __slots__ = (
        "bodies",
        "by_word",
        "cumulative",
        "empty",
        "entropy",
        "first",
        "length",
        "log2",
        "longest",
        "p_empty",
        "probabilities",
        "symbol",
        "tail",
    )


class Expansion:
    """All the nodes reachable from a start symbol, children before parents: `nodes[symbol]`."""

    def __init__(self, lexicon):
        self.lexicon = lexicon
        self.nodes: dict[tuple, Node] = {}
        self._open: list[tuple] = []  # the symbols whose alternatives are being expanded

    def node(self, symbol: tuple) -> Node:
        found = self.nodes.get(symbol)
        if found is not None:
            return found
        if symbol in self._open:
            cycle = " -> ".join(show(s) for s in [*self._open[self._open.index(symbol) :], symbol])
            raise ValueError(f"the grammar must be finite, got a recursion: {cycle}; give it a depth that falls")
        self._open.append(symbol)
        node = self._build(symbol)
        self._open.pop()
        self.nodes[symbol] = node
        return node

    def _build(self, symbol: tuple) -> Node:
        rule, *attributes = symbol
        alternatives = list(rule(self.lexicon, *attributes))
        if not alternatives:
            raise ValueError(f"{show(symbol)}: expected at least one alternative, got none")
        weights = [alternative[0] for alternative in alternatives]
        if not all(isinstance(w, (int, float)) and 0 < w < math.inf for w in weights):
            raise ValueError(f"{show(symbol)}: expected finite weights above 0, got {weights}")
        bodies = [self._body(alternative[1:]) for alternative in alternatives]

        node = Node()
        node.symbol = symbol
        total = math.fsum(weights)
        node.probabilities = [w / total for w in weights]
        node.log2 = [math.log2(p) for p in node.probabilities]
        node.cumulative = list(accumulate(node.probabilities))[:-1]
        node.bodies = [body[::-1] for body in bodies]
        self._read_left_to_right(node, bodies)
        self._sum(node, bodies)
        return node

    def _body(self, parts: tuple) -> tuple:
        body = []
        for part in parts:
            body.extend(part.split() if isinstance(part, str) else [self.node(part)])
        return tuple(body)

    def _read_left_to_right(self, node: Node, bodies: list[tuple]) -> None:
        """Sets by_word, empty, first and tail; raises where one word of look-ahead does not decide."""
        node.by_word, node.empty, node.tail = {}, None, frozenset()
        for i, body in enumerate(bodies):
            first, tail, nullable = self._edges(node.symbol, body)
            node.tail |= tail
            if nullable and node.empty is not None:
                raise ValueError(f"{show(node.symbol)} is ambiguous: two of its alternatives can be empty")
            if nullable:
                node.empty = i
            if clash := first & node.by_word.keys():
                word = min(clash)
                raise ValueError(
                    f"{show(node.symbol)} is ambiguous: alternatives {node.by_word[word] + 1} and {i + 1} "
                    f"both start with {word!r}; merge them up to where they differ"
                )
            node.by_word.update(dict.fromkeys(first, i))
        node.first = frozenset(node.by_word)

    def _edges(self, symbol: tuple, body: tuple) -> tuple[frozenset, frozenset, bool]:
        """(words that start the body, words that could prolong it, whether it can be empty)."""
        first, tail, nullable = frozenset(), frozenset(), True
        for part in body:
            starts, ends, skips = ({part}, frozenset(), False) if isinstance(part, str) else _of(part)
            if tail & starts:
                word, then = min(tail & starts), part if isinstance(part, str) else show(part.symbol)
                raise ValueError(
                    f"{show(symbol)} is ambiguous: {word!r} may prolong an optional part "
                    f"or start what follows it ({then})"
                )
            if nullable:
                first |= starts
            tail = ends | (tail | starts if skips else frozenset())
            nullable = nullable and skips
        return first, tail, nullable

    def _sum(self, node: Node, bodies: list[tuple]) -> None:
        """Entropy (bits), expected and greatest length (tokens), and the probability of producing nothing."""
        node.entropy = node.length = node.p_empty = 0.0
        node.longest = 0
        for p, log2, body in zip(node.probabilities, node.log2, bodies):
            children = [part for part in body if not isinstance(part, str)]
            words = len(body) - len(children)
            node.entropy += p * (sum(child.entropy for child in children) - log2)
            node.length += p * (words + sum(child.length for child in children))
            node.longest = max(node.longest, words + sum(child.longest for child in children))
            if not words:
                node.p_empty += p * math.prod(child.p_empty for child in children)


def _of(node: Node) -> tuple[frozenset, frozenset, bool]:
    return node.first, node.tail, node.empty is not None


def show(symbol: tuple) -> str:
    """A symbol as its author wrote it: `noun('f', 's')`."""
    rule, *attributes = symbol
    inside = (getattr(a, "__name__", None) or repr(a) for a in attributes)
    return f"{rule.__name__}({', '.join(inside)})"
