"""The selective scan with the input truly held during a step.

Changes one thing in the reference: what the state takes in. mamba_ssm's Delta B is Euler's rule, the first term
of the exact integral over a step of constant input; the paper's equation 4 has the integral. The two agree for
small Delta A. The paper's theorem 1, Mamba as a gated recurrence, holds for the integral only.
"""

import torch

from coursekit.ssm.scan.checks import check_scan
from coursekit.ssm.scan.reference import discretise, read_out, recurrence, step_sizes


def selective_scan(
    u, delta, A, B, C, D=None, z=None, delta_bias=None, delta_softplus=False, return_last_state=False
):  # fmt: skip
    """`coursekit.ssm.scan.reference.selective_scan` with a zero-order hold for B, too.

        h_t = exp(Delta_t A) h_{t-1} + (Delta_t A)^-1 (exp(Delta_t A) - 1) Delta_t B_t u_t

    Args, Returns, Raises: as in `coursekit.ssm.scan.reference.selective_scan`; A may hold zeros.

    Source: Gu & Dao 2023 (Mamba), equation 4 and theorem 1.
    Taught in: 03-mamba
    """
    check_scan(u, delta, A, B, C, D, z, delta_bias)
    steps = step_sizes(delta, delta_bias, delta_softplus)  # (B, D, L)
    decay, taken = discretise(u, steps, A, B)  # (B, D, L, N) each
    states = recurrence(decay, taken * mean_decay(steps[..., None] * A[:, None]))  # (B, D, L, N)
    out = read_out(states, u, C, D, z)  # (B, D, L)
    return (out, states[:, :, -1]) if return_last_state else out


def mean_decay(x):
    """(e^x - 1) / x: the mean of e^(x s) for s from 0 to 1; 1 at x = 0.

    Near zero by its series, since the derivative of the quotient cancels there. Real or complex, any shape.

    Taught in: 03-mamba
    """
    small = x.abs() < 1e-2
    series = 1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5 * (1 + x / 6 * (1 + x / 7)))))
    away = torch.where(small, torch.ones_like(x), x)  # no 0 / 0 in the branch that is not taken
    return torch.where(small, series, torch.expm1(away) / away)
