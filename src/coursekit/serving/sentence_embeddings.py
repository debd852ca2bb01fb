"""Sentences as vectors, by an encoder: those that mean the same lie close together."""

import torch
from torch.nn import functional as F


def sentence_embeddings(encoder, tokenizer, texts, longest=256, batch=32):
    """The mean of what an encoder says at the tokens of each text, with length 1.

        m = sum_t h_t,   e = m / |m|             over the real tokens, marks included; e . e' is the cosine

    The mean is the sum over their number, and e does not depend on that.

    Args:
        encoder: an `Encoder` without a head, (B, T) and the mask of padding (B, T) -> (B, T, C).
        tokenizer: a `PublishedWordPiece`; both come from `coursekit.pretrained.minilm`.
        texts: list of str.
        longest: most tokens of a text, marks included; what is longer is cut, as the published model does at 256.
        batch: texts that are read at once, >= 1; filled up with padding, which changes nothing.

    Returns: (N, C), N texts; an ordinary tensor on the encoder's device.
    Raises: ValueError for one str in place of a list, and for texts as the tokenizer does.

    Source: Reimers and Gurevych 2019 (Sentence-BERT), section 3 (MEAN strategy).
    Taught in: 02-transformer
    """
    if isinstance(texts, str):
        raise ValueError(f"texts: expected a list of str, got one str; write [{texts[:20]!r}]")
    device = next(encoder.parameters()).device
    sentences = [tokenizer.sentence(text, longest) for text in texts]
    vectors = [torch.empty(0, encoder.config.width, device=device)]  # of no texts
    for start in range(0, len(sentences), batch):
        part = sentences[start : start + batch]
        length = max(map(len, part))
        ids = torch.tensor([ids + [tokenizer.padding] * (length - len(ids)) for ids in part], device=device)  # (B, T)
        real = torch.tensor([[i < len(ids) for i in range(length)] for ids in part], device=device)  # (B, T)
        with torch.inference_mode():
            hidden = encoder(ids, real)  # (B, T, C)
            vectors.append(F.normalize((hidden * real[..., None]).sum(1), dim=-1))  # (B, C)
    return torch.cat(vectors)
