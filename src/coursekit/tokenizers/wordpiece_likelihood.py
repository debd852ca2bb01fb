"""WordPiece's own way to choose a merge: by likelihood, not by frequency.

Changes one idea of `bpe_recount`: a pair is worth what its token adds to the likelihood of the corpus. A pair of
frequent symbols that meet by chance adds nothing; a rarer pair that always goes together adds much.
Leaves out the language model of the paper's systems: here symbols are independent, so the gain is exact and has
a closed form. (Google's trainer was never published. HF's WordPieceTrainer counts frequencies, as BPE does.)
"""

from collections import Counter
from math import log
from operator import add

from coursekit.tokenizers.bpe_recount import merge_pair


def likelihood_gain(together, left, right, total, same=False):
    """How much a merge adds to the log likelihood of a corpus of independent symbols.

        log L = sum_s c(s) log(c(s) / N)

    before and after the pair's occurrences became one symbol: N, c(left) and c(right) lose what it takes.
    To first order this is c(ab) log(N c(ab) / (c(a) c(b))): the pair's count times its mutual information.

    Args:
        together: occurrences of the pair, without overlaps.
        left, right: occurrences of its parts, those in the pair included.
        total: N, symbols in the corpus.
        same: the parts are one symbol; `left` and `right` both count all of it.

    Returns: nats.

    Source: Schuster and Nakajima 2012, section 2 (the criterion; the closed form is ours).
    Taught in: 02-transformer
    """
    before = [left] if same else [left, right]
    after = [left - 2 * together] if same else [left - together, right - together]
    gain = sum(map(_xlogx, after)) + _xlogx(together) - _xlogx(total - together)
    return gain - sum(map(_xlogx, before)) + _xlogx(total)


def learn_merges(words, alphabet, vocab_size, join=add):
    """`coursekit.tokenizers.bpe_recount.learn_merges`, by likelihood.

    Stops early when no merge makes the corpus more likely. Ties: the lowest ids.

    Args, Returns: as there.

    Source: Schuster and Nakajima 2012, section 2.
    Taught in: 02-transformer
    """
    words = [(list(word), count) for word, count in words.items()]
    vocabulary, merges = list(alphabet), {}
    ids = {token: i for i, token in enumerate(vocabulary)}
    while len(vocabulary) < vocab_size:
        singles, pairs = Counter(), Counter()
        for word, count in words:
            for symbol in word:
                singles[symbol] += count
            for pair in _without_overlaps(word):
                pairs[pair] += count
        total = singles.total()
        gains = {
            (a, b): likelihood_gain(together, singles[a], singles[b], total, same=a == b)
            for (a, b), together in pairs.items()
        }
        pair = min(gains, key=lambda pair: (-gains[pair], pair), default=None)
        if pair is None or gains[pair] <= 0:
            break
        token = join(*(vocabulary[i] for i in pair))
        if token not in ids:
            ids[token] = len(vocabulary)
            vocabulary.append(token)
        merges[pair] = ids[token]
        words = [(merge_pair(word, pair, ids[token]), count) for word, count in words]
    return vocabulary, merges


def _without_overlaps(word):
    """Pairs of neighbours as a merge takes them: aaa holds aa once."""
    taken = None  # where the pair before, if it was of two equal symbols, began
    for i, pair in enumerate(zip(word, word[1:])):
        if pair[0] == pair[1] and taken == i - 1 and word[taken] == pair[0]:
            continue
        if pair[0] == pair[1]:
            taken = i
        yield pair


def _xlogx(x):
    return x * log(x) if x else 0.0
