"""Sums of products of bytes, sixteen side by side, for numba: weights of few bits times inputs of 8.

A row of 64 bytes is 16 sums by 4 inputs. Machines differ: some x86 have one instruction that multiplies 64 pairs of
bytes and adds each four products to one of 16 sums (AVX-512 VNNI; AVX-VNNI has it for 32 pairs); elsewhere the bytes
are widened to 16 bits first, for which every machine has something. Both give the same whole numbers.
"""

from functools import cache

from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic

from coursekit.cpu.lanes import Lanes, cut, join, pick

SUMS = 16  # side by side
_I16, _I32 = ir.IntType(16), ir.IntType(32)
_WORDS, _HALVES = ir.VectorType(_I32, SUMS), ir.VectorType(_I16, 2 * SUMS)
_ADDRESS = ir.IntType(8).as_pointer()
_INSTRUCTIONS = {"+avx512vnni": 512, "+avxvnni": 256}  # feature of the machine: bits of its registers


@cache
def machine_width():
    """Bits that this machine's instruction for sums of products of bytes takes at once; 0 where it has none."""
    from numba.core.registry import cpu_target

    return _width(cpu_target.target_context)


def _width(context):
    features = context.codegen().magic_tuple()[2].split(",")
    return next((width for feature, width in _INSTRUCTIONS.items() if feature in features), 0)


@intrinsic
def spread(typing, number):
    """Sixteen times the same whole number."""

    def code(context, builder, signature, arguments):
        return _everywhere(builder, builder.trunc(arguments[0], _I32))

    return Lanes(types.int32, SUMS)(types.int64), code


@intrinsic
def add_products(typing, sums, codes, row, shifts, words, at, instruction):
    """sums_i + sum_kj q_kij x_kj: k codes in a byte, each with its own four inputs j; the new sums.

    Args:
        sums: 16 of int32.
        codes: contiguous uint8; `row` is one of 64 bytes. Byte (i, j) holds its codes from the lowest bits up.
        shifts: where the codes of a byte begin, a tuple; eight bits shared by its length.
        words: contiguous int32, each four inputs (int8); those of the first codes are at `at`.
        instruction: True takes the machine's, None the portable way: its type decides, when this is compiled.
    """
    parts = shifts.count
    bits = 8 // parts

    def code(context, builder, signature, arguments):
        sums, codes, row, _, words, at, _ = arguments
        width = 0 if isinstance(instruction, types.NoneType) else _width(context)
        data = _load(context, builder, signature.args[1], codes, row, 64, _WORDS)
        numbers = context.make_array(signature.args[4])(context, builder, words).data
        mask = ir.Constant(_WORDS, [sum(((1 << bits) - 1) << 8 * j for j in range(4))] * SUMS)
        for k in range(parts):
            word = builder.load(builder.gep(numbers, [builder.add(at, ir.Constant(at.type, k))]), align=4)
            q = builder.lshr(data, ir.Constant(_WORDS, [bits * k] * SUMS)) if k else data
            q = q if bits == 8 else builder.and_(q, mask)
            sums = _dot(builder, sums, q, _everywhere(builder, word), width)
        return sums

    return sums(sums, codes, types.intp, shifts, words, types.intp, instruction), code


@intrinsic
def together(typing, a, b):
    """The sums of two, one by one."""
    return a(a, b), lambda context, builder, signature, arguments: builder.add(*arguments)


@intrinsic
def as_float(typing, sums):
    """float32, rounded to nearest."""

    def code(context, builder, signature, arguments):
        return builder.sitofp(arguments[0], ir.VectorType(ir.FloatType(), SUMS))

    return Lanes(types.float32, SUMS)(sums), code


@intrinsic
def larger(typing, a, b):
    """The larger of two, one by one; of a number and none, none, where a is the number."""

    def code(context, builder, signature, arguments):
        a, b = arguments
        return builder.select(builder.fcmp_ordered(">", a, b), a, b)

    return a(a, b), code


@intrinsic
def highest(typing, numbers):
    """The highest of sixteen."""

    def code(context, builder, signature, arguments):
        (numbers,) = arguments
        while numbers.type.count > 1:
            a, b = cut(builder, numbers, numbers.type.count // 2)
            numbers = builder.select(builder.fcmp_ordered(">", a, b), a, b)
        return builder.extract_element(numbers, ir.Constant(_I32, 0))

    return types.float32(numbers), code


@intrinsic
def store_14_bits(typing, high, low, row, numbers):
    """round(numbers) = 128 high + low, for numbers from 0 to 16383: row `row` of 16 of two contiguous int8 arrays."""

    def code(context, builder, signature, arguments):
        *arrays, row, numbers = arguments
        half = ir.Constant(numbers.type, [0.5] * SUMS)
        whole = builder.fptosi(builder.fadd(numbers, half), _WORDS)
        for kind, array, part in zip(
            signature.args, arrays, (builder.lshr(whole, _same(7)), builder.and_(whole, _same(127)))
        ):
            first = builder.bitcast(context.make_array(kind)(context, builder, array).data, _ADDRESS)
            address = builder.gep(first, [builder.mul(row, ir.Constant(row.type, SUMS))])
            bytes_ = builder.trunc(part, ir.VectorType(ir.IntType(8), SUMS))
            builder.store(bytes_, builder.bitcast(address, bytes_.type.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(high, low, types.intp, numbers), code


@intrinsic
def load_scales(typing, array, row):
    """Sixteen numbers of a contiguous array as float32: it holds float32, or half precision as uint16."""

    def code(context, builder, signature, arguments):
        floats = ir.VectorType(ir.FloatType(), SUMS)
        if array.dtype == types.float32:
            return _load(context, builder, array, *arguments, 4 * SUMS, floats, 4)
        halves = _load(context, builder, array, *arguments, 2 * SUMS, ir.VectorType(_I16, SUMS), 2)
        if "+f16c" in context.codegen().magic_tuple()[2].split(","):
            return builder.fpext(builder.bitcast(halves, ir.VectorType(ir.HalfType(), SUMS)), floats)
        # sign, exponent and mantissa to float32's places; its exponent is 112 too small, which a product mends
        wide = builder.zext(halves, _WORDS)
        sign = builder.shl(builder.and_(wide, _same(0x8000)), _same(16))
        rest = builder.bitcast(builder.shl(builder.and_(wide, _same(0x7FFF)), _same(13)), floats)
        number = builder.bitcast(builder.fmul(rest, ir.Constant(floats, [2.0**112] * SUMS)), _WORDS)
        return builder.bitcast(builder.or_(number, sign), floats)

    return Lanes(types.float32, SUMS)(array, types.intp), code


def _dot(builder, sums, q, x, width):
    """sums_i + sum_j q_ij x_ij for bytes, q without and x with a sign, as 16 numbers of 32 bits each."""
    if width == 0:
        return _dot_portable(builder, sums, q, x)
    part = ir.VectorType(_I32, width // 32)
    signature = ir.FunctionType(part, [part, part, part])
    function = get_or_insert_function(builder.module, signature, f"llvm.x86.avx512.vpdpbusd.{width}")
    pieces = zip(*(cut(builder, lanes, width // 32) for lanes in (sums, q, x)))
    return join(builder, [builder.call(function, piece) for piece in pieces])


def _dot_portable(builder, sums, q, x):
    """Even and odd bytes apart, each as 16 bits; products of neighbours added, as most machines have it at once."""
    eight = ir.Constant(_HALVES, [8] * 2 * SUMS)
    q, x = (builder.bitcast(lanes, _HALVES) for lanes in (q, x))
    even = builder.and_(q, ir.Constant(_HALVES, [255] * 2 * SUMS)), builder.ashr(builder.shl(x, eight), eight)
    odd = builder.lshr(q, eight), builder.ashr(x, eight)
    for pair in (even, odd):
        a, b = (builder.sext(lanes, ir.VectorType(_I32, 2 * SUMS)) for lanes in pair)
        product = builder.mul(a, b)
        for first in (0, 1):
            sums = builder.add(sums, pick(builder, product, product, range(first, 2 * SUMS, 2)))
    return sums


def _everywhere(builder, number):
    nothing = ir.Constant(_WORDS, ir.Undefined)
    return pick(builder, builder.insert_element(nothing, number, ir.Constant(_I32, 0)), nothing, [0] * SUMS)


def _same(number):
    return ir.Constant(_WORDS, [number] * SUMS)


def _load(context, builder, kind, array, row, length, vector, align=1):
    if kind.layout != "C":
        raise TypeError(f"expected a contiguous array, got {kind}")
    first = builder.bitcast(context.make_array(kind)(context, builder, array).data, _ADDRESS)
    address = builder.gep(first, [builder.mul(row, ir.Constant(row.type, length))])
    return builder.load(builder.bitcast(address, vector.as_pointer()), align=align)
