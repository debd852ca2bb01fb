"""Two ways to do a recurrence in parallel, and the count of what they do.

h_t = a_t h_{t-1} + x_t looks sequential, but steps can be joined before any state is known: doing (a, x) and then
(a', x') is the step (a' a, a' x + x'). Joining is associative, so all h_t are the prefixes of an associative
operation. Hillis and Steele take n log2 n joins, Blelloch 2 n; rounds come one after the other: log2 n of them, or
twice as many.
"""

import torch


def join(left, right):
    """The step that does `left` and then `right`; each is (decay, taken), two tensors of one shape."""
    return right[0] * left[0], right[0] * left[1] + right[1]


def hillis_steele(elements, join=join):
    """All prefixes of `elements` along dimension 2, in rounds in which each element takes in one before it.

        round k = 0, 1, ..:   e_t = join(e_{t - 2^k}, e_t)   for t >= 2^k

    Joins: n log2 n - (n - 1) for n a power of two. Simple, few rounds, too much work.

    Args:
        elements: (decay, taken), each (B, D, L, N).
        join: the associative operation, on such pairs.

    Returns: the prefixes, as elements.
    Source: Hillis & Steele 1986, Data parallel algorithms, section "All partial sums of an array", page 1173.
    Taught in: 03-mamba
    """
    offset, length = 1, elements[0].shape[2]
    while offset < length:
        joined = join([e[:, :, :-offset] for e in elements], [e[:, :, offset:] for e in elements])
        elements = [torch.cat([e[:, :, :offset], j], dim=2) for e, j in zip(elements, joined)]  # (B, D, L, N)
        offset *= 2
    return tuple(elements)


def blelloch(elements, join=join):
    """All prefixes of `elements` along dimension 2, by halving.

    Join neighbours, which leaves half as many elements; take their prefixes in the same way, which are those at
    t = 1, 3, ..; those at t = 2, 4, .. are one join away. Joins: 2 n - 2 - log2 n for n a power of two.

    Args, Returns: as in `hillis_steele`.
    Source: Blelloch 1990, Prefix sums and their applications, section 1.2 (up-sweep and down-sweep).
    Taught in: 03-mamba
    """
    length = elements[0].shape[2]
    if length == 1:
        return tuple(elements)
    even, odd = [e[:, :, 0::2] for e in elements], [e[:, :, 1::2] for e in elements]  # (B, D, ceil or floor L/2, N)
    # 1. up-sweep: neighbours
    odd = blelloch(join([e[:, :, : length // 2] for e in even], odd), join)
    if length > 2:
        # 2. down-sweep: the first is its own prefix, later ones take in the prefix before them
        rest = join([o[:, :, : (length - 1) // 2] for o in odd], [e[:, :, 1:] for e in even])
        even = [torch.cat([e[:, :, :1], r], dim=2) for e, r in zip(even, rest)]
    return tuple(_interleave(e, o) for e, o in zip(even, odd))


def count_joins(scan, length):
    """How many joins `scan` does for a sequence, counted while it runs.

    Args:
        scan: `hillis_steele` or `blelloch`.
        length: steps, at least 1.

    Returns: (joins, rounds): elements joined altogether, and calls of join, one after the other.
    Taught in: 03-mamba
    """
    sizes = []

    def counted(left, right):
        sizes.append(right[0].shape[2])
        return join(left, right)

    scan((torch.ones(1, 1, length, 1), torch.ones(1, 1, length, 1)), counted)
    return sum(sizes), len(sizes)


def _interleave(even, odd):
    whole = even.new_empty(*even.shape[:2], even.shape[2] + odd.shape[2], even.shape[3])
    whole[:, :, 0::2], whole[:, :, 1::2] = even, odd
    return whole  # (B, D, L, N)
