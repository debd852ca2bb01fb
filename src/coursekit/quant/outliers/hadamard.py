"""Hadamard matrices: rows of 1 and -1 at right angles, by which one large number becomes many small ones."""

import torch


def hadamard(size):
    """A matrix of 1 and -1 with H H^T = size * I.

        H_1 = (1),   H_2n = (H_n  H_n; H_n  -H_n)                                   Sylvester
        H_(p+1) = I + S for a prime p = 3 mod 4, S from the squares modulo p        Paley

    Args:
        size: 1, 2, or a multiple of 4 that these two make: 576 (SmolLM2) is 8 times 72 = 71 + 1.

    Returns: (size, size) float32.
    Raises: ValueError for a size that they do not make.

    Source: Paley 1933 for the second; Ashkboos et al. 2024 (QuaRot) for what they are used for.
    Taught in: 05-cuantizacion
    """
    if type(size) is not int or size < 1:
        raise ValueError(f"size: expected a whole number >= 1, got {size!r}")
    odd = size // (size & -size)
    cores = [1] if odd == 1 else [odd << k for k in range(2, 64) if odd << k <= size and _is_prime((odd << k) - 1)]
    if not cores:
        raise ValueError(f"size: expected a power of 2, or one times p + 1 with p a prime = 3 mod 4, got {size}")
    matrix = torch.ones(1, 1) if odd == 1 else _paley(cores[0] - 1)
    while len(matrix) < size:
        matrix = torch.cat([torch.cat([matrix, matrix], 1), torch.cat([matrix, -matrix], 1)])
    return matrix


def fast_hadamard(x):
    """x times Sylvester's matrix over its root, in n log2 n additions: one level of the recursion after the other.

    Args:
        x: (.., n), n a power of 2.

    Returns: the same shape: x @ (H / sqrt(n)).
    Raises: ValueError for another n.

    Source: Ashkboos et al. 2024 (QuaRot): the Walsh-Hadamard transform.
    Taught in: 05-cuantizacion
    """
    size = x.shape[-1]
    if size & (size - 1) or not size:
        raise ValueError(f"x: expected a last dimension that is a power of 2, got {size}")
    y, step = x, 1
    while step < size:
        first, second = y.unflatten(-1, (-1, 2, step)).unbind(-2)  # (.., n / 2 step, step) twice
        y = torch.stack([first + second, first - second], -2).flatten(-3)
        step *= 2
    return y / size**0.5


def _is_prime(number):
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def _paley(prime):
    """(p + 1, p + 1): the border of ones, and 1 or -1 as the difference of row and column is a square modulo p."""
    squares = torch.zeros(prime, dtype=torch.bool)
    squares[torch.arange(1, prime) ** 2 % prime] = True
    difference = (torch.arange(prime)[:, None] - torch.arange(prime)) % prime
    matrix = torch.ones(prime + 1, prime + 1)
    matrix[1:, 1:] = torch.where(squares[difference], 1.0, -1.0)
    matrix[1:, 0] = -1
    matrix[1:, 1:].fill_diagonal_(1)  # 0 of the squares, and the I of I + S
    return matrix
