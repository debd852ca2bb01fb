"""One transformer block, called in many places: each call gives it something of its own, and the tokens' embedding.

A call changes the block's projections by products of low rank, and it reads [x, e]: the stream, and beside it the
embedding of the tokens as it was before all layers.

Dimensions: B batch, T tokens, C width, F width of the feed-forward, H heads, G key/value heads, D size of a head,
r rank.
"""

from dataclasses import replace

from torch import nn
from torch.nn.functional import gelu

from coursekit.adapters.low_rank import low_rank
from coursekit.attention.cache import KeyValueCache
from coursekit.attention.layer import Attention
from coursekit.layers.initialise import initialise
from coursekit.layers.norms import RMSNorm


class Adapted(nn.Module):
    """A projection that others use too, plus a change of low rank that is this call's own.

        y = x W + x A B,  B = 0 at first

    Args:
        shared: the projection, (.., inputs) -> (.., outputs).
        sizes: inputs, outputs.
        rank: r.

    Source: Glorioso et al. 2024 (Zamba2), section 2; Hu et al. 2021 (LoRA), section 4.1 (there W is frozen:
        `coursekit.adapters.lora.LoRALinear`).
    Taught in: 03-mamba
    """

    def __init__(self, shared, sizes, rank):
        super().__init__()
        inputs, outputs = sizes
        self.shared = shared
        self.down, self.up = nn.Linear(inputs, rank, bias=False), nn.Linear(rank, outputs, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, x):
        """(.., inputs) -> (.., outputs)"""
        return self.shared(x) + low_rank(x, self.down.weight, self.up.weight)


class SharedBlock(nn.Module):
    """The weights that all calls share: attention over [x, e], and a feed-forward with GELU as gate.

    Args:
        config: a `DecoderConfig`; heads, head_size and ffn_width are read.
        linear: class of the projections.
        bias: feed-forward with biases.
    """

    def __init__(self, config, linear=nn.Linear, bias=False):
        super().__init__()
        self.config, inner = config, config.heads * config.head_size
        self.norm = RMSNorm(2 * config.width, config.norm_eps)
        self.attention = Attention(replace(config, width=2 * config.width), linear)
        self.attention.output = initialise(linear(inner, config.width, bias=False), config)
        self.ffn_norm = RMSNorm(config.width, config.norm_eps)
        self.input = initialise(linear(config.width, 2 * config.ffn_width, bias=bias), config)
        self.output = initialise(linear(config.ffn_width, config.width, bias=bias), config)


class SharedCall(nn.Module):
    """One call of a shared block: its weights, this call's adapters, this call's cache.

        a = attention(norm([x, e]));  g, u = norm(a) W_in;  y = (GELU(g) * u) W_out

    Args:
        block: a `SharedBlock`.
        rank: of the adapters.
        adapted: which of the attention's projections have an adapter; the feed-forward's input always has.

    Source: Glorioso et al. 2024 (Zamba2), section 2 and figure 2.
    Taught in: 03-mamba
    """

    def __init__(self, block, rank, adapted=("query", "key", "value")):
        super().__init__()
        config = block.config
        # an attention of its own for the cache, with the projections of the block
        self.attention = Attention(block.attention.config)
        for name in ("query", "key", "value", "output"):
            shared = getattr(block.attention, name)
            heads = config.heads if name == "query" else config.kv_heads
            sizes = 2 * config.width, heads * config.head_size
            setattr(self.attention, name, Adapted(shared, sizes, rank) if name in adapted else shared)
        self.norm, self.ffn_norm, self.output = block.norm, block.ffn_norm, block.output
        self.input = Adapted(block.input, (config.width, 2 * config.ffn_width), rank)

    def forward(self, stream, cache=None, positions=None, mask=None):
        """(B, T, 2 C), the attention's cache or None, positions, a mask or None -> (B, T, C)"""
        attended = self.attention(self.norm(stream), cache, positions, mask)  # (B, T, C)
        gate, up = self.input(self.ffn_norm(attended)).chunk(2, dim=-1)  # (B, T, F) twice
        return self.output(gelu(gate) * up)

    def new_cache(self, batch):
        """An empty cache for `batch` sequences of at most config.context tokens: each call has keys of its own."""
        config, weight = self.attention.config, self.norm.weight
        return KeyValueCache(batch, config.kv_heads, config.context, config.head_size, weight.dtype, weight.device)
