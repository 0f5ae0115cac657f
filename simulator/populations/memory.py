"""The things the law works on, laid out in flat memory, as types that numba compiles attribute by attribute.

The law reads `rules.pooling_rate_ppm[group][place]` and writes `account.gap_months += 1`. On objects Python does that;
here the same expressions become loads and stores of 64-bit integers at an address. What a thing holds is read from its
annotations: a whole number takes one cell, a named tuple of numbers (`Pockets`) one for each, a `tuple[Bill, ...]` the
address, number and distance of its items, and lists by month (`Missed`) lie month after month, side by side.

Nothing here is counted or freed: the arrays belong to the caller, and have to outlive the call.
"""
import math
import operator
from typing import get_args, get_origin, get_type_hints

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    lower_setattr_generic,
    models,
    overload,
    register_model,
)

from simulator.populations.counts import aligned

CELL = ir.IntType(64)
BYTES = 8
ONE_BY_ONE = 3                                              # numbers of a named tuple that is read right after it is written
NUMBERS = "numbers"                                         # what those of rows, tables and columns go by
ZERO = -1                                                   # the cell of a field that is known to be zero
MANY = 3                                                    # cells of a `Many`: address, count, distance in cells


class Struct(types.Type):
    """One thing at an address: its fields are {name: (cell, type)}. A `fixed` one is never written while it is read.

    Things of one `kind` may be one and the same, whatever they are called.
    """

    def __init__(self, name, fields, size, fixed=False, kind=None):
        self.fields, self.size, self.fixed, self.kind = fields, size, fixed, kind or name
        super().__init__(name)


class Table(types.Type):
    """A table of numbers of a fixed shape; indexed, it gives its rows and at last a number."""

    def __init__(self, shape, fixed=False):
        self.shape, self.fixed = tuple(shape), fixed
        super().__init__(f"Table{self.shape}{'!' if fixed else ''}")


class Column(types.Type):
    """One field of a list by month: numbers that lie `width` cells apart."""

    def __init__(self, width):
        self.width = width
        super().__init__(f"Column({width})")


class Many(types.Type):
    """So many things of a kind, one behind the other; numbers where the kind is `int64`."""

    def __init__(self, kind):
        self.kind = kind
        super().__init__(f"Many({kind})")


class _Address(models.PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, CELL.as_pointer())


for _kind in (Struct, Table, Column):
    register_model(_kind)(_Address)


@register_model(Many)
class _ManyModel(models.StructModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, [("first", types.CPointer(types.int64)), ("count", types.int64), ("apart", types.int64)])


# ── layouts ────────────────────────────────────────────────────────────────────────────────────────

def layout(kind, hints=None, fixed=False):
    """The `Struct` of an annotated class; `hints` are the annotations of those that have none."""
    fields, cell = {}, 0
    found = (hints or {}).get(kind) or get_type_hints(kind)
    is_by_month = all(hint == list[int] for hint in found.values())
    for name, hint in found.items():
        field = Column(len(found)) if is_by_month else _of_hint(hint, hints, fixed)
        fields[name] = (cell, field)
        cell += 1 if is_by_month else _cells(field)
    return Struct(kind.__name__, fields, cell, fixed)


def layout_of_row(row):
    """The `Struct` of a row of whole numbers and tables of them, such as `policy.Rules`."""
    fields, cell = {}, 0
    for name, value in zip(row._fields, row):
        field = Table(_shape(value), fixed=True) if isinstance(value, tuple) else types.int64
        fields[name] = (cell, field)
        cell += _cells(field)
    return Struct(type(row).__name__, fields, cell, fixed=True)


def flat(value):
    """The cells of a row or table of whole numbers."""
    if not isinstance(value, tuple):
        return [value]
    return [cell for part in value for cell in flat(part)]


def _of_hint(hint, hints, fixed):
    if hint is int:
        return types.int64
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        return Many(types.int64 if item is int else layout(item, hints, fixed))
    if hasattr(hint, "shape"):                              # a table that an annotation gives the shape of
        return Table(hint.shape, fixed)
    return types.NamedUniTuple(types.int64, len(hint._fields), hint)


def _shape(value):
    return (len(value), *(_shape(value[0]) if isinstance(value[0], tuple) else ()))


def _cells(field):
    if isinstance(field, Many):
        return MANY
    if isinstance(field, Table):
        return math.prod(field.shape)
    return getattr(field, "count", 1)                       # of a named tuple


# ── loads and stores ───────────────────────────────────────────────────────────────────────────────

def _at(builder, address, cell):
    return builder.gep(address, [ir.Constant(CELL, cell) if isinstance(cell, int) else cell])


def _named(builder, access, name):
    """Tells the compiler that what goes by different names lies in different places (type-based alias analysis)."""
    module = builder.module
    whole = module.add_metadata(["simulator"])
    kind = module.add_metadata([name, whole, ir.Constant(CELL, 0)])
    access.set_metadata("tbaa", module.add_metadata([kind, kind, ir.Constant(CELL, 0)]))
    return access


def _number(builder, address, name, fixed=False):
    loaded = _named(builder, builder.load(address), name)
    if fixed:                                               # what is never written need not be read twice
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


def _load(context, builder, field, address, name, fixed=False):
    if isinstance(field, Struct | Table | Column):
        return address
    if isinstance(field, Many):
        many = cgutils.create_struct_proxy(field)(context, builder)
        first = _number(builder, address, name, fixed)
        many.first = builder.inttoptr(first, CELL.as_pointer())
        many.count, many.apart = (_number(builder, _at(builder, address, cell), name, fixed) for cell in (1, 2))
        return many._getvalue()
    if isinstance(field, types.NamedUniTuple):
        cells = [_at(builder, address, cell) for cell in range(field.count)]
        if field.count == ONE_BY_ONE:                       # pockets: read together, they would wait for what was just written
            return cgutils.pack_array(builder, [
                _named(builder, builder.load_atomic(cell, "unordered", BYTES), name) for cell in cells])
        return cgutils.pack_array(builder, [_number(builder, cell, name, fixed) for cell in cells])
    return _number(builder, address, name, fixed)


def _store(context, builder, field, address, name, value):
    if isinstance(field, Many):
        many = cgutils.create_struct_proxy(field)(context, builder, value=value)
        cells = [builder.ptrtoint(many.first, CELL), many.count, many.apart]
    elif isinstance(field, types.NamedUniTuple):
        cells = cgutils.unpack_tuple(builder, value, field.count)
    else:
        cells = [value]
    for cell, number in enumerate(cells):
        _named(builder, builder.store(number, _at(builder, address, cell)), name)


@infer_getattr
class _StructAttributes(AttributeTemplate):
    key = Struct

    def generic_resolve(self, struct, name):
        if name in struct.fields:
            return struct.fields[name][1]
        return None


@lower_getattr_generic(Struct)
def _get(context, builder, struct, address, name):
    cell, field = struct.fields[name]
    if cell == ZERO:
        return ir.Constant(CELL, 0)
    return _load(context, builder, field, _at(builder, address, cell), f"{struct.kind}.{name}", struct.fixed)


@lower_setattr_generic(Struct)
def _set(context, builder, signature, args, name):
    struct, given = signature.args
    cell, field = struct.fields[name]
    value = context.cast(builder, args[1], given, field)
    _store(context, builder, field, _at(builder, args[0], cell), f"{struct.kind}.{name}", value)


def _apart(things, many):
    """How many cells lie between things: known beforehand, but for lists by month."""
    if things.kind == types.int64:
        return ir.Constant(CELL, 1)
    is_by_month = any(isinstance(field, Column) for _, field in things.kind.fields.values())
    return many.apart if is_by_month else ir.Constant(CELL, things.kind.size)


@intrinsic
def _item(typing, things, index):
    """One of a table, column or row of things."""
    if isinstance(things, Many):
        result = things.kind
    elif isinstance(things, Table) and len(things.shape) > 1:
        result = Table(things.shape[1:], things.fixed)
    else:
        result = types.int64

    def code(context, builder, signature, args):
        index = context.cast(builder, args[1], signature.args[1], types.int64)
        if isinstance(things, Many):
            many = cgutils.create_struct_proxy(things)(context, builder, value=args[0])
            return _load(context, builder, result, _at(builder, many.first, builder.mul(index, _apart(things, many))), NUMBERS)
        apart = things.width if isinstance(things, Column) else _cells(result) if isinstance(result, Table) else 1
        address = _at(builder, args[0], builder.mul(index, ir.Constant(CELL, apart)))
        return _load(context, builder, result, address, NUMBERS, isinstance(things, Table) and things.fixed)

    return result(things, index), code


@intrinsic
def _put(typing, things, index, number):
    """Write a number of a column, a table, or a row of numbers."""
    def code(context, builder, signature, args):
        index = context.cast(builder, args[1], signature.args[1], types.int64)
        number = context.cast(builder, args[2], signature.args[2], types.int64)
        if isinstance(things, Many):
            many = cgutils.create_struct_proxy(things)(context, builder, value=args[0])
            address = _at(builder, many.first, builder.mul(index, _apart(things, many)))
        else:
            apart = things.width if isinstance(things, Column) else 1
            address = _at(builder, args[0], builder.mul(index, ir.Constant(CELL, apart)))
        _named(builder, builder.store(number, address), NUMBERS)
        return context.get_dummy_value()

    return types.none(things, index, number), code


@intrinsic
def _first(typing, things, count):
    """The first so many."""
    def code(context, builder, signature, args):
        many = cgutils.create_struct_proxy(things)(context, builder, value=args[0])
        many.count = context.cast(builder, args[1], signature.args[1], types.int64)
        return many._getvalue()

    return things(things, count), code


@intrinsic
def _count(typing, things):
    def code(context, builder, signature, args):
        return cgutils.create_struct_proxy(things)(context, builder, value=args[0]).count

    return types.int64(things), code


@overload(operator.getitem)
def _getitem(things, index):
    if isinstance(things, Many) and isinstance(index, types.SliceType):
        return lambda things, index: _first(things, index.stop)
    if isinstance(things, Table | Column | Many) and isinstance(index, types.Integer):
        return lambda things, index: _item(things, index)
    return None


@overload(operator.setitem)
def _setitem(things, index, number):
    if isinstance(things, Table | Column) or (isinstance(things, Many) and things.kind == types.int64):
        return lambda things, index, number: _put(things, index, number)
    return None


@overload(len)
def _len(things):
    if isinstance(things, Many):
        return lambda things: _count(things)
    if isinstance(things, Table):
        length = things.shape[0]
        return lambda things: length
    return None


def many_at(kind):
    """A compiled function that makes things of a kind of an array: (array, count, cells apart) → `Many`."""
    @intrinsic
    def at(typing, array, count, apart):
        def code(context, builder, signature, args):
            many = cgutils.create_struct_proxy(Many(kind))(context, builder)
            cells = context.make_array(signature.args[0])(context, builder, args[0])
            many.first = builder.bitcast(cells.data, CELL.as_pointer())
            many.count, many.apart = args[1], args[2]
            return many._getvalue()

        return Many(kind)(array, types.int64, types.int64), code
    return at


# ── laying things out ──────────────────────────────────────────────────────────────────────────────

class Room:
    """Room for so many things, all zero, so many cells apart (by default one behind the other)."""

    def __init__(self, count, apart=0, each=None):
        self.count, self.apart, self.each = count, apart, each


class Cells:
    """Things in flat memory. `kept` holds every array that an address points into: it has to live as long as they do."""

    def __init__(self):
        self.kept = []

    def array(self, count):
        self.kept.append(aligned((max(1, count),)))
        return self.kept[-1]

    def things(self, kind, things):
        """Things of a `Struct`, or `Room` for some: one array of cells."""
        size = 1 if kind == types.int64 else kind.size
        if isinstance(things, np.ndarray):                  # cells that the caller has laid out
            self.kept.append(things)
            return things
        if isinstance(things, Room):
            apart = things.apart or size
            cells = self.array(things.count * apart)
            for number in range(things.count if things.each else 0):
                self._fill(kind, things.each, cells, number * apart)
            return cells
        if kind == types.int64:
            cells = np.array(things, dtype=np.int64)
            self.kept.append(cells)
            return cells
        cells = self.array(len(things) * size)
        for number, thing in enumerate(things):
            self._fill(kind, thing, cells, number * size)
        return cells

    def _fill(self, kind, thing, cells, at):
        for name, (cell, field) in kind.fields.items():
            value = thing.get(name, 0) if isinstance(thing, dict) else getattr(thing, name)
            if not isinstance(field, Many):
                cells[at + cell:at + cell + _cells(field)] = value
            elif not (isinstance(value, int) and value == 0):
                value = list(value) if not isinstance(value, Room | np.ndarray) else value
                inner, size = self.things(field.kind, value), 1 if field.kind == types.int64 else field.kind.size
                count = value.count if isinstance(value, Room) else len(inner) // size if isinstance(value, np.ndarray) else len(value)
                cells[at + cell:at + cell + MANY] = inner.ctypes.data, count, getattr(value, "apart", 0) or size
