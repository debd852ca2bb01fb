"""The experts' work against dense, against transformers' two ways, and against its products alone. One thread, float32.

CPU time, memory that is freed kept at hand. Routing is not timed: everyone gets the same weights and indices.
"""

import time
from collections.abc import Iterator

import torch

from coursekit.bench.moe_peak import peak_memory
from coursekit.bench.timing import interleaved, keep_freed_memory
from coursekit.moe.experts import dense, grouped, sorted
from coursekit.moe.routing import route_top_k

RUNGS = {"dense": dense, "sorted": sorted, "grouped": grouped}
# name: experts, experts a token, width of an expert
SIZES = {"8-top-2": (8, 2, 1536), "64-top-4": (64, 4, 512)}


def run(
    tokens: int = 1024,
    width: int = 512,
    sizes=SIZES,
    batches: tuple[int, ...] = (1, 8, 64),
    repeats: int = 7,
    peak_tokens: int = 1024,
) -> Iterator[tuple[str, float, str]]:
    """Yield (name, value, unit): "a-over-b" in "×" is how many times as long as b an a takes; times in ms.

    Args:
        tokens: N of a long call.
        width: C.
        sizes: {name: (E, K, F)}.
        batches: tokens of short calls, where reading the weights is most of the work.
        repeats: rounds of which the median is taken.
        peak_tokens: N of a call whose peak of memory is measured, each rung in a process of its own; 0 = not.

    Raises: ValueError when the results differ by more than float32 allows.
    """
    keep_freed_memory()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for name, (E, K, F) in sizes.items():
            experts = _experts(E, width, F)
            with torch.no_grad():
                seconds = _forward(experts, _tokens(tokens, width, E, K), repeats)
                yield from _ratios(f"bench/moe-{name}", seconds)
                for batch in batches:
                    rows = _tokens(batch, width, E, K)
                    yield from _ratios(f"bench/moe-{name}-batch-{batch}", _forward(experts, rows, repeats))
            training = _training(experts, _tokens(tokens, width, E, K))
            seconds = interleaved(training, max(1, repeats // 2), clock=time.process_time)
            yield f"bench/moe-{name}-training-grouped-over-sorted", _ratio(seconds, "grouped"), "×"
            yield f"bench/moe-{name}-training-transformers-over-sorted", _ratio(seconds, "eager"), "×"
            yield f"bench/moe-{name}-training-transformers-grouped-over-sorted", _ratio(seconds, "grouped_mm"), "×"
        if peak_tokens:
            peaks = {rung: peak_memory(rung, peak_tokens) for rung in ("dense", "sorted", "grouped")}
            yield "bench/moe-memory-dense-over-sorted", peaks["dense"] / peaks["sorted"], "×"
            yield "bench/moe-memory-grouped-over-sorted", peaks["grouped"] / peaks["sorted"], "×"
            yield "bench/moe-memory", peaks["sorted"], "MiB"
    finally:
        torch.set_num_threads(threads)


def _experts(experts, width, hidden):
    """(gate_up, down), and the same weights in transformers' own layer, once for each of its ways."""
    from transformers import MixtralConfig
    from transformers.models.mixtral.modeling_mixtral import MixtralExperts

    generator = torch.Generator().manual_seed(0)
    gate_up = torch.randn(experts, width, 2 * hidden, generator=generator) * width**-0.5
    down = torch.randn(experts, hidden, width, generator=generator) * hidden**-0.5
    theirs = {}
    for way in ("eager", "grouped_mm"):
        config = MixtralConfig(hidden_size=width, intermediate_size=hidden, num_local_experts=experts)
        config._experts_implementation = way
        theirs[way] = MixtralExperts(config)
        theirs[way].gate_up_proj.data = gate_up.transpose(1, 2).contiguous()
        theirs[way].down_proj.data = down.transpose(1, 2).contiguous()
    return gate_up, down, theirs


def _tokens(tokens, width, experts, top_k):
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(tokens, experts, generator=generator)
    return torch.randn(tokens, width, generator=generator), *route_top_k(logits, top_k)


def _forward(experts, rows, repeats):
    (gate_up, down, theirs), (x, weights, indices) = experts, rows
    calls = {
        name: lambda rung=rung: rung.apply_experts(x, weights, indices, gate_up, down) for name, rung in RUNGS.items()
    }
    calls |= {way: lambda layer=layer: layer(x, indices, weights) for way, layer in theirs.items()}
    _check_equal({name: call() for name, call in calls.items()})
    return interleaved(calls | {"products": _products(rows, gate_up, down)}, repeats, clock=time.process_time)


def _products(rows, gate_up, down):
    """The products that nobody can do without: rows that lie ready, results that nobody adds up."""
    x, _, indices = rows
    counts = torch.bincount(indices.flatten(), minlength=len(gate_up)).tolist()
    pieces = [(torch.randn(n, x.shape[1]), torch.randn(n, down.shape[1]), i) for i, n in enumerate(counts) if n]
    return lambda: [(a @ gate_up[i], b @ down[i]) for a, b, i in pieces]


def _training(experts, rows):
    (gate_up, down, theirs), (x, weights, indices) = experts, rows
    ours = [t.detach().requires_grad_() for t in (x, weights, gate_up, down)]

    def step(rung):
        y = rung.apply_experts(*ours[:2], indices, *ours[2:])
        torch.autograd.grad(y.sum(), ours)

    def their_step(layer):
        y = layer(ours[0], indices, ours[1])
        torch.autograd.grad(y.sum(), [*ours[:2], *layer.parameters()])

    steps = {name: lambda rung=rung: step(rung) for name, rung in RUNGS.items() if rung is not dense}
    return steps | {way: lambda layer=layer: their_step(layer) for way, layer in theirs.items()}


def _ratio(seconds, other):
    return seconds[other] / seconds["sorted"]


def _ratios(name, seconds):
    yield f"{name}-sorted-over-products", seconds["sorted"] / seconds["products"], "×"
    yield f"{name}-grouped-over-products", seconds["grouped"] / seconds["products"], "×"
    yield f"{name}-dense-over-sorted", _ratio(seconds, "dense"), "×"
    yield f"{name}-transformers-over-sorted", _ratio(seconds, "eager"), "×"
    yield f"{name}-transformers-grouped-over-sorted", _ratio(seconds, "grouped_mm"), "×"
    yield f"{name}-time", seconds["sorted"] * 1e3, "ms"


def _check_equal(results) -> None:
    expected = results["eager"]
    # sums of up to 2000 products in float32
    allowed = 1e-5 * expected.abs().max()
    for name, result in results.items():
        error = (result - expected).abs().max()
        if not error <= allowed:
            raise ValueError(f"{name}: expected transformers' output within {allowed:.1e}, got {error:.1e} away")
