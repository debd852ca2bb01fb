"""A hybrid that pays for attention once: one transformer block, called in many places along a backbone of Mamba.

    decoder = shared_hybrid(config, shared_at=(2, 5), rank=8)

Adds to `shared_attention.py` the wiring: the stream that runs through this decoder is [x, e], twice as wide, where e is
the embedding of the tokens. Layers write into x and leave e as it is; the block reads both.

Dimensions: B batch, T tokens, C width.
"""

from torch import nn
from torch.nn.functional import pad

from coursekit.decoder import Decoder
from coursekit.layers.embeddings import TokenEmbedding
from coursekit.layers.initialise import initialise
from coursekit.layers.joint_cache import JointCache
from coursekit.layers.norms import RMSNorm
from coursekit.models.shared_attention import SharedBlock, SharedCall
from coursekit.ssm.mamba2 import Mamba2


class HybridLayer(nn.Module):
    """A mixer for streams [x, e]: Mamba on x, before it perhaps a call of a shared block, whose result only Mamba sees.

        y = mamba(norm(x));  with a call: y = mamba(norm(x + call([x, e]) W))

    Args:
        config: a `DecoderConfig`.
        linear: class of the projections.
        mixer: builder of the recurrent mixer, called as `mixer(config, linear)`.
        call: a `SharedCall`, or None.

    Source: Glorioso et al. 2024 (Zamba), section 2, equation 6; Glorioso et al. 2024 (Zamba2), figure 2.
    Taught in: 03-mamba
    """

    def __init__(self, config, linear=nn.Linear, mixer=Mamba2, call=None):
        super().__init__()
        self.config, self.call = config, call
        self.norm = RMSNorm(config.width, config.norm_eps)
        self.mixer = mixer(config, linear)
        if call is not None:
            self.link = initialise(linear(config.width, config.width, bias=False), config)

    def forward(self, stream, cache=None, positions=None, mask=None):
        """(B, T, 2 C), a cache or None, positions, a mask of padding or None -> (B, T, C)"""
        x, ours = stream[..., : self.config.width], cache or (None, None)
        if self.call is not None:
            x = x + self.link(self.call(stream, ours[0], positions, mask))
        return self.mixer(self.norm(x), ours[1], positions, mask)

    def new_cache(self, batch):
        """The caches of the call (or None) and of the recurrent mixer."""
        return JointCache((self.call and self.call.new_cache(batch), self.mixer.new_cache(batch)))


class TwofoldEmbedding(TokenEmbedding):
    """[x, e], both the embedding of the tokens. Args: as in `TokenEmbedding`."""

    def forward(self, input_ids, positions):
        """(B, T) integer -> (B, T, 2 C)"""
        return super().forward(input_ids, positions).repeat(1, 1, 2)


class LeftNorm(RMSNorm):
    """The norm before the scores, of x alone. Args: as in `RMSNorm`."""

    def forward(self, stream):
        """(B, T, 2 C) -> (B, T, C)"""
        return super().forward(stream[..., : self.weight.shape[0]])


class LeftResidual(nn.Module):
    """A block in which the mixer normalises for itself: [x, e] -> [x + mixer([x, e]), e]. Args: as in `PreNorm`."""

    def __init__(self, config, mixer, ffn, norm):
        super().__init__()
        self.mixer = mixer

    def forward(self, stream, cache=None, positions=None, mask=None):
        """(B, T, 2 C) -> (B, T, 2 C), 0"""
        y = self.mixer(stream, cache, positions, mask)  # (B, T, C)
        return stream + pad(y, (0, y.shape[-1])), 0.0


def shared_hybrid(config, shared_at, *, rank, blocks=1, mixer=Mamba2, linear=nn.Linear, bias=False,
                  adapted=("query", "key", "value")):  # fmt: skip
    """A decoder whose layers are Mamba, some with a call of a shared transformer block in front.

    Args:
        config: a `DecoderConfig`.
        shared_at: numbers of the layers with a call.
        rank: of the adapters.
        blocks: how many blocks take turns: 1 = AAAA, 2 = ABAB.
        mixer: builder of the recurrent mixers.
        linear: class of the projections.
        bias: feed-forward of the blocks with biases.
        adapted: as in `SharedCall`.

    Returns: a `Decoder`.
    Raises: ValueError when a number is no layer.

    Source: Glorioso et al. 2024 (Zamba2), section 2.
    Taught in: 03-mamba
    """
    shared_at = tuple(shared_at)
    if not set(shared_at) <= set(range(config.layers)):
        raise ValueError(f"shared_at: expected numbers of layers, 0 to {config.layers - 1}, got {shared_at}")
    shared = [SharedBlock(config, linear, bias) for _ in range(blocks)]

    def builder(layer):
        def build(config, linear):
            call = None
            if layer in shared_at:
                call = SharedCall(shared[shared_at.index(layer) % blocks], rank, adapted)
            return HybridLayer(config, linear, mixer, call)

        return build

    return Decoder(
        config,
        mixer=[builder(layer) for layer in range(config.layers)],
        ffn=None,
        linear=linear,
        norm=LeftNorm,
        block=LeftResidual,
        embedding=TwofoldEmbedding,
    )
