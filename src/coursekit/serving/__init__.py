"""Using a trained model: generation, token by token, with the mixers' caches; an encoder's vectors.

    generate.py    one token after another
    conversation.py  turns, within the context, the answer piece by piece;  terminal.py  the same in a terminal
    matrix_vector/ a linear layer for one token: the kernel;  one_stream.py  a model whose linear layers are made of it
    columns.py     the same weights in another order in memory, for one token a step: what torch alone can do
    sentence_embeddings.py  a sentence as one vector, the mean of what an encoder says at its tokens

Dimensions: B batch, T tokens, V vocabulary.
"""

from coursekit.serving.columns import by_columns
from coursekit.serving.generate import generate
from coursekit.serving.one_stream import in_one_stream
from coursekit.serving.sentence_embeddings import sentence_embeddings

__all__ = ["by_columns", "generate", "in_one_stream", "sentence_embeddings"]
