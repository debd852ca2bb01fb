"""WIDTH numbers, or NARROW, written as one, for numba: each operation becomes a few vector instructions, and no loop.

A compiler that has to find such instructions in a loop first asks whether its arrays overlap, each time, and carries
every intermediate result through memory; here what is named stays in registers. Arrays are read and written a row at a
time: row i of a contiguous array is its numbers from i WIDTH on, or from i NARROW. LLVM splits the operations into what
the machine has.
"""

import operator

from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic, models, overload, register_model

WIDTH = 64  # numbers; measured in float32 with registers of 16 and of 8
NARROW = 16  # the usual number of states
SIDE = 8  # of the squares that `turn_square` turns
_INDEX = ir.IntType(32)


class Lanes(types.Type):
    """The type of `count` numbers of `dtype` side by side."""

    def __init__(self, dtype, count):
        self.dtype, self.count = dtype, count
        super().__init__(name=f"Lanes({dtype}, {count})")


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, lanes):
        super().__init__(manager, lanes, ir.VectorType(manager[lanes.dtype].get_value_type(), lanes.count))


def pick(builder, a, b, places):
    """In LLVM: the numbers of a and b, one after the other, at these places."""
    places = list(places)
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_INDEX, len(places)), places))


def cut(builder, lanes, count):
    """In LLVM: `lanes` in parts of `count` each."""
    return [pick(builder, lanes, lanes, range(first, first + count)) for first in range(0, lanes.type.count, count)]


def join(builder, parts):
    """In LLVM: one after the other; a power of two of them."""
    while len(parts) > 1:
        parts = [pick(builder, a, b, range(2 * a.type.count)) for a, b in zip(parts[::2], parts[1::2])]
    return parts[0]


def _loader(count):
    @intrinsic
    def load(typing, array, row):
        def code(context, builder, signature, arguments):
            array, row = arguments
            return _read(context, builder, signature.args[0], array, _times(builder, row, count), count)

        return Lanes(array.dtype, count)(array, types.intp), code

    return load


load = _loader(WIDTH)  # (array, row): a row of WIDTH numbers of a contiguous array
load_narrow = _loader(NARROW)  # (array, row): a row of NARROW


@intrinsic
def store(typing, array, row, lanes):
    """Write `lanes` over row `row` of a contiguous array."""

    def code(context, builder, signature, arguments):
        array, row, lanes = arguments
        _write(context, builder, signature.args[0], array, _times(builder, row, lanes.type.count), lanes)
        return context.get_dummy_value()

    return types.void(array, types.intp, lanes), code


@intrinsic
def total(typing, lanes):
    """The sum of the lanes: halves upon halves."""

    def code(context, builder, signature, arguments):
        (lanes,) = arguments
        while lanes.type.count > 1:
            lanes = builder.fadd(*cut(builder, lanes, lanes.type.count // 2))
        return builder.extract_element(lanes, ir.Constant(_INDEX, 0))

    return lanes.dtype(lanes), code


def _folder(apart):
    @intrinsic
    def fold(typing, a, b):
        def code(context, builder, signature, arguments):
            a, b = arguments
            count = a.type.count
            block = 4 if apart == 1 else count  # in each: first sums of a, then of b
            low = [
                side + start + i
                for first in range(0, count, block)
                for side in (0, count)
                for start in range(first, first + block, 2 * apart)
                for i in range(apart)
            ]
            return builder.fadd(*(pick(builder, a, b, [place + shift for place in low]) for shift in (0, apart)))

        return a(a, b), code

    return fold


# (a, b): the lanes of a and of b, each added to its neighbour, as many sums as there were lanes in a. Within each four
# lanes two sums of a and two of b; or, of fours beside fours, first all sums of a and then all of b. Shuffles within
# fours or of whole fours are one instruction each; any other order would be several.
fold_near, fold_far = _folder(1), _folder(4)


@intrinsic
def turn_square(typing, source, start, stride, target, turned_start, turned_stride, ahead):
    """target[turned_start + i turned_stride + j] = source[start + j stride + i] for i, j < SIDE; arrays contiguous.

    Between the instructions, the cache is asked for the numbers that stand `ahead` of those in source.
    """

    def code(context, builder, signature, arguments):
        source, start, stride, target, turned_start, turned_stride, ahead = arguments
        rows = []
        for j in range(SIDE):
            first = builder.add(start, _times(builder, stride, j))
            _prefetch(context, builder, signature.args[0], source, builder.add(first, ahead))
            rows.append(_read(context, builder, signature.args[0], source, first, SIDE))
        # the first half of the rows shuffled with the second, as cards are: after log2(SIDE) times they are turned
        cards = [card for i in range(SIDE) for card in (i, SIDE + i)]
        for _ in range(SIDE.bit_length() - 1):
            pairs = zip(rows[: SIDE // 2], rows[SIDE // 2 :])
            rows = [pick(builder, *pair, part) for pair in pairs for part in (cards[:SIDE], cards[SIDE:])]
        for i, row in enumerate(rows):
            first = builder.add(turned_start, _times(builder, turned_stride, i))
            _write(context, builder, signature.args[3], target, first, row)
        return context.get_dummy_value()

    n = types.intp
    return types.void(source, n, n, target, n, n, n), code


def _operation(name):
    @intrinsic
    def apply(typing, a, b):
        lanes = a if isinstance(a, Lanes) else b

        def code(context, builder, signature, arguments):
            vector = context.get_value_type(lanes)
            a, b = (x if x.type == vector else _spread(builder, x, vector) for x in arguments)
            return getattr(builder, name)(a, b, flags=("contract",))

        return lanes(*(x if isinstance(x, Lanes) else lanes.dtype for x in (a, b))), code

    return apply


_added, _multiplied = _operation("fadd"), _operation("fmul")


@overload(operator.add)
def _add(a, b):
    if isinstance(a, Lanes) or isinstance(b, Lanes):
        return lambda a, b: _added(a, b)


@overload(operator.mul)
def _multiply(a, b):
    if isinstance(a, Lanes) or isinstance(b, Lanes):
        return lambda a, b: _multiplied(a, b)


def _address(context, builder, kind, array, first):
    if kind.layout != "C":
        raise TypeError(f"expected a contiguous array, got {kind}")
    return builder.gep(context.make_array(kind)(context, builder, array).data, [first])


def _read(context, builder, kind, array, first, count):
    number = context.get_value_type(kind.dtype)
    vector = ir.VectorType(number, count).as_pointer()
    address = builder.bitcast(_address(context, builder, kind, array, first), vector)
    return builder.load(address, align=context.get_abi_sizeof(number))


def _write(context, builder, kind, array, first, values):
    address = builder.bitcast(_address(context, builder, kind, array, first), values.type.as_pointer())
    builder.store(values, address, align=context.get_abi_sizeof(values.type.element))


def _prefetch(context, builder, kind, array, first):
    address = builder.bitcast(_address(context, builder, kind, array, first), ir.IntType(8).as_pointer())
    to_read, near, data = (ir.Constant(_INDEX, x) for x in (0, 2, 1))
    function = ir.FunctionType(ir.VoidType(), [address.type, _INDEX, _INDEX, _INDEX])
    builder.call(get_or_insert_function(builder.module, function, "llvm.prefetch.p0"), [address, to_read, near, data])


def _spread(builder, number, vector):
    nothing = ir.Constant(vector, ir.Undefined)
    one = builder.insert_element(nothing, number, ir.Constant(_INDEX, 0))
    return pick(builder, one, nothing, [0] * vector.count)


def _times(builder, number, factor):
    return builder.mul(number, ir.Constant(number.type, factor))
