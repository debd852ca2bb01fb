"""Constrained decoding: only tokens that keep the text within a pattern may be drawn.

    thompson.py     the parts of patterns: states over bytes, and arrows
    pattern.py      a regular expression, read into such parts
    automaton.py    the states walked byte by byte, those that are asked for
    json_schema.py  a JSON schema as a regular expression
    constraint.py   a step of `Sampling`: which tokens' bytes the automaton can take

A model is trained to write what is likely; an automaton knows what is allowed. Both together: the most likely of what
is allowed, token by token.

Dimensions: B batch, S tokens of the text so far, V vocabulary.
"""

from coursekit.serving.constrained.automaton import Automaton
from coursekit.serving.constrained.constraint import Constraint, TokenTrie
from coursekit.serving.constrained.json_schema import schema_pattern

__all__ = ["Automaton", "Constraint", "TokenTrie", "schema_pattern"]
