"""What a state of b bits cannot do, whatever the model: counting."""

from itertools import product
from math import log2


def copy_bound(bits, symbols, items):
    """The largest part of all sequences that a state of so many bits lets anyone copy without an error.

        accuracy <= 2^b / V^n,  and never more than 1

    After reading, everything known of the sequence is which of 2^b states one is in; each state is copied as one
    sequence, so at most 2^b of the V^n sequences come out right.

    Args:
        bits: b, of the state, >= 0.
        symbols: V.
        items: n, tokens to be copied.

    Returns: 0 .. 1.
    Raises: ValueError when a size is negative or there are no symbols.

    Source: Jelassi et al. 2024, theorem 2.7 and its corollary (for uniform sequences).
    Taught in: 03-mamba
    """
    if bits < 0 or symbols < 1 or items < 0:
        raise ValueError(f"expected bits >= 0, symbols >= 1 and items >= 0, got {bits}, {symbols} and {items}")
    return 2.0 ** min(0.0, bits - items * log2(symbols))


def recall_bound(bits, symbols):
    """The largest part of the values that can be recalled right with so many bits of state a value.

        bits >= log2 V - H(a) - (1 - a) log2(V - 1),    H(a) = -a log2 a - (1 - a) log2(1 - a)

    The rate-distortion function of uniform symbols: `copy_bound` when a part of the answers may be wrong.

    Args:
        bits: of state for each value to be remembered, >= 0.
        symbols: V, different values, at least 2.

    Returns: a, from 1 / V (no bits) to 1 (log2 V bits).
    Raises: ValueError when bits are negative or there is nothing to tell apart.

    Source: Cover & Thomas 2006, section 10.2 and problem 10.5 (uniform source, Hamming distortion).
    Taught in: 03-mamba
    """
    if bits < 0 or symbols < 2:
        raise ValueError(f"expected bits >= 0 and symbols >= 2, got {bits} and {symbols}")
    low, high = 1 / symbols, 1.0
    for _ in range(60):  # the bits needed grow with a: halve the interval
        middle = (low + high) / 2
        low, high = (middle, high) if _needed(middle, symbols) <= bits else (low, middle)
    return high if bits >= log2(symbols) else low


def _needed(right, symbols):
    wrong = 1 - right
    entropy = -sum(p * log2(p) for p in (right, wrong) if p > 0)
    return log2(symbols) - entropy - wrong * log2(symbols - 1)


def copy_accuracy(bits, symbols, items, remember, recite):
    """The part of all V^n sequences that a machine copies without an error, by trying every one.

    Args:
        bits, symbols, items: as in `copy_bound`.
        remember: sequence (a tuple of 0 .. V - 1) -> state, a whole number 0 .. 2^b - 1.
        recite: state -> sequence.

    Returns: 0 .. 1; never above `copy_bound`.
    Raises: ValueError when a state does not fit into the bits.
    Taught in: 03-mamba
    """
    right = 0
    for sequence in product(range(symbols), repeat=items):
        state = remember(sequence)
        if not 0 <= state < 2**bits:
            raise ValueError(f"expected a state of {bits} bits, 0 to {2**bits - 1}, got {state}")
        right += tuple(recite(state)) == sequence
    return right / symbols**items


def positional_machine(bits, symbols, items):
    """A machine that meets the bound: the sequence as a number in base V, cut off at 2^b.

    Args: as in `copy_bound`.
    Returns: (remember, recite), as `copy_accuracy` takes them.
    Taught in: 03-mamba
    """

    def remember(sequence):
        number = 0
        for symbol in sequence:
            number = number * symbols + symbol
        return number % 2**bits

    def recite(state):
        return tuple(state // symbols ** (items - 1 - i) % symbols for i in range(items))

    return remember, recite
