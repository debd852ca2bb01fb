"""Using a trained model: generation, token by token, with the mixers' caches.

Dimensions: B batch, T tokens, V vocabulary.
"""

from coursekit.serving.generate import generate

__all__ = ["generate"]
