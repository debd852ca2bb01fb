"""coursekit: the kernels behind an executable course on language-model architectures."""

__version__ = "0.1.0"
