"""Learning byte-pair merges as the paper does: count every pair again before each merge.

Leaves out every economy: a merge touches few words, yet all of them are counted anew.
"""

from collections import Counter
from operator import add


def learn_merges(words, alphabet, vocab_size, join=add):
    """Merge the most frequent pair of neighbours, again and again.

        1. count the pairs of neighbours in all words, each as often as its word occurs
        2. take the most frequent; among equals the one with the lowest ids (left first), as in HF `tokenizers`
        3. its concatenation becomes a token, and replaces the pair in every word, from left to right

    until the vocabulary has its size or no word has two symbols. Overlapping pairs count (aaa holds aa twice).
    Two ways to the same string share one token: then there is a new merge, but no new token.

    Args:
        words: dict from word, a tuple of ids, to its count, an int >= 1.
        alphabet: list of the first tokens (bytes or str), whose ids are their places.
        vocab_size: tokens wanted, alphabet included.
        join: makes the new token from its two parts.

    Returns: the vocabulary, a list of tokens, and the merges, a dict from pair of ids to id, in order of rank.

    Source: Sennrich et al. 2016, section 3.2, algorithm 1.
    Taught in: 02-transformer
    """
    words = [(list(word), count) for word, count in words.items()]
    vocabulary, merges = list(alphabet), {}
    ids = {token: i for i, token in enumerate(vocabulary)}
    while len(vocabulary) < vocab_size:
        # 1.
        counts = count_pairs(words)
        if not counts:
            break
        # 2.
        pair = min(counts, key=lambda pair: (-counts[pair], pair))
        # 3.
        token = join(*(vocabulary[i] for i in pair))
        if token not in ids:
            ids[token] = len(vocabulary)
            vocabulary.append(token)
        merges[pair] = ids[token]
        words = [(merge_pair(word, pair, ids[token]), count) for word, count in words]
    return vocabulary, merges


def count_pairs(words):
    """How often each pair of neighbours occurs.

    Args: words: list of (list of ids, count).
    Returns: Counter of pairs of ids.
    """
    counts = Counter()
    for word, count in words:
        for pair in zip(word, word[1:]):
            counts[pair] += count
    return counts


def merge_pair(word, pair, token):
    """Replace a pair by a token wherever it stands, from left to right.

    Args: word: list of ids. pair: two ids. token: id.
    Returns: list of ids.
    """
    merged, i = [], 0
    while i < len(word):
        if tuple(word[i : i + 2]) == pair:
            merged.append(token)
            i += 2
        else:
            merged.append(word[i])
            i += 1
    return merged


def apply_merges(word, ranks):
    """Cut a word into tokens: merge the pair that was learned first, the leftmost of them, until none is left.

    Args:
        word: sequence of ids of the alphabet.
        ranks: dict from pair to (rank, id).

    Returns: list of ids.

    Source: Sennrich et al. 2016, section 3.2.
    Taught in: 02-transformer
    """
    word = list(word)
    while pairs := [(*ranks[pair], i) for i, pair in enumerate(zip(word, word[1:])) if pair in ranks]:
        _, token, i = min(pairs)
        word[i : i + 2] = [token]
    return word
