"""Mamba with its selection taken away: step sizes, B and C are weights, the same for every token.

Leaves out of `mamba.py` what makes it selective, and nothing else: the gate and the short convolution stay. It is the
control of the selectivity experiments. With fixed matrices the scan is one long convolution a channel.
"""

import torch
from torch import nn
from torch.nn.functional import silu, softplus

from coursekit.layers.full_precision import at_least_float32
from coursekit.ssm.lti_scan import lti_scan
from coursekit.ssm.mamba import Mamba
from coursekit.ssm.zero_order_hold import mean_decay


class LTIMamba(Mamba):
    """A layer of Mamba whose state-space model is linear and time-invariant (S4D with real decays).

        u, z = x W_in;  u = SiLU(conv(u));  y = lti_scan(u, Delta, A, B, C, D) * SiLU(z);  y W_out

    Args: as in `coursekit.ssm.mamba.Mamba`. Delta is (D,), B and C are (D, N): every channel has its own kernel.

    Source: Gu & Dao 2023 (Mamba), table 1, the row with Mamba's block around S4; Gu et al. 2022 (S4D), S4D-Real.
    Taught in: 03-mamba
    """

    def __init__(self, config, linear=nn.Linear, channels=None, states=16, conv_width=4):
        super().__init__(config, linear, channels, states, conv_width)
        self.raw_step = nn.Parameter(self.dt_proj.bias.detach().clone())  # (D,)
        self.B = nn.Parameter(torch.ones_like(self.A_log))  # (D, N)
        self.C = nn.Parameter(torch.randn_like(self.A_log))
        del self.x_proj, self.dt_proj

    def scan(self, u, z, cache=None):
        """The state-space model, and the gate. Args, Returns: as in `Mamba.scan`."""
        u, raw_step, A_log, B, C, D = at_least_float32(u, self.raw_step, self.A_log, self.B, self.C, self.D)
        scanned = u, softplus(raw_step), -A_log.exp(), B, C, D
        y = lti_scan(*scanned) if cache is None else _step_by_step(cache, *scanned)  # (B, D, L)
        return y.to(z.dtype) * silu(z)


def _step_by_step(cache, u, step, A, B, C, D):
    """The scan from the cache's state, which `lti_scan` cannot start from."""
    exponent = step[:, None] * A  # (D, N)
    taken = mean_decay(exponent) * step[:, None] * B
    outputs = []
    for u_t in u.unbind(-1):  # (B, D)
        cache.state.copy_((exponent.exp() * cache.state + taken * u_t[..., None]).detach())  # (B, D, N)
        outputs.append((cache.state * C).sum(-1) + D * u_t)
    cache.is_empty = False
    return torch.stack(outputs, dim=-1)  # (B, D, L)
