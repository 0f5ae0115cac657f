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
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator import months, policy
from simulator.language import Text
from simulator.parameters import PARAMETERS
from simulator.problems import UNSEEN, Enough, InputError, Problem, Problems, dotted, each, unknown
from simulator.scenario import LONGEST_NAME, LONGEST_TITLE, Scenario, drop_foreign_plans, put
from simulator.toml_files import line_numbers, line_of, parse_toml, read_toml

if TYPE_CHECKING:
    from simulator.problems import Keys

MOST_RUNS = 1_000_000
KEYS = ("title", "base", "grid", "cases")
EVERY_REGION = ("all", *policy.LEVELS[1:])


@dataclass(frozen=True)
class Axis:
    """Alternatives, and the line of the file they stand on: `names` are the values of a `key`, or of `cases`, whose key is ""."""
    key: str
    names: tuple[Any, ...]
    line: int
    cases: tuple[tuple[tuple[str, Any], ...], ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    def changes(self, place: int) -> Sequence[tuple[str, Any]]:
        """What an alternative sets: [(key, value)]."""
        return [(self.key, self.names[place])] if self.key else self.cases[place]


class Sweep:
    """A sweep read and found in order: `len` runs, `scenario(number)` is one of them, from 0 on."""

    def __init__(self, file: str, title: str, base_file: str, base_text: str, axes: list[Axis]) -> None:
        self.file, self.title, self.base_file, self.base_text, self.axes = file, title, base_file, base_text, axes
        self._base, _ = parse_toml(base_text.encode(), base_file)

    def __len__(self) -> int:
        return prod(map(len, self.axes))

    def chosen(self, number: int) -> list[int]:
        """The place on each axis of a run; the last axis turns fastest."""
        places = []
        for axis in reversed(self.axes):
            number, place = divmod(number, len(axis))
            places.append(place)
        return places[::-1]

    def each_value(self, most: int = MOST_RUNS) -> Iterator[int]:
        """Runs that have every value of every axis at least once: the first, and those that differ from it in one.

        Of an axis with more than `most` values, so many of them, evenly spread, and the last.
        """
        yield 0
        turn = len(self)
        for axis in self.axes:
            turn //= len(axis)
            step = -(-len(axis) // most)
            yield from (turn * place for place in dict.fromkeys((*range(step, len(axis), step), len(axis) - 1)) if place)

    def names(self, number: int) -> dict[str, Any]:
        """What a run is called on each axis: {key: value}, cases as "case"."""
        return {axis.key or "case": axis.names[place] for axis, place in zip(self.axes, self.chosen(number))}

    def scenario(self, number: int) -> Scenario:
        """The `Scenario` of a run. InputError with all that is wrong with it, where it stands."""
        data = copy.deepcopy(self._base)
        data["expect"] = []
        changed: dict[Keys, tuple[str, int]] = {}

        def change(key: str, value: Any, line: int) -> None:
            try:
                path = put(data, key, copy.deepcopy(value), key)
                if twice := next((one for one in changed if path[:len(one)] == one or one[:len(path)] == path), None):
                    raise InputError([Problem(key, Text(f"同一次运行中设定了两次（第 {changed[twice][1]} 行也设定）",
                                                        f"is set twice in one run, on line {changed[twice][1]} too"))])
                changed[path] = (self.file, line)
            except InputError as error:
                raise InputError([Problem(key, one.message, self.file, line, one.allowed, one.nearest)
                                  for one in error.problems]) from None

        def checked() -> Scenario:
            if ("region",) in changed:
                drop_foreign_plans(data)
            return Scenario.from_dict(data, self.base_file, self.base_text, changed)
        changes = [(key, value, axis.line) for axis, place in zip(self.axes, self.chosen(number))
                   for key, value in axis.changes(place)]
        changes.sort(key=lambda one: one[0] != "start")     # rules count from the start
        found: Scenario = each([*(partial(change, *one) for one in changes), checked])[-1]
        return found


def is_sweep(data: dict[str, Any]) -> bool:
    return bool(data.keys() & {"base", "grid", "cases"})


def read_sweep(path: str | Path) -> Sweep:
    """Read a sweep file and its base. InputError with everything wrong with the sweep."""
    _, text = read_toml(path)
    return read(str(path), text)


def read(file: str, text: str) -> Sweep:
    """The same of a file's text."""
    (base_file, base_text), _ = each([partial(_base_of, file, text), partial(_axes, file, text)])
    return made(file, text, base_file, base_text)


def _base_of(file: str, text: str) -> tuple[str, str]:
    """(name, text) of the base of a sweep."""
    data, _ = parse_toml(text.encode(), file)
    base = data.get("base")
    if not isinstance(base, str) or not base:
        raise InputError([Problem("base", Text("须写明基准情景文件 base = \"….toml\"", "needs a scenario to vary: base = \"….toml\""),
                                  file, line_of(line_numbers(text), ("base",)))])
    path = Path(file).parent / base
    if not _is_file(path):                                  # nor a pipe that nobody writes to
        raise InputError([Problem("base", Text(f"没有这个文件：{path}", f"no such file: {path}"), file,
                                  line_of(line_numbers(text), ("base",)))])
    return path.as_posix(), read_toml(path)[1]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:                                         # a name that no file can have
        return False


@lru_cache(maxsize=64)
def made(file: str, text: str, base_file: str, base_text: str) -> Sweep:
    """The `Sweep` of a file's text and its base's."""
    title, axes = _axes(file, text)
    return Sweep(file, title, base_file, base_text, axes)


@lru_cache(maxsize=1)                   # `read` looks at what is wrong with them before `made` takes them
def _axes(file: str, text: str) -> tuple[str, list[Axis]]:
    """(title, axes) of a sweep."""
    data, _ = parse_toml(text.encode(), file)
    reader = _Reader(file, line_numbers(text))
    with suppress(Enough):
        axes = reader.axes(data)
    if reader.problems:
        raise InputError(sorted(reader.problems, key=lambda problem: problem.line))
    return data.get("title", ""), axes


class _Reader:
    def __init__(self, file: str, lines: dict[Keys, int]) -> None:
        self.file, self.lines, self.problems, self.runs = file, lines, Problems(), 1

    def wrong(self, path: Keys, zh: str, en: str, allowed: Iterable[str] = (), close: str = "") -> None:
        self.problems.append(Problem(dotted(path), Text(zh, en), self.file, line_of(self.lines, path), tuple(allowed), close))

    def axes(self, data: dict[str, Any]) -> list[Axis]:
        for key in data:
            if key not in KEYS:
                self.problems.append(unknown(key, key, KEYS, self.file, line_of(self.lines, (key,))))
        if not isinstance(title := data.get("title", ""), str) or len(title) > LONGEST_TITLE or UNSEEN.search(title):
            self.wrong(("title",), f"应为至多 {LONGEST_TITLE} 个字的文字，不含控制字符",
                       f"should be a text of at most {LONGEST_TITLE} characters, without controls")
        found = [*self.cases(data.get("cases")), *self.grid(data.get("grid"))]
        if not found and not self.problems and self.runs == 1:
            self.wrong((), "没有要变的内容：须有 [grid] 或 [[cases]]", "nothing varies: needs a [grid] or [[cases]]")
        if self.runs > MOST_RUNS:
            self.wrong(("grid",), f"超过 {MOST_RUNS:,} 次运行", f"more runs than at most {MOST_RUNS:,}")
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
                yield Axis(key, tuple(values), line_of(self.lines, path))

    def values(self, key: str, given: Any, path: Keys) -> Sequence[Any] | None:
        """The values of one line of the grid."""
        if key == "region" and isinstance(given, str) and given in EVERY_REGION:
            found = [one.id for one in policy.regions(None if given == "all" else given)]
            self.runs *= len(found)
            return found
        if isinstance(given, list) and given:
            self.runs *= len(given)
            return given
        if isinstance(given, dict) and _is_range(given):
            if count := _count_of_steps(given):
                self.runs *= count
                return _steps(given, count) if self.runs <= MOST_RUNS else None
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
            elif len(case["name"]) > LONGEST_NAME or UNSEEN.search(case["name"]):
                self.wrong((*path, "name"), f"至多 {LONGEST_NAME} 个字，不含控制字符",
                           f"at most {LONGEST_NAME} characters, without controls")
            elif case["name"] in names:
                self.wrong((*path, "name"), f"重名：{case['name']}", f"name used twice: {case['name']}")
            if not isinstance(case.get("set", {}), dict):
                self.wrong((*path, "set"), "应为 { 键 = 值 }", "should be { key = value }")
            else:
                options.append(tuple((key, value) for key, value, _ in _flat(case.get("set", {}), (*path, "set"),
                                                                             lambda value: not isinstance(value, dict))))
            names.append(case.get("name"))
        self.runs *= len(names)
        yield Axis("", tuple(names), line_of(self.lines, ("cases", 0)), tuple(options))


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


def _bounds(given: dict[str, Any]) -> tuple[Any, Any, Any, bool]:
    """(first, last, step, whether they are months) of a range. ValueError if it is none."""
    first, last, step = given["from"], given["to"], given["step"]
    is_months = isinstance(first, str) and isinstance(last, str)
    if is_months:
        first, last = months.month_number(first), months.month_number(last)
    if any(isinstance(one, bool) or not isinstance(one, int | Decimal) for one in (first, last, step)) \
            or (is_months and not isinstance(step, int)) or step <= 0:
        raise ValueError
    return first, last, step, is_months


def _count_of_steps(given: dict[str, Any]) -> int:
    """How many numbers or months there are from one to another, both included; 0 if they are no such thing."""
    try:
        first, last, step, _ = _bounds(given)
        return max(0, int((last - first) // step) + 1)
    except (ValueError, ArithmeticError):
        return 0


def _steps(given: dict[str, Any], count: int) -> list[Any]:
    first, _, step, is_months = _bounds(given)
    found = [first + number * step for number in range(count)]
    return [months.month_text(month) for month in found] if is_months else found
