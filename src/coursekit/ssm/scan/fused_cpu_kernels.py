"""The kernels of `fused_cpu.py`, compiled by numba when they are first called.

Every tensor comes as a contiguous array in the layouts of `reference.selective_scan`. A block is WIDTH channels of one
sequence and one group; it walks through time in tiles of TILE steps, turned so that channels lie side by side in
memory: then one instruction does 8 or 16 of them, and nothing is summed across them. Within a tile one of the N states
after the other walks through all the steps, so that it stays in registers. A holds A log2(e).
"""

import numpy as np
from numba import njit

from coursekit.cpu import exponentials, lanes
from coursekit.cpu.compiled import kernel
from coursekit.cpu.exponentials import LN2, exp2, sigmoid, softplus
from coursekit.cpu.lanes import SIDE, WIDTH, load, store, total, turn_square

TILE = 128  # steps between two saved states; longer rows are read faster
_OPTIONS = {"error_model": "numpy", "fastmath": {"contract"}}


@kernel(lanes, exponentials)
def forward(u, delta, A, B, C, D, z, bias, softplus_on, gated, saved, keep, out, last, worker, workers):
    """Every `workers`-th block, from block `worker` on, of `out` and `last`; with `keep`, the states before each tile.

    A (N, D), saved (B, tiles, N, D), last (B, N, D); out as u. `z` is only read where `gated`.
    """
    L, N, G = u.shape[2], A.shape[0], B.shape[1]
    size = u.shape[1] // G
    x, step, taken, gate, y = (_rows(TILE, u), _rows(TILE, u), _rows(TILE, u), _rows(TILE, u), _rows(TILE, u))
    rate, h, shift, direct = _rows(N, u), _rows(N, u), _rows(1, u), _rows(1, u)
    for block in range(worker, u.shape[0] * G * -(-size // WIDTH), workers):
        b, g, first, w = _block(block, G, size)
        _take_columns(A, first, w, rate)
        _take_columns(bias, first, w, shift)
        _take_columns(D, first, w, direct)
        h[:] = 0
        for start in range(0, L, TILE):
            T = min(TILE, L - start)
            if keep:
                _put_columns(h, first, w, saved[b, start // TILE])
            _turn(delta[b], first, w, start, T, TILE, step)
            _turn(u[b], first, w, start, T, TILE, x)
            _step_sizes(step, x, shift[0], softplus_on, T, taken)
            _skip(x, direct, T, y)
            _recurrence(step, taken, rate, B[b, g], C[b, g], start, T, h, y)
            if gated:
                _turn(z[b], first, w, start, T, TILE, gate)
                _gate(gate, T, y)
            _turn_back(y, first, w, start, T, out[b])
        _put_columns(h, first, w, last[b])


@njit(**_OPTIONS)
def _step_sizes(step, x, shift, softplus_on, T, taken):
    """Step sizes in the place of what they are made of, and what a step takes in: taken = step x."""
    for t in range(T):
        row, source, target = step[t], x[t], taken[t]
        for d in range(WIDTH):
            row[d] += shift[d]
        if softplus_on:
            for d in range(WIDTH):
                row[d] = softplus(row[d])
        for d in range(WIDTH):
            target[d] = row[d] * source[d]


@njit(**_OPTIONS)
def _skip(x, direct, T, y):
    """y = D x."""
    by = load(direct, 0)
    for t in range(T):
        store(y, t, load(x, t) * by)


@njit(**_OPTIONS)
def _recurrence(step, taken, rate, B, C, start, T, h, y):
    """T steps of h, read out into y."""
    for n in range(len(rate)):
        fast, state = load(rate, n), load(h, n)
        for t in range(T):
            state = exp2(load(step, t) * fast) * state + load(taken, t) * B[n, start + t]
            store(y, t, load(y, t) + state * C[n, start + t])
        store(h, n, state)


@njit(**_OPTIONS)
def _gate(gate, T, y):
    """y SiLU(z) in the place of y."""
    for t in range(T):
        z, row = gate[t], y[t]
        for d in range(WIDTH):
            row[d] *= z[d] * sigmoid(z[d])


@kernel(lanes, exponentials)
def backward(
    u, delta, A, B, C, D, z, bias, softplus_on, gated, saved, d_out, d_last,
    d_u, d_delta, d_A, d_B, d_C, d_D, d_bias, d_z, worker, workers,
):  # fmt: skip
    """The gradients of every `workers`-th block: a tile's states once more, then back through its steps.

        dh_t = C_t dy_t + exp(Delta_{t+1} A) dh_{t+1}

    d_A (N, D), d_D and d_bias (1, D), d_B and d_C are this worker's own sums, to which the others are added.
    """
    L, N, G = u.shape[2], A.shape[0], B.shape[1]
    size = u.shape[1] // G
    x, step, taken, slope, dy, gate = (
        _rows(TILE, u), _rows(TILE, u), _rows(TILE, u), _rows(TILE, u), _rows(TILE, u), _rows(TILE, u)
    )  # fmt: skip
    y, d_step, d_taken, fade, before = _rows(TILE, u), _rows(TILE, u), _rows(TILE, u), _rows(TILE, u), _rows(TILE, u)
    rate, h, dh, d_rate = _rows(N, u), _rows(N, u), _rows(N, u), _rows(N, u)
    shift, direct, d_direct, d_shift = _rows(1, u), _rows(1, u), _rows(1, u), _rows(1, u)
    for block in range(worker, u.shape[0] * G * -(-size // WIDTH), workers):
        b, g, first, w = _block(block, G, size)
        _take_columns(A, first, w, rate)
        _take_columns(bias, first, w, shift)
        _take_columns(D, first, w, direct)
        _take_columns(d_last[b], first, w, dh)
        _take_columns(d_A, first, w, d_rate)
        _take_columns(d_D, first, w, d_direct)
        _take_columns(d_bias, first, w, d_shift)
        for start in range((L - 1) // TILE * TILE, -1, -TILE):
            T = min(TILE, L - start)
            _turn(delta[b], first, w, start, T, -TILE, step)
            _turn(u[b], first, w, start, T, -TILE, x)
            _turn(d_out[b], first, w, start, T, -TILE, dy)
            _slopes(step, shift[0], softplus_on, T, slope)
            _step_sizes(step, x, shift[0], softplus_on, T, taken)
            # 1. back through the gate, except for y, which d_z needs
            if gated:
                _turn(z[b], first, w, start, T, -TILE, gate)
                _back_gate(T, gate, dy)
            # 2. each state through the tile, and back
            _take_columns(saved[b, start // TILE], first, w, h)
            _skip(x, direct, T, y)
            d_step[:] = 0
            d_taken[:] = 0
            for n in range(N):
                _there(n, step, taken, rate, B[b, g], C[b, g], start, T, h, fade, before, y)
                _back(
                    n, step, taken, rate, dy, fade, before, h, B[b, g], C[b, g], start, T,
                    dh, d_step, d_taken, d_rate, d_B[b, g], d_C[b, g],
                )  # fmt: skip
            # 3. back through taken = step u, y's D u, and softplus
            _back_inputs(x, step, slope, dy, direct[0], T, d_step, d_taken, d_direct[0], d_shift[0])
            _turn_back(d_taken, first, w, start, T, d_u[b])
            _turn_back(d_step, first, w, start, T, d_delta[b])
            if gated:
                _multiply(gate, T, y)
                _turn_back(y, first, w, start, T, d_z[b])
        _put_columns(d_rate, first, w, d_A)
        _put_columns(d_direct, first, w, d_D)
        _put_columns(d_shift, first, w, d_bias)


@njit(**_OPTIONS)
def _slopes(raw, shift, softplus_on, T, slope):
    """The derivative of the step size: softplus' is the sigmoid."""
    one = type(raw[0, 0])(1)
    for t in range(T):
        source, row = raw[t], slope[t]
        for d in range(WIDTH):
            row[d] = one
        if softplus_on:
            for d in range(WIDTH):
                x = source[d] + shift[d]
                row[d] = one if x > 20 else sigmoid(x)


@njit(**_OPTIONS)
def _back_gate(T, gate, dy):
    """dy, which was the gradient of the gated output, becomes y's; gate the derivative by z, but for a factor y."""
    one = type(dy[0, 0])(1)
    for t in range(T):
        opening, row = gate[t], dy[t]
        for d in range(WIDTH):
            z, opened = opening[d], sigmoid(opening[d])
            opening[d] = row[d] * opened * (one + z * (one - opened))
            row[d] *= z * opened


@njit(**_OPTIONS)
def _there(n, step, taken, rate, B, C, start, T, h, fade, before, y):
    """T steps of state n, read out into y: how much of it each step keeps, and the states before each step."""
    fast, state = load(rate, n), load(h, n)
    for t in range(T):
        kept = exp2(load(step, t) * fast)
        store(fade, t, kept)
        store(before, t, state)
        state = kept * state + load(taken, t) * B[n, start + t]
        store(y, t, load(y, t) + state * C[n, start + t])
    store(h, n, state)


@njit(**_OPTIONS)
def _back(
    n, step, taken, rate, dy, fade, before, h, B, C, start, T, dh, d_step, d_taken, d_rate, d_B, d_C
):  # fmt: skip
    """The same steps from the last to the first, each with the gradient of its state."""
    fast, state, gradient, d_fast = load(rate, n), load(h, n), load(dh, n), load(d_rate, n)
    for t in range(T - 1, -1, -1):
        read, take = load(dy, t), load(taken, t)
        gradient = gradient + read * C[n, start + t]
        d_C[n, start + t] += total(read * state)
        d_B[n, start + t] += total(gradient * take)
        store(d_taken, t, load(d_taken, t) + gradient * B[n, start + t])
        gradient, state = gradient * load(fade, t), load(before, t)
        change = gradient * state  # that of the exponent
        d_fast = d_fast + change * load(step, t)
        store(d_step, t, load(d_step, t) + change * fast)
    store(dh, n, gradient)
    store(d_rate, n, d_fast)


@njit(**_OPTIONS)
def _back_inputs(x, step, slope, dy, direct, T, d_step, d_taken, d_direct, d_shift):
    """d_taken becomes the gradient of u, d_step that of delta; rates hold log2(e), which ln 2 takes back."""
    ln2 = type(x[0, 0])(LN2)
    for t in range(T):
        source, size, bend, out, d_size, d_source = x[t], step[t], slope[t], dy[t], d_step[t], d_taken[t]
        for d in range(WIDTH):
            d_size[d] = (ln2 * d_size[d] + d_source[d] * source[d]) * bend[d]
        for d in range(WIDTH):
            d_shift[d] += d_size[d]
        for d in range(WIDTH):
            d_source[d] = d_source[d] * size[d] + direct[d] * out[d]
        for d in range(WIDTH):
            d_direct[d] += out[d] * source[d]


@njit(**_OPTIONS)
def _multiply(a, T, b):
    """a b in the place of b."""
    for t in range(T):
        store(b, t, load(a, t) * load(b, t))


@njit(**_OPTIONS)
def _block(block, G, size):
    """Where a block stands: sequence, group, first channel, number of channels."""
    blocks = -(-size // WIDTH)
    b, g, k = block // (G * blocks), block // blocks % G, block % blocks
    return b, g, g * size + k * WIDTH, min(WIDTH, size - k * WIDTH)


@njit(**_OPTIONS)
def _rows(count, like):
    return np.empty((count, WIDTH), like.dtype)


@njit(**_OPTIONS)
def _turn(x, first, w, start, T, ahead, tile):
    """w rows of x (D, L), for T steps from `start` on, as the columns of tile; zeros in the other columns.

    `ahead`: how many steps further those stand that are turned next.
    """
    L, whole_w, whole_T = x.shape[1], w - w % SIDE, T - T % SIDE
    for d in range(0, whole_w, SIDE):
        for t in range(0, whole_T, SIDE):
            turn_square(x, (first + d) * L + start + t, L, tile, t * WIDTH + d, WIDTH, ahead)
    for d in range(w):
        for t in range(whole_T if d < whole_w else 0, T):
            tile[t, d] = x[first + d, start + t]
    if w < WIDTH:
        tile[:, w:] = 0


@njit(**_OPTIONS)
def _turn_back(tile, first, w, start, T, x):
    L, whole_w, whole_T = x.shape[1], w - w % SIDE, T - T % SIDE
    for d in range(0, whole_w, SIDE):
        for t in range(0, whole_T, SIDE):
            turn_square(tile, t * WIDTH + d, WIDTH, x, (first + d) * L + start + t, L, SIDE)
    for d in range(w):
        for t in range(whole_T if d < whole_w else 0, T):
            x[first + d, start + t] = tile[t, d]


@njit(**_OPTIONS)
def _take_columns(x, first, w, block):
    """w columns of x (N, D), from `first` on; zeros in the other columns."""
    for n in range(len(x)):
        for d in range(w):
            block[n, d] = x[n, first + d]
    if w < WIDTH:
        block[:, w:] = 0


@njit(**_OPTIONS)
def _put_columns(block, first, w, x):
    for n in range(len(x)):
        for d in range(w):
            x[n, first + d] = block[n, d]
