"""Floating point of 4 and 8 bits: a sign, an exponent, a mantissa, and all numbers in one short table.

    exponent e > 0:  (-1)^s 2^(e - bias) (1 + m / 2^M);     e = 0:  (-1)^s 2^(1 - bias) m / 2^M

    E4M3    bias 7, max 448, no infinities, S.1111.111 is NaN       (torch.float8_e4m3fn)
    E5M2    bias 15, max 57344, infinities and NaN as in IEEE 754   (torch.float8_e5m2)
    E2M1    bias 1: 0, 0.5, 1, 1.5, 2, 3, 4, 6 and their opposites, nothing else

Steps grow with the number: the relative error is even, where whole numbers have an even absolute one.
"""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class SmallFloat:
    """A format of up to 8 bits.

    Args:
        name: for messages.
        exponent_bits, mantissa_bits: E and M; a code has 1 + E + M bits.
        bias: what is taken from the stored exponent.
        largest: the largest finite number; codes above it stand for what `after` says.
        after: "nothing", "nan", or "ieee" (infinity, then NaN).

    Source: OCP 8-bit Floating Point Specification 1.0, tables 1 and 2 (E4M3, E5M2).
    Taught in: 05-cuantizacion
    """

    name: str
    exponent_bits: int
    mantissa_bits: int
    bias: int
    largest: float
    after: str

    @property
    def bits(self):
        return 1 + self.exponent_bits + self.mantissa_bits

    def numbers(self):
        """(2^bits,) float32: the number of each code."""
        code = torch.arange(1 << self.bits - 1)  # without the sign
        exponent, mantissa = code >> self.mantissa_bits, code & (1 << self.mantissa_bits) - 1
        whole = torch.where(exponent > 0, mantissa + (1 << self.mantissa_bits), mantissa)
        size = torch.ldexp(whole.float(), exponent.clamp(min=1) - self.bias - self.mantissa_bits)
        first = int((size <= self.largest).sum())  # of the codes that are no finite number
        size[first:] = float("nan")
        if self.after == "ieee":
            size[first] = float("inf")
        return torch.cat([size, -size])

    def decode(self, codes):
        """The numbers of codes.

        Args: codes: uint8, 0 .. 2^bits - 1, any shape.
        Returns: float32.
        Raises: ValueError for a code that does not exist.
        """
        highest = int(codes.max()) if codes.numel() else 0
        if codes.dtype != torch.uint8 or highest >= 1 << self.bits:
            raise ValueError(f"{self.name}: expected uint8 codes below {1 << self.bits}, got {codes.dtype} {highest}")
        return self.numbers()[codes.long()]

    def encode(self, x, saturate=True):
        """The code nearest to each number; of two that are equally near, the one with an even mantissa.

        Args:
            x: floating point, any shape.
            saturate: numbers beyond the largest become the largest; False: infinity or NaN, where the format has them.

        Returns: uint8.
        Raises: ValueError for NaN, and with saturate False for numbers beyond the largest, where there is no code.
        """
        x = x.detach().to(torch.float32)
        codes = torch.searchsorted(self._halfway(), x.abs().double(), right=False)
        finite = len(self._halfway())
        beyond = codes == finite  # the last of the halves is between the largest and what would come next
        lost = x.isnan() if saturate else x.isnan() | beyond
        if self.after == "nothing" and lost.any():
            raise ValueError(
                f"{self.name}: expected numbers up to {self.largest:g}, got {int(lost.sum())} without a code"
            )
        codes = torch.where(beyond, finite - 1 if saturate else finite, codes)
        codes = torch.where(x.isnan(), (1 << self.bits - 1) - 1, codes)
        return (codes | (x.signbit().long() << self.bits - 1)).to(torch.uint8)

    def round(self, x, saturate=True):
        """decode(encode(x)): float32, the nearest number of the format."""
        return self.decode(self.encode(x, saturate))

    def _halfway(self):
        """(finite codes,) float64: up to where each non-negative number reaches, ties included where it is even."""
        size = self.numbers()[: 1 << self.bits - 1].double()
        size = size[size <= self.largest]
        step = size[-1] - size[-2]
        middle = (size + torch.cat([size[1:], size[-1:] + step])) / 2
        even = torch.arange(len(size)) % 2 == 0
        return torch.where(even, middle, torch.nextafter(middle, torch.zeros_like(middle)))


E4M3 = SmallFloat("E4M3", 4, 3, 7, 448.0, "nan")
E5M2 = SmallFloat("E5M2", 5, 2, 15, 57344.0, "ieee")
E2M1 = SmallFloat("E2M1", 2, 1, 1, 6.0, "nothing")
