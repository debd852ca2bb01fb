"""The two kinds of blocks: two lanes that share one attention, and one lane in which attention and MLP run together."""

import torch
from torch import nn
from torch.nn import functional as F

from coursekit.attention.dot_product.backend import attention
from coursekit.diffusion.flux.modulation import Modulation, modulated
from coursekit.diffusion.flux.rotary import rotate_pairs
from coursekit.layers.norms import RMSNorm


class Heads(nn.Module):
    """Queries, keys and values of one lane; queries and keys normalised, head by head.

    Source: FLUX.1's code, `QKNorm`; Dehghani et al. 2023 (ViT-22B), section 2.
    Taught in: 06-difusion
    """

    def __init__(self, config):
        super().__init__()
        self.heads = config.heads
        self.query, self.key, self.value = (nn.Linear(config.width, config.width) for _ in range(3))
        self.query_norm, self.key_norm = RMSNorm(config.head_size, 1e-6), RMSNorm(config.head_size, 1e-6)

    def forward(self, x):
        """(B, N, C) -> three times (B, H, N, D)"""
        query, key, value = (
            part(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        return self.query_norm(query), self.key_norm(key), value


class MLP(nn.Module):
    """W_2 gelu(W_1 x + b_1) + b_2, four times as wide inside: (B, N, C) -> (B, N, C)."""

    def __init__(self, width):
        super().__init__()
        self.first, self.second = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        return self.second(F.gelu(self.first(x), approximate="tanh"))


class Lane(nn.Module):
    """The weights of one lane of a double block: text and image have each their own."""

    def __init__(self, config):
        super().__init__()
        self.modulation = Modulation(config.width, 6)
        self.heads, self.output = Heads(config), nn.Linear(config.width, config.width)
        self.mlp = MLP(config.width)


class DoubleBlock(nn.Module):
    """Text and image with weights of their own; they meet in the attention, where every token sees all of both.

        a = attention([heads(text), heads(image)])
        x = x + gate_1 W a_x;   x = x + gate_2 mlp(modulated(x)),    for x = text and image, each with its weights

    Args:
        config: a `FluxConfig`.

    Source: Esser et al. 2024 (SD3), section 4 (MM-DiT); FLUX.1's code, `DoubleStreamBlock`.
    Taught in: 06-difusion
    """

    def __init__(self, config):
        super().__init__()
        self.text, self.image = Lane(config), Lane(config)

    def forward(self, text, image, vector, cos, sin):
        """text (B, M, C), image (B, N, C), vector (B, C), cos and sin (M + N, D / 2) -> text, image"""
        lanes, streams = (self.text, self.image), (text, image)
        parts = [lane.modulation(vector) for lane in lanes]  # six times (B, 1, C), twice
        ready = [lane.heads(modulated(x, *part[:2])) for lane, x, part in zip(lanes, streams, parts)]
        mixed = attend(*(torch.cat(both, 2) for both in zip(*ready)), cos, sin)  # (B, M + N, C)
        done = []
        for lane, x, part, y in zip(lanes, streams, parts, mixed.split([text.shape[1], image.shape[1]], 1)):
            x = x + part[2] * lane.output(y)
            done.append(x + part[5] * lane.mlp(modulated(x, *part[3:5])))
        return done


class SingleBlock(nn.Module):
    """Text and image in one stream; attention and MLP read the same and are added together.

        y = modulated(x);   x = x + gate W [attention(heads(y)), gelu(W_1 y)]

    Args:
        config: a `FluxConfig`.

    Source: FLUX.1's code, `SingleStreamBlock`; Dehghani et al. 2023 (ViT-22B), section 2 (parallel layers).
    Taught in: 06-difusion
    """

    def __init__(self, config):
        super().__init__()
        self.modulation, self.heads = Modulation(config.width, 3), Heads(config)
        self.mlp = nn.Linear(config.width, 4 * config.width)
        self.output = nn.Linear(5 * config.width, config.width)

    def forward(self, x, vector, cos, sin):
        """x (B, M + N, C), vector (B, C), cos and sin (M + N, D / 2) -> (B, M + N, C)"""
        shift, scale, gate = self.modulation(vector)
        y = modulated(x, shift, scale)
        mixed = attend(*self.heads(y), cos, sin)  # (B, M + N, C)
        return x + gate * self.output(torch.cat([mixed, F.gelu(self.mlp(y), approximate="tanh")], -1))


def attend(query, key, value, cos, sin):
    """Attention of all tokens to all, queries and keys turned to their places.

    Args: query, key, value: (B, H, N, D). cos, sin: (N, D / 2).

    Returns: (B, N, C).
    Taught in: 06-difusion
    """
    y = attention(rotate_pairs(query, cos, sin), rotate_pairs(key, cos, sin), value)  # (B, H, N, D)
    return y.transpose(1, 2).flatten(2)
