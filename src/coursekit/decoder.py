"""The decoder: the one skeleton of the course. Its parts are arguments.

    decoder = Decoder(DecoderConfig(vocab_size=300, width=64, layers=2, heads=4))
    decoder = Decoder(config, mixer=partial(Attention, window=512), ffn=None)
    decoder = Decoder(config, mixer=[Mamba, Mamba, Attention], linear=BitLinear)

Dimensions: B batch, T tokens, C width, V vocabulary.
"""

from dataclasses import dataclass

from torch import nn

from coursekit.attention.layer import Attention
from coursekit.layers.blocks import PreNorm
from coursekit.layers.embeddings import TokenEmbedding
from coursekit.layers.feedforward import FeedForward
from coursekit.layers.initialise import initialise
from coursekit.layers.norms import RMSNorm
from coursekit.layers.padding import count_positions


@dataclass(frozen=True)
class DecoderConfig:
    """Sizes. What is None is derived when the object is made, and then stays as it is under `replace`.

    Args:
        vocab_size, width, layers, heads: V, C, number of blocks, query heads H.
        kv_heads: key/value heads G, a divisor of heads; None = heads.
        head_size: D; None = width / heads.
        ffn_width: F; None = 8/3 width, up to a multiple of 8 (SwiGLU then has the weights of a 4 width MLP).
        context: longest sequence, in tokens.
        norm_eps: eps of the norms.
        rope_base: base of the rotary positions; None = none.
        tied: is the output layer the embedding, transposed?

    Raises: ValueError when sizes are not whole numbers >= 1, or do not divide, or rope_base is not above 0.
    """

    vocab_size: int
    width: int
    layers: int
    heads: int
    kv_heads: int | None = None
    head_size: int | None = None
    ffn_width: int | None = None
    context: int = 128
    norm_eps: float = 1e-5
    rope_base: float | None = 10000.0
    tied: bool = True

    def __post_init__(self):
        sizes = [size for name, size in vars(self).items() if name not in ("norm_eps", "rope_base", "tied")]
        if any(size is not None and (type(size) is not int or size < 1) for size in sizes):
            raise ValueError(f"expected sizes that are whole numbers >= 1, got {self}")
        if self.head_size is None and self.width % self.heads:
            raise ValueError(f"expected width a multiple of heads, got {self.width} and {self.heads}")
        ffn_width = -(-8 * self.width // 24) * 8
        derived = {"kv_heads": self.heads, "head_size": self.width // self.heads, "ffn_width": ffn_width}
        for name, value in derived.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)
        if self.heads % self.kv_heads:
            raise ValueError(f"expected heads a multiple of kv_heads, got {self.heads} and {self.kv_heads}")
        if self.rope_base is not None and (self.head_size % 2 or not self.rope_base > 0):
            raise ValueError(f"expected an even head_size and a base > 0 for rotary positions, got {self}")


@dataclass
class Cache:
    """What a decoder remembers: each mixer's own cache, the number of tokens seen, and whether some were padding."""

    layers: list
    length: int = 0
    is_padded: bool = False

    def tensors(self):
        """All tensors that the layers keep."""
        return (tensor for layer in self.layers for tensor in layer.tensors())


class Decoder(nn.Module):
    """Tokens in, scores of the next token out.

    Args:
        config: a `DecoderConfig`.
        mixer: `mixer(config, linear)`, as `coursekit.layers.mixer` asks of it; or one a layer.
        ffn: `ffn(config, linear)` -> `forward(x)` -> y or (y, auxiliary loss); None; or one a layer.
        linear, norm, block, embedding: classes, called as the defaults are.

    Taught in: 02-transformer
    """

    def __init__(self, config, mixer=Attention, ffn=FeedForward, linear=nn.Linear, norm=RMSNorm,
                 block=PreNorm, embedding=TokenEmbedding):  # fmt: skip
        super().__init__()
        mixers, ffns = _per_layer("mixer", mixer, config.layers), _per_layer("ffn", ffn, config.layers)
        self.config, self.auxiliary_loss = config, 0.0
        self.embedding = embedding(config)
        self.blocks = nn.ModuleList(
            block(config, mixer(config, linear), ffn and ffn(config, linear), norm) for mixer, ffn in zip(mixers, ffns)
        )
        self.norm = norm(config.width, config.norm_eps)
        self.head = initialise(nn.Linear(config.width, config.vocab_size, bias=False), config)
        if config.tied:
            self.head.weight = self.embedding.tokens.weight

    def forward(self, input_ids, cache=None, positions=None, mask=None):
        """Scores of the next token after each token; the parts' losses are left in `auxiliary_loss`.

        Args:
            input_ids: (B, T), integer.
            cache: from `new_cache`, extended in place; input_ids are then the tokens that follow.
            positions: (T,) or (B, T), integer; None = counted from each first real token, on from the cache.
            mask: bool, broadcasts to (B, H, T, S), S the cache's tokens and these, True = may be seen; at every call.
                Padding on the left: attention_mask.bool()[:, None, None], all that a mixer with a state takes.

        Returns: logits (B, T, V); what stands at padded places means nothing.
        Raises: ValueError when the sequence is longer than config.context, or a mask does not fit.
        """
        stop = input_ids.shape[-1] + (0 if cache is None else cache.length)
        if stop > self.config.context:
            raise ValueError(f"expected at most {self.config.context} tokens, got {stop}")
        positions = count_positions(input_ids, cache, mask) if positions is None else positions  # (T,) or (B, T)
        self.auxiliary_loss = 0.0
        x = self.embedding(input_ids, positions)  # (B, T, C)
        for i, block in enumerate(self.blocks):
            x, auxiliary_loss = block(x, cache and cache.layers[i], positions, mask)
            self.auxiliary_loss = self.auxiliary_loss + auxiliary_loss
        if cache is not None:
            cache.length = stop
        return self.head(self.norm(x))  # (B, T, V)

    def new_cache(self, batch):
        """An empty cache for `batch` sequences."""
        return Cache([block.mixer.new_cache(batch) for block in self.blocks])

    def parameter_count(self):
        """Number of trained weights; tied ones count once."""
        return sum(parameter.numel() for parameter in self.parameters())


def _per_layer(name, part, layers):
    if not isinstance(part, list | tuple):
        return [part] * layers
    if len(part) != layers:
        raise ValueError(f"{name}: expected one, or a list of {layers} (config.layers), got {len(part)}")
    return part
