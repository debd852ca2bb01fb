"""The kernel of `state_update_cpu.py`, compiled by numba when it is first called.

A step takes some 20 microseconds, and making a numpy array of each tensor would take as long again. So the kernel gets
addresses, and makes the arrays itself: contiguous, with heads, state (B, H, P, N), x, z and y (B, H, P), B and C
(B, G, N). What may be one number a head, or absent, has a last axis of length P, 1 or 0.
"""

import numpy as np
from numba import carray, njit, types
from numba.extending import intrinsic

from coursekit.ssm import exponentials, lanes
from coursekit.ssm.compiled import kernel
from coursekit.ssm.exponentials import exp2, softplus
from coursekit.ssm.lanes import FEW, load_few, store, total

_OPTIONS = {"error_model": "numpy", "fastmath": {"contract", "reassoc"}}


@kernel(lanes, exponentials)
def step(addresses, sizes, widths, softplus_on, one_rate, log2_e):
    """One step; False, and nothing done, where a step size is not finite.

    Args:
        addresses: of state, x, dt, A, B, C, D, z, dt_bias and y.
        sizes: B, H, P, N, G.
        widths: of the last axes of dt, D, z and dt_bias.
        softplus_on: whether the step is softplus(dt + dt_bias).
        one_rate: whether A is (H,), not (H, P, N).
        log2_e: in the precision of the tensors.
    """
    batch, H, P, N, G = sizes
    state = carray(_pointer(addresses[0], log2_e), (batch, H, P, N))
    x = carray(_pointer(addresses[1], log2_e), (batch, H, P))
    dt = carray(_pointer(addresses[2], log2_e), (batch, H, widths[0]))
    rates = carray(_pointer(addresses[3], log2_e), (H, 1, 1) if one_rate else (H, P, N))
    B = carray(_pointer(addresses[4], log2_e), (batch, G, N))
    C = carray(_pointer(addresses[5], log2_e), (batch, G, N))
    D = carray(_pointer(addresses[6], log2_e), (H, widths[1]))
    z = carray(_pointer(addresses[7], log2_e), (batch, H, widths[2]))
    bias = carray(_pointer(addresses[8], log2_e), (H, widths[3]))
    y = carray(_pointer(addresses[9], log2_e), (batch, H, P))
    steps = np.empty_like(x)
    if not _step_sizes(dt, bias, softplus_on, steps):
        return False
    for b in range(batch):
        for h in range(H):
            group = h // (H // G)
            if one_rate:
                rate = rates[h, 0, 0] * log2_e
                _update_at_one_rate(state[b, h], x[b, h], steps[b, h], rate, B[b, group], C[b, group], y[b, h])
            elif N % FEW == 0:
                _update_by_lanes(state[b, h], x[b, h], steps[b, h], rates[h], B[b, group], C[b, group], log2_e, y[b, h])
            else:
                _update(state[b, h], x[b, h], steps[b, h], rates[h], B[b, group], C[b, group], log2_e, y[b, h])
            _add_product(D[h], x[b, h], y[b, h])
            _gate(z[b, h], log2_e, y[b, h])
    return True


@intrinsic
def _pointer(typing_context, address, like):
    """The address of numbers of the type of `like`."""

    def cast(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(like)(address, like), cast


@njit(**_OPTIONS)
def _step_sizes(dt, bias, softplus_on, steps):
    """softplus(dt + bias) in `steps` (B, H, P); whether all are finite."""
    added = 0.0
    for b in range(steps.shape[0]):
        for h in range(steps.shape[1]):
            row, given, shift = steps[b, h], dt[b, h], bias[h]
            for p in range(len(row)):
                row[p] = given[p if len(given) == len(row) else 0]
            if len(shift) > 0:
                for p in range(len(row)):
                    row[p] += shift[p if len(shift) == len(row) else 0]
            for p in range(len(row)):
                added += row[p]
            if softplus_on:
                for p in range(len(row)):
                    row[p] = softplus(row[p])
    return np.isfinite(added)


@njit(**_OPTIONS)
def _update(state, x, steps, rates, B, C, log2_e, y):
    """h <- exp(dt A) h + dt x B^T, y = h C, for the channels of a head: state and rates (P, N)."""
    for p in range(len(x)):
        row, rate = state[p], rates[p]
        added, scaled = steps[p] * x[p], steps[p] * log2_e
        result = added * 0
        for n in range(len(row)):
            value = exp2(scaled * rate[n]) * row[n] + added * B[n]
            row[n] = value
            result += value * C[n]
        y[p] = result


@njit(**_OPTIONS)
def _update_by_lanes(state, x, steps, rates, B, C, log2_e, y):
    """The same for a multiple of FEW states."""
    rows = state.shape[1] // FEW
    for p in range(len(x)):
        added, scaled = steps[p] * x[p], steps[p] * log2_e
        y[p] = 0
        for row in range(rows):
            place = p * rows + row
            value = exp2(load_few(rates, place) * scaled) * load_few(state, place) + load_few(B, row) * added
            store(state, place, value)
            y[p] += total(value * load_few(C, row))


@njit(**_OPTIONS)
def _update_at_one_rate(state, x, steps, rate, B, C, y):
    """The same with one rate a head: one exponential a channel."""
    for p in range(len(x)):
        row = state[p]
        added, fade = steps[p] * x[p], exp2(steps[p] * rate)
        result = added * 0
        for n in range(len(row)):
            value = fade * row[n] + added * B[n]
            row[n] = value
            result += value * C[n]
        y[p] = result


@njit(**_OPTIONS)
def _add_product(D, x, y):
    """y + D x over y; D of length P, 1 or 0."""
    if len(D) == len(y):
        for p in range(len(y)):
            y[p] += D[p] * x[p]
    elif len(D) > 0:
        for p in range(len(y)):
            y[p] += D[0] * x[p]


@njit(**_OPTIONS)
def _gate(z, log2_e, y):
    """y SiLU(z) over y; z of length P or 0."""
    one = log2_e / log2_e
    for p in range(len(z)):
        y[p] *= z[p] / (one + exp2(-z[p] * log2_e))
