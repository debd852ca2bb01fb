"""Products with weights of few bits, and attention over a cache of few bits, against torch, ggml and transformers.

Candidates take turns of a few calls, as a model has layers; each has several copies of its weights, more bytes than
the caches hold, and takes another one at each call. The rounding of the inputs is part of the time. Beside each time
stands the error of the output: a product that is fast and wrong is no product. One thread, CPU time; "-2t" at the end
of a name: two threads, elapsed time.
"""

import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from itertools import count

import torch
from torch.nn import functional as F

from coursekit.bench.quant_peers import bitlinear, dynamic_int8, ggml, int4pack
from coursekit.bench.timing import interleaved, keep_freed_memory
from coursekit.quant.cache_attention import PackedCache, attend
from coursekit.quant.cache_attention import portable_cpu as portable_attention
from coursekit.quant.few_bits import packed
from coursekit.quant.formats import quantize, ternarize
from coursekit.quant.formats.ggml_blocks import SIZES as BLOCKS
from coursekit.quant.linear import backend as chosen
from coursekit.quant.linear import pack_ternary, portable_cpu

SIZES = {"2560x6912": (2560, 6912), "4096x4096": (4096, 4096)}
ROUNDS = 4  # calls a turn
CACHES = 2**26  # bytes of copies, twice what the processor's last cache holds here


def run(
    sizes=SIZES,
    batches: tuple[int, ...] = (1, 8, 64),
    cached: tuple[int, int, int] = (4096, 12, 64),
    repeats: int = 15,
    copies: int = CACHES,
) -> Iterator[tuple[str, float, str]]:
    """Yield (name, value, unit): "…-over-torch" in "×" is how many times faster than torch in float32; ms; errors in %.

    "…-over-floor": time over that of reading the packed bytes as fast as torch reads its own weights with one token.

    Args:
        sizes: {name: (outputs, inputs)}.
        batches: tokens.
        cached: tokens in the cache, heads, width of a head.
        repeats: rounds of which the median is taken.
        copies: bytes of copies of each candidate's weights.

    Raises: ValueError when an output is further from the exact one than its bits allow.
    """
    keep_freed_memory()
    threads = torch.get_num_threads()
    try:
        with torch.inference_mode():
            for threads_used, clock, end in ((1, time.process_time, ""), (2, time.perf_counter, "-2t")):
                torch.set_num_threads(threads_used)
                for name, (outputs, inputs) in sizes.items():
                    for batch in batches:
                        label = f"bench/quant-{name}-batch-{batch}"
                        yield from _linear(label, outputs, inputs, batch, repeats, copies, clock, end)
                yield from _attention(*cached, repeats, copies, clock, end)
    finally:
        torch.set_num_threads(threads)


def _linear(label, outputs, inputs, batch, repeats, copies, clock, end):
    weight, x = _weight_and_inputs(outputs, inputs, batch)
    candidates, nbytes, exact = _candidates(weight, x, copies)
    errors = {name: _error(call(), exact[name]) for name, call in candidates.items()}
    check_errors(errors)
    seconds = _in_turns(candidates, repeats, clock)
    for name in candidates:
        if name == "torch":
            yield f"{label}-torch-time{end}", seconds["torch"] * 1e3, "ms"
            continue
        yield f"{label}-{name}-over-torch{end}", seconds["torch"] / seconds[name], "×"
        yield f"{label}-{name}-time{end}", seconds[name] * 1e3, "ms"
        yield f"{label}-{name}-error{end}", errors[name] * 100, "%"
        if name in nbytes and batch == 1:
            floor = seconds["torch"] * nbytes[name] / weight.nbytes
            yield f"{label}-{name}-over-floor{end}", seconds[name] / floor, "×"


def _weight_and_inputs(outputs, inputs, batch):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(outputs, inputs, generator=generator), torch.randn(batch, inputs, generator=generator)


def _candidates(weight, x, copies):
    """{name: call}, {name: bytes of the weights}, {name: the output without any rounding of the inputs}."""
    trits, gamma = ternarize(weight)
    forms = {
        "ternary": pack_ternary(trits, gamma),
        "int4": packed(quantize(weight, 4, 32)),
        "int4-128": packed(quantize(weight, 4, 128)),
        "int8": packed(quantize(weight, 8)),
    }
    products = {"ternary": chosen.ternary_linear, "int8": chosen.int8_linear}
    calls = {"torch": in_turn(weight, copies, lambda w: F.linear(x, w))}
    exact = {"torch": x @ weight.T}
    for name, form in forms.items():
        product = products.get(name, chosen.int4_linear)
        calls[name] = in_turn(form, copies, lambda w, product=product: product(x, w))
        exact[name] = x @ form.dequantize().T
    calls["ternary-portable"] = in_turn(forms["ternary"], copies, lambda w: portable_cpu.linear(x, w))
    calls["int4-portable"] = in_turn(forms["int4"], copies, lambda w: portable_cpu.linear(x, w))
    exact |= {"ternary-portable": exact["ternary"], "int4-portable": exact["int4"]}
    peers = {
        "torch-int8": dynamic_int8(weight, x, copies),
        "torch-int4": int4pack(weight, x, copies),
        "transformers-bitlinear": bitlinear(trits, gamma, x, copies),
    }
    for kind, given in (("TQ2_0", trits * gamma), ("Q4_0", weight), ("Q8_0", weight)):
        if given.shape[1] % BLOCKS[kind][0] == 0:
            peers[f"ggml-{kind.lower()}"] = ggml(given, x, kind, copies, torch.get_num_threads())
    for name, peer in peers.items():
        if peer is not None:
            calls[name], exact[name] = peer
    return calls, {name: form.nbytes for name, form in forms.items()}, exact


def in_turn(weight, nbytes, call):
    """call(weight), with another copy of the weight at each call; their bytes together are at least `nbytes`."""
    size = weight.nbytes
    each = [weight, *(_copy(weight) for _ in range(nbytes // size))]
    turn = count()
    return lambda: call(each[next(turn) % len(each)])


def _copy(weight):
    if isinstance(weight, torch.Tensor):
        return weight.clone()
    if isinstance(weight, PackedCache):
        return deepcopy(weight)
    return replace(weight, data=weight.data.clone(), scales=weight.scales.clone())


def _attention(tokens, heads, width, repeats, copies, clock, end):
    generator = torch.Generator().manual_seed(0)
    keys, values = (torch.randn(1, heads, tokens, width, generator=generator) for _ in range(2))
    query = torch.randn(1, heads, 1, width, generator=generator)
    caches = {bits: PackedCache(1, heads, width, tokens, bits) for bits in (8, 4)}
    for cache in caches.values():
        cache.append(keys, values)
    both = torch.stack([keys, values])
    calls = {
        "torch": in_turn(both, copies, lambda kv: F.scaled_dot_product_attention(query, *kv)),
        "unpacked": in_turn(caches[8], copies, lambda c: F.scaled_dot_product_attention(query, *c.unpacked())),
    }
    for bits, cache in caches.items():
        calls[f"int{bits}"] = in_turn(cache, copies, lambda c: attend(query, c))
        calls[f"int{bits}-portable"] = in_turn(cache, copies, lambda c: portable_attention.attend(query, c))
    exact = {name: F.scaled_dot_product_attention(query, *cache.unpacked()) for name, cache in caches.items()}
    exact = {name: exact[4] if "int4" in name else exact[8] for name in calls} | {"torch": calls["torch"]()}
    check_errors({name: _error(call(), exact[name]) for name, call in calls.items()})
    errors = {name: _error(call(), exact["torch"]) for name, call in calls.items()}
    seconds = _in_turns(calls, repeats, clock)
    label = f"bench/quant-cache-{tokens}"
    yield f"{label}-torch-time{end}", seconds["torch"] * 1e3, "ms"
    yield f"{label}-torch-bytes{end}", both.nbytes / 1e6, "MB"
    for name in list(calls)[1:]:
        yield f"{label}-{name}-over-torch{end}", seconds["torch"] / seconds[name], "×"
        yield f"{label}-{name}-time{end}", seconds[name] * 1e3, "ms"
        yield f"{label}-{name}-error{end}", errors[name] * 100, "%"
    for bits, cache in caches.items():
        yield f"{label}-int{bits}-bytes{end}", cache.nbytes / 1e6, "MB"


def _in_turns(calls, repeats, clock):
    """Seconds a call."""

    def several(call):
        return lambda: [call() for _ in range(ROUNDS)]

    seconds = interleaved({name: several(call) for name, call in calls.items()}, repeats, clock=clock)
    return {name: value / ROUNDS for name, value in seconds.items()}


def _error(y, exact):
    """Root of the mean square of the difference, over that of the exact output."""
    return float((y.float() - exact).square().mean().sqrt() / exact.square().mean().sqrt())


def check_errors(errors):
    """Whoever rounds inputs to 8 bits is within 2 % (torch takes 7 of them, one scale for all tokens: 4 %)."""
    for name, error in errors.items():
        if not error < 0.04:
            raise ValueError(f"{name}: expected an output within 4 % of the exact one, got {error:.1%}")
