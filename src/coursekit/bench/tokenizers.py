"""BPE beside the libraries in Rust: HF `tokenizers` and tiktoken. CPU time, one thread each, ratios of one run."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, pairwise

import numpy as np

from coursekit.bench.timing import interleaved
from coursekit.corpus import curso
from coursekit.tokenizers import bpe
from coursekit.tokenizers.alphabet import printable

# onset, nucleus, coda
_SYLLABLE = (
    ["", *"bcdfgjlmnñprstvz", "br", "ch", "cl", "gr", "ll", "pr", "qu", "rr", "st", "tr"],
    [*"aeiouáéíóú", "ia", "ie", "io", "ue"],
    [*12 * [""], *"lnrs"],
)

# GPT-2's rule, in the regular expressions of tiktoken
_WORDS = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def run(megabytes: float = 5.0, vocab_size: int = 4096, repeats: int = 3) -> Iterator[tuple[str, float, str]]:
    """Yield (name, ratio, "×"). Training: our time over HF's. Encoding: our megabytes a second over theirs.

    All learn and encode the same text, line by line or whole, and must find the same merges and the same ids.
    Each encoding starts without words that it remembers, ours and HF's; tiktoken remembers none.

    Args:
        megabytes: length of the training text, in 1e6 bytes; a fifth of it is encoded.
        vocab_size: tokens, the 256 bytes included.
        repeats: rounds; medians.

    Raises: ValueError when the libraries disagree with us.
    """
    from tokenizers import Tokenizer

    lines = bench_text(round(megabytes * 1e6)).splitlines(keepends=True)
    with _one_thread():
        ours, theirs = bpe.BPE.train(lines, vocab_size), hf_train(lines, vocab_size)
        _agree("HF's merges", _spelled(ours), json.loads(theirs.to_str())["model"]["merges"])
        train = {"ours": lambda: bpe.BPE.train(lines, vocab_size), "hf": lambda: hf_train(lines, vocab_size)}
        seconds = _time(train, repeats)
        yield "bench/bpe-train-over-hf", seconds["ours"] / seconds["hf"], "×"

        lines = lines[: len(lines) // 5]
        text, saved = "".join(lines), theirs.to_str()
        other = _tiktoken(ours)
        _agree("HF's ids", ours.encode(text), theirs.encode(text).ids)
        _agree("tiktoken's ids", ours.encode(text), other.encode_ordinary(text))
        encode = {
            "ours": lambda: bpe.BPE(ours.merges).encode(text),
            "ours, lines": lambda: list(map(bpe.BPE(ours.merges).encode, lines)),
            "hf": lambda: Tokenizer.from_str(saved).encode(text),
            "hf, lines": lambda: Tokenizer.from_str(saved).encode_batch_fast(lines),
            "tiktoken": lambda: other.encode_ordinary(text),
        }
        seconds = _time(encode, repeats)
        yield "bench/bpe-encode-over-hf", seconds["hf"] / seconds["ours"], "×"
        yield "bench/bpe-encode-lines-over-hf", seconds["hf, lines"] / seconds["ours, lines"], "×"
        yield "bench/bpe-encode-over-tiktoken", seconds["tiktoken"] / seconds["ours"], "×"


def bench_text(size: int, types: int = 60_000, seed: int = 0) -> str:
    """A text as hard for BPE as a language: the course's own Spanish prose, and then words that nobody ever said.

    The stories of `coursekit.corpus.cuentos` have a few hundred words: too easy. So words are invented, from
    syllables that look Spanish, and drawn with the frequencies of a language's words (r is a word's rank):

        p(r) ~ 1 / (r + 2.7)

    Args:
        size: bytes of UTF-8 (a character cut in two is left out).
        types: number of words in the dictionary; rare ones are longer.
        seed: of the syllables and of the draws.

    Returns: str.

    Source: Mandelbrot 1953 (Zipf's law with a shift).
    """
    generator = np.random.default_rng(seed)
    ranks = np.arange(1, types + 1)
    ends = np.cumsum(1 + generator.poisson(0.5 * np.log10(ranks)))  # syllables up to each word's end
    syllables = list(map("".join, zip(*(generator.choice(part, ends[-1]) for part in _SYLLABLE))))
    words = np.array(["".join(syllables[i:j]) for i, j in pairwise([0, *ends])])
    count = size // 4  # more than enough: a word and what follows it are longer on average
    drawn = generator.choice(words, count, p=1 / (ranks + 2.7) / np.sum(1 / (ranks + 2.7)))
    after = generator.choice([" ", ", ", ".\n"], count, p=[0.88, 0.08, 0.04])
    text = "".join(chain(*curso.spanish().values(), *zip(drawn, after)))
    return text.encode()[:size].decode("utf-8", "ignore")


def hf_train(documents: list[str], vocab_size: int):
    """The training of `BPE.train` by HF `tokenizers`: bytes, GPT-2's words, no special tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(documents, trainer)
    return tokenizer


def _tiktoken(tokenizer: bpe.BPE):
    import tiktoken

    ranks = {token: i for i, token in enumerate(tokenizer.vocabulary)}
    return tiktoken.Encoding("bench", pat_str=_WORDS, mergeable_ranks=ranks, special_tokens={})


def _spelled(tokenizer: bpe.BPE) -> list[list[str]]:
    return [[printable(tokenizer.vocabulary[i]) for i in pair] for pair in tokenizer.merges]


def _agree(what: str, ours: list, theirs: list) -> None:
    if ours != theirs:
        first = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
        raise ValueError(f"{what}: expected the same as ours, got a difference at place {first}")


def _time(candidates, repeats: int) -> dict[str, float]:
    return interleaved(candidates, repeats, warmup=0, clock=time.process_time)


@contextmanager
def _one_thread() -> Iterator[None]:
    """HF's threads, off; and as they were after that."""
    before = os.environ.get("TOKENIZERS_PARALLELISM")
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        yield
    finally:
        if before is None:
            del os.environ["TOKENIZERS_PARALLELISM"]
        else:
            os.environ["TOKENIZERS_PARALLELISM"] = before
