"""Byte-level BPE: the tokenizer of GPT-2, and of this course."""

from itertools import chain

from coursekit.tokenizers.alphabet import ORDER, byte_ids
from coursekit.tokenizers.bpe_incremental import learn_merges
from coursekit.tokenizers.checks import (
    brief,
    check_list,
    check_text,
    check_vocab_size,
    documents,
    lone_surrogate,
    lookup,
)
from coursekit.tokenizers.memo import Memo
from coursekit.tokenizers.merge_heap import apply_merges
from coursekit.tokenizers.pretokenize import count_words, split_chunks, split_words
from coursekit.tokenizers.storage import read_json, write_json

_ALPHABET = [bytes([byte]) for byte in ORDER]
MOST_BYTES = 1 << 22  # of all merges' tokens together: a few merges that double would fill any memory


class BPE:
    """Byte-pair encoding over bytes: no text is out of vocabulary, and all of it comes back.

    Text becomes UTF-8; words as `pretokenize.split_words` cuts them; in each word the merges are applied in
    the order in which they were learned. There are no special tokens: a model that needs one takes an id from
    `vocab_size` on.

    Args: merges: iterable of pairs of ids, in order of rank; ids 0 .. 255 are the bytes in GPT-2's order.
    Raises: ValueError when a merge names a token that does not exist yet, or comes twice, and when the tokens that
        merges make have more than `MOST_BYTES` bytes in all, 4 MiB.

    Attributes:
        vocabulary: list of bytes, token by id.
        merges: dict from pair of ids to id, in order of rank.

    Source: Sennrich et al. 2016, section 3.2; bytes: Radford et al. 2019, section 2.2.
    Taught in: 02-transformer
    """

    def __init__(self, merges):
        self.vocabulary, self.merges = list(_ALPHABET), {}
        ids = {token: i for i, token in enumerate(self.vocabulary)}
        made = 0  # bytes
        for rank, pair in enumerate(merges):
            pair = _pair(pair, rank, len(self.vocabulary))
            if pair in self.merges:
                raise ValueError(f"merge {rank}: expected a new pair, got {pair} again")
            made += sum(len(self.vocabulary[i]) for i in pair)
            if made > MOST_BYTES:
                raise ValueError(f"merge {rank}: expected tokens of at most {MOST_BYTES} bytes in all, got {made}")
            token = self.vocabulary[pair[0]] + self.vocabulary[pair[1]]
            if token not in ids:
                ids[token] = len(self.vocabulary)
                self.vocabulary.append(token)
            self.merges[pair] = ids[token]
        self._ranks = {pair: (rank, token) for rank, (pair, token) in enumerate(self.merges.items())}
        self._tokens = dict(enumerate(self.vocabulary))
        self._words, self._chunks = Memo(self._encode_word), Memo(self._encode_chunk)

    @classmethod
    def train(cls, text, vocab_size):
        """Learn the merges of a text.

        Args:
            text: str, or an iterable of them (documents).
            vocab_size: tokens wanted, the 256 bytes included; a short text gives fewer.

        Returns: a BPE.
        Raises: ValueError when vocab_size is below 256 or text is not text.
        """
        check_vocab_size(vocab_size, 256)
        words = {tuple(byte_ids(_to_bytes(word))): n for word, n in count_words(documents(text)).items()}
        _, merges = learn_merges(words, _ALPHABET, vocab_size)
        return cls(merges)

    @property
    def vocab_size(self):
        """Number of tokens."""
        return len(self.vocabulary)

    def encode(self, text):
        """Text to ids.

        Args: text: str; may hold the surrogates of `errors="surrogateescape"`, which stand for single bytes (the
            other tokenizers have no bytes, and refuse these, too).
        Returns: list of int.
        Raises: ValueError for any other surrogate: such a str is not text.
        """
        return list(chain.from_iterable(map(self._chunks.__getitem__, split_chunks(check_text(text)))))

    def decode(self, ids, errors="replace"):
        """Ids to text.

        Args:
            ids: sequence of int, or a tensor or array of one dimension.
            errors: for bytes that are not UTF-8 (tokens may end inside a character): as in `bytes.decode`.

        Returns: str.
        Raises: ValueError for an id that is not in the vocabulary.
        """
        return self.decode_bytes(ids).decode("utf-8", errors)

    def encode_bytes(self, data):
        """Any bytes to ids. `decode_bytes` gives them back.

        Args: data: bytes.
        Returns: list of int.
        Raises: ValueError for anything else.
        """
        if not isinstance(data, bytes | bytearray):
            raise ValueError(f"data: expected bytes, got {type(data).__name__}")
        return self.encode(data.decode("utf-8", "surrogateescape"))

    def decode_bytes(self, ids):
        """Ids to bytes.

        Args, Raises: as in `decode`.
        Returns: bytes.
        """
        return b"".join(lookup(ids, self._tokens))

    def tokens(self, text):
        """The pieces of a text, for figures.

        Args: text: as in `encode`.
        Returns: list of str: ␣ for a space, ↵ for a line's end, <C3> for a byte that is not a whole character.
        """
        return [_readable(self.vocabulary[i]) for i in self.encode(text)]

    def save(self, path):
        """Write the merges to a JSON file."""
        write_json(path, "BPE", [list(pair) for pair in self.merges])

    @classmethod
    def load(cls, path):
        """Read what `save` wrote.

        Raises: ValueError when the file is damaged or of another kind.
        """
        return read_json(path, "BPE", lambda content: cls(check_list(content, "merges")))

    def _encode_chunk(self, chunk):
        return list(chain.from_iterable(map(self._words.__getitem__, split_words(chunk))))

    def _encode_word(self, word):
        return apply_merges(byte_ids(_to_bytes(word)), self._ranks)


def _to_bytes(word):
    try:
        return word.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise ValueError(lone_surrogate(word[error.start])) from None


def _pair(pair, rank, size):
    if not isinstance(pair, list | tuple) or len(pair) != 2 or any(type(i) is not int for i in pair):
        raise ValueError(f"merge {rank}: expected a pair of ids, got {brief(pair)}")
    if not all(0 <= i < size for i in pair):
        raise ValueError(f"merge {rank}: expected ids of tokens that exist, 0 .. {size - 1}, got {brief(tuple(pair))}")
    return tuple(pair)


def _readable(token):
    text = token.decode("utf-8", "surrogateescape")
    text = "".join(f"<{ord(c) - 0xDC00:02X}>" if 0xDC80 <= ord(c) <= 0xDCFF else c for c in text)
    return text.replace(" ", "␣").replace("\n", "↵")
