"""Greedy decoding with a cache, beside transformers and beside the linear layers alone.

CPU time, one thread, float32.
"""

import time
from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional as F

from coursekit.bench.timing import interleaved
from coursekit.pretrained import from_transformers
from coursekit.serving import by_columns, generate


def run(width: int = 256, layers: int = 4, new: int = 128, repeats: int = 5) -> Iterator[tuple[str, float, str]]:
    """Yield (name, ratio, "×"): a tiny Llama with random weights continues a prompt of 16 tokens, batch 1.

    transformers' `generate` and ours must say the same tokens; ours with weights by columns, and by rows as they
    come. Over transformers: how many times faster. Over linears: our time over that of our linear layers alone, the
    same matrices in the same order in memory, applied to one token one after the other, and nothing else: a floor.

    Args:
        width: C, a multiple of 4 (heads); the feed-forward is 8/3 C wide, the vocabulary 16 C (4096).
        layers: number of blocks.
        new: tokens to add, at most 496 (the context is 512).
        repeats: rounds; medians.

    Raises: ValueError when the tokens differ.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        theirs = _llama(width, layers)
        rows = from_transformers(theirs)
        columns = by_columns(rows)
        prompt = torch.randint(16 * width, (1, 16), generator=torch.Generator().manual_seed(0))  # (B, T)
        candidates = {
            "transformers": lambda: theirs.generate(prompt, max_new_tokens=new, do_sample=False),
            "rows": lambda: generate(rows, prompt, new, temperature=0),
            "columns": lambda: generate(columns, prompt, new, temperature=0),
        }
        expected = candidates["transformers"]()
        for name in ("rows", "columns"):
            if not candidates[name]().equal(expected):
                raise ValueError(f"weights by {name}: expected the tokens of transformers, got others")
        candidates["linears by rows"] = lambda: _linears_alone(rows, new)
        candidates["linears by columns"] = lambda: _linears_alone(columns, new)
        seconds = interleaved(candidates, repeats, clock=time.process_time)
        yield "bench/decode-over-transformers", seconds["transformers"] / seconds["columns"], "×"
        yield "bench/decode-rows-over-transformers", seconds["transformers"] / seconds["rows"], "×"
        yield "bench/decode-over-linears", seconds["columns"] / seconds["linears by columns"], "×"
        yield "bench/decode-rows-over-linears", seconds["rows"] / seconds["linears by rows"], "×"
    finally:
        torch.set_num_threads(threads)


def _llama(width: int, layers: int) -> nn.Module:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=16 * width,
        hidden_size=width,
        intermediate_size=-(-width // 3) * 8,
        num_hidden_layers=layers,
        num_attention_heads=4,
        max_position_embeddings=512,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
    )
    return LlamaForCausalLM(config).eval()


@torch.inference_mode()
def _linears_alone(model: nn.Module, steps: int) -> None:
    matrices = [part.weight for part in model.modules() if isinstance(part, nn.Linear)]
    tokens = {size: torch.ones(1, 1, size) for size in {matrix.shape[1] for matrix in matrices}}  # (B, T, inputs)
    for _ in range(steps):
        for matrix in matrices:
            F.linear(tokens[matrix.shape[1]], matrix)
