"""The kernel of `triton_gpu.py`. Names in capitals are tensors in the GPU's memory, or numbers that are compiled in."""

import triton
import triton.language as tl


@triton.jit
def product(
    DATA, SCALES, LOWS, CODES, X_SCALES, X_SUMS, Y, groups, steps, middle, HAS_LOWS: tl.constexpr, BITS: tl.constexpr,
    S: tl.constexpr,
):  # fmt: skip
    """Y[token, tile's 16 outputs]: a program makes sixteen numbers, S rows of 64 bytes at a time."""
    PARTS: tl.constexpr = 8 // BITS
    tile, token, tiles = tl.program_id(0), tl.program_id(1).to(tl.int64), tl.num_programs(0)
    i = tl.arange(0, 16)
    c = tl.arange(0, S * 4 * PARTS)  # inputs of these rows
    s, k, j = c // (4 * PARTS), c // 4 % PARTS, c % 4
    total = tl.zeros([16], tl.float32)
    for g in range(0, groups):
        row = (tile * groups + g).to(tl.int64) * steps
        first = (token * groups + g) * steps * 4 * PARTS
        sums = tl.zeros([16], tl.int32)
        for start in range(0, steps, S):
            inside = start + s < steps
            at = DATA + (row + start + s[None, :]) * 64 + i[:, None] * 4 + j[None, :]
            q = (tl.load(at, inside[None, :], 0).to(tl.int32) >> (BITS * k)[None, :]) & ((1 << BITS) - 1)
            x = tl.load(CODES + first + start * 4 * PARTS + c, inside, 0).to(tl.int32)
            sums += tl.sum(q * x[None, :], 1)
        x_sum, x_scale = tl.load(X_SUMS + token * groups + g), tl.load(X_SCALES + token * groups + g)
        place = (tile * groups + g) * 16 + i
        total += (sums - middle * x_sum).to(tl.float32) * x_scale * tl.load(SCALES + place).to(tl.float32)
        if HAS_LOWS:
            total += tl.load(LOWS + place).to(tl.float32) * (x_scale * x_sum.to(tl.float32))
    tl.store(Y + (token * tiles + tile) * 16 + i, total)
