"""What can be known beforehand: the error of a ruler, the bits that codes need.

uniform_noise.py  a step's square over twelve
entropy.py      bits a weight at least, by how often each code occurs
"""

from coursekit.quant.theory.entropy import code_entropy
from coursekit.quant.theory.uniform_noise import noise_of_bits, rounding_noise, signal_to_noise

__all__ = ["code_entropy", "noise_of_bits", "rounding_noise", "signal_to_noise"]
