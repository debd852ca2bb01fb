"""The kernels of `triton_gpu.py`: what one program does with its block of channels, and the helpers that they share.

A program has W channels of one sequence and one group, numbered d, and M >= N states, numbered n; it walks through
time. Every tensor is contiguous, in the layouts of `reference.selective_scan`. Names in capitals are tensors in the
GPU's memory, or numbers that are compiled in. Sums are in the number type TYPE.
"""

import triton
import triton.language as tl


@triton.jit
def forward(
    U, DELTA, A, B, C, D, Z, BIAS, SAVED, OUT, LAST, channels, length, states, groups, SOFTPLUS: tl.constexpr,
    GATED: tl.constexpr, KEEP: tl.constexpr, TYPE: tl.constexpr, W: tl.constexpr, M: tl.constexpr, TILE: tl.constexpr,
):  # fmt: skip
    """Gu & Dao 2023, algorithm 2, lines 4 to 6, step by step; with KEEP, the state before each tile of TILE steps."""
    b, group, d, inside, n = _program(channels, states, groups, W, M)
    cells = inside[:, None] & (n < states)[None, :]
    rows, tiles = b * channels + d, tl.cdiv(length, TILE)
    rate = _load(A + d[:, None] * states + n[None, :], cells, TYPE)  # (W, M)
    direct, shift = _load(D + d, inside, TYPE), _load(BIAS + d, inside, TYPE)
    h = tl.zeros([W, M], TYPE)
    for start in range(0, length, TILE):
        if KEEP:
            tl.store(SAVED + _cells(b * tiles + start // TILE, channels, d, states, n), h, mask=cells)
        for t in range(start, tl.minimum(start + TILE, length)):
            u = _load(U + rows * length + t, inside, TYPE)  # (W,)
            step = _step_size(_load(DELTA + rows * length + t, inside, TYPE) + shift, SOFTPLUS)
            take, read = _take_and_read(B, C, group, n, t, length, states, TYPE)
            h = tl.exp(step[:, None] * rate) * h + (step * u)[:, None] * take[None, :]
            y = tl.sum(h * read[None, :], 1) + direct * u
            if GATED:
                gate = _load(Z + rows * length + t, inside, TYPE)
                y = y * gate * tl.sigmoid(gate)
            tl.store(OUT + rows * length + t, y.to(OUT.dtype.element_ty), mask=inside)
    tl.store(LAST + _cells(b, channels, d, states, n), h, mask=cells)


@triton.jit
def backward(
    U, DELTA, A, B, C, D, Z, BIAS, SAVED, D_OUT, D_LAST, STATES, D_U, D_DELTA, D_A, D_B, D_C, D_D, D_Z, D_BIAS,
    channels, length, states, groups, SOFTPLUS: tl.constexpr, GATED: tl.constexpr, TYPE: tl.constexpr,
    W: tl.constexpr, M: tl.constexpr, TILE: tl.constexpr,
):  # fmt: skip
    """The gradients of a block: a tile's states once more, into STATES, then back through its steps.

        dh_t = C_t dy_t + exp(Delta_{t+1} A) dh_{t+1}

    What a program shares with others it writes apart: D_A, D_D and D_BIAS a sequence, D_B and D_C a program.
    """
    b, group, d, inside, n = _program(channels, states, groups, W, M)
    cells = inside[:, None] & (n < states)[None, :]
    rows, tiles = b * channels + d, tl.cdiv(length, TILE)
    rate = _load(A + d[:, None] * states + n[None, :], cells, TYPE)  # (W, M)
    direct, shift = _load(D + d, inside, TYPE), _load(BIAS + d, inside, TYPE)
    dh = _load(D_LAST + _cells(b, channels, d, states, n), cells, TYPE)
    d_rate = tl.zeros([W, M], TYPE)
    d_direct, d_shift = tl.zeros([W], TYPE), tl.zeros([W], TYPE)
    for index in range(tiles):
        start = (tiles - 1 - index) * TILE
        size = tl.minimum(TILE, length - start)
        # 1. the states of the tile: STATES holds the one before each step, h the one after the last
        h = _load(SAVED + _cells(b * tiles + start // TILE, channels, d, states, n), cells, TYPE)
        for k in range(size):
            t = start + k
            tl.store(STATES + _cells(b * TILE + k, channels, d, states, n), h, mask=cells)
            u = _load(U + rows * length + t, inside, TYPE)  # (W,)
            step = _step_size(_load(DELTA + rows * length + t, inside, TYPE) + shift, SOFTPLUS)
            take, _ = _take_and_read(B, C, group, n, t, length, states, TYPE)
            h = tl.exp(step[:, None] * rate) * h + (step * u)[:, None] * take[None, :]
        tl.debug_barrier()  # what one thread stored, another may load
        for k in range(size):
            t = start + size - 1 - k
            before = _load(STATES + _cells(b * TILE + t - start, channels, d, states, n), cells, TYPE)  # (W, M)
            u = _load(U + rows * length + t, inside, TYPE)  # (W,)
            raw = _load(DELTA + rows * length + t, inside, TYPE) + shift
            step = _step_size(raw, SOFTPLUS)
            take, read = _take_and_read(B, C, group, n, t, length, states, TYPE)
            # 2. back through the gate, for which y is needed
            dy = _load(D_OUT + rows * length + t, inside, TYPE)
            if GATED:
                y = tl.sum(h * read[None, :], 1) + direct * u
                gate = _load(Z + rows * length + t, inside, TYPE)
                opened = tl.sigmoid(gate)
                dz = dy * y * opened * (1 + gate * (1 - opened))
                tl.store(D_Z + rows * length + t, dz.to(D_Z.dtype.element_ty), mask=inside)
                dy = dy * gate * opened
            # 3. back through the step
            program = tl.program_id(0).to(tl.int64)
            dh += dy[:, None] * read[None, :]
            tl.store(D_C + (program * states + n) * length + t, tl.sum(dy[:, None] * h, 0), mask=n < states)
            tl.store(D_B + (program * states + n) * length + t, tl.sum(dh * (step * u)[:, None], 0), mask=n < states)
            d_taken = tl.sum(dh * take[None, :], 1)
            dh *= tl.exp(step[:, None] * rate)
            d_rate += dh * before * step[:, None]
            d_step = tl.sum(dh * before * rate, 1)
            # 4. back through taken = step u, y's D u, and softplus
            d_direct += dy * u
            du = d_taken * step + direct * dy
            tl.store(D_U + rows * length + t, du.to(D_U.dtype.element_ty), mask=inside)
            d_delta = d_step + d_taken * u
            if SOFTPLUS:
                d_delta *= tl.sigmoid(raw)
            d_shift += d_delta
            tl.store(D_DELTA + rows * length + t, d_delta.to(D_DELTA.dtype.element_ty), mask=inside)
            h = before
        tl.debug_barrier()  # before the next tile writes over these states
    tl.store(D_A + _cells(b, channels, d, states, n), d_rate, mask=cells)
    tl.store(D_D + rows, d_direct, mask=inside)
    tl.store(D_BIAS + rows, d_shift, mask=inside)


@triton.jit
def _program(channels, states, groups, W: tl.constexpr, M: tl.constexpr):
    """Where this program stands: its sequence, its group counted over the batch, its channels, its states."""
    size = channels // groups
    blocks = tl.cdiv(size, W)
    group = (tl.program_id(0) // blocks).to(tl.int64)
    offset = tl.program_id(0) % blocks * W + tl.arange(0, W)
    return group // groups, group, group % groups * size + offset, offset < size, tl.arange(0, M)


@triton.jit
def _step_size(x, SOFTPLUS: tl.constexpr):
    """x or log(1 + e^x).

    log(1 + e) = 2 atanh(e / (2 + e)): the series keeps what a logarithm of almost 1 would lose. Its argument is at
    most 1/3, so that the first term left out is below half a rounding.
    """
    if SOFTPLUS:
        TERMS: tl.constexpr = 17 if x.dtype == tl.float64 else 7
        e = tl.exp(-tl.abs(x))
        r = e / (2 + e)
        q = r * r
        series = tl.full(x.shape, 1 / (2 * TERMS - 1), x.dtype)
        for k in tl.static_range(TERMS - 2, -1, -1):
            series = series * q + 1 / (2 * k + 1)
        x = tl.maximum(x, 0) + 2 * r * series
    return x


@triton.jit
def _take_and_read(B, C, group, n, t, length, states, TYPE: tl.constexpr):
    """B_t and C_t of a group: (M,) each."""
    at = (group * states + n) * length + t
    return _load(B + at, n < states, TYPE), _load(C + at, n < states, TYPE)


@triton.jit
def _cells(index, channels, d, states, n):
    """The addresses of a block's states in a tensor (.., D, N): (W, M)."""
    return (index * channels + d)[:, None] * states + n[None, :]


@triton.jit
def _load(pointers, mask, TYPE: tl.constexpr):
    return tl.load(pointers, mask=mask, other=0.0).to(TYPE)
