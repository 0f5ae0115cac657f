"""The lives of `lives.py` compiled: the same functions over flat memory, in threads that do not wait for one another.

What is compiled is kept on disk, in a folder named after the text of everything that went into it: numba itself only
looks at the file of the first function. Where no folder can be written, or what lies in it cannot be read, it is compiled anew.
"""
import hashlib
import os
import platform
import stat
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.caching import FunctionCache
from numba.extending import intrinsic, models, overload_method, register_model

from simulator import money, months
from simulator.law import account as law
from simulator.law.rules import Rules
from simulator.populations import compiler, draws, lives, memory, sketch
from simulator.populations.counts import Counts

HINTS = {law.Tally: dict.fromkeys(lives.COUNTED, int)}      # what is not annotated
TALLY = memory.layout(law.Tally, HINTS)


# ── what is done differently from Python ───────────────────────────────────────────────────────────

_OPTIONS: dict[str, Any] = {**compiler.OPTIONS, "forceinline": True}


@njit(**_OPTIONS)
def _draw(key, month, purpose):
    value = np.uint64(key) + np.uint64(month * draws.PURPOSES + purpose + 1) * np.uint64(draws.GOLDEN)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(draws.FIRST)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(draws.SECOND)
    return np.int64((value ^ (value >> np.uint64(31))) >> np.uint64(2))


_divided_otherwise = njit(**compiler.OPTIONS)(money.divided_otherwise)


@njit(**_OPTIONS)
def _divided(numerator, denominator, rounding):
    """`money.divided` without a thought for negative numbers, which it is never given."""
    if rounding == money.FEN_HALF_UP:
        return np.int64(np.uint64(2 * numerator + denominator) // np.uint64(2 * denominator))
    return _divided_otherwise(numerator, denominator, rounding)


@intrinsic
def _bits(typing, number):
    def code(context, builder, signature, args):
        zeros = builder.ctlz(args[0], ir.Constant(ir.IntType(1), 0))
        return builder.sub(ir.Constant(memory.CELL, 64), zeros)
    return types.int64(types.int64), code


@njit(**_OPTIONS)
def _bits_of(number):
    return _bits(number)


def _cells_of(builder, address, count):
    """An address as that of a vector of cells, or of one cell."""
    if count == 1:
        return address
    return builder.bitcast(address, ir.VectorType(memory.CELL, count).as_pointer())


USUAL = "Usual"                                             # a tally that is at hand in registers, and is looked at cell by cell
WIDE = 4                                                    # cells of any other that are looked at or added at once


@intrinsic
def _clear_tally(typing, tally):
    def code(context, builder, signature, args):
        cgutils.memset(builder, args[0], ir.Constant(memory.CELL, tally.size * memory.BYTES), 0)
        return context.get_dummy_value()
    return types.none(tally), code


@intrinsic
def _new_tally(typing):
    """A tally on the stack of the function that asks for it, where the compiler can keep it in registers."""
    def code(context, builder, signature, args):
        cells = cgutils.alloca_once(builder, ir.ArrayType(memory.CELL, TALLY.size))
        first = builder.bitcast(cells, memory.CELL.as_pointer())
        cgutils.memset(builder, first, ir.Constant(memory.CELL, TALLY.size * memory.BYTES), 0)
        return first
    return TALLY(), code


@intrinsic
def _add_tally(typing, sums, tally):
    def code(context, builder, signature, args):
        for first in range(0, tally.size, WIDE):
            to, more = (_cells_of(builder, builder.gep(one, [ir.Constant(memory.CELL, first)]), WIDE) for one in args)
            builder.store(builder.add(builder.load(to, align=8), builder.load(more, align=8)), to, align=8)
        return context.get_dummy_value()
    return types.none(sums, tally), code


@intrinsic
def _usual_tally(typing, tally):
    """The same cells; what is not usual is taken for zero without a look."""
    fields = {name: (cell if name in lives.USUAL else memory.ZERO, kind) for name, (cell, kind) in tally.fields.items()}
    return memory.Struct(USUAL, fields, len(lives.USUAL), kind=tally.kind)(tally), lambda context, builder, signature, args: args[0]


@intrinsic
def _any_negative(typing, tally):
    """Whether a cell of a tally is negative; no interest is ever charged here, so none is left out."""
    def code(context, builder, signature, args):
        found = None
        for first in range(0, tally.size, wide):
            at = _cells_of(builder, builder.gep(args[0], [ir.Constant(memory.CELL, first)]), wide)
            cells = builder.load(at, align=8)
            found = cells if found is None else builder.or_(found, cells)
        if wide == 1:
            return builder.icmp_signed("<", found, ir.Constant(memory.CELL, 0))
        signs = builder.bitcast(builder.icmp_signed("<", found, ir.Constant(found.type, [0] * wide)), ir.IntType(wide))
        return builder.icmp_unsigned("!=", signs, ir.Constant(ir.IntType(wide), 0))
    wide = 1 if tally.name == USUAL else WIDE
    return types.boolean(tally), code


@njit(**_OPTIONS)
def _is_negative(row):
    return _any_negative(row)


@njit(**_OPTIONS)
def _usual(tally):
    return _usual_tally(tally)


@njit(**_OPTIONS)
def _clear(tally):
    _clear_tally(tally)


@njit(**_OPTIONS)
def _add_up(sums, tally):
    _add_tally(sums, tally)


class _Nowhere(types.Type):
    def __init__(self):
        super().__init__("Nowhere")


register_model(_Nowhere)(models.OpaqueModel)


@intrinsic
def _no_place(typing):
    return _Nowhere()(), lambda context, builder, signature, args: context.get_dummy_value()


@njit(**_OPTIONS)
def _nowhere():
    return _no_place()


@overload_method(_Nowhere, "append")
def _append(nowhere, outcome):
    return lambda nowhere, outcome: None


INSTEAD = {draws.draw: _draw, money.divided: _divided, sketch.bits_of: _bits_of, lives.usual: _usual, lives.nowhere: _nowhere,
           lives.clear: _clear, lives.new_tally: _new_tally, lives.add_up: _add_up, law.is_negative: _is_negative}


# ── the entrance ───────────────────────────────────────────────────────────────────────────────────

GROUP, MANNERS, WORLD = (memory.layout(kind, HINTS, fixed=True) for kind in (lives.Group, lives.Manners, lives.World))
HOUSE, BOOK = (memory.layout(kind, HINTS) for kind in (lives.House, lives.Book))
HOUSE.fixed = BOOK.fixed = True                             # where their things are, that is, not what these hold


# What `entrance` gives to `_enter`, as globals of its own.
live_all = many_numbers = one_group = one_manners = one_world = one_house = many_books = many_rows = None
row_size = book_size = 0


def _enter(group_key, numbers, group, manners, world, rows, house, books):
    """`lives.live_all` for arrays of cells."""
    live_all(group_key, many_numbers(numbers, numbers.size, 1), one_group(group, 1, 0)[0], one_manners(manners, 1, 0)[0],
             one_world(world, 1, 0)[0], many_rows(rows, rows.size // row_size, row_size), one_house(house, 1, 0)[0],
             many_books(books, books.size // book_size, book_size))


@cache
def entrance(rules):
    """The compiled entrance. `rules` is the layout of a row of rules.

    What it needs are its globals: numba would count what it encloses as part of the name under which it is kept on disk,
    and that is another one in every process.
    """
    numba.config.CACHE_DIR = cache_folder() or ""
    names = {"__name__": __name__, "live_all": compiler.Compiler(INSTEAD).copy(lives.live_all), "many_numbers": memory.many_at(types.int64),
             "one_group": memory.many_at(GROUP), "one_manners": memory.many_at(MANNERS), "one_world": memory.many_at(WORLD),
             "one_house": memory.many_at(HOUSE), "many_books": memory.many_at(BOOK), "many_rows": memory.many_at(rules),
             "row_size": rules.size, "book_size": BOOK.size}
    cells = types.Array(types.int64, 1, "C")
    return _compiled(FunctionType(_enter.__code__, names, _enter.__name__), (types.int64, *[cells] * 7))


def _compiled(function, signature):
    """A function compiled for just one signature, or as it was kept."""
    dispatcher = njit(**compiler.OPTIONS)(function)
    if numba.config.CACHE_DIR:
        dispatcher._cache = _Kept(function)
    dispatcher.compile(signature)
    dispatcher.disable_compile()
    return dispatcher


class _Kept(FunctionCache):
    """What is kept on disk, where that can be read and written: a full disk or half a file stops no run."""

    def load_overload(self, sig, target_context):
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # noqa: BLE001  # half a file may raise anything
            with suppress(OSError):                         # an empty index: whoever reads it now compiles anew, as we do
                self.flush()
            return None

    def save_overload(self, sig, data):
        with suppress(Exception):                           # somebody else may have spoilt it in the meantime
            super().save_overload(sig, data)


def cache_folder():
    """A folder of our own for what is compiled of just these texts on just this kind of machine; None if there can be none."""
    modules = (law, money, months, lives, draws, sketch, compiler, memory)
    files = sorted({*Path(law.__file__).parent.glob("*.py"), Path(__file__), *(Path(module.__file__) for module in modules)})
    text = b"".join(path.read_bytes() for path in files)
    versions = (numba.__version__, np.__version__, platform.python_version(), str(len(Rules._fields)))
    name = hashlib.sha256(text + "/".join(versions).encode()).hexdigest()[:16]
    above = [os.environ.get("SIMULATOR_CACHE"), os.environ.get("XDG_CACHE_HOME"), Path.home() / ".cache", tempfile.gettempdir()]
    for place in filter(None, above):
        ours = Path(place) / "yibao-simulator"
        try:
            for folder in (ours, ours / name):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=ours / name):
                if _is_private(ours) and _is_private(ours / name):
                    return str(ours / name)
        except OSError:
            continue
    return None


def _is_private(folder):
    """Whether nobody else can put something into a folder: what lies in it is run."""
    about = folder.lstat()
    return not hasattr(os, "geteuid") or (stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid() and not about.st_mode & 0o022)


class Machine:
    """A model in flat memory, for any number of threads."""

    def __init__(self, model):
        self.model, self.cells = model, memory.Cells()
        rules = memory.layout_of_row(model.rows[0])
        self.live_all = entrance(rules)
        self.world = self.cells.things(WORLD, [model.world])
        self.manners = self.cells.things(MANNERS, [model.manners])
        self.groups = [self.cells.things(GROUP, [group]) for group in model.groups]
        self.rows = np.array([memory.flat(tuple(row)) for row in model.rows], dtype=np.int64).ravel()

    def live(self, place, key, numbers):
        """The households of a group with these numbers: their `Counts`."""
        counts, cells = Counts(self.model), memory.Cells()
        house = cells.things(HOUSE, [house_room(self.model)])
        books = cells.things(BOOK, [counts.book(table) for table in range(counts.tables)])
        self.live_all(key, numbers, self.groups[place], self.manners, self.world, self.rows, house, books)
        return counts.settle()


def house_room(model):
    """Room for a household."""
    missed = memory.Room(2, len(law.Missed.__slots__) * (model.months + law.MONTHS_AHEAD))
    lives_ = memory.Room(2, each={"bill_slots": memory.Room(lives.BILLS), "act_slots": memory.Room(lives.ACTS)})
    return {"accounts": memory.Room(2), "people": memory.Room(2), "missed": missed, "lives": lives_, "aids": memory.Room(1),
            "given": memory.Room(1), "tallies": memory.Room(2)}
