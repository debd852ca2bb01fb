"""A prompt's continuation as text, piece by piece, as soon as it is there."""

import torch

from coursekit.serving.prefill import prefill
from coursekit.serving.sampling.sampling import Sampling
from coursekit.serving.text_stream import TextStream


def stream_text(model, tokenizer, prompt, max_tokens, sampling=None, stop=(), end=None, seed=0, chunk=None):
    """Write on from a prompt.

        for piece in stream_text(model, tokenizer, "Once upon a time", 100, stop=["The end"]):
            print(piece, end="")

    Args:
        model: a `Decoder`.
        tokenizer: with `encode(text)` and `decode_bytes(ids)`.
        prompt: str, or a list of ids; at least one token.
        max_tokens: most tokens to add, >= 0.
        sampling: a `Sampling`; None = temperature 1.
        stop: strings that end the text; they are not part of it.
        end: id that ends it, or None.
        seed: of the draws.
        chunk: as in `prefill`.

    Yields: str, whole characters.
    Raises: ValueError for an empty prompt, or a length beyond the model's context.

    Taught in: 07-despliegue
    """
    sampling, text = sampling or Sampling(), TextStream(tokenizer, stop)
    ids = torch.tensor([tokenizer.encode(prompt) if isinstance(prompt, str) else list(prompt)], dtype=torch.long)
    generator, cache = torch.Generator().manual_seed(seed), model.new_cache(1)
    for i in range(max_tokens):
        logits = prefill(model, cache, ids, chunk) if i == 0 else prefill(model, cache, ids[:, -1:])
        token = sampling.draw(logits, generator, ids)  # (1, 1)
        ids = torch.cat([ids, token], dim=1)
        if token.item() == end:
            break
        if piece := text.feed(token.item()):
            yield piece
        if text.stopped:
            return
    if piece := text.end():
        yield piece
