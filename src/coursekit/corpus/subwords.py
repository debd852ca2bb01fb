"""The same stories, spelled out and cut by a tokenizer: what a model sees that is not given whole words."""

from __future__ import annotations

from collections.abc import Sequence

from coursekit.corpus import cuentos


class Subwords:
    """Stories as the tokens of a tokenizer, with the probabilities of the corpus that wrote them.

    A story's text can be read back into it, so both have the same probability; tokens a story differ from tokenizer
    to tokenizer, and bytes do not. Scores of models with different tokenizers are therefore compared in bits a byte:

        bits a byte = -sum_s log2 q(tokens of s) / sum_s bytes(s)

    Args:
        tokenizer: has encode(text) -> ids and vocab_size, as `coursekit.tokenizers.BPE` has.
        corpus: has END, text, log2_probability: `coursekit.corpus.cuentos` or a relative.

    Attributes:
        vocab_size: of the tokenizer, and one more: the end of a story.

    Source: Gao et al. 2020 (The Pile), section 3.1 (bits per byte).
    Taught in: 02-transformer
    """

    def __init__(self, tokenizer, corpus=cuentos):
        self._tokenizer, self._corpus = tokenizer, corpus
        self.vocab_size = tokenizer.vocab_size + 1
        self.log2_probability = corpus.log2_probability

    def encode(self, story: Sequence[str]) -> list[int]:
        """A story, closed by END, to ids; the last one stands for END."""
        return [*self._tokenizer.encode(self._corpus.text(story)), self._tokenizer.vocab_size]

    def bytes(self, story: Sequence[str]) -> int:
        """The length of a story's text in UTF-8, and 1 for its END."""
        return len(self._corpus.text(story).encode()) + 1
