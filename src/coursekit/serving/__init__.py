"""Using a trained model: generation, token by token, with the mixers' caches; an encoder's vectors.

    generate.py    one token after another;  sampling/ how the next one is drawn
    prefill.py     a prompt is read, in chunks
    paged/         the cache of many texts, by blocks;  scheduling/ many requests in continuous batches
    speculative/   proposals that cost little and lose nothing;  speculative_generate.py  `generate` with them
    constrained/   only what a pattern allows may be written
    server/        a model behind HTTP, for the clients of OpenAI and of Ollama
    text_stream.py  tokens become text: whole characters, stop strings;  stream_text.py  a continuation as text
    conversation.py  turns, within the context, the answer piece by piece;  terminal.py  the same in a terminal
    matrix_vector/ a linear layer for one token: the kernel;  one_stream.py  a model whose linear layers are made of it
    columns.py     the same weights in another order in memory, for one token a step: what torch alone can do
    sentence_embeddings.py  a sentence as one vector, the mean of what an encoder says at its tokens

Dimensions: B batch, T tokens, V vocabulary.
"""

from coursekit.serving.columns import by_columns
from coursekit.serving.generate import generate
from coursekit.serving.one_stream import in_one_stream
from coursekit.serving.paged.cache import PagedCache
from coursekit.serving.sampling.sampling import Sampling
from coursekit.serving.scheduling.request import Request
from coursekit.serving.scheduling.scheduler import Scheduler
from coursekit.serving.sentence_embeddings import sentence_embeddings
from coursekit.serving.speculative import DraftModel, NgramLookup
from coursekit.serving.speculative_generate import speculative_generate
from coursekit.serving.stream_text import stream_text

__all__ = [
    "DraftModel",
    "NgramLookup",
    "PagedCache",
    "Request",
    "Sampling",
    "Scheduler",
    "by_columns",
    "generate",
    "in_one_stream",
    "sentence_embeddings",
    "speculative_generate",
    "stream_text",
]
