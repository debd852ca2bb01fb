"""Block diffusion with a cache of the blocks before, beside reading them anew. CPU time, one thread, float32."""

import time
from collections.abc import Iterator
from functools import partial

import torch

from coursekit.attention import Attention
from coursekit.bench.timing import interleaved
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.diffusion.text import BlockCausal, CachedBlocks, WholeCanvas, generate


def run(width: int = 128, layers: int = 4, length: int = 512, block: int = 16, repeats: int = 5) -> Iterator[tuple]:
    """Yield (name, ratio, "×"): a model with random weights fills a canvas, block after block, four tokens a step.

    Over anew: how many times faster with the cache than when all blocks up to this one are read in each step; the
    tokens must be the same. Over whole: than when each step reads the whole canvas, as a model that sees both ways
    must; its tokens are others.

    Args:
        width: C, a multiple of 4 (heads); the vocabulary has 512 tokens.
        layers: number of blocks of the model.
        length: places of the canvas, a multiple of block. block: places refined together, a multiple of 4.
        repeats: rounds; medians.

    Raises: ValueError when the tokens differ.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        torch.manual_seed(0)
        config = DecoderConfig(vocab_size=512, width=width, layers=layers, heads=4, context=length)
        model = Decoder(config, mixer=partial(Attention, is_causal=False)).eval()
        with torch.no_grad():  # weights so large that the tokens depend on what is seen
            for weight in model.parameters():
                weight.mul_(8)
        prompt = torch.randint(511, (1, block), generator=torch.Generator().manual_seed(0))  # (B, P)
        steps = (length - block) // 4
        candidates = {
            reader.__name__: partial(
                generate, model, prompt, steps, block, mask_id=511, length=length, reader=reader, temperature=1.0
            )
            for reader in (CachedBlocks, BlockCausal, WholeCanvas)
        }
        if not candidates["CachedBlocks"]().equal(candidates["BlockCausal"]()):
            raise ValueError("blocks from the cache: expected the tokens of blocks that are read anew, got others")
        seconds = interleaved(candidates, repeats, clock=time.process_time)
        yield "bench/blocks-cached-over-anew", seconds["BlockCausal"] / seconds["CachedBlocks"], "×"
        yield "bench/blocks-cached-over-whole", seconds["WholeCanvas"] / seconds["CachedBlocks"], "×"
    finally:
        torch.set_num_threads(threads)
