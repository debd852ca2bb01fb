"""Routers as parts of a layer: scores in at least float32, and a way to choose. Called `router(config, experts, k)`."""

import torch
from torch import nn
from torch.nn import functional as F

from coursekit.layers.full_precision import at_least_float32, outside_autocast
from coursekit.layers.initialise import initialise
from coursekit.moe.balance import expert_load, update_bias
from coursekit.moe.routing import route_sigmoid, route_softmax_first, route_top_k


class TopKRouter(nn.Module):
    """The k best, softmax over these alone.

    Args:
        config: a `DecoderConfig`.
        experts, top_k: E and K.

    Source: Jiang et al. 2024 (Mixtral), section 2.1; float32: Fedus et al. 2021 (Switch), section 2.4.
    Taught in: 04-moe
    """

    def __init__(self, config, experts, top_k):
        super().__init__()
        if not 1 <= top_k <= experts:
            raise ValueError(f"top_k: expected from 1 to {experts} experts, got {top_k}")
        self.experts, self.top_k = experts, top_k
        self.scores = initialise(nn.Linear(config.width, experts, bias=False), config)

    def forward(self, x):
        """(N, C) -> weights (N, K), indices (N, K), logits (N, E)"""
        with outside_autocast(x.device):
            logits = F.linear(*at_least_float32(x, self.scores.weight))  # (N, E)
        return *self.route(logits), logits

    def route(self, logits):
        """(N, E) -> weights, indices: (N, K)"""
        return route_top_k(logits, self.top_k)


class SoftmaxFirstRouter(TopKRouter):
    """Softmax over all experts, then the k best as they are: Switch with top_k = 1.

    Args: as in `TopKRouter`.

    Source: Fedus et al. 2021 (Switch), section 2.1, equations 1 and 2.
    Taught in: 04-moe
    """

    def route(self, logits):
        """(N, E) -> weights, indices: (N, K)"""
        return route_softmax_first(logits, self.top_k)


class BiasedRouter(TopKRouter):
    """Affinities by sigmoid, and a bias in the choice that follows the load: in training, after each forward.

    Args:
        config, experts, top_k: as in `TopKRouter`.
        speed: of the bias; 0 leaves it.
        groups, kept_groups, normalise, scale: as in `coursekit.moe.routing.route_sigmoid`.

    Source: DeepSeek-AI 2024 (DeepSeek-V3), section 2.1.2, equations 12 to 16.
    Taught in: 04-moe
    """

    def __init__(self, config, experts, top_k, speed=0.001, groups=1, kept_groups=1, normalise=True, scale=1.0):
        super().__init__(config, experts, top_k)
        self.speed, self.groups, self.kept_groups = speed, groups, kept_groups
        self.normalise, self.scale = normalise, scale
        self.register_buffer("bias", torch.zeros(experts))

    def route(self, logits):
        """(N, E) -> weights, indices: (N, K)"""
        options = self.groups, self.kept_groups, self.normalise, self.scale
        weights, indices = route_sigmoid(logits, self.top_k, self.bias, *options)
        if self.training:
            update_bias(self.bias, expert_load(indices, self.experts), self.speed)
        return weights, indices
