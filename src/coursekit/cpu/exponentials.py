"""Exponentials in arithmetic that becomes vector instructions, which `math.exp2` does not: for numba."""

import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic, overload

from coursekit.cpu.lanes import cut, join

LN2 = math.log(2)
# 2^f = 1 + c1 f + .. + c5 f^5 for |f| <= 1/2, relative error below 1e-7: a minimax fit with the first term held at 1
_EXP2_32 = tuple(float(np.float32(c)) for c in (1, 0.69314698, 0.24022242, 0.05550734, 0.00967151, 0.00132647))
# the same by Taylor's series: the first term left out is below 1e-17
_EXP2_64 = tuple(LN2**k / math.factorial(k) for k in range(14))
# log((1 + r) / (1 - r)) = 2 r (1 + r^2 / 3 + r^4 / 5 + ..)
_ATANH_32 = tuple(np.float32(1 / k) for k in range(1, 15, 2))


@intrinsic
def exp2(typing, x):
    """2^x for a number or for `Lanes`, float32 or float64, and the same out.

    2^x = 2^i 2^f with i the nearest whole number; i is added to the exponent's bits of 2^f. Below the smallest
    normal number the result stays there.
    """
    single = getattr(x, "dtype", x) == types.float32

    def code(context, builder, signature, arguments):
        (x,) = arguments
        bits, lowest, highest, fraction = (32, -126, 128, 23) if single else (64, -1022, 1024, 52)
        whole, name = ir.IntType(bits), f"f{bits}"
        if isinstance(x.type, ir.VectorType):
            whole, name = ir.VectorType(whole, x.type.count), f"v{x.type.count}f{bits}"

        def constant(kind, value):
            return ir.Constant(kind, [value] * kind.count if isinstance(kind, ir.VectorType) else value)

        lowest, highest = (constant(x.type, float(end)) for end in (lowest, highest))
        x = builder.select(builder.fcmp_ordered("<=", x, lowest), lowest, x)  # what is not a number stays so
        by_machine = _scale_by_machine(context, builder, x.type)
        if by_machine is None:
            x = builder.select(builder.fcmp_ordered(">=", x, highest), highest, x)
        rint = get_or_insert_function(builder.module, ir.FunctionType(x.type, [x.type]), f"llvm.rint.{name}")
        i = builder.call(rint, [x])
        f = builder.fsub(x, i)
        *rest, p = (constant(x.type, c) for c in (_EXP2_32 if single else _EXP2_64))
        for c in reversed(rest):
            p = builder.fadd(c, builder.fmul(f, p, flags=("contract",)), flags=("contract",))
        if by_machine is not None:
            return by_machine(p, i)
        exponent = builder.shl(builder.fptosi(i, whole), constant(whole, fraction))
        return builder.bitcast(builder.add(builder.bitcast(p, whole), exponent), x.type)

    return x(x), code


def _scale_by_machine(context, builder, kind):
    """p 2^i as one instruction for each register of 512 bits, in place of three: a function of p and i, or None.

    AVX-512 has it. Only for lanes: numbers in a loop are made vectors later, and such an instruction would forbid that.
    """
    if not isinstance(kind, ir.VectorType) or "+avx512f" not in context.codegen().magic_tuple()[2].split(","):
        return None
    letter, count = ("s", 16) if isinstance(kind.element, ir.FloatType) else ("d", 8)
    if kind.count % count:
        return None
    register, mask, number = ir.VectorType(kind.element, count), ir.IntType(count), ir.IntType(32)
    signature = ir.FunctionType(register, [register, register, register, mask, number])
    function = get_or_insert_function(builder.module, signature, f"llvm.x86.avx512.mask.scalef.p{letter}.512")
    # all lanes, rounded as usual
    options = ir.Constant(register, ir.Undefined), ir.Constant(mask, -1), ir.Constant(number, 4)

    def scale(p, i):
        parts = zip(cut(builder, p, count), cut(builder, i, count))
        return join(builder, [builder.call(function, [*part, *options]) for part in parts])

    return scale


def softplus(x):
    """log(1 + e^x); x itself above 20, as in torch."""


@overload(softplus, jit_options={"fastmath": {"contract"}})
def _softplus(x):
    return _softplus_32 if x == types.float32 else _softplus_64


def _softplus_32(x):
    # log(1 + e) = 2 atanh(e / (2 + e)), whose series is short: the argument is at most 1/3
    c = _ATANH_32
    e = exp2(np.float32(-abs(x) * np.float32(1 / LN2)))
    r = e / (np.float32(2) + e)
    q = r * r
    p = c[0] + q * (c[1] + q * (c[2] + q * (c[3] + q * (c[4] + q * (c[5] + q * c[6])))))
    return x if x > np.float32(20) else max(x, np.float32(0)) + np.float32(2) * r * p


def _softplus_64(x):
    return x if x > 20 else max(x, 0.0) + math.log1p(math.exp(-abs(x)))


@njit(fastmath={"contract"}, error_model="numpy")
def sigmoid(x):
    """1 / (1 + e^-x)."""
    one = type(x)(1)
    return one / (one + exp2(-x * type(x)(1 / LN2)))
