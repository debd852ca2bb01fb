"""The unigram tokenizer, as in T5 and ALBERT."""

import re
import sys
from collections import Counter
from itertools import chain

from coursekit.tokenizers.checks import (
    brief,
    check_characters,
    check_known,
    check_list,
    check_piece,
    check_vocab_size,
    documents,
    lookup,
)
from coursekit.tokenizers.memo import Memo
from coursekit.tokenizers.storage import read_json, write_json
from coursekit.tokenizers.unigram_train import learn_pieces
from coursekit.tokenizers.viterbi import segment

UNKNOWN = "<unk>"
SPACE = "▁"  # U+2581, SentencePiece's mark for a space
_PENALTY = 10.0  # nats by which an unknown character is less probable than the least probable piece


class Unigram:
    """Each word gets its most probable segmentation, pieces being independent.

        P(x_1 ... x_M) = prod p(x_i)

    A space is the character ▁, at the head of the word that follows; one is put before the text. Characters that
    are no pieces are unknown; unknown neighbours make one token. The rest of the text comes back, but for a ▁ of its
    own: nothing tells it from a space, and a space it comes back as (in SentencePiece, too).

    Args: pieces: dict from piece to log p, nats; ids follow its order, from 1 on. Id 0 is "<unk>".
    Raises: ValueError when a piece is no str, is empty or "<unk>" or holds a lone surrogate, or its log p is not a
        finite number.

    Attributes:
        vocabulary: list of str, token by id.
        log_probs: dict from piece to log p.

    Source: Kudo 2018, section 3.2; spaces: Kudo and Richardson 2018, section 3.2.
    Taught in: 02-transformer
    """

    def __init__(self, pieces):
        if not isinstance(pieces, dict):
            raise ValueError(f"pieces: expected a dict from piece to log probability, got {type(pieces).__name__}")
        for piece, log_prob in pieces.items():
            check_piece(piece, "pieces")
            if piece == UNKNOWN:
                raise ValueError(f"pieces: expected none called {UNKNOWN}, which is token 0")
            if not _is_finite(log_prob):
                raise ValueError(f"piece {brief(piece)}: expected a finite log probability, got {brief(log_prob)}")
        self.log_probs = dict(pieces)
        self.vocabulary = [UNKNOWN, *pieces]
        self._ids = {token: i for i, token in enumerate(self.vocabulary)}
        self._tokens = dict(enumerate(self.vocabulary))
        self._longest = max(map(len, pieces), default=1)
        self._unknown = min(pieces.values(), default=0.0) - _PENALTY
        self._words = Memo(self._encode_word)

    @classmethod
    def train(cls, text, vocab_size):
        """Learn the pieces of a text by `unigram_train.learn_pieces`. A text that holds "<unk>" makes no piece of it.

        Args:
            text: str, or an iterable of them (documents).
            vocab_size: tokens wanted, "<unk>" included; a short text gives fewer.

        Returns: a Unigram.
        Raises: ValueError when vocab_size is below the characters or text is not text.
        """
        words = Counter(chain.from_iterable(map(split_words, documents(text, check_characters))))
        check_vocab_size(vocab_size, 1 + len(set(chain.from_iterable(words))))
        return cls(learn_pieces(words, vocab_size - 1, reserved=(UNKNOWN,)))

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
        return list(chain.from_iterable(map(self._words.__getitem__, split_words(check_characters(text)))))

    def decode(self, ids):
        """Ids to text; an unknown token reads "<unk>", as that text would.

        Args: ids: sequence of int, or a tensor or array of one dimension.
        Returns: str.
        Raises: ValueError for an id that is not in the vocabulary.
        """
        return "".join(lookup(ids, self._tokens)).replace(SPACE, " ").removeprefix(" ")

    def tokens(self, text):
        """The pieces of a text, for figures: list of str."""
        return [self.vocabulary[i] for i in self.encode(text)]

    def save(self, path):
        """Write the pieces and their log probabilities to a JSON file; a ValueError where there are none."""
        check_known(self.log_probs)
        write_json(path, "Unigram", [[piece, log_prob] for piece, log_prob in self.log_probs.items()])

    @classmethod
    def load(cls, path):
        """Read what `save` wrote.

        Raises: ValueError when the file is damaged or of another kind.
        """
        return read_json(path, "Unigram", lambda content: cls(_pieces(content)))

    def _encode_word(self, word):
        pieces, _ = segment(word, self.log_probs, self._longest, self._unknown)
        ids = [self._ids.get(piece, 0) for piece in pieces]
        return [token for i, token in enumerate(ids) if token or not i or ids[i - 1]]


def _pieces(content):
    """What a file holds, as a dict."""
    pieces = {}
    for pair in check_list(content, "pieces"):
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
            raise ValueError(f"expected pairs of a piece and its log probability, got {brief(pair)}")
        if pair[0] in pieces:
            raise ValueError(f"expected different pieces, got {brief(pair[0])} twice")
        pieces[pair[0]] = pair[1]
    check_known(pieces)
    return pieces


def _is_finite(number):
    is_number = isinstance(number, float | int) and not isinstance(number, bool)
    return is_number and abs(number) <= sys.float_info.max


def split_words(text):
    """Cut text before each space, which becomes ▁, and around each end of line.

    Args: text: str.
    Returns: list of str; joined they are ▁ and the text with its spaces replaced.

    Source: Kudo and Richardson 2018, section 3.2.
    Taught in: 02-transformer
    """
    return _WORDS.findall(SPACE + text.replace(" ", SPACE)) if text else []


_WORDS = re.compile(f"{SPACE}?[^{SPACE}\n]+|{SPACE}|\n")
