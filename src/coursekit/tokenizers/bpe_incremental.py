"""Learning byte-pair merges with counts that are kept up to date.

Adds one idea to `bpe_recount`: a merge changes only the pairs around the places where it happens. So remember
where each pair stands, and after a merge correct the counts of the neighbours there, nothing else. Entries that
this leaves wrong (a place where the pair is gone, an old count in the priority queue) are not looked for: they
are recognised when they come up.
Leaves out more than one thread.
"""

from collections import defaultdict
from heapq import heapify, heappop, heappush
from itertools import chain
from operator import add

import numpy as np

_END = -1  # stands after each word, and takes the place of a symbol that was merged into the one before it


def learn_merges(words, alphabet, vocab_size, join=add):
    """`coursekit.tokenizers.bpe_recount.learn_merges`, in time that grows with the symbols that merges remove.

    All words lie in one line, each closed by a mark. Symbols are linked to the next and the previous one, so
    that a merge moves nothing. With M merges that happen at O places in all, from N symbols:

        N + O log O operations instead of N M

    Args, Returns: as in `coursekit.tokenizers.bpe_recount.learn_merges`.

    Source: Sennrich et al. 2016, section 3.2 (its code keeps such an index); lazy queue: HF `tokenizers`, BpeTrainer.
    Taught in: 02-transformer
    """
    vocabulary, merges = list(alphabet), {}
    ids = {token: i for i, token in enumerate(vocabulary)}
    symbols, weights = _line_up(words)
    counts, places = _index(symbols, weights)
    symbols, weights = symbols.tolist(), weights.tolist()
    following = list(range(1, len(symbols) + 1))
    previous = list(range(-1, len(symbols) - 1))
    queue = [(-count, pair) for pair, count in counts.items()]
    heapify(queue)
    while len(vocabulary) < vocab_size and queue:
        # 1. the pair at the head of the queue, if its count is still true; else it goes back with its count of today
        count, pair = heappop(queue)
        if counts.get(pair, 0) != -count:
            if pair in counts:
                heappush(queue, (-counts[pair], pair))
            continue
        # 2. its token
        a, b = pair
        string = join(vocabulary[a], vocabulary[b])
        if string not in ids:
            ids[string] = len(vocabulary)
            vocabulary.append(string)
        token = merges[pair] = ids[string]
        # 3. merge it where it stands; note how often each neighbour x on the left, y on the right was there
        lefts, rights = defaultdict(int), defaultdict(int)
        here = places.pop(pair)
        for i in sorted(here) if a == b else here:
            j = following[i]
            if symbols[i] != a or symbols[j] != b:
                continue
            h, k, weight = previous[i], following[j], weights[i]
            x, y = symbols[h], symbols[k]
            symbols[i], symbols[j] = token, _END
            following[i] = k
            previous[k] = i
            if x != _END:
                lefts[x] += weight
                places[x, token].append(h)
            if y != _END:
                rights[y] += weight
                places[token, y].append(i)
        # 4. the neighbours' counts: (x, a) and (b, y) were, (x, token) and (token, y) are
        changed = set()
        for x, weight in lefts.items():
            counts[x, a] = counts.get((x, a), 0) - weight
            counts[x, token] = counts.get((x, token), 0) + weight
            changed |= {(x, a), (x, token)}
        for y, weight in rights.items():
            counts[b, y] = counts.get((b, y), 0) - weight
            counts[token, y] = counts.get((token, y), 0) + weight
            changed |= {(b, y), (token, y)}
        counts[pair] = 0
        changed.add(pair)
        for other in changed:
            if not counts[other]:
                del counts[other]
            elif token in other:
                heappush(queue, (-counts[other], other))
    return vocabulary, merges


def _line_up(words):
    """Symbols of all words, each word closed by a mark; and for each place the count of its word."""
    symbols = np.fromiter(chain.from_iterable(chain(word, (_END,)) for word in words), dtype=np.int64)
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words)) + 1
    return symbols, np.repeat(np.fromiter(words.values(), dtype=np.int64, count=len(words)), lengths)


def _index(symbols, weights):
    """Of each pair of neighbours: its count, and its places in ascending order."""
    first, second = symbols[:-1], symbols[1:]
    here = np.flatnonzero((first != _END) & (second != _END))
    base = symbols.max(initial=0) + 1
    keys = first[here] * base + second[here]
    order = np.argsort(keys, kind="stable")
    keys, here = keys[order], here[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    pairs = [divmod(key, int(base)) for key in keys[starts].tolist()]
    totals = np.add.reduceat(weights[here], starts) if len(starts) else starts
    places = defaultdict(list, zip(pairs, (part.tolist() for part in np.split(here, starts[1:]))))
    return dict(zip(pairs, totals.tolist())), places
