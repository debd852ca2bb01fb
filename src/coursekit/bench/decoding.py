"""One token of one layer: Mamba against transformers' operations, and against attention with its cache.

One thread, CPU time, float32, memory that is freed kept at hand. Attention wins where the text is short and loses
where it is long.
"""

import time
from collections.abc import Iterator

import torch

from coursekit.attention import Attention
from coursekit.bench.timing import interleaved, keep_freed_memory
from coursekit.decoder import DecoderConfig
from coursekit.ssm import mamba
from coursekit.ssm.step import fused_cpu as state_update_cpu

PROMPT = 4  # tokens that both Mambas read before the one that is timed


def run(
    width: int = 768, contexts: tuple[int, ...] = (1024, 4096, 16384), repeats: int = 15, rounds: int = 20
) -> Iterator[tuple[str, float, str]]:
    """Yield (name, value, unit): "a-over-b" in "×" is how many times faster a is than b; µs a call; caches in MiB.

    The state update alone has the sizes of the layer (2 · width channels, 16 states), for one sequence and for 8,
    and those of Mamba-2 (heads of 64 and 128 states); also on two threads, elapsed time, "-2t" at the end of the name.

    Args:
        width: C, a multiple of 64; attention has heads of 64.
        contexts: tokens that attention has in its cache, the newest included; reserved beforehand.
        repeats: rounds of which the median is taken.
        rounds: tokens a round.

    Raises: ValueError when our layer and transformers' differ.
    """
    keep_freed_memory()
    threads = torch.get_num_threads()
    try:
        with torch.inference_mode():
            for form, sizes in {"": (1, 0), "-8": (8, 0), "-heads": (1, 64)}.items():
                candidates = _state_updates(2 * width, *sizes)
                for count, clock, end in ((2, time.perf_counter, "-2t"), (1, time.process_time, "")):
                    torch.set_num_threads(count)
                    seconds = _time(candidates, repeats, rounds, clock)
                    yield f"bench/state-update{form}-over-transformers{end}", seconds["theirs"] / seconds["ours"], "×"
                    yield f"bench/state-update{form}-time{end}", seconds["ours"] * 1e6, "µs"
            x = torch.randn(1, PROMPT + 1, width, generator=torch.Generator().manual_seed(0))  # (B, L, C)
            candidates, state = _mambas(width, x)
            attentions = {context: _attention(width, context, x[:, -1:]) for context in contexts}
            seconds = _time(candidates | {context: call for context, (call, _) in attentions.items()}, repeats, rounds)
            yield "bench/decode-mamba-over-transformers", seconds["theirs"] / seconds["ours"], "×"
            yield "bench/decode-mamba-cache", _mebibytes(state), "MiB"
            for context, (_, kept) in attentions.items():
                yield f"bench/decode-mamba-over-attention-{context}", seconds[context] / seconds["ours"], "×"
                yield f"bench/decode-attention-over-mamba-{context}", seconds["ours"] / seconds[context], "×"
                yield f"bench/decode-attention-cache-{context}", _mebibytes(kept), "MiB"
    finally:
        torch.set_num_threads(threads)


def _state_updates(channels: int, batch: int, size: int):
    """The same step by our function and by transformers', without heads (`size` 0) or with heads of `size`."""
    from transformers.models.mamba import modeling_mamba
    from transformers.models.mamba2 import modeling_mamba2

    generator = torch.Generator().manual_seed(0)
    heads, states = (channels // size, 128) if size else (channels, 16)
    shape = (heads, size) if size else (channels,)

    def normal(*sizes):
        return torch.randn(sizes, generator=generator)

    x, dt, bias, D = normal(batch, *shape), normal(batch, heads), normal(heads) - 4, normal(heads)
    A = -normal(heads).exp() if size else -normal(channels, states).exp()
    B, C = (normal(batch, 1, states) if size else normal(batch, states) for _ in range(2))
    ours, theirs = torch.zeros(batch, *shape, states), torch.zeros(batch, *shape, states)
    function = modeling_mamba2.mamba2_selective_state_update if size else modeling_mamba.mamba_selective_state_update

    def wide(t):  # transformers' Mamba-2 hands over a number a channel
        return t[..., None].expand(*t.shape, size) if size else t

    rate = A[:, None, None].expand(*shape, states) if size else A
    candidates = {
        "ours": lambda: state_update_cpu.selective_state_update(ours, x, dt, A, B, C, D, None, bias, True),
        "theirs": lambda: function(theirs, x, wide(dt), rate, B, C, wide(D), wide(bias), True),
    }
    _check_equal(candidates)
    return candidates


def _mambas(width: int, x):
    """A token after the prompt by our layer and by transformers', with the same weights, and our cache."""
    from transformers import DynamicCache, MambaConfig
    from transformers.models.mamba.modeling_mamba import MambaMixer

    settings = MambaConfig(hidden_size=width, num_hidden_layers=1, vocab_size=8)
    torch.manual_seed(0)
    theirs = MambaMixer(settings, layer_idx=0).eval()
    ours = mamba.Mamba(DecoderConfig(vocab_size=8, width=width, layers=1, heads=1)).eval()
    ours.load_state_dict(theirs.state_dict())
    state, their_cache = ours.new_cache(1), DynamicCache(config=settings)
    ours(x[:, :PROMPT], state)
    theirs(x[:, :PROMPT], cache_params=their_cache)
    candidates = {
        "ours": lambda: ours(x[:, PROMPT:], state),
        "theirs": lambda: theirs(x[:, PROMPT:], cache_params=their_cache),
    }
    _check_equal(candidates)
    return candidates, state


def _attention(width: int, context: int, x):
    """The newest token of `context` by an attention layer, and its cache."""
    config = DecoderConfig(vocab_size=8, width=width, layers=1, heads=width // 64, context=context)
    attention = Attention(config).eval()
    kept = attention.new_cache(1)
    kept.keys.normal_()
    kept.values.normal_()

    def call():
        kept.length = context - 1
        return attention(x, kept)

    return call, kept


def _check_equal(candidates) -> None:
    ours, theirs = candidates["ours"](), candidates["theirs"]()
    error, allowed = (ours - theirs).abs().max(), 1e-4 * theirs.abs().max()
    if not error <= allowed:
        raise ValueError(f"expected the output of transformers within {allowed:.1e}, got {error:.1e} away")


def _time(candidates, repeats: int, rounds: int, clock=time.process_time) -> dict:
    """Seconds a call."""

    def several(call):
        return lambda: [call() for _ in range(rounds)]

    seconds = interleaved({name: several(call) for name, call in candidates.items()}, repeats, clock=clock)
    return {name: value / rounds for name, value in seconds.items()}


def _mebibytes(cache) -> float:
    return sum(tensor.nbytes for tensor in cache.tensors()) / 2**20
