"""Mixtures of experts: many feed-forwards, of which each token uses few.

    routing/        from scores to weights and experts: top-k, sigmoid with a bias, expert choice, capacity
    balance/        losses, bias, and statistics of the load
    experts/        the kernel: `apply_experts`
    routers.py      the routers as parts: scores, and a way to choose
    layer.py        `MixtureOfExperts`, a feed-forward of the decoder
    parallel.py     experts on several processes, and the bytes that travel
    counts.py       weights in all, and those that a token goes through
    inspect.py      who was chosen, and what is lost without an expert
    upcycle.py      a trained feed-forward becomes every expert
    active_neurons.py  a dense feed-forward of which each token uses a part
    finite.py       what every router asks of its scores

Dimensions: B batch, T tokens, N tokens of all sequences, C width, F width of an expert, E experts, K experts a token.
"""

from coursekit.moe.balance import load_balancing_loss
from coursekit.moe.experts import apply_experts, explain_backend
from coursekit.moe.layer import MixtureOfExperts
from coursekit.moe.routing import route_top_k

__all__ = ["MixtureOfExperts", "apply_experts", "explain_backend", "load_balancing_loss", "route_top_k"]
