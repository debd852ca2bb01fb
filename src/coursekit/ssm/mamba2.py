"""Mamba-2 as a mixer: heads whose decay is one number, so that the scan is made of matrix products; cache.

Adds to `mamba.py`: everything that the scan needs comes from one projection of the stream, all of it at once; and a
norm after the gate.

Dimensions: B batch, L tokens (T in the skeleton), C width of the stream, H heads, P size of a head, G groups, N states,
W width of the convolution.
"""

from math import inf

import torch
from torch import nn
from torch.nn.functional import rms_norm, silu, softplus

from coursekit.layers.full_precision import at_least_float32, outside_autocast
from coursekit.layers.initialise import initialise
from coursekit.layers.padding import padded_places
from coursekit.ssm.duality import ssd
from coursekit.ssm.initial_steps import initial_step_bias
from coursekit.ssm.mamba_cache import MambaCache
from coursekit.ssm.short_conv import short_conv
from coursekit.ssm.step.backend import selective_state_update


class GatedRMSNorm(nn.Module):
    """Gate, then divide each group of channels by its root mean square.

        y = norm_G(x * SiLU(z)) * weight

    Args:
        channels: H * P.
        groups: G; each normalises channels / G together.
        eps: added to the mean square.

    Source: Dao & Gu 2024 (Mamba-2), section 7.1.
    Taught in: 03-mamba
    """

    def __init__(self, channels, groups=1, eps=1e-5):
        super().__init__()
        self.groups, self.eps = groups, eps
        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, x, z):
        """(B, L, H * P) twice -> (B, L, H * P)"""
        wide, gate = at_least_float32(x, z)  # their product may be too large for float16
        return self.normalise(wide * silu(gate)).to(torch.promote_types(x.dtype, self.weight.dtype))

    def normalise(self, x):
        """(B, L, H * P) -> (B, L, H * P)"""
        x = x.unflatten(-1, (self.groups, -1))  # (B, L, G, H * P / G)
        return rms_norm(x, x.shape[-1:], eps=self.eps).flatten(-2) * self.weight


class Mamba2(nn.Module):
    """A layer of Mamba-2.

        z, (x, B, C), dt = u W_in;  x, B, C = SiLU(conv(x, B, C));  dt = softplus(dt + b)
        y = norm(ssd(x, dt, A, B, C, D) * SiLU(z)) W_out

    Args:
        config: a `DecoderConfig`; its heads and positions are not read.
        linear: class of the projections.
        channels: H * P; None = 2 C.
        head_size: P, a divisor of the channels.
        groups: G, a divisor of H; heads of a group share B and C.
        states: N.
        conv_width: W.
        bias: projections to and from the stream with a bias.
        conv_bias: convolution with a bias.
        chunk_size: positions that the scan treats as a matrix.
        dt_limit: lowest and highest step.
        norm: class of the gate, called as `norm(channels, groups, eps)`, then with (y, z).

    Names of the weights are those of mamba_ssm.

    Raises: ValueError when a size is below 1, or head size and groups do not divide.

    Source: Dao & Gu 2024 (Mamba-2), section 7.1 and figure 6; initial values: the code released with it.
    Taught in: 03-mamba
    """

    # fmt: off
    def __init__(self, config, linear=nn.Linear, channels=None, head_size=64, groups=1, states=128, conv_width=4,
                 bias=False, conv_bias=True, chunk_size=64, dt_limit=(0.0, inf), norm=GatedRMSNorm):  # fmt: on
        channels = channels or 2 * config.width
        if min(channels, head_size, groups, states, conv_width) < 1:
            raise ValueError(f"expected sizes >= 1, got {channels=}, {head_size=}, {groups=}, {states=}, {conv_width=}")
        if channels % head_size or (channels // head_size) % groups:
            raise ValueError(
                f"expected head_size a divisor of {channels} channels, and groups a divisor of the heads, "
                f"got head_size {head_size} and groups {groups}"
            )
        super().__init__()
        heads, conv = channels // head_size, channels + 2 * groups * states
        self.channels, self.head_size, self.groups, self.states = channels, head_size, groups, states
        self.chunk_size, self.dt_limit = chunk_size, dt_limit
        self.in_proj = initialise(linear(config.width, channels + conv + heads, bias=bias), config)
        self.conv1d = nn.Conv1d(conv, conv, conv_width, groups=conv, bias=conv_bias)
        self.dt_bias = nn.Parameter(initial_step_bias(heads))
        self.A_log = nn.Parameter(torch.empty(heads).uniform_(1, 16).log())  # (H,)
        self.D = nn.Parameter(torch.ones(heads))
        self.norm = norm(channels, groups, config.norm_eps)
        self.out_proj = initialise(linear(channels, config.width, bias=bias), config, residual=True)

    def forward(self, x, cache=None, positions=None, mask=None):
        """Mix the tokens of each sequence; their order is all that counts, not `positions`.

        Args:
            x: (B, L, C).
            cache: from `new_cache`, changed in place by these L tokens; or None.
            mask: of padding on the left, (B, 1, 1, S), bool; nothing of it is written. None = all are real tokens.

        Returns: (B, L, C).
        Raises: ValueError when the batch differs from the cache's, or for another mask.
        """
        padded = padded_places(self, mask, x, cache)  # (B, L, 1)
        shared = self.groups * self.states
        z, xBC, dt = self.in_proj(x).split((self.channels, self.channels + 2 * shared, len(self.D)), dim=-1)
        if padded is None:
            xBC = short_conv(self.conv1d, xBC.mT, cache).mT  # (B, L, H * P + 2 G * N)
        else:  # what is written is dt B x^T, and the convolution has a bias
            xBC = short_conv(self.conv1d, xBC.masked_fill(padded, 0).mT, cache).mT.masked_fill(padded, 0)
        x, B, C = xBC.split((self.channels, shared, shared), dim=-1)  # (B, L, H * P), (B, L, G * N) twice
        scanned = (
            x.unflatten(-1, (-1, self.head_size)),  # (B, L, H, P)
            softplus(dt + self.dt_bias).clamp(*self.dt_limit),  # (B, L, H)
            -self.A_log.exp(),
            B.unflatten(-1, (self.groups, -1)),  # (B, L, G, N)
            C.unflatten(-1, (self.groups, -1)),
            self.D,
        )
        with outside_autocast(x.device):
            y = self._scan(*at_least_float32(*scanned), cache).to(x.dtype)  # (B, L, H, P)
        return self.out_proj(self.norm(y.flatten(2), z))  # (B, L, H, P) -> (B, L, H * P) -> (B, L, C)

    def _scan(self, x, dt, A, B, C, D, cache):
        if cache is None:
            return ssd(x, dt, A, B, C, self.chunk_size, D)
        if x.shape[1] == 1:
            return selective_state_update(cache.state, x[:, 0], dt[:, 0], A, B[:, 0], C[:, 0], D)[:, None]
        y, state = ssd(x, dt, A, B, C, self.chunk_size, D, initial_states=cache.state, return_final_states=True)
        cache.state.copy_(state.detach())
        return y

    def new_cache(self, batch):
        """An empty cache for `batch` sequences, of the same size for any length."""
        channels, width = self.conv1d.weight[:, 0].shape
        state = len(self.D), self.head_size, self.states
        return MambaCache(batch, channels, width, state, self.D.dtype, self.D.device)
