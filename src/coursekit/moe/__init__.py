"""Mixtures of experts: many feed-forwards, of which each token uses few.

routing/        from scores to weights and experts: top-k, sigmoid with a bias, expert choice, capacity
balance/        losses, bias, and statistics of the load
experts/        the kernel: `apply_experts`
finite.py       what every router asks of its scores
"""

from coursekit.moe.balance import load_balancing_loss
from coursekit.moe.experts import apply_experts, explain_backend
from coursekit.moe.routing import route_top_k

__all__ = ["apply_experts", "explain_backend", "load_balancing_loss", "route_top_k"]
