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


def copied(bits, symbols, items, remember, recite):
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
    Returns: (remember, recite), as `copied` takes them.
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
