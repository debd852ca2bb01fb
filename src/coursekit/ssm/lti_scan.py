"""A state-space model whose matrices do not depend on the input (S4D): a recurrence and a convolution.

What Mamba gave up: with fixed matrices, y is u convolved with one kernel, and a Fourier transform does that in
L log L operations, without any loop. With matrices that the input selects there is no such kernel.
"""

import torch

from coursekit.ssm.finite import check_finite
from coursekit.ssm.scan.reference import recurrence
from coursekit.ssm.zero_order_hold import mean_decay

_DTYPES = (torch.float32, torch.float64)


def lti_scan(u, delta, A, B, C, D=None):
    """A linear time-invariant state-space model with diagonal A, as a convolution.

        y = K * u + D u,    K_l = Re sum_n C_n exp(Delta A_n)^l Bbar_n,    Bbar = (exp(Delta A) - 1) / A B

    Args:
        u: (B, D, L), float32 or float64; the input.
        delta: (D,), u's dtype, finite; step sizes.
        A: (D, N), u's dtype or the complex dtype that goes with it, finite; real part negative for a stable state.
        B, C: (D, N), like A. One of each conjugate pair suffices if C carries the factor 2.
        D: (D,) or None; the input's direct share.

    Returns: (B, D, L), u's dtype. A NaN in u makes NaN of its whole channel, earlier outputs too: the transform mixes
        all positions.
    Raises: ValueError when shapes or dtypes do not fit, or a step or a rate is not finite.

    Source: Gu et al. 2022 (S4D, arXiv 2206.11893), equations 2 to 5; zero-order hold.
    Taught in: 03-mamba
    """
    _check_input(u, delta, D)
    length = u.shape[2]
    K = lti_kernel(delta, A, B, C, length)  # (D, L)
    # padded to 2 L, so that the end does not wrap around into the beginning
    y = torch.fft.irfft(torch.fft.rfft(u, 2 * length) * torch.fft.rfft(K, 2 * length), 2 * length)[..., :length]
    return y if D is None else y + D[:, None] * u


def lti_scan_recurrence(u, delta, A, B, C, D=None):
    """`lti_scan` as the recurrence that it is.

        h_t = exp(Delta A) h_{t-1} + Bbar u_t,    y_t = Re(C . h_t) + D u_t

    Args, Returns, Raises: as in `lti_scan`.
    Source: Gu et al. 2022 (S4D, arXiv 2206.11893), equation 2.
    Taught in: 03-mamba
    """
    _check_input(u, delta, D)
    _check_model(delta, A, B, C)
    decay, taken = _discretise(delta, A, B)  # (D, N) each
    taken = taken[:, None] * u[..., None]  # (B, D, L, N)
    states = recurrence(decay[:, None].expand_as(taken), taken)  # (B, D, L, N)
    y = (states * C[:, None]).sum(-1).real  # (B, D, L)
    return y if D is None else y + D[:, None] * u


def lti_kernel(delta, A, B, C, length):
    """The response to an impulse: what one input still does l steps later.

        K_l = Re sum_n C_n exp(l Delta A_n) Bbar_n

    Args: as in `lti_scan`; delta (D,) float32 or float64; length: steps, at least 1.
    Returns: (D, length), real.
    Raises: ValueError as there.
    Source: Gu et al. 2022 (S4D, arXiv 2206.11893), equation 4 (a Vandermonde product).
    Taught in: 03-mamba
    """
    _check_model(delta, A, B, C)
    if not isinstance(length, int) or length < 1:
        raise ValueError(f"length: expected a whole number of steps >= 1, got {length!r}")
    _, taken = _discretise(delta, A, B)
    time = torch.arange(length, dtype=delta.dtype, device=delta.device)
    powers = (time[:, None] * (delta[:, None] * A)[:, None]).exp()  # (D, L, N)
    return (powers * (C * taken)[:, None]).sum(-1).real  # (D, L)


def _discretise(delta, A, B):
    x = delta[:, None] * A  # (D, N)
    return x.exp(), mean_decay(x) * delta[:, None] * B


def _check_input(u, delta, D):
    if u.dim() != 3 or 0 in u.shape or u.dtype not in _DTYPES:
        raise ValueError(f"u: expected (batch, channels, length), float32 or float64, got {tuple(u.shape)}, {u.dtype}")
    channels = u.shape[1]
    for name, vector in (("delta", delta), ("D", D)):
        if vector is not None and (vector.shape != (channels,) or vector.dtype != u.dtype):
            raise ValueError(
                f"{name}: expected ({channels},), {u.dtype}, got {tuple(vector.shape)}, {vector.dtype}"
            )  # fmt: skip


def _check_model(delta, A, B, C):
    if delta.dim() != 1 or delta.dtype not in _DTYPES:
        raise ValueError(f"delta: expected (channels,), float32 or float64, got {tuple(delta.shape)}, {delta.dtype}")
    channels, dtype = len(delta), delta.dtype
    if A.dim() != 2 or A.shape[0] != channels or A.shape[1] == 0 or A.dtype not in (dtype, dtype.to_complex()):
        raise ValueError(
            f"A: expected ({channels}, at least 1), {dtype} or complex, got {tuple(A.shape)}, {A.dtype}"
        )  # fmt: skip
    for name, matrix in (("B", B), ("C", C)):
        if matrix.shape != A.shape or matrix.dtype != A.dtype:
            raise ValueError(
                f"{name}: expected A's {tuple(A.shape)}, {A.dtype}, got {tuple(matrix.shape)}, {matrix.dtype}"
            )  # fmt: skip
    check_finite("delta", delta)
    check_finite("A", A)
