"""Mamba as a mixer: projections, a short convolution, the selective scan, a gate; cache.

Dimensions: B batch, L tokens (T in the skeleton), C width of the stream, D channels, N states, R rank of the steps,
W width of the convolution.
"""

from math import ceil

import torch
from torch import nn

from coursekit.layers.full_precision import at_least_float32
from coursekit.layers.padding import padded_places
from coursekit.ssm.initial_steps import initial_step_bias
from coursekit.ssm.mamba_cache import MambaCache
from coursekit.ssm.scan.backend import selective_scan
from coursekit.ssm.short_conv import short_conv
from coursekit.ssm.step.backend import selective_state_update


class Mamba(nn.Module):
    """A layer of Mamba; with it as mixer and without a feed-forward, the decoder is a Mamba language model.

        u, z = x W_in;  u = SiLU(conv(u));  Delta, B, C = select(u);  y = scan(u, Delta, A, B, C, D) * SiLU(z);  y W_out

        Decoder(config, mixer=Mamba, ffn=None)
        Decoder(config, mixer=partial(Mamba, states=32), ffn=None)

    Args:
        config: a `DecoderConfig`; heads and positions are not read.
        linear: class of the projections.
        channels: D; None = 2 C.
        states: N.
        conv_width: W.
        rank: R; None = C / 16, rounded up.
        bias: projections to and from the stream with a bias.
        conv_bias: convolution with a bias.

    Raises: ValueError when a size is below 1.

    Names and initial values of the weights are those of mamba_ssm: projections as torch draws them, whose deviation
    falls with their inputs. With GPT-2's a narrow Mamba starts with a gate that is nearly shut, and learns more slowly.

    Source: Gu & Dao 2023 (Mamba), section 3.4 and figure 3; algorithm 2; initial values: section 3.6.
    Taught in: 03-mamba
    """

    def __init__(
        self, config, linear=nn.Linear, channels=None, states=16, conv_width=4, rank=None, bias=False, conv_bias=True
    ):
        super().__init__()
        channels, rank = channels or 2 * config.width, rank or ceil(config.width / 16)
        if min(channels, states, conv_width, rank) < 1:
            raise ValueError(f"expected sizes >= 1, got {channels=}, {states=}, {conv_width=} and {rank=}")
        self.sizes = rank, states, states
        self.in_proj = linear(config.width, 2 * channels, bias=bias)
        self.conv1d = nn.Conv1d(channels, channels, conv_width, groups=channels, bias=conv_bias)
        self.x_proj = linear(channels, sum(self.sizes), bias=False)
        self.dt_proj = linear(rank, channels, bias=True)
        nn.init.uniform_(self.dt_proj.weight, -(rank**-0.5), rank**-0.5)
        self.dt_proj.bias.data.copy_(initial_step_bias(channels))
        self.A_log = nn.Parameter(torch.arange(1.0, states + 1).log().repeat(channels, 1))  # (D, N)
        self.A_log._no_weight_decay = True
        self.D = nn.Parameter(torch.ones(channels))
        self.out_proj = linear(channels, config.width, bias=bias)
        self.out_proj.weight.data /= config.layers**0.5  # the stream sums that many

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
        u, z = self.in_proj(x).mT.chunk(2, dim=1)  # (B, L, 2 D) -> (B, D, L) twice
        if padded is None:
            u = short_conv(self.conv1d, u, cache)
        else:  # what is written is Delta u B^T, and the convolution has a bias
            u = short_conv(self.conv1d, u.masked_fill(padded.mT, 0), cache).masked_fill(padded.mT, 0)
        return self.out_proj(self.scan(u, z, cache).mT)  # (B, D, L) -> (B, L, C)

    def scan(self, u, z, cache=None):
        """The state-space model, and the gate: what is read of the state, token by token.

        Args:
            u, z: input and gate, (B, D, L).
            cache: its state is written over; None = from nothing.

        Returns: (B, D, L).
        """
        delta, B, C = self.select(u)  # (B, D, L), (B, N, L) twice
        scanned = u, delta, -self.A_log.exp(), B, C, self.D, z
        if cache is None:
            return selective_scan(*scanned, delta_softplus=True)  # (B, D, L)
        if not cache.is_empty:
            return _step_by_step(cache.state, *scanned)
        y, state = selective_scan(*scanned, delta_softplus=True, return_last_state=True)
        cache.state.copy_(state.detach())
        cache.is_empty = False
        return y

    def select(self, u):
        """What makes it selective: step sizes, and what is written and read, all from the input.

        Args:
            u: (B, D, L).

        Returns: Delta before its softplus (B, D, L), B and C (B, N, L).
        """
        low, B, C = self.x_proj(u.mT).split(self.sizes, dim=-1)  # (B, L, R), (B, L, N) twice
        return self.dt_proj(low).mT, B.mT, C.mT

    def new_cache(self, batch):
        """An empty cache for `batch` sequences, of the same size for any length."""
        channels, width = self.conv1d.weight[:, 0].shape
        return MambaCache(batch, channels, width, self.A_log.shape, self.D.dtype, self.D.device)


def _step_by_step(state, u, delta, A, B, C, D, z):
    """The scan from a state that is not empty, which `selective_scan` cannot start from."""
    dtype = u.dtype
    u, delta, A, B, C, D, z = at_least_float32(u, delta, A, B, C, D, z)
    steps = [
        selective_state_update(state, u[..., t], delta[..., t], A, B[..., t], C[..., t], D, z[..., t], dt_softplus=True)
        for t in range(u.shape[-1])
    ]
    return torch.stack(steps, dim=-1).to(dtype)  # (B, D) each -> (B, D, L)
