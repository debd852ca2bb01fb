"""The unigram model's sums over segmentations, for all words at once.

Adds one idea to `unigram_reference`: the segmentations of all words are the paths of one big graph, whose nodes
are the places between characters and whose arcs are pieces. The graph is built once; forward and backward go
through it in layers, the t-th place of every word at the same time.
"""

import numpy as np

END = 0x110000  # stands after a word: no character has this code


class Lattice:
    """All segmentations of some words into some pieces.

    Args:
        words: sequence of str, none of them empty.
        pieces: sequence of str; every character of the words among them.
        proper: leave out the arc that is a whole word.

    Raises: ValueError when a character is no piece.
    """

    def __init__(self, words, pieces, proper=False):
        missing = set("".join(words)) - set(pieces)
        if missing:
            raise ValueError(f"pieces: expected every character of the words, got none for {min(missing)!r}")
        codes, self.first, self.last = flatten(words)
        owner = np.repeat(np.arange(len(words)), self.last - self.first + 1)  # of each node
        starts, ends, labels = _walk(codes, pieces)
        if proper:
            part = ends - starts < (self.last - self.first)[owner[starts]]
            starts, ends, labels = starts[part], ends[part], labels[part]
        self.starts, self.ends, self.labels, self.owners = starts, ends, labels, owner[starts]
        self._sort()

    def keep(self, kept):
        """Leave only some pieces, which are then numbered in the order given.

        Args: kept: (pieces left,), their numbers until now; every character among them.
        """
        renamed = np.full(max(kept.max(), self.labels.max(initial=0)) + 1, -1)
        renamed[kept] = np.arange(len(kept))
        labels = renamed[self.labels]
        stays = labels >= 0
        self.labels, self.owners = labels[stays], self.owners[stays]
        self.starts, self.ends = self.starts[stays], self.ends[stays]
        self._sort()

    def forward(self, log_probs, most=False):
        """log alpha of each node: the probability of reaching it, summed over paths, or of the best path.

        Args: log_probs: (pieces,), nats. most: of the best path.
        Returns: (nodes,).
        """
        return self._sweep(self.onward, self.starts, self.first, log_probs, most)

    def expected_counts(self, counts, log_probs):
        """`coursekit.tokenizers.unigram_reference.expected_counts`.

        Args:
            counts: (words,), how often each word occurs.
            log_probs: (pieces,), nats.

        Returns: (pieces,), expected counts; and the log likelihood, nats.

        Source: Kudo 2018, section 3.2.
        Taught in: 02-transformer
        """
        alpha = self.forward(log_probs)
        beta = self._sweep(self.homeward, self.ends, self.last, log_probs, False)
        whole = alpha[self.last]  # (words,)
        used = np.exp(alpha[self.starts] + log_probs[self.labels] + beta[self.ends] - whole[self.owners])  # (arcs,)
        used *= counts[self.owners]
        return np.bincount(self.labels, used, len(log_probs)), float(counts @ whole)

    def _sort(self):
        origin = self.first[self.owners]
        self.onward = _layers(self.ends - origin, self.ends)
        self.homeward = _layers(origin - self.starts, self.starts)

    def _sweep(self, layers, sources, roots, log_probs, most):
        values = np.empty(self.last.max(initial=-1) + 1)
        values[roots] = 0
        weights = log_probs[self.labels]
        for arcs, groups, targets, sizes in layers:
            terms = values[sources[arcs]] + weights[arcs]
            highest = np.maximum.reduceat(terms, groups)
            if most:
                values[targets] = highest
            else:
                total = np.add.reduceat(np.exp(terms - np.repeat(highest, sizes)), groups)
                values[targets] = highest + np.log(total)
        return values


def expected_counts(words, log_probs):
    """`coursekit.tokenizers.unigram_reference.expected_counts`, all words at once; same call."""
    lattice = Lattice(list(words), list(log_probs))
    values = np.fromiter(log_probs.values(), dtype=float)
    counts, likelihood = lattice.expected_counts(np.fromiter(words.values(), dtype=float), values)
    return dict(zip(log_probs, counts.tolist())), likelihood


def alternatives(log_probs):
    """`coursekit.tokenizers.unigram_reference.alternatives`, all pieces at once; same call."""
    long = [piece for piece in log_probs if len(piece) > 1]
    lattice = Lattice(long, list(log_probs), proper=True)
    best = lattice.forward(np.fromiter(log_probs.values(), dtype=float), most=True)[lattice.last]
    return dict(zip(long, best.tolist()))


def flatten(words):
    """Words in one line, each followed by one place more: a word of n characters has n + 1 nodes.

    Args: words: sequence of str, none of them empty.
    Returns: codes (nodes,) of the character after each node, `END` at the end of a word; first and last node
        of each word, (words,) each.
    """
    codes = np.frombuffer("\0".join([*words, ""]).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    first = np.cumsum(lengths + 1) - lengths - 1
    codes[first + lengths] = END
    return codes, first, first + lengths


def _walk(codes, pieces):
    """All arcs: node before a piece, node after it, and the piece's number."""
    tree, names = {}, {}  # from node of the tree and character to node; from node to piece
    for i, piece in enumerate(pieces):
        node = 0
        for character in piece:
            node = tree.setdefault(node * (END + 1) + ord(character), len(tree) + 1)
        names[node] = i
    steps = np.array(sorted(tree), dtype=np.int64)
    reached = np.array([tree[step] for step in steps.tolist()], dtype=np.int64)
    labels = np.full(len(tree) + 1, -1)
    labels[list(names)] = list(names.values())
    found = []
    starts, nodes, length = np.arange(len(codes)), np.zeros(len(codes), dtype=np.int64), 0
    while len(starts) and len(steps):
        wanted = nodes * (END + 1) + codes[starts + length]
        place = np.minimum(np.searchsorted(steps, wanted), len(steps) - 1)
        goes = steps[place] == wanted
        starts, nodes, length = starts[goes], reached[place[goes]], length + 1
        pieces_here = labels[nodes]
        arcs = pieces_here >= 0
        found.append((starts[arcs], starts[arcs] + length, pieces_here[arcs]))
    return [np.concatenate(part) for part in zip(*found)] if found else [np.zeros(0, dtype=np.int64)] * 3


def _layers(depth, targets):
    """Arcs grouped by the depth of their target: [(arcs, where groups begin, their targets, their sizes)]."""
    order = np.lexsort((targets, depth))
    bounds = np.flatnonzero(np.diff(depth[order])) + 1
    layers = []
    for arcs in np.split(order, bounds) if len(order) else []:
        groups = np.flatnonzero(np.diff(targets[arcs], prepend=-1))
        layers.append((arcs, groups, targets[arcs][groups], np.diff(groups, append=len(arcs))))
    return layers
