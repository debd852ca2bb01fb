"""Using a trained model: generation, token by token, with the mixers' caches.

    generate.py    one token after another
    conversation.py  turns, within the context, the answer piece by piece;  terminal.py  the same in a terminal
    columns.py     the same weights in another order in memory, for one token a step on a CPU

Dimensions: B batch, T tokens, V vocabulary.
"""

from coursekit.serving.columns import by_columns
from coursekit.serving.generate import generate

__all__ = ["by_columns", "generate"]
