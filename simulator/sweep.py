"""The sweep file: one scenario, varied over a grid of values and a list of cases.

    base = "first.toml"                            # the scenario, beside this file

    [grid]                                         # every combination of
    region = ["beijing", "上海"]                     # regions by name, or "all", "province", "city"
    people.Lin.wage = { from = 4000, to = 20000, step = 2000 }
    rules.credit.employee_rate = [0.02, 0.01]      # what is changed is called as after --set

    [[cases]]                                      # and of each of these
    name = "stops in March"
    set = { "people.Lin.medical.pharmacy" = 0 }

A case sets several things at once; the first list turns slowest. What the base expects is dropped.
"""
from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator import months, policy
from simulator.language import Text
from simulator.parameters import PARAMETERS
from simulator.problems import InputError, Problem, dotted, unknown
from simulator.scenario import Scenario, put
from simulator.toml_files import line_numbers, line_of, parse_toml, read_toml

if TYPE_CHECKING:
    from simulator.problems import Keys

MOST_RUNS = 1_000_000
KEYS = ("title", "base", "grid", "cases")
EVERY_REGION = ("all", *policy.LEVELS[1:])


@dataclass(frozen=True)
class Axis:
    """Alternatives, each a list of (key, value), and the line of the file they stand on; `key` is "" for cases."""
    key: str
    options: tuple[tuple[tuple[str, Any], ...], ...]
    names: tuple[Any, ...]
    line: int


class Sweep:
    """A sweep read and found in order: `len` runs, `scenario(number)` is one of them, from 0 on."""

    def __init__(self, file: str, title: str, base_file: str, base_text: str, axes: list[Axis]) -> None:
        self.file, self.title, self.base_file, self.base_text, self.axes = file, title, base_file, base_text, axes
        self._base, _ = parse_toml(base_text.encode(), base_file)

    def __len__(self) -> int:
        return prod(len(axis.options) for axis in self.axes)

    def chosen(self, number: int) -> list[int]:
        """The place on each axis of a run; the last axis turns fastest."""
        places = []
        for axis in reversed(self.axes):
            number, place = divmod(number, len(axis.options))
            places.append(place)
        return places[::-1]

    def each_value(self) -> Iterator[int]:
        """Runs that have every value of every axis at least once: the first, and those that differ from it in one."""
        yield 0
        turn = len(self)
        for axis in self.axes:
            turn //= len(axis.options)
            yield from range(turn, turn * len(axis.options), turn)

    def names(self, number: int) -> dict[str, Any]:
        """What a run is called on each axis: {key: value}, cases as "case"."""
        return {axis.key or "case": axis.names[place] for axis, place in zip(self.axes, self.chosen(number))}

    def scenario(self, number: int) -> Scenario:
        """The `Scenario` of a run. InputError with all that is wrong with it, where it stands."""
        data, changed = copy.deepcopy(self._base), {}
        data["expect"] = []
        changes = [(key, value, axis.line) for axis, place in zip(self.axes, self.chosen(number))
                   for key, value in axis.options[place]]
        for key, value, line in sorted(changes, key=lambda change: change[0] != "start"):   # rules count from the start
            try:
                changed[put(data, key, copy.deepcopy(value), key)] = (self.file, line)
            except InputError as error:
                raise InputError([Problem(key, one.message, self.file, line, one.allowed, one.nearest)
                                  for one in error.problems]) from None
        if ("region",) in changed:
            _drop_foreign_plans(data)
        return Scenario.from_dict(data, self.base_file, self.base_text, changed)


def _drop_foreign_plans(data: dict[str, Any]) -> None:
    """A plan of the base's region means nothing in one that does not have it."""
    id = policy.region_id(data["region"])
    for person in data.get("people") or () if id else ():
        if isinstance(person, dict) and person.get("plan") and not person.get("region") \
                and person["plan"] not in policy.region(id).all_plans():
            del person["plan"]


def is_sweep(data: dict[str, Any]) -> bool:
    return bool(data.keys() & {"base", "grid", "cases"})


def read_sweep(path: str | Path) -> Sweep:
    """Read a sweep file and its base. InputError with everything wrong with the sweep."""
    _, text = read_toml(path)
    return made(str(path), text, *base_of(str(path), text))


def base_of(file: str, text: str) -> tuple[str, str]:
    """(name, text) of the base of a sweep."""
    data, _ = parse_toml(text.encode(), file)
    base = data.get("base")
    if not isinstance(base, str) or not base:
        raise InputError([Problem("base", Text("须写明基准情景文件 base = \"….toml\"", "needs a scenario to vary: base = \"….toml\""),
                                  file, line_of(line_numbers(text), ("base",)))])
    path = Path(file).parent / base
    try:
        return path.as_posix(), read_toml(path)[1]
    except InputError as error:
        if path.exists():                                   # its own mistakes stand in it
            raise
        raise InputError([Problem("base", one.message, file, line_of(line_numbers(text), ("base",)))
                          for one in error.problems]) from None


@lru_cache(maxsize=64)
def made(file: str, text: str, base_file: str, base_text: str) -> Sweep:
    """The `Sweep` of a file's text."""
    data, _ = parse_toml(text.encode(), file)
    reader = _Reader(file, line_numbers(text))
    axes = reader.axes(data)
    if reader.problems:
        raise InputError(sorted(reader.problems, key=lambda problem: problem.line))
    return Sweep(file, data.get("title", ""), base_file, base_text, axes)


class _Reader:
    def __init__(self, file: str, lines: dict[Keys, int]) -> None:
        self.file, self.lines = file, lines
        self.problems: list[Problem] = []

    def wrong(self, path: Keys, zh: str, en: str, allowed: Iterable[str] = (), close: str = "") -> None:
        self.problems.append(Problem(dotted(path), Text(zh, en), self.file, line_of(self.lines, path), tuple(allowed), close))

    def axes(self, data: dict[str, Any]) -> list[Axis]:
        for key in data:
            if key not in KEYS:
                self.problems.append(unknown(key, key, KEYS, self.file, line_of(self.lines, (key,))))
        if not isinstance(data.get("title", ""), str):
            self.wrong(("title",), "应为文字", "should be a text")
        found = [*self.cases(data.get("cases")), *self.grid(data.get("grid"))]
        if not found and not self.problems:
            self.wrong((), "没有要变的内容：须有 [grid] 或 [[cases]]", "nothing varies: needs a [grid] or [[cases]]")
        if (count := prod(len(axis.options) for axis in found)) > MOST_RUNS:
            self.wrong(("grid",), f"共 {count:,} 次运行，至多 {MOST_RUNS:,} 次", f"{count:,} runs, at most {MOST_RUNS:,}")
        return found

    def grid(self, given: Any) -> Iterator[Axis]:
        if given is None:
            return
        if not isinstance(given, dict) or not given:
            self.wrong(("grid",), "应为一段 [grid]，每行一项，如 region = [\"beijing\", \"shanghai\"]",
                       "should be a section [grid], a line for each: region = [\"beijing\", \"shanghai\"]")
            return
        for key, values, path in _flat(given, ("grid",), lambda value: not isinstance(value, dict) or _is_range(value)):
            values = self.values(key, values, path)
            if values:
                yield Axis(key, tuple(((key, value),) for value in values), tuple(values), line_of(self.lines, path))

    def values(self, key: str, given: Any, path: Keys) -> Sequence[Any] | None:
        """The values of one line of the grid."""
        if key == "region" and isinstance(given, str) and given in EVERY_REGION:
            return [one.id for one in policy.regions(None if given == "all" else given)]
        if isinstance(given, list) and given:
            return given
        if isinstance(given, dict) and _is_range(given):
            if values := _steps(given):
                return values
            self.wrong(path, "{ from, to, step }：数或 2025-01 这样的月份，step 大于 0，to 不小于 from",
                       "{ from, to, step }: numbers or months such as 2025-01, a step above 0, `to` not below `from`")
            return None
        self.wrong(path, "应为一列值 [ … ]，或 { from = …, to = …, step = … }",
                   "should be a list [ … ], or { from = …, to = …, step = … }", EVERY_REGION if key == "region" else ())
        return None

    def cases(self, given: Any) -> Iterator[Axis]:
        if given is None:
            return
        if not isinstance(given, list) or not given or not all(isinstance(case, dict) for case in given):
            self.wrong(("cases",), "应为若干段 [[cases]]", "should be sections [[cases]]")
            return
        options, names = [], []
        for number, case in enumerate(given):
            path = ("cases", number)
            for key in case:
                if key not in ("name", "set"):
                    self.problems.append(unknown(dotted((*path, key)), key, ("name", "set"), self.file,
                                                 line_of(self.lines, (*path, key))))
            if not isinstance(case.get("name"), str) or not case["name"]:
                self.wrong((*path, "name"), "每个方案须有 name", "each case needs a `name`")
            elif case["name"] in names:
                self.wrong((*path, "name"), f"重名：{case['name']}", f"name used twice: {case['name']}")
            if not isinstance(case.get("set", {}), dict):
                self.wrong((*path, "set"), "应为 { 键 = 值 }", "should be { key = value }")
            else:
                options.append(tuple((key, value) for key, value, _ in _flat(case.get("set", {}), (*path, "set"),
                                                                             lambda value: not isinstance(value, dict))))
            names.append(case.get("name"))
        yield Axis("", tuple(options), tuple(names), line_of(self.lines, ("cases", 0)))


def _flat(table: dict[str, Any], path: Keys, is_value: Callable[[Any], bool],
          above: tuple[str, ...] = ()) -> Iterator[tuple[str, Any, Keys]]:
    """(key, value, path) of a table whose keys may be written with dots or as tables of tables."""
    for part, value in table.items():
        key = ".".join((*above, part))
        if is_value(value) or key.removeprefix("rules.") in PARAMETERS or not value:
            yield key, value, (*path, part)
        else:
            yield from _flat(value, (*path, part), is_value, (*above, part))


def _is_range(value: dict[str, Any]) -> bool:
    return value.keys() == {"from", "to", "step"}


def _steps(given: dict[str, Any]) -> list[Any] | None:
    """The numbers or months from one to another, both included; None if they are no such thing."""
    first, last, step = given["from"], given["to"], given["step"]
    is_months = isinstance(first, str) and isinstance(last, str)
    try:
        if is_months:
            first, last = months.month_number(first), months.month_number(last)
        if any(isinstance(one, bool) or not isinstance(one, int | Decimal) for one in (first, last, step)) \
                or (is_months and not isinstance(step, int)) or step <= 0 or not 0 <= (last - first) // step < MOST_RUNS:
            return None
    except (ValueError, ArithmeticError):
        return None
    found = [first + number * step for number in range(int((last - first) // step) + 1)]
    return [months.month_text(month) for month in found] if is_months else found
