"""The kernel of `fused_cpu.py`, compiled by numba when it is first called.

A step takes some ten microseconds, and making a numpy array of each tensor would take half as long again. So the
kernel gets addresses, and makes the arrays itself: contiguous, with heads, state (B, H, P, N), x, z and y (B, H, P),
B and C (B, G, N). What may be one number a head, or absent, has a last axis of length P, 1 or 0.
"""

import numpy as np
from numba import carray, njit, types
from numba.extending import intrinsic

from coursekit.cpu import exponentials, lanes
from coursekit.cpu.compiled import kernel
from coursekit.cpu.exponentials import exp2, softplus
from coursekit.cpu.lanes import NARROW, fold_far, fold_near, load_narrow, store, total

_OPTIONS = {"error_model": "numpy", "fastmath": {"contract", "reassoc"}}


@kernel(lanes, exponentials)
def step(addresses, form, softplus_on, log2_e):
    """One step; False, and nothing done, where a step size is not finite.

    Args:
        addresses: of state, x, dt, A, B, C, D, z, dt_bias and y.
        form: B, H, P, N, G; the widths of the last axes of dt, D, z and dt_bias; whether A is (H,), not (H, P, N).
        softplus_on: whether the step is softplus(dt + dt_bias).
        log2_e: in the precision of the tensors.
    """
    batch, H, P, N, G, dt_width, D_width, z_width, bias_width, one_rate = form
    state = carray(_pointer(addresses[0], log2_e), (batch, H, P, N))
    x = carray(_pointer(addresses[1], log2_e), (batch, H, P))
    dt = carray(_pointer(addresses[2], log2_e), (batch, H, dt_width))
    rates = carray(_pointer(addresses[3], log2_e), (H, 1, 1) if one_rate else (H, P, N))
    B = carray(_pointer(addresses[4], log2_e), (batch, G, N))
    C = carray(_pointer(addresses[5], log2_e), (batch, G, N))
    D = carray(_pointer(addresses[6], log2_e), (H, D_width))
    z = carray(_pointer(addresses[7], log2_e), (batch, H, z_width))
    bias = carray(_pointer(addresses[8], log2_e), (H, bias_width))
    y = carray(_pointer(addresses[9], log2_e), (batch, H, P))
    steps = np.empty_like(x)
    if not _step_sizes(dt, bias, softplus_on, steps):
        return False
    added = steps * x
    steps *= log2_e  # from here on for powers of two
    for b in range(batch):
        for h in range(H):
            group = h // (H // G)
            if one_rate:
                rate = rates[h, 0, 0]
                _update_at_one_rate(state[b, h], added[b, h], steps[b, h], rate, B[b, group], C[b, group], y[b, h])
            elif N % NARROW == 0:
                _update_by_lanes(state[b, h], added[b, h], steps[b, h], rates[h], B[b, group], C[b, group], y[b, h])
            else:
                _update(state[b, h], added[b, h], steps[b, h], rates[h], B[b, group], C[b, group], y[b, h])
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
def _update(state, added, steps, rates, B, C, y):
    """h <- 2^(steps A) h + added B^T, y = h C, for the channels of a head: state and rates A (P, N)."""
    for p in range(len(y)):
        row, rate = state[p], rates[p]
        result = added[p] * 0
        for n in range(len(row)):
            value = exp2(steps[p] * rate[n]) * row[n] + added[p] * B[n]
            row[n] = value
            result += value * C[n]
        y[p] = result


@njit(**_OPTIONS)
def _update_by_lanes(state, added, steps, rates, B, C, y):
    """The same for a multiple of NARROW states, NARROW of them at a time.

    To add up the NARROW products of one channel takes as long as its exponentials, since they stand in one register. So
    NARROW channels are added up together: folded by twos, a channel's products fill half of the lanes, and after four
    folds the lanes are the sums.
    """
    rows, blocks = state.shape[1] // NARROW, len(y) // NARROW
    for row in range(rows):
        b, c = load_narrow(B, row), load_narrow(C, row)
        for block in range(blocks):
            p = NARROW * block
            first = fold_far(
                _four_channels(state, added, steps, rates, b, c, p, rows, row),
                _four_channels(state, added, steps, rates, b, c, p + 4, rows, row),
            )
            second = fold_far(
                _four_channels(state, added, steps, rates, b, c, p + 8, rows, row),
                _four_channels(state, added, steps, rates, b, c, p + 12, rows, row),
            )
            sums = fold_far(first, second)
            store(y, block, sums if row == 0 else load_narrow(y, block) + sums)
        for p in range(NARROW * blocks, len(y)):
            read = total(_channel(state, added, steps, rates, b, c, p, rows, row))
            y[p] = read if row == 0 else y[p] + read


@njit(**_OPTIONS)
def _four_channels(state, added, steps, rates, b, c, p, rows, row):
    """The products of channels p to p + 3, folded twice."""
    first = fold_near(
        _channel(state, added, steps, rates, b, c, p, rows, row),
        _channel(state, added, steps, rates, b, c, p + 1, rows, row),
    )
    second = fold_near(
        _channel(state, added, steps, rates, b, c, p + 2, rows, row),
        _channel(state, added, steps, rates, b, c, p + 3, rows, row),
    )
    return fold_near(first, second)


@njit(**_OPTIONS)
def _channel(state, added, steps, rates, b, c, p, rows, row):
    """A row of channel p's states moved on; its products h C."""
    place = p * rows + row
    value = exp2(load_narrow(rates, place) * steps[p]) * load_narrow(state, place) + b * added[p]
    store(state, place, value)
    return value * c


@njit(**_OPTIONS)
def _update_at_one_rate(state, added, steps, rate, B, C, y):
    """The same with one rate a head: one exponential a channel."""
    for p in range(len(y)):
        row = state[p]
        fade = exp2(steps[p] * rate)
        result = fade * 0
        for n in range(len(row)):
            value = fade * row[n] + added[p] * B[n]
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
