"""Several mixers side by side, whose results are added: the other way to make a hybrid."""

from torch import nn

from coursekit.attention.layer import Attention
from coursekit.layers.joint_cache import JointCache
from coursekit.ssm.mamba2 import Mamba2


class Parallel(nn.Module):
    """Mixers that all read the same normalised stream.

        y = mixer_1(x) + .. + mixer_n(x)

        Decoder(config, mixer=Parallel)
        Decoder(config, mixer=partial(Parallel, mixers=(Mamba, partial(Attention, window=64))))

    Args:
        config: a `DecoderConfig`.
        linear: class of the projections.
        mixers: builders, called as `mixer(config, linear)`.

    Source: Zuo et al. 2025 (Falcon-H1), section 2.
    Taught in: 03-mamba
    """

    def __init__(self, config, linear=nn.Linear, mixers=(Mamba2, Attention)):
        super().__init__()
        self.mixers = nn.ModuleList(mixer(config, linear) for mixer in mixers)

    def forward(self, x, cache=None, positions=None, mask=None):
        """(B, T, C), a cache or None, positions, a mask that all the mixers take or None -> (B, T, C)"""
        caches = cache or [None] * len(self.mixers)
        return sum(mixer(x, ours, positions, mask) for mixer, ours in zip(self.mixers, caches))

    def new_cache(self, batch):
        """The caches of all mixers."""
        return JointCache(mixer.new_cache(batch) for mixer in self.mixers)
