"""A short convolution before any mixer: what Mamba's block has, lent to attention.

Mamba's convolution shows every token its neighbours before the scan; a comparison in which only one side has it is not
one of scan and attention.
"""

from torch import nn

from coursekit.attention.layer import Attention
from coursekit.layers.joint_cache import JointCache
from coursekit.layers.padding import padded_places
from coursekit.ssm.mamba_cache import MambaCache
from coursekit.ssm.short_conv import short_conv


class Convolved(nn.Module):
    """A mixer that reads each channel's last W tokens, weighted.

        y = mixer(x + SiLU(conv(x)))

        Decoder(config, mixer=Convolved)
        Decoder(config, mixer=partial(Convolved, mixer=partial(Attention, window=64)))

    Args:
        config: a `DecoderConfig`.
        linear: class of the projections.
        mixer: builder, called as `mixer(config, linear)`.
        conv_width: W.

    Source: Arora et al. 2023 (Zoology), section 3 (short convolutions beside attention); Mamba's own: Gu & Dao 2023,
        section 3.4.
    Taught in: 03-mamba
    """

    def __init__(self, config, linear=nn.Linear, mixer=Attention, conv_width=4):
        super().__init__()
        self.conv1d = nn.Conv1d(config.width, config.width, conv_width, groups=config.width)
        self.mixer = mixer(config, linear)

    def forward(self, x, cache=None, positions=None, mask=None):
        """(B, L, C), a cache or None, positions, a mask of padding or None -> (B, L, C)

        Raises: ValueError for a mask of anything but padding: the convolution looks back whatever the mixer does.
        """
        padded = padded_places(self, mask, x, cache)  # (B, L, 1)
        near, inner = cache or (None, None)
        read = x if padded is None else x.masked_fill(padded, 0)
        return self.mixer(x + short_conv(self.conv1d, read.mT, near).mT, inner, positions, mask)  # (B, L, C)

    def new_cache(self, batch):
        """The last inputs of the convolution, and the mixer's own cache."""
        channels, _, width = self.conv1d.weight.shape
        weight = self.conv1d.weight
        near = MambaCache(batch, channels, width, (0,), weight.dtype, weight.device)
        return JointCache((near, self.mixer.new_cache(batch)))
