"""Sentences as ids: each opens with START and closes with END, and nothing reaches across.

    sentences = [["a", "b"], ["b"]]   ->   START a b END START b END

END is a word like any other, and predicted; START only stands in contexts. A word outside the vocabulary is UNKNOWN:
one more word, which stands for all of them.
"""

from array import array
from copy import copy
from dataclasses import dataclass

import numpy as np

from coursekit.ngram.counting.checks import check_words

END, START, UNKNOWN = "<fin>", "<inicio>", "<desconocida>"
END_ID, START_ID, UNKNOWN_ID = range(3)


class Ids(dict):
    """{word: id}: END, START, UNKNOWN, and then words as they come.

    Args:
        end: the word that closes sentences; corpora have their own.
        words: the whole vocabulary, to which no word is added; None = every new word gets the next id.

    Raises: ValueError for words that are no words of a vocabulary.
    Taught in: 01-historia
    """

    def __init__(self, end=END, words=None):
        check_words((end,), "end")
        if end in (START, UNKNOWN):
            raise ValueError(f"end: expected a word of its own, got {end!r}")
        super().__init__({end: END_ID, START: START_ID, UNKNOWN: UNKNOWN_ID})
        self.end, self.is_closed = end, False
        for word in () if words is None else check_words(words, "vocabulary"):
            self[word]
        self.is_closed = words is not None

    def closed(self):
        """The same words, to which none is added."""
        closed = copy(self)
        closed.is_closed = True
        return closed

    def __missing__(self, word):
        if not isinstance(word, str):
            raise TypeError
        if self.is_closed:
            return UNKNOWN_ID
        self[word] = len(self)
        return len(self) - 1


@dataclass(frozen=True)
class Text:
    """A text as ids.

    Args:
        ids: {word: id}, all V of them.
        tokens: (N,) int32, sentence after sentence, each from START to END.
        starts: (S,) int64, the place of each sentence's START.

    Taught in: 01-historia
    """

    ids: Ids
    tokens: np.ndarray
    starts: np.ndarray


def read(sentences, ids):
    """Sentences as ids, END added where it is missing.

    Args:
        sentences: iterable of lists of str; END may close each of them, and stands nowhere else. A list of END alone
            is a sentence without words, as a model may draw it. Read once.
        ids: an `Ids`; new words are added to it unless it is closed.

    Returns: a `Text`.
    Raises: ValueError when there is no sentence, or one is empty, no list of str, or has END or START inside.
    Taught in: 01-historia
    """
    if isinstance(sentences, str | bytes) or not hasattr(sentences, "__iter__"):
        raise ValueError(f"sentences: expected lists of words, got {type(sentences).__name__}")
    tokens, starts, lookup = array("i"), array("q"), ids.__getitem__
    for sentence in sentences:
        if not isinstance(sentence, list | tuple):
            sentence = check_words(sentence, f"sentence {len(starts)}")
        starts.append(len(tokens))
        tokens.append(START_ID)
        try:
            tokens.extend(map(lookup, sentence))
        except TypeError:
            check_words(sentence, f"sentence {len(starts) - 1}")
        if len(tokens) - starts[-1] == 1:
            raise ValueError(f"sentence {len(starts) - 1}: expected words, or {ids.end!r} alone, got nothing")
        if tokens[-1] != END_ID:
            tokens.append(END_ID)
    if not starts:
        raise ValueError("sentences: expected at least one, got none")
    text = Text(ids, np.frombuffer(tokens, np.int32), np.frombuffer(starts, np.int64))
    _check_inside(text)
    return text


def _check_inside(text):
    for i, name, places in ((END_ID, text.ids.end, "at the end"), (START_ID, START, "before the first word")):
        found = np.flatnonzero(text.tokens == i)
        if len(found) == len(text.starts):
            continue
        right = np.append(text.starts[1:], len(text.tokens)) - 1 if i == END_ID else text.starts
        wrong = np.setdiff1d(found, right)[0]
        sentence = np.searchsorted(text.starts, wrong, "right") - 1
        raise ValueError(
            f"sentence {sentence}: expected {name!r} {places} alone, got it at {wrong - text.starts[sentence] - 1}"
        )
