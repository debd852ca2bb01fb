"""The step of `Sampling` that lets only tokens through whose bytes a pattern can take."""

import copy
from math import inf

import torch


class TokenTrie:
    """All tokens of a tokenizer, sorted by their bytes: tokens with the same beginning are walked once.

    Args: tokens: list of bytes by id; what is empty can never be drawn.
    Taught in: 07-despliegue
    """

    def __init__(self, tokens):
        self.tokens, self.root = list(tokens), ({}, [])
        for i, token in enumerate(tokens):
            node = self.root
            for byte in token:
                node = node[0].setdefault(byte, ({}, []))
            if token:
                node[1].append(i)

    @classmethod
    def of(cls, tokenizer):
        """The tokens of a tokenizer, but for its special ones."""
        special = set(getattr(tokenizer, "special", {}).values())
        return cls([b"" if i in special else tokenizer.decode_bytes([i]) for i in range(tokenizer.vocab_size)])

    def allowed(self, automaton, state):
        """The ids of tokens that the automaton can take whole from a state: a list."""
        found, left = [], [(self.root, state)]
        while left:
            (children, ids), state = left.pop()
            found += ids
            for byte, child in children.items():
                if (to := automaton.step(state, byte)) is not None:
                    left.append((child, to))
        return found


class Constraint:
    """Keep what is written after a prompt within a pattern; where it may end, the end token is allowed, too.

        Sampling(steps=(Constraint(automaton, trie, end=tokenizer.end, start=len(ids)),))

    Args:
        automaton: an `Automaton`.
        trie: a `TokenTrie`.
        end: id of the token that ends the text.
        start: length of the prompt, in tokens.

    Source: Willard and Louf 2023 (Efficient Guided Generation for Large Language Models), sections 3 and 4.
    Taught in: 07-despliegue
    """

    def __init__(self, automaton, trie, end, start):
        self.automaton, self.trie, self.end, self.start = automaton, trie, end, start
        self._masks = {}

    def after(self, start):
        """The same after a prompt of another length: what was worked out about the pattern is shared."""
        twin = copy.copy(self)
        twin.start = start
        return twin

    def __call__(self, scores, ids):
        """(B, V), (B, S) -> (B, V), -inf = would leave the pattern. Raises: ValueError where no token fits."""
        rows = [self._open(row, scores) for row in ids[:, self.start :].tolist()]
        return scores.masked_fill(~torch.stack(rows), -inf)

    def _open(self, written, scores):
        state = self.automaton.start
        for token in written:
            state = None if state is None or token == self.end else self._after(state, token)
        if state not in self._masks:
            mask = torch.zeros(scores.shape[-1], dtype=torch.bool)
            if state is not None:
                mask[self.trie.allowed(self.automaton, state)] = True
            # what has ended, or has left the pattern (a prompt of another text), only ends
            mask[self.end] = state is None or self.automaton.is_final(state)
            if not mask.any():
                raise ValueError("constraint: expected a token that goes on with the pattern, the tokenizer has none")
            self._masks[state] = mask.to(scores.device)
        return self._masks[state]

    def _after(self, state, token):
        return self.automaton.walk(state, self.trie.tokens[token])
