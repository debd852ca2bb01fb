"""Cutting text into words before any merge: GPT-2's rule, in the standard library's `re`.

Leaves out what the words are made of: from here on a word is a string that no token may cross.
"""

import re
from collections import Counter, defaultdict
from functools import cache
from itertools import chain, groupby

SPACE, NOT_SPACE = r"[^\S\x1c-\x1f]", r"[\S\x1c-\x1f]"  # `re` counts four control characters as space


def split_words(text):
    """Cut text into words; a space goes with the word that follows it.

        's|'t|'re|'ve|'m|'ll|'d | ?letters | ?digits | ?other signs | white space

    `re` has no classes of Unicode letters and numbers, so they are built: a letter is a word character that is
    neither a number nor an underscore. Combining marks are neither, as in GPT-2.

    Args:
        text: any str.

    Returns: list of str, in order; joined they are the text.

    Source: Radford et al. 2019, section 2.2; the pattern is that of the code published with it.
    Taught in: 02-transformer
    """
    return _patterns()[0].findall(text)


def split_chunks(text):
    """Cut text, coarser and faster, at places where `split_words` cuts it too.

    A chunk is white space and what follows it up to the next white space: no word holds anything after which
    white space comes. So the words of a text are the words of its chunks, and only distinct chunks need care.

    Args: text: any str.
    Returns: list of str, in order; joined they are the text.
    """
    return _patterns()[1].findall(text)


def split_digits(text):
    """Cut text so that each digit stands alone, before `split_words` cuts the rest: numbers are then spelled.

    Args: text: any str.
    Returns: list of str, in order, none empty; joined they are the text.

    Source: the published tokenizers of SmolLM and SmolLM2; HF `tokenizers`, Digits(individual_digits=True).
    Taught in: 02-transformer
    """
    return [piece for piece in _patterns()[2].split(text) if piece]


def count_words(documents):
    """How often each word occurs.

    Args: documents: iterable of str; no word crosses their ends.
    Returns: dict from word to its count.
    """
    chunks, alike, words = Counter(), defaultdict(list), Counter()
    for document in documents:
        chunks.update(split_chunks(document))
    for chunk, count in chunks.items():
        alike[count].append(chunk)
    for count, group in alike.items():
        for word, times in Counter(chain.from_iterable(map(split_words, group))).items():
            words[word] += count * times
    return words


@cache
def _patterns():
    # numbers that \d leaves out: fractions, superscripts, Roman numerals
    numbers = filter(str.isnumeric, map(chr, range(0x110000)))
    codes = [ord(c) for c in numbers if not c.isalpha() and not c.isdecimal()]
    # as ranges: beyond U+FFFF `re` would try the characters of a class one by one
    runs = [[code for _, code in run] for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0])]
    others = "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in runs)
    letter, number = rf"[^\W\d_{others}]", rf"[\d{others}]"
    sign = r"(?:[^\w\s]++|[_\x1c-\x1f]++)"
    words = rf"'(?:[stmd]|re|ve|ll)| ?{letter}+| ?{number}+| ?{sign}+|{SPACE}+(?!{NOT_SPACE})|{SPACE}+"
    return re.compile(words), re.compile(rf"{SPACE}*{NOT_SPACE}+|{SPACE}+"), re.compile(f"({number})")
