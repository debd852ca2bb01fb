"""A mixture of experts as a feed-forward of the decoder."""

from dataclasses import dataclass, replace

import torch
from torch import nn

from coursekit.layers.feedforward import FeedForward
from coursekit.moe.balance import load_balancing_loss, sequence_balance_loss, z_loss
from coursekit.moe.experts import apply_experts
from coursekit.moe.routers import TopKRouter
from coursekit.moe.routing import drop_overflow, expert_capacity


@dataclass(frozen=True)
class Routing:
    """What the last forward decided, without gradients: weights and indices (N, K), logits (N, E); see `routing`."""

    weights: torch.Tensor
    indices: torch.Tensor
    logits: torch.Tensor


class MixtureOfExperts(nn.Module):
    """Many feed-forwards, of which each token uses few; called as `ffn(config, linear)`.

        y = shared(x) + sum_i g_i(x) E_i(x)
        auxiliary loss = balance E sum f P + z mean (log sum e^x)^2 + sequence loss, in training only

    Decoder(config, ffn=partial(MixtureOfExperts, experts=8, top_k=2)). Padding is routed and counted like any token.

    Args:
        config: a `DecoderConfig`.
        linear: class of the shared expert's projections. Those of the routed ones are two tensors, as the kernel takes
            them, whatever it is.
        experts, top_k: E and K.
        width: F of an expert; None = config.ffn_width.
        shared: this many experts of that width work on every token, as one wide feed-forward.
        router: `router(config, experts, top_k)`, as `coursekit.moe.routers` has them.
        balance, z, sequence: factors of the three losses; 0 = none.
        capacity_factor: in training, places at an expert as in `expert_capacity`; None = nobody is dropped. In
            evaluation nobody is: a token's result must not depend on the others of its batch.

    Raises: ValueError when a size is below 1, top_k is above experts, or a factor is below 0.

    Source: Fedus et al. 2021 (Switch), section 2; Jiang et al. 2024 (Mixtral), section 2.1; shared experts: Dai et al.
        2024 (DeepSeekMoE), section 3.2.
    Taught in: 04-moe
    """

    def __init__(
        self, config, linear=nn.Linear, experts=8, top_k=2, width=None, shared=0, router=TopKRouter, balance=0.01,
        z=0.0, sequence=0.0, capacity_factor=None,
    ):  # fmt: skip
        super().__init__()
        width = config.ffn_width if width is None else width
        if min(experts, width) < 1 or min(shared, balance, z, sequence) < 0:
            raise ValueError(
                f"expected experts and width >= 1 and shared, balance, z and sequence >= 0, got {experts}, {width}, "
                f"{shared}, {balance}, {z} and {sequence}"
            )
        if capacity_factor is not None:
            expert_capacity(1, experts, capacity_factor, top_k)  # refuses what is no factor
        self.experts, self.top_k, self.capacity_factor = experts, top_k, capacity_factor
        self.balance, self.z, self.sequence, self.routing = balance, z, sequence, None
        self.router = router(config, experts, top_k)
        self.gate_up = nn.Parameter(torch.empty(experts, config.width, 2 * width))
        self.down = nn.Parameter(torch.empty(experts, width, config.width))
        nn.init.normal_(self.gate_up, std=0.02)
        nn.init.normal_(self.down, std=0.02 / (2 * config.layers) ** 0.5)
        self.shared = FeedForward(replace(config, ffn_width=shared * width), linear) if shared else None

    def forward(self, x):
        """(B, T, C) -> (B, T, C), auxiliary loss"""
        flat = x.flatten(0, -2)  # (N, C)
        weights, indices, logits = self.router(flat)
        if self.training and self.capacity_factor is not None and len(flat):
            places = expert_capacity(len(flat), self.experts, self.capacity_factor, self.top_k)
            weights, indices = drop_overflow(weights, indices, self.experts, places)
        self.routing = Routing(weights.detach(), indices, logits.detach())
        y = apply_experts(flat, weights, indices, self.gate_up, self.down).view_as(x)
        if self.shared is not None:
            y = y + self.shared(x)
        return y, self._loss(logits.view(*x.shape[:-1], -1)) if self.training else 0.0

    def _loss(self, logits):
        flat, loss = logits.flatten(0, -2), 0.0
        if self.balance:
            loss = loss + self.balance * load_balancing_loss(flat, self.experts, self.top_k)
        if self.z:
            loss = loss + self.z * z_loss(flat)
        if self.sequence:
            loss = loss + self.sequence * sequence_balance_loss(logits, self.top_k)
        return loss
