"""A probabilistic grammar whose every probability is exact.

A *symbol* is a tuple (rule, attribute, ...), where a rule is a function `rule(lexicon, attribute, ...)` that returns
the weighted alternatives of that symbol, each a tuple (weight, part, part, ...). A part is a string of words, or a
further symbol; no parts is the empty alternative. Attributes carry what must agree or return: a gender, a name.

    def noun_phrase(lexicon, gender):
        return [(3, lexicon.article[gender], (noun, gender)), (1, "su", (noun, gender))]

The grammar is finite (no symbol contains itself) and one word of look-ahead decides each alternative; both are checked
on construction. So a prefix determines the state of the reader, a story has one derivation, and

    P(story) = prod P(alternative),   H(symbol) = sum_i p_i (-log2 p_i + sum_j H(part_ij)).
"""

from __future__ import annotations

import math
import operator
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from random import Random

from coursekit.corpus._expansion import Expansion, Node


class Grammar:
    """The stories of a start symbol, each closed by `end`.

    Args:
        start: symbol, a tuple (rule, attribute, ...).
        lexicon: handed to each rule as its first argument.
        end: the token that closes each story; no rule may produce it.

    Raises:
        ValueError: a recursion, a weight that is not positive, or two readings of one prefix.

    Source: unambiguous probabilistic context-free grammars; Aho, Sethi & Ullman, Compilers, section 4.4 (LL(1)).
    Taught in: 01-historia
    """

    def __init__(self, start: tuple, lexicon=None, end: str = "<fin>"):
        def story(_):
            return [(1, start, end)]

        expansion = Expansion(lexicon)
        self._root = expansion.node((story,))
        self._nodes = list(expansion.nodes.values())  # children before parents
        self._starts: dict[Node, dict[str, float]] = {}
        self.end = end
        if any(end in body for node in self._nodes[:-1] for body in node.bodies):
            raise ValueError(f"no rule may produce {end!r}: it closes each story by itself")

    def stories(self, seed: int) -> Iterator[list[str]]:
        """Independent stories without end, the same for the same seed (an integer >= 0) on every machine."""
        if operator.index(seed) < 0:
            raise ValueError(f"seed: expected an integer >= 0, got {seed}")
        random = Random(operator.index(seed)).random
        while True:
            words, stack = [], [self._root]
            while stack:
                part = stack.pop()
                if part.__class__ is str:
                    words.append(part)
                else:
                    stack += part.bodies[bisect_right(part.cumulative, random()) if part.cumulative else 0]
            yield words

    def log2_probabilities(self, story: Sequence[str]) -> list[float]:
        """log2 P(token | the tokens before it), in bits, of each token of a complete story.

        Raises:
            ValueError: the grammar cannot produce the story: where, what was found and what was expected.
        """
        bits, stack = [], [self._root]
        for i, word in enumerate(story):
            bits.append(self._advance(stack, word, story, i))
        if stack:
            raise ValueError(f"the story stops after {len(story)} tokens, expected {self._expected(story)}")
        return bits

    def log2_probability(self, story: Sequence[str]) -> float:
        """log2 P(story) in bits, END counted; ValueError where the grammar cannot produce the story."""
        return math.fsum(self.log2_probabilities(story))

    def next_distribution(self, prefix: Sequence[str]) -> dict[str, float]:
        """{token: P(token | prefix)} of the tokens that can follow; after END nothing follows and it is empty."""
        stack = [self._root]
        for i, word in enumerate(prefix):
            self._advance(stack, word, prefix, i)
        return self._first(stack)

    def origins(self, story: Sequence[str]) -> list[tuple]:
        """The symbol (rule, attribute, ...) whose alternative contains each token of the story."""
        origins, stack = [], [(self._root, None)]
        self.log2_probabilities(story)
        for word in story:
            part, origin = stack.pop()
            while part.__class__ is not str:
                body = part.bodies[part.by_word.get(word, part.empty)]
                stack += [(inner, part.symbol) for inner in body]
                part, origin = stack.pop()
            origins.append(origin)
        return origins

    def entropy(self) -> float:
        """H(story) in bits, exact."""
        return self._root.entropy

    def expected_length(self) -> float:
        """E[number of tokens of a story], END counted, exact."""
        return self._root.length

    def maximum_length(self) -> int:
        """The greatest number of tokens that a story can have, END counted."""
        return self._root.longest

    def expected_counts(self) -> dict[str, float]:
        """{word: E[how often a story contains it]}, exact, END first, then in the order of the expansion."""
        visits, counts = dict.fromkeys(self._nodes, 0.0), {self.end: 0.0}
        visits[self._root] = 1.0
        for node in reversed(self._nodes):  # parents before children
            for p, body in zip(node.probabilities, node.bodies):
                for part in reversed(body):
                    if part.__class__ is str:
                        counts[part] = counts.get(part, 0.0) + visits[node] * p
                    else:
                        visits[part] += visits[node] * p
        return counts

    def _advance(self, stack: list, word: str, story: Sequence[str], i: int) -> float:
        """Reads one word: rewrites the stack in place and returns log2 P(word | what was read)."""
        bits = 0.0
        while stack:
            part = stack.pop()
            if part.__class__ is str:
                if part == word:
                    return bits
                break
            choice = part.by_word.get(word, part.empty)
            if choice is None:
                break
            bits += part.log2[choice]
            stack += part.bodies[choice]
        raise ValueError(f"token {i}: found {word!r}, expected {self._expected(story[:i])}")

    def _expected(self, prefix: Sequence[str]) -> str:
        distribution = self.next_distribution(prefix)
        if not distribution:
            return f"nothing more: the story has ended with {self.end!r}"
        likeliest = sorted(distribution, key=lambda word: (-distribution[word], word))
        more = f" (or {len(likeliest) - 4} others)" if len(likeliest) > 4 else ""
        return " or ".join(repr(word) for word in likeliest[:4]) + more

    def _first(self, stack: Sequence) -> dict[str, float]:
        """{word: P(it comes first)} for a stack of parts, the next part last."""
        distribution, rest = {}, 1.0
        for part in reversed(stack):
            if part.__class__ is str:
                distribution[part] = distribution.get(part, 0.0) + rest
                break
            for word, p in self._start(part).items():
                distribution[word] = distribution.get(word, 0.0) + rest * p
            rest *= part.p_empty
            if not rest:
                break
        return distribution

    def _start(self, node: Node) -> dict[str, float]:
        if node not in self._starts:
            start: dict[str, float] = {}
            for p, body in zip(node.probabilities, node.bodies):
                for word, q in self._first(body).items():
                    start[word] = start.get(word, 0.0) + p * q
            self._starts[node] = start
        return self._starts[node]
