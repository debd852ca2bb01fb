"""Learning the pieces of a unigram model: start with too many, and drop those that matter least."""

import numpy as np

from coursekit.tokenizers.unigram_lattice import END, Lattice, alternatives, flatten

_LONGEST = 16  # characters of a piece
_SEEDS = 100_000  # pieces to start with
_KEPT = 0.75  # part of the pieces that a round of pruning keeps
_STEPS = 2  # of EM between rounds
_FLOOR = 0.5  # expected count below which no piece falls: EM alone would let characters die


def learn_pieces(words, vocab_size, reserved=()):
    """Pieces and their probabilities by EM and pruning.

        1. seed: all characters, and the substrings that save most (count times length)
        2. until the size is reached:
           a. EM: p(x) = c(x) / sum c, with the expected counts c over all segmentations
           b. what removing x costs: c(x) (log p(x) - log p of its best segmentation into other pieces)
           c. keep the dearest three quarters, and every character
        3. EM once more

    Args:
        words: dict from word to count.
        vocab_size: pieces wanted; at least the characters, which stay.
        reserved: names that no piece may have, though the words hold them: those of special tokens.

    Returns: dict from piece to log p, nats, the most probable first.

    Source: Kudo 2018, section 3.2, steps 1 to 3.
    Taught in: 02-transformer
    """
    counts = np.fromiter(words.values(), dtype=float)
    # 1.
    seeds = {piece: n for piece, n in seed_pieces(words).items() if piece not in reserved}
    pieces = list(seeds)
    log_probs = _normalize(np.fromiter(seeds.values(), dtype=float))
    lattice = Lattice(list(words), pieces)
    while True:
        # 2a. and 3.
        for _ in range(_STEPS):
            expected, _ = lattice.expected_counts(counts, log_probs)
            log_probs = _normalize(np.maximum(expected, _FLOOR))
        log_prob = dict(zip(pieces, log_probs.tolist()))
        if len(pieces) <= vocab_size:
            return dict(sorted(log_prob.items(), key=lambda item: (-item[1], item[0])))
        # 2b.
        best = alternatives(log_prob)
        cost = np.array([n * (log_prob[x] - best.get(x, -np.inf)) for x, n in zip(pieces, expected.tolist())])
        # 2c. a character has no alternative: its cost is infinite
        size = max(vocab_size, int(_KEPT * len(pieces)))
        kept = np.sort(np.argsort(-cost, kind="stable")[:size])
        pieces, log_probs = [pieces[i] for i in kept], log_probs[kept]
        lattice.keep(kept)


def seed_pieces(words):
    """Characters with their counts, and substrings that occur twice or more with count times length.

    Args: words: dict from word to count.
    Returns: dict from piece to number, the longest savings first after the characters.
    """
    codes, _, _ = flatten(list(words))
    line = "\0".join([*words, ""])
    weights = np.repeat(np.fromiter(words.values(), dtype=np.int64), [len(word) + 1 for word in words])  # (nodes,)
    starts, names, savings = np.flatnonzero(codes != END), codes.copy(), {}
    for length in range(1, _LONGEST + 1):
        # a substring is its beginning, which has a number already, and one more character
        last = codes[starts + length - 1]
        starts, last = starts[last != END], last[last != END]
        keys = names[starts] * (END + 1) * (length > 1) + last
        _, where, which = np.unique(keys, return_index=True, return_inverse=True)
        counts = np.bincount(which, weights[starts])
        for start, count in zip(starts[where].tolist(), counts.tolist()):
            if count > 1 or length == 1:
                savings[line[start : start + length]] = int(count) * length
        # what occurs once is not continued
        names[starts] = which
        starts = starts[counts[which] > 1]
    characters = {piece: n for piece, n in savings.items() if len(piece) == 1}
    best = sorted(savings.keys() - characters, key=lambda piece: (-savings[piece], piece))[:_SEEDS]
    return dict(sorted(characters.items())) | {piece: savings[piece] for piece in best}


def _normalize(counts):
    return np.log(counts / counts.sum())
