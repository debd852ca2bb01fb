"""Micro-stories in Spanish with a known entropy: no model can score below it, and how far above it stays is exact.

Nouns, adjectives, participles and verbs agree over relative clauses; names, pets and homes return many tokens later;
quotations and stories open inside stories. The functions of this module are the methods of one Cuentos, the one with
the Spanish lexicon; `Cuentos(RIOPLATENSE, shared=VOCABULARY)` is the same in another dialect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coursekit.corpus import probes
from coursekit.corpus.grammar import Grammar
from coursekit.corpus.lexicon import SPANISH, Lexicon
from coursekit.corpus.rules.opening import story
from coursekit.corpus.vocabulary import WordCorpus

END = WordCorpus.END


class Cuentos(WordCorpus):
    """The stories of a lexicon.

    Args:
        lexicon: the words of the stories.
        shared: a vocabulary whose ids are kept; words that it lacks are appended. END must come first in it.

    Attributes:
        VOCABULARY: the words, END first, then (shared ones apart) from the most to the least frequent.

    Source: the grammar was written for this course.
    Taught in: 01-historia
    """

    def __init__(self, lexicon: Lexicon, shared: Sequence[str] = (END,)):
        if not shared or shared[0] != END:
            raise ValueError(f"shared: expected a vocabulary that starts with {END!r}, got {list(shared[:3])}")
        self.lexicon = lexicon
        self._grammar = Grammar((story,), lexicon, END)
        counts = self._grammar.expected_counts()
        new = sorted(set(counts) - set(shared), key=lambda word: (-round(counts[word], 9), word))
        super().__init__((*shared, *new))
        for name in lexicon.gender:
            if name.lower() in self._ids or name == name.lower():
                raise ValueError(f"proper names: expected a capital and no word alike in lower case, got {name!r}")

    def stories(self, seed: int) -> Iterator[list[str]]:
        """Independent stories without end, each a list of tokens that closes with END; the same for the same seed."""
        return self._grammar.stories(seed)

    def log2_probability(self, story: Sequence[str]) -> float:
        """log2 P(story) in bits, END counted; ValueError where no story reads so: at which token, and why."""
        return self._grammar.log2_probability(story)

    def log2_probabilities(self, story: Sequence[str]) -> list[float]:
        """log2 P(token | tokens before it) in bits for each token of a story; they add up to log2_probability."""
        return self._grammar.log2_probabilities(story)

    def next_distribution(self, prefix: Sequence[str]) -> dict[str, float]:
        """{token: P(token | prefix)}: what can follow the first tokens of a story; the empty prefix is its start."""
        return self._grammar.next_distribution(prefix)

    def entropy_rate(self) -> float:
        """H(story) / E[length] in bits a token, END counted, exact: the floor of the cross-entropy of every model."""
        return self.story_entropy() / self.expected_length()

    def story_entropy(self) -> float:
        """H(story) in bits, exact."""
        return self._grammar.entropy()

    def expected_length(self) -> float:
        """E[tokens of a story], END counted, exact."""
        return self._grammar.expected_length()

    def maximum_length(self) -> int:
        """The length in tokens of the longest stories, END counted."""
        return self._grammar.maximum_length()

    def expected_counts(self) -> dict[str, float]:
        """{token: E[how often a story contains it]}, exact; divided by expected_length, its unigram probability."""
        return self._grammar.expected_counts()

    def origins(self, story: Sequence[str]) -> list[tuple]:
        """The symbol (rule, attribute, ...) of the grammar that wrote each token of a story."""
        return self._grammar.origins(story)

    def agreement_pairs(self, seed: int, attractor: bool = True) -> Iterator[tuple[list[str], str, tuple[str, ...]]]:
        """Endless (prefix, right, wrong): `right` agrees with its subject, `wrong` with a nearer noun (see probes)."""
        return probes.agreement_pairs(self, seed, attractor)

    def name_returns(self, seed: int, distance: int = 8) -> Iterator[tuple[list[str], str]]:
        """Endless (prefix, name): a name heard `distance` or more tokens ago returns, as it must (see probes)."""
        return probes.name_returns(self, seed, distance)


_SPANISH = Cuentos(SPANISH)

VOCABULARY = _SPANISH.VOCABULARY
stories = _SPANISH.stories
log2_probability = _SPANISH.log2_probability
log2_probabilities = _SPANISH.log2_probabilities
next_distribution = _SPANISH.next_distribution
entropy_rate = _SPANISH.entropy_rate
story_entropy = _SPANISH.story_entropy
expected_length = _SPANISH.expected_length
maximum_length = _SPANISH.maximum_length
expected_counts = _SPANISH.expected_counts
origins = _SPANISH.origins
text = _SPANISH.text
tokens = _SPANISH.tokens
encode = _SPANISH.encode
decode = _SPANISH.decode
agreement_pairs = _SPANISH.agreement_pairs
name_returns = _SPANISH.name_returns
