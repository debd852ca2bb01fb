"""The kernels of `fused_cpu.py`, compiled by numba when they are first called.

Every tensor comes as a contiguous array in the layouts of `reference.selective_scan`. A block is W channels of one
sequence and one group; it walks through time in tiles of TILE steps, turned so that channels lie side by side in
memory: then one instruction does 8 or 16 of them, and nothing is summed across them. A holds A log2(e).

All in one file, because numba's cache of compiled code only sees changes of the file that a kernel stands in.
"""

import math

import numpy as np
from numba import njit, types
from numba.extending import overload

TILE = 64  # steps between two saved states
FORWARD_BLOCK, BACKWARD_BLOCK = 128, 64  # channels; measured with 16 states
_LN2 = math.log(2)
# 2^f = 1 + c1 f + .. + c5 f^5 for |f| <= 1/2, relative error below 1e-7: a minimax fit with the first term held at 1
_EXP2_32 = tuple(map(np.float32, (1, 0.69314698, 0.24022242, 0.05550734, 0.00967151, 0.00132647)))
# the same by Taylor's series: the first term left out is below 1e-17
_EXP2_64 = tuple(_LN2**k / math.factorial(k) for k in range(14))
_ATANH_32 = tuple(np.float32(1 / k) for k in range(1, 15, 2))


def exp2(x):
    """2^x in arithmetic that a compiler turns into vector instructions, which it does not for `math.exp2`.

    2^x = 2^i 2^f with i the nearest whole number; i is added to the exponent's bits of 2^f. Below the smallest
    normal number the result stays there. float32 or float64, and the same out.
    """


def softplus(x):
    """log(1 + e^x); x itself above 20, as in torch."""


@overload(exp2, jit_options={"fastmath": {"contract"}})
def _exp2(x):
    return _exp2_32 if x == types.float32 else _exp2_64


def _exp2_32(x):
    c = _EXP2_32
    x = min(max(x, np.float32(-126)), np.float32(128))
    i = np.rint(x)
    f = x - i
    p = c[0] + f * (c[1] + f * (c[2] + f * (c[3] + f * (c[4] + f * c[5]))))
    return np.int32(np.float32(p).view(np.int32) + (np.int32(i) << np.int32(23))).view(np.float32)


def _exp2_64(x):
    c = _EXP2_64
    x = min(max(x, -1022.0), 1024.0)
    i = np.rint(x)
    f = x - i
    p = c[8] + f * (c[9] + f * (c[10] + f * (c[11] + f * (c[12] + f * c[13]))))
    p = c[0] + f * (c[1] + f * (c[2] + f * (c[3] + f * (c[4] + f * (c[5] + f * (c[6] + f * (c[7] + f * p)))))))
    return np.int64(np.float64(p).view(np.int64) + (np.int64(i) << np.int64(52))).view(np.float64)


@overload(softplus, jit_options={"fastmath": {"contract"}})
def _softplus(x):
    return _softplus_32 if x == types.float32 else _softplus_64


def _softplus_32(x):
    # log(1 + e) = 2 atanh(e / (2 + e)), whose series is short: the argument is at most 1/3
    c = _ATANH_32
    e = exp2(np.float32(-abs(x) * np.float32(1 / _LN2)))
    r = e / (np.float32(2) + e)
    q = r * r
    p = c[0] + q * (c[1] + q * (c[2] + q * (c[3] + q * (c[4] + q * (c[5] + q * c[6])))))
    return x if x > np.float32(20) else max(x, np.float32(0)) + np.float32(2) * r * p


def _softplus_64(x):
    return x if x > 20 else max(x, 0.0) + math.log1p(math.exp(-abs(x)))


_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(fastmath={"contract"}, **_OPTIONS)
def forward(u, delta, A, B, C, D, z, bias, softplus_on, gated, saved, keep, out, last, worker, workers):
    """Every `workers`-th block, from block `worker` on, of `out` and `last`; with `keep`, the states before each tile.

    A (N, D), saved (B, tiles, N, D), last (B, N, D); out as u. `z` is only read where `gated`.
    """
    L, N, G = u.shape[2], A.shape[0], B.shape[1]
    size = u.shape[1] // G
    W = min(FORWARD_BLOCK, size)
    step, taken, y = _tile(W, u), _tile(W, u), _tile(W, u)
    rate, h, shift = np.empty((N, W), u.dtype), np.empty((N, W), u.dtype), np.empty((1, W), u.dtype)
    for block in range(worker, u.shape[0] * G * -(-size // W), workers):
        b, g, first, w = _block(block, G, size, W)
        _take_columns(A, first, w, rate)
        _take_columns(bias, first, w, shift)
        h[:] = 0
        for start in range(0, L, TILE):
            T = min(TILE, L - start)
            if keep:
                _put_columns(h, first, w, saved[b, start // TILE])
            _turn(delta[b], first, w, start, T, step)
            _turn(u[b], first, w, start, T, taken)
            _step_sizes(step, shift[0], softplus_on, T, w)
            _multiply(taken, step, T, w)
            _recurrence(step, taken, rate, h, y, B[b, g], C[b, g], start, T, w)
            for d in range(w):
                row, source, direct = out[b, first + d][start : start + T], u[b, first + d][start:], D[0, first + d]
                for t in range(T):
                    row[t] = y[t, d] + direct * source[t]
                if gated:
                    gate = z[b, first + d][start:]
                    for t in range(T):
                        row[t] *= gate[t] * _sigmoid(gate[t])
        _put_columns(h, first, w, last[b])


@njit(fastmath={"contract"}, **_OPTIONS)
def _step_sizes(step, shift, softplus_on, T, w):
    for t in range(T):
        for d in range(w):
            step[t, d] += shift[d]
        if softplus_on:
            for d in range(w):
                step[t, d] = softplus(step[t, d])


@njit(fastmath={"contract"}, **_OPTIONS)
def _multiply(a, b, T, w):
    """a *= b."""
    for t in range(T):
        for d in range(w):
            a[t, d] *= b[t, d]


@njit(fastmath={"contract"}, **_OPTIONS)
def _recurrence(step, taken, rate, h, y, B, C, start, T, w):
    """T steps of h, read out into y."""
    for t in range(T):
        for d in range(w):
            y[t, d] = 0
        for n in range(rate.shape[0]):
            take, read = B[n, start + t], C[n, start + t]
            for d in range(w):
                state = exp2(step[t, d] * rate[n, d]) * h[n, d] + taken[t, d] * take
                h[n, d] = state
                y[t, d] += state * read


@njit(**_OPTIONS)
def backward(
    u, delta, A, B, C, D, z, bias, softplus_on, gated, saved, d_out, d_last,
    d_u, d_delta, d_A, d_B, d_C, d_D, d_z, worker, workers,
):  # fmt: skip
    """The gradients of every `workers`-th block: a tile's states once more, then back through its steps.

        dh_t = C_t dy_t + exp(Delta_{t+1} A) dh_{t+1}

    d_A (N, D), d_D (1, D), d_B and d_C are this worker's own sums, to which the others are added.
    """
    L, N, G = u.shape[2], A.shape[0], B.shape[1]
    size = u.shape[1] // G
    W = min(BACKWARD_BLOCK, size)
    x, step, taken, slope, dy, gate, y = (
        _tile(W, u), _tile(W, u), _tile(W, u), _tile(W, u), _tile(W, u), _tile(W, u), _tile(W, u)
    )  # fmt: skip
    d_step, d_taken = _tile(W, u), _tile(W, u)
    rate, dh, d_rate = np.empty((N, W), u.dtype), np.empty((N, W), u.dtype), np.empty((N, W), u.dtype)
    shift, direct, d_direct = np.empty((1, W), u.dtype), np.empty((1, W), u.dtype), np.empty((1, W), u.dtype)
    fade, states = np.empty((TILE, N, W), u.dtype), np.empty((TILE + 1, N, W), u.dtype)
    for block in range(worker, u.shape[0] * G * -(-size // W), workers):
        b, g, first, w = _block(block, G, size, W)
        _take_columns(A, first, w, rate)
        _take_columns(bias, first, w, shift)
        _take_columns(D, first, w, direct)
        _take_columns(d_last[b], first, w, dh)
        _take_columns(d_A, first, w, d_rate)
        _take_columns(d_D, first, w, d_direct)
        for start in range((L - 1) // TILE * TILE, -1, -TILE):
            T = min(TILE, L - start)
            _turn(delta[b], first, w, start, T, step)
            _turn(u[b], first, w, start, T, x)
            _turn(u[b], first, w, start, T, taken)
            _turn(d_out[b], first, w, start, T, dy)
            _slopes(step, shift[0], softplus_on, T, w, slope)
            _step_sizes(step, shift[0], softplus_on, T, w)
            _multiply(taken, step, T, w)
            # 1. the states of the tile: states[t] is the one before step t
            _take_columns(saved[b, start // TILE], first, w, states[0])
            _states_again(step, taken, rate, B[b, g], start, T, w, fade, states)
            # 2. back through the gate, for which y is needed
            if gated:
                _turn(z[b], first, w, start, T, gate)
                _read_out(x, direct[0], states, C[b, g], start, T, w, y)
                _back_gate(y, gate, T, w, dy)
                _turn_back(y, first, w, start, T, d_z[b])
            # 3. back through the steps
            _back_steps(
                step, taken, rate, dy, fade, states, B[b, g], C[b, g], start, T, w,
                dh, d_step, d_taken, d_rate, d_B[b, g], d_C[b, g],
            )  # fmt: skip
            # 4. back through taken = step u, y's D u, and softplus
            _back_inputs(x, step, slope, dy, direct[0], T, w, d_step, d_taken, d_direct[0])
            _turn_back(d_taken, first, w, start, T, d_u[b])
            _turn_back(d_step, first, w, start, T, d_delta[b])
        _put_columns(d_rate, first, w, d_A)
        _put_columns(d_direct, first, w, d_D)


@njit(fastmath={"contract"}, **_OPTIONS)
def _slopes(raw, shift, softplus_on, T, w, slope):
    """The derivative of the step size: softplus' is the sigmoid."""
    one = type(raw[0, 0])(1)
    for t in range(T):
        for d in range(w):
            slope[t, d] = one
        if softplus_on:
            for d in range(w):
                x = raw[t, d] + shift[d]
                slope[t, d] = one if x > 20 else _sigmoid(x)


@njit(fastmath={"contract"}, **_OPTIONS)
def _states_again(step, taken, rate, B, start, T, w, fade, states):
    for t in range(T):
        for n in range(rate.shape[0]):
            take = B[n, start + t]
            for d in range(w):
                kept = exp2(step[t, d] * rate[n, d])
                fade[t, n, d] = kept
                states[t + 1, n, d] = kept * states[t, n, d] + taken[t, d] * take


@njit(fastmath={"contract"}, **_OPTIONS)
def _read_out(x, direct, states, C, start, T, w, y):
    for t in range(T):
        for d in range(w):
            y[t, d] = direct[d] * x[t, d]
        for n in range(states.shape[1]):
            read = C[n, start + t]
            for d in range(w):
                y[t, d] += states[t + 1, n, d] * read


@njit(fastmath={"contract"}, **_OPTIONS)
def _back_gate(y, gate, T, w, dy):
    """y becomes the gradient of z; dy, which was that of the gated output, becomes y's."""
    one = type(y[0, 0])(1)
    for t in range(T):
        for d in range(w):
            z, opened = gate[t, d], _sigmoid(gate[t, d])
            y[t, d] *= dy[t, d] * opened * (one + z * (one - opened))
            dy[t, d] *= z * opened


@njit(fastmath={"contract", "reassoc"}, **_OPTIONS)
def _back_steps(
    step, taken, rate, dy, fade, states, B, C, start, T, w, dh, d_step, d_taken, d_rate, d_B, d_C
):  # fmt: skip
    zero = type(dh[0, 0])(0)
    for t in range(T - 1, -1, -1):
        for d in range(w):
            d_step[t, d] = zero
            d_taken[t, d] = zero
        for n in range(rate.shape[0]):
            take, read = B[n, start + t], C[n, start + t]
            d_take, d_read = zero, zero
            for d in range(w):
                gradient = dh[n, d] + read * dy[t, d]
                d_read += dy[t, d] * states[t + 1, n, d]
                d_take += gradient * taken[t, d]
                d_taken[t, d] += gradient * take
                dh[n, d] = gradient
            for d in range(w):
                gradient = dh[n, d] * fade[t, n, d]
                dh[n, d] = gradient
                d_rate[n, d] += gradient * states[t, n, d] * step[t, d]
                d_step[t, d] += gradient * states[t, n, d] * rate[n, d]
            d_B[n, start + t] += d_take
            d_C[n, start + t] += d_read


@njit(fastmath={"contract"}, **_OPTIONS)
def _back_inputs(x, step, slope, dy, direct, T, w, d_step, d_taken, d_direct):
    """d_taken becomes the gradient of u, d_step that of delta; rates hold log2(e), which ln 2 takes back."""
    ln2 = type(x[0, 0])(_LN2)
    for t in range(T):
        for d in range(w):
            d_step[t, d] = (ln2 * d_step[t, d] + d_taken[t, d] * x[t, d]) * slope[t, d]
            d_taken[t, d] = d_taken[t, d] * step[t, d] + direct[d] * dy[t, d]
        for d in range(w):
            d_direct[d] += dy[t, d] * x[t, d]


@njit(**_OPTIONS)
def _block(block, G, size, W):
    """Where a block stands: sequence, group, first channel, number of channels."""
    blocks = -(-size // W)
    b, g, k = block // (G * blocks), block // blocks % G, block % blocks
    return b, g, g * size + k * W, min(W, size - k * W)


@njit(**_OPTIONS)
def _tile(W, like):
    """Memory for (TILE, W) numbers; rows a little longer, so that a column does not fall into a few cache sets."""
    return np.empty((TILE, W + 16), like.dtype)


@njit(**_OPTIONS)
def _turn(x, first, w, start, T, tile):
    """w rows of x (D, L), for T steps from `start` on, as the columns of tile."""
    for d in range(w):
        row = x[first + d][start : start + T]
        for t in range(T):
            tile[t, d] = row[t]


@njit(**_OPTIONS)
def _turn_back(tile, first, w, start, T, x):
    for d in range(w):
        row = x[first + d][start : start + T]
        for t in range(T):
            row[t] = tile[t, d]


@njit(**_OPTIONS)
def _take_columns(x, first, w, block):
    """w columns of x (N, D), from `first` on."""
    for n in range(x.shape[0]):
        for d in range(w):
            block[n, d] = x[n, first + d]


@njit(**_OPTIONS)
def _put_columns(block, first, w, x):
    for n in range(x.shape[0]):
        for d in range(w):
            x[n, first + d] = block[n, d]


@njit(fastmath={"contract"}, **_OPTIONS)
def _sigmoid(x):
    one = type(x)(1)
    return one / (one + exp2(-x * type(x)(1 / _LN2)))
