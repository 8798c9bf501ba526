"""Rows of 32 lanes as one machine value: what a compiler does not find by itself.

Written out as loops, the three steps below are compiled to several times as many instructions
(measured: the whole search takes 1.7 times as long). LLVM turns a vector of 32 lanes into
whatever registers a processor has. The plain meaning of each is in its docstring.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 32
"""Candidates searched at once."""
ROW_BYTES = 64
"""Rows begin at multiples of this, in memory."""

_I32 = ir.IntType(32)
_declared: Any = cgutils.get_or_insert_function


def _vector(context: Any, builder: Any, array_type: Any, array: Any, at: Any) -> tuple[Any, Any]:
    """(pointer, value) of the LANES numbers of an array from place ``at`` on."""
    data = context.make_array(array_type)(context, builder, array).data
    kind = ir.VectorType(ir.IntType(array_type.dtype.bitwidth), LANES)
    pointer = builder.bitcast(builder.gep(data, [at]), kind.as_pointer())
    value = builder.load(pointer)
    value.align = ROW_BYTES
    return pointer, value


def _spread(builder: Any, value: Any) -> Any:
    """The same number in every lane."""
    nothing = ir.Constant(ir.VectorType(value.type, LANES), ir.Undefined)
    first = builder.insert_element(nothing, value, ir.Constant(_I32, 0))
    return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(_I32, LANES), [0] * LANES))


def _relax(_: Any, lane: Any, source: Any, target: Any, impedance: Any) -> Any:
    """``lane[target + k] = min(lane[target + k], lane[source + k] + impedance)``; whether any changed.

    The sum stops at the largest number of the lane's type.
    """

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind = signature.args[0]
        _, here = _vector(context, builder, kind, values[0], values[1])
        pointer, there = _vector(context, builder, kind, values[0], values[2])
        row = here.type
        name = f"llvm.uadd.sat.v{LANES}i{kind.dtype.bitwidth}"
        add = _declared(builder.module, ir.FunctionType(row, [row, row]), name)
        through = builder.call(add, [here, _spread(builder, values[3])])
        shorter = builder.icmp_unsigned("<", through, there)
        builder.store(builder.select(shorter, through, there), pointer).align = ROW_BYTES
        return builder.icmp_unsigned("!=", builder.bitcast(shorter, _I32), ir.Constant(_I32, 0))

    return types.boolean(lane, types.uintp, types.uintp, lane.dtype), generate


def _within(_: Any, lane: Any, row: Any, top: Any) -> Any:
    """A word whose bit k says whether ``lane[row + k] <= top``."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        _, here = _vector(context, builder, signature.args[0], values[0], values[1])
        covered = builder.icmp_unsigned("<=", here, _spread(builder, values[2]))
        return builder.bitcast(covered, _I32)

    return types.uint32(lane, types.uintp, lane.dtype), generate


def _add_within(_: Any, total: Any, lane: Any, row: Any, top: Any, value: Any) -> Any:
    """``total[k] += value`` where ``lane[row + k] <= top``; total is (LANES,) int64."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        start = ir.Constant(ir.IntType(64), 0)
        pointer, sums = _vector(context, builder, signature.args[0], values[0], start)
        sums.align = 8
        _, here = _vector(context, builder, signature.args[1], values[1], values[2])
        covered = builder.icmp_unsigned("<=", here, _spread(builder, values[3]))
        nothing = ir.Constant(sums.type, [0] * LANES)
        grown = builder.add(sums, builder.select(covered, _spread(builder, values[4]), nothing))
        builder.store(grown, pointer).align = 8
        return context.get_dummy_value()

    return types.void(types.int64[::1], lane, types.uintp, lane.dtype, types.int64), generate


relax: Any = intrinsic(_relax)
within: Any = intrinsic(_within)
add_within: Any = intrinsic(_add_within)
