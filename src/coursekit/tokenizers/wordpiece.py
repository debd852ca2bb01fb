"""WordPiece: the tokenizer of BERT.

Leaves out what BERT does to a text before it is cut: its normaliser drops control characters, sets each Chinese
character apart, and in the models without capitals puts all in lower case and drops the accents.
"""

import re
import unicodedata
from collections import Counter
from functools import cache
from itertools import chain

from coursekit.tokenizers.bpe_incremental import learn_merges
from coursekit.tokenizers.checks import (
    check_characters,
    check_known,
    check_list,
    check_piece,
    check_vocab_size,
    documents,
    lookup,
)
from coursekit.tokenizers.memo import Memo
from coursekit.tokenizers.pretokenize import NOT_SPACE
from coursekit.tokenizers.storage import read_json, write_json

UNKNOWN = "[UNK]"
PREFIX = "##"  # marks a piece that does not begin a word
_LONGEST_WORD = 100  # characters; a longer one is unknown, as in BERT's code


class WordPiece:
    """Pieces of words, taken greedily: the longest that fits, then the longest that continues it.

    Words are cut at white space, and each punctuation mark is a word of its own. A word that no pieces spell is one
    unknown token. White space is not kept. The text is taken as it comes: 你好 is one word, a control character is one
    like any other, and an é written as two characters (NFD) is not the é of one: `unicodedata.normalize` first.

    "[UNK]" or "##" in a text is three words or two, never the token or the mark: they are made of punctuation.

    Args: vocabulary: iterable of str, token by id; holds "[UNK]"; pieces inside a word begin with "##".
    Raises: ValueError when a token is no str, empty, twice there, or holds a lone surrogate, or "[UNK]" is missing.

    Attributes: vocabulary: list of str, token by id.

    Source: Schuster and Nakajima 2012, section 2; greedy cut: Devlin et al. 2019 (code), WordpieceTokenizer.
    Taught in: 02-transformer
    """

    def __init__(self, vocabulary):
        self.vocabulary = list(vocabulary)
        for i, token in enumerate(self.vocabulary):
            check_piece(token, f"token {i}")
        self._ids = {token: i for i, token in enumerate(self.vocabulary)}
        if len(self._ids) < len(self.vocabulary):
            raise ValueError(f"vocabulary: expected {len(self.vocabulary)} different tokens, got {len(self._ids)}")
        if UNKNOWN not in self._ids:
            raise ValueError(f"vocabulary: expected {UNKNOWN} among its tokens, got {len(self._ids)} others")
        self._longest = max(map(len, self._ids))
        self._tokens = dict(enumerate(self.vocabulary))
        self._words = Memo(self._encode_word)
        self._chunks = Memo(self._encode_chunk)

    @classmethod
    def train(cls, text, vocab_size, learn=learn_merges):
        """Learn a vocabulary: BPE's merges on characters, of which only the tokens are kept.

        Ids: "[UNK]"; the characters; those that continue words, with "##"; the merges, in order.

        Args:
            text: str, or an iterable of them (documents).
            vocab_size: tokens wanted; a short text gives fewer.
            learn: `bpe_incremental.learn_merges`, by frequency, as HF's WordPieceTrainer, or
                `wordpiece_likelihood.learn_merges`, by likelihood, as the paper.

        Returns: a WordPiece.
        Raises: ValueError when vocab_size is below the alphabet or text is not text.
        """
        words = Counter()
        chunks = chain.from_iterable(map(_split_chunks, documents(text, check_characters)))
        for chunk, count in Counter(chunks).items():
            for word in split_words(chunk):
                words[word] += count
        alphabet = [UNKNOWN, *sorted(set(chain.from_iterable(words)))]
        alphabet += [PREFIX + c for c in sorted(set(chain.from_iterable(word[1:] for word in words)))]
        check_vocab_size(vocab_size, len(alphabet))
        ids = {token: i for i, token in enumerate(alphabet)}
        spelled = {(ids[w[0]], *(ids[PREFIX + c] for c in w[1:])): count for w, count in words.items()}
        vocabulary, _ = learn(spelled, alphabet, vocab_size, lambda left, right: left + right.removeprefix(PREFIX))
        return cls(vocabulary)

    @property
    def vocab_size(self):
        """Number of tokens."""
        return len(self.vocabulary)

    def encode(self, text):
        """Text to ids.

        Args: text: str.
        Returns: list of int.
        Raises: ValueError for a lone surrogate: such a str is not text.
        """
        return list(chain.from_iterable(map(self._chunks.__getitem__, _split_chunks(check_characters(text)))))

    def decode(self, ids):
        """Ids to text: pieces joined to their words, words by one space.

        Args: ids: sequence of int, or a tensor or array of one dimension.
        Returns: str.
        Raises: ValueError for an id that is not in the vocabulary.
        """
        return " ".join(lookup(ids, self._tokens)).replace(" " + PREFIX, "")

    def tokens(self, text):
        """The pieces of a text, for figures: list of str."""
        return [self.vocabulary[i] for i in self.encode(text)]

    def save(self, path):
        """Write the vocabulary to a JSON file; a ValueError where it holds nothing but "[UNK]"."""
        check_known(self.vocabulary[1:])
        write_json(path, "WordPiece", self.vocabulary)

    @classmethod
    def load(cls, path):
        """Read what `save` wrote.

        Raises: ValueError when the file is damaged or of another kind.
        """
        return read_json(path, "WordPiece", lambda content: cls(_tokens(content)))

    def _encode_chunk(self, chunk):
        return list(chain.from_iterable(map(self._words.__getitem__, split_words(chunk))))

    def _encode_word(self, word):
        return self._longest_matches(word) if len(word) <= _LONGEST_WORD else [self._ids[UNKNOWN]]

    def _longest_matches(self, word):
        pieces, start = [], 0
        while start < len(word):
            prefix = PREFIX if start else ""
            for end in range(min(len(word), start + self._longest), start, -1):
                piece = self._ids.get(prefix + word[start:end])
                if piece is not None:
                    break
            else:
                return [self._ids[UNKNOWN]]
            pieces.append(piece)
            start = end
        return pieces


def split_words(text):
    """Cut text at white space, which goes, and around each punctuation mark.

    Args: text: str.
    Returns: list of str.

    Source: HF `tokenizers`, BertPreTokenizer: ASCII signs that are no letters or digits, and all of Unicode P (of the
    Unicode that Python knows, which is newer); white space is Unicode's, which U+001C to U+001F are not.
    Taught in: 02-transformer
    """
    return _pattern().findall(text)


def _split_chunks(text):
    return _CHUNKS.findall(text)


def _tokens(content):
    """What a file holds, if it is a vocabulary."""
    check_known([token for token in check_list(content, "tokens") if token != UNKNOWN])
    return content


_CHUNKS = re.compile(f"{NOT_SPACE}+")


@cache
def _pattern():
    marks = [c for c in map(chr, range(0x110000)) if unicodedata.category(c)[0] == "P" or c in "$+<=>^`|~"]
    marks = re.escape("".join(marks))
    return re.compile(rf"[{marks}]|(?:[^{marks}\s]|[\x1c-\x1f])+")
