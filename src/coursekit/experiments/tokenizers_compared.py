"""The same bytes, read through several tokenizers: what a model pays a token, and what it pays a byte."""

import torch

from coursekit.corpus import cuentos
from coursekit.corpus.subwords import Subwords
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.packing import pack
from coursekit.scoring.excess import story_log2_probabilities
from coursekit.train import Budget, train

_SPARE = 1.15  # the last batch of a training may end after its budget


def compare_tokenizers(tokenizers, sample, *, seeds=range(5), size=1_000_000, device="cpu"):
    """`bits_per_byte` of each tokenizer with each seed.

    Args:
        tokenizers: {name: tokenizer}; each has encode(text) -> ids and vocab_size.
        sample: stories that are scored.
        seeds: of weights and stories.
        size: bytes that each model reads.
        device: where to train.

    Returns: {name: [what `bits_per_byte` returns, for each seed]}.
    Taught in: 02-transformer
    """
    return {
        name: [bits_per_byte(tokenizer, sample, seed, size=size, device=device) for seed in seeds]
        for name, tokenizer in tokenizers.items()
    }


def bits_per_byte(tokenizer, sample, seed, *, size=1_000_000, width=64, layers=2, heads=4, device="cpu"):
    """What a decoder pays for `sample` after reading `size` bytes through a tokenizer.

        bits a token = -sum log2 q / tokens;  bits a byte = -sum log2 q / bytes

    The layers are the same for every tokenizer; the embedding grows with the vocabulary, and whoever cuts finer takes
    more steps.

    Args:
        tokenizer: has encode(text) -> ids and vocab_size.
        sample: stories of `cuentos`, lists of tokens.
        seed: of the weights; the stories read are those of 200 + seed.
        size: bytes.
        width, layers, heads: C, L, H of the decoder.
        device: where to train.

    Returns: dict: token, byte (bits), bytes_per_token.
    Source: Gao et al. 2020 (The Pile), section 3.1.
    Taught in: 02-transformer
    """
    pieces = Subwords(tokenizer)
    tokens, longest = _measure(pieces, 200 + seed, size)
    context = max(longest, *(len(pieces.encode(story)) for story in sample))
    torch.manual_seed(seed)
    sizes = DecoderConfig(pieces.vocab_size, width=width, layers=layers, heads=heads, context=context)
    model = Decoder(sizes).to(device)
    stories = pack(cuentos.stories(200 + seed), pieces.encode, context=context, batch=max(1, 1024 // context))
    train(model, stories, budget=Budget(tokens=tokens), lr=0.004, seed=seed, progress=False)
    bits = -sum(story_log2_probabilities(model, sample, pieces))
    tokens, size = sum(len(pieces.encode(story)) for story in sample), sum(map(pieces.bytes, sample))
    return {"token": bits / tokens, "byte": bits / size, "bytes_per_token": size / tokens}


def _measure(pieces, seed, size):
    """The tokens of the stories of a seed until they hold more than `size` bytes, and the longest that may be read."""
    read, tokens, longest, budget = 0, 0, 0, None
    for story in cuentos.stories(seed):
        cut = len(pieces.encode(story))
        read, tokens, longest = read + pieces.bytes(story), tokens + cut, max(longest, cut)
        budget = tokens if budget is None and read > size else budget
        if read > _SPARE * size:
            return budget, longest
