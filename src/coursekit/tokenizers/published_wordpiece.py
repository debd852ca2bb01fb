"""A published WordPiece: what BERT does to a text before it is cut, and the marks around it."""

import unicodedata

from coursekit.tokenizers.checks import check_characters
from coursekit.tokenizers.wordpiece import WordPiece

BEGIN, END, PADDING = "[CLS]", "[SEP]", "[PAD]"
_SPACES, _DROPPED = ("Zs", "Zl", "Zp"), ("Cc", "Cf", "Co")  # categories of Unicode
# Han characters, as HF `tokenizers` counts them; BERT's own code begins the sixth range at 2B820
_HAN = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)


class PublishedWordPiece:
    """WordPiece as BERT publishes it. The work is `WordPiece`'s, whose text is normalised here.

    Control characters are dropped, white space becomes spaces, each Han character is a word, and without capitals
    accents are dropped, too: «Año» is read as «ano».

    What a text says stays text, even where it spells a mark: "[SEP]" in it is three words.

    Args:
        tokens: list of str by id, with "[CLS]", "[SEP]", "[PAD]" and "[UNK]"; as vocab.txt lists them, one a line.
        lower: all in lower case and without accents ("uncased")?

    Attributes: begin, end, padding: the ids of "[CLS]", "[SEP]" and "[PAD]".

    Raises: ValueError when a mark is missing, or tokens are none.

    Source: Devlin et al. 2019 (code), BasicTokenizer and FullTokenizer; HF `tokenizers`, BertNormalizer.
    Taught in: 02-transformer
    """

    def __init__(self, tokens, lower=True):
        self._pieces, self._lower = WordPiece(tokens), lower
        ids = {token: i for i, token in enumerate(self._pieces.vocabulary)}
        for mark in (BEGIN, END, PADDING):
            if mark not in ids:
                raise ValueError(f"tokens: expected {mark} among them, got {len(ids)} others")
        self.begin, self.end, self.padding = ids[BEGIN], ids[END], ids[PADDING]
        self.vocab_size = self._pieces.vocab_size

    def encode(self, text):
        """Text to ids, without marks.

        Args: text: str.
        Returns: list of int.
        Raises: ValueError for what is not text.
        """
        return self._pieces.encode(normalise(text, self._lower))

    def sentence(self, text, longest=None):
        """One text as the model reads it: "[CLS] text [SEP]", without its end where it is too long.

        Args:
            text: str.
            longest: most ids, marks included, at least 2; None = all.

        Returns: list of int.
        Raises: ValueError for what is not text, or a length below 2.
        """
        if longest is not None and longest < 2:
            raise ValueError(f"longest: expected room for two marks, got {longest}")
        ids = self.encode(text)
        return [self.begin, *(ids if longest is None else ids[: longest - 2]), self.end]

    def decode(self, ids):
        """Ids to text; marks are spelled out. What was dropped does not come back.

        Args, Raises: as in `WordPiece.decode`.
        """
        return self._pieces.decode(ids)


def normalise(text, lower=True):
    """What BERT does to a text before it is cut.

    Args: text, lower: as in `PublishedWordPiece`.
    Returns: str.
    Raises: ValueError for what is not text.

    Source: HF `tokenizers`, BertNormalizer, for the Unicode that Python knows, which is newer.
    Taught in: 02-transformer
    """
    text = check_characters(text).translate(_CLEAN)
    return unicodedata.normalize("NFD", text).translate(_PLAIN) if lower else text


class _Table(dict):
    """A table for `str.translate` that works out a character when it first comes."""

    def __init__(self, work):
        super().__init__()
        self._work = work

    def __missing__(self, code):
        self[code] = made = self._work(chr(code))
        return made


def _clean(c):
    if c in "\t\n\r" or unicodedata.category(c) in _SPACES:
        return " "
    if c in "\0\ufffd" or unicodedata.category(c) in _DROPPED:
        return ""
    return f" {c} " if any(first <= ord(c) <= last for first, last in _HAN) else c


def _plain(c):
    return "" if unicodedata.category(c) == "Mn" else c.lower()


_CLEAN, _PLAIN = _Table(_clean), _Table(_plain)
