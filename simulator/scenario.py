"""The scenario file: people, what happens to them, and what is expected of the result.

`load` reads TOML, `Scenario.from_dict` takes the same thing as a dict. Everything wrong is reported at once, with
the line it stands on. Money becomes whole fen, months become numbers, on the way in.
"""
from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property, partial
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from simulator import money, months
from simulator.columns import COLUMNS, MONEY_COLUMNS, TEXT_COLUMNS
from simulator.language import Text
from simulator.parameters import PARAMETERS, PLACES, REASONS, RELATIONS, Malformed
from simulator.policy import TOPICS, WHAT_IF, Entry, nearest_region, refused, region, region_id
from simulator.problems import UNSEEN, Enough, InputError, Keys, Problem, Problems, dotted, each, nearest, nobody, unknown, visible
from simulator.toml_files import line_numbers, line_of, number, parse_toml, read_toml

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


FIRST_YEAR, LAST_YEAR = 1998, 2150
# More than any household has, and what the largest of them takes is a matter of seconds.
MOST_PEOPLE, MOST_EVENTS, MOST_AID, MOST_EXPECTED = 20, 2000, 100, 2000
MOST_REGIONS = 40           # that its people live in and move to
MOST_RULES = 200            # dated values of a what-if
MOST_HINTS = 20             # at the region that may have been meant
LONGEST_NAME, LONGEST_TITLE = 60, 200       # characters


Changed: TypeAlias = dict[Keys, tuple[str, int]]    # where each thing comes from that the file has not: (file or `--set`, line)


# ── how single values are read ─────────────────────────────────────────────────────────────────────

def refuse(zh: str, en: str, allowed: Iterable[str] = (), close: str | Callable[[], str] = "") -> PydanticCustomError:
    zh, en = visible(zh), visible(en)                       # pydantic takes no half of a character
    return PydanticCustomError("simulator", "{en}", {"zh": zh, "en": en, "allowed": tuple(allowed), "nearest": close})


def _yuan(value: object) -> int:
    try:
        amount = money.fen(value)
    except ValueError:
        raise refuse(f"应为精确到分的金额：{quoted(value)}", f"should be an amount exact to the fen: {quoted(value)}") from None
    if not 0 <= amount < money.NO_LIMIT:
        raise refuse(f"金额应不小于 0、小于 {money.NO_LIMIT // 100:,}：{value}",
                     f"an amount of 0 or more, below {money.NO_LIMIT // 100:,}: {value}")
    return amount


def _not_zero(amount: int) -> int:
    if amount == 0:
        raise refuse("不能为零；省略即全部提取", "cannot be zero; leave it out for all there is")
    return amount


def _rate(value: object) -> int:
    try:
        rate = money.ppm(value)
    except ValueError:
        raise refuse(f"应为精确到百万分之一的比例：{quoted(value)}", f"should be a rate exact to a millionth: {quoted(value)}") from None
    if not -money.PPM // 2 <= rate <= money.PPM:
        raise refuse(f"比例应在 −0.5 与 1 之间：{value}", f"a rate between -0.5 and 1: {value}")
    return rate


def _month(value: Any) -> int:
    try:
        month = months.month_number(value)
    except ValueError:
        raise refuse(f"应为 2025-07 这样的月份：{quoted(value)}", f"should be a month such as 2025-07: {quoted(value)}") from None
    if not 1900 <= month // 12 <= LAST_YEAR:
        raise refuse(f"年份应在 1900 与 {LAST_YEAR} 之间：{value}", f"a year between 1900 and {LAST_YEAR}: {value}")
    return month


def _start(value: Any) -> int:
    """A month, and no day of it."""
    if isinstance(value, date) or len(str(value)) > 7:
        raise refuse(f"应为 2025-07 这样的月份，不带日：{quoted(value)}",
                      f"should be a month such as 2025-07, without a day: {quoted(value)}")
    return _month(value)


def _day(value: Any) -> date:
    try:
        return months.day(value)
    except ValueError:
        raise refuse(f"应为 2025-07-01 这样的日期：{quoted(value)}", f"should be a date such as 2025-07-01: {quoted(value)}") from None


def _first_day(value: Any) -> date:
    """A month (its first day) or a day."""
    return months.first_day(_month(value)) if isinstance(value, str) and len(value) == 7 else _day(value)


def _last_day(value: Any) -> date:
    """A month (its last day) or a day."""
    return months.last_day(_month(value)) if isinstance(value, str) and len(value) == 7 else _day(value)


def _seen(text: str) -> str:
    """A text that is shown: it goes to terminals, spreadsheets and pages."""
    if UNSEEN.search(text):
        raise refuse(f"含有控制字符等不可见字符：{text}", f"holds characters that cannot be seen, such as controls: {text}")
    return text


def _trimmed(text: str) -> str:
    """A name by which others call the person: with spaces around it, it would look like another's."""
    if text != text.strip():
        raise refuse(f"首尾不能有空格：“{text}”", f"has spaces around it: “{text}”")
    return text


def _region_id(word: object) -> str | None:
    """The id of a name or code, which may be a number; None if there is no such region."""
    is_code = type(word) is int and 100_000 <= word <= 999_999
    return region_id(word) if is_code or isinstance(word, str) else None


def _region(value: object) -> str:
    id = _region_id(value)
    if id is None:
        raise refuse(f"没有这个地区：{value}", f"no such region: {value}", close=partial(nearest_region, value))
    return id


# What a file may hold for each of them, for the JSON Schema of simulator/schemas.
_DAY, _MONTH = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{4}-(0[1-9]|1[0-2])"
_MONTH_OR_DAY = WithJsonSchema({"type": "string", "pattern": f"^({_MONTH}|{_DAY})$"})
Yuan = Annotated[int, BeforeValidator(_yuan), WithJsonSchema(
    {"type": ["number", "string"], "minimum": 0, "exclusiveMaximum": money.NO_LIMIT // 100, "pattern": "[0-9]"})]
Rate = Annotated[int, BeforeValidator(_rate), WithJsonSchema(
    {"type": ["number", "string"], "minimum": -0.5, "maximum": 1, "pattern": "[0-9]"})]
Month = Annotated[int, BeforeValidator(_month), _MONTH_OR_DAY]
Start = Annotated[int, BeforeValidator(_start), WithJsonSchema({"type": "string", "pattern": f"^{_MONTH}$"})]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{_DAY}$"})]
FirstDay = Annotated[date, BeforeValidator(_first_day), _MONTH_OR_DAY]
LastDay = Annotated[date | None, BeforeValidator(_last_day), _MONTH_OR_DAY]
RegionId = Annotated[str, BeforeValidator(_region), WithJsonSchema({"type": ["string", "integer"]})]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_seen), AfterValidator(_trimmed)]
Title = Annotated[str, Field(max_length=LONGEST_TITLE), AfterValidator(_seen)]
Place = Literal["pharmacy", "primary", "secondary", "tertiary"]
Status = Literal["employee", "flexible", "retiree", "resident", "none"]


# ── what a scenario holds ──────────────────────────────────────────────────────────────────────────

class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Opening(Part):
    """What is in the account at the start, fen."""
    current: Yuan = 0
    carried: Yuan = 0
    withdrawable: Yuan = 0


class Medical(Part):
    """In-scope cost before any payment, in every month, by place, fen."""
    pharmacy: Yuan = 0
    primary: Yuan = 0
    secondary: Yuan = 0
    tertiary: Yuan = 0


class Person(Part):
    """Somebody of the household, insured in the scenario's region unless a `region` of his own is given.

    `pension` is the own monthly pension, for areas and times whose credit is a share of it; without it the average
    pension of the rules is used.
    """
    name: Name
    birth: Month
    sex: Literal["female", "male"]
    career: Literal["worker", "cadre"] = "worker"
    insured: Status
    region: RegionId | None = None
    plan: str = ""
    wage: Yuan = 0
    wage_growth: Rate = 0
    pension: Yuan = 0
    contributed_months: Annotated[int, Field(ge=0, le=1200)] = 0
    opening: Opening = Opening()
    medical: Medical = Medical()


class _Event(Part):
    on: Day
    who: str


class WageEvent(_Event):
    type: Literal["wage"]
    amount: Yuan


class MedicalEvent(_Event):
    """One bill. `prepaid`: the patient paid all of it, and the pool's part comes back later."""
    type: Literal["medical"]
    place: Place
    kind: Literal["outpatient", "inpatient"] = "outpatient"
    amount: Yuan
    prepaid: bool = False


class StopEvent(_Event):
    type: Literal["stop"]
    cause: Literal["job_loss", "own_choice", "employer_arrears"]


class ResumeEvent(_Event):
    type: Literal["resume"]
    insured: Literal["employee", "flexible", "resident"] | None = None
    wage: Yuan = 0


class BackPayEvent(_Event):
    type: Literal["back_pay"]
    months: Annotated[int, Field(ge=1, le=1200)] | None = None


class PremiumEvent(_Event):
    type: Literal["premium"]
    to: str
    kind: Literal["resident", "long_term_care", "commercial"]
    amount: Yuan


class RetireEvent(_Event):
    """`top_up`: pay the missing months in one sum where the years are short."""
    type: Literal["retire"]
    top_up: bool = False


class MoveEvent(_Event):
    type: Literal["move"]
    region: RegionId


class WithdrawEvent(_Event):
    """`amount`: all, unless given. `to`: an heir of the household whose account takes the balance over."""
    type: Literal["withdraw"]
    reason: Literal[REASONS]                        # type: ignore[valid-type]  # the words of the rules, listed once
    amount: Annotated[Yuan, AfterValidator(_not_zero)] = 0
    to: str = ""


_EVENT_TYPES: dict[str, type[Part]] = {"stop": StopEvent, "resume": ResumeEvent, "back_pay": BackPayEvent, "wage": WageEvent,
                "medical": MedicalEvent, "premium": PremiumEvent, "retire": RetireEvent, "move": MoveEvent,
                "withdraw": WithdrawEvent}
_KEYS_OF_EVENTS = tuple(dict.fromkeys(key for kind in _EVENT_TYPES.values() for key in kind.model_fields))
Event = Annotated[StopEvent | ResumeEvent | BackPayEvent | WageEvent | MedicalEvent | PremiumEvent | RetireEvent
                  | MoveEvent | WithdrawEvent, Field(discriminator="type")]


class AidLink(Part):
    """家庭共济: the giver lets a relative draw on the account, from a month or day on."""
    giver: Annotated[str, Field(alias="from")]
    to: str
    relation: Literal[RELATIONS]                    # type: ignore[valid-type]
    since: FirstDay
    until: LastDay = None
    monthly_limit: Yuan = 0
    yearly_limit: Yuan = 0
    uses: Annotated[tuple[Literal["medical", "premium"], ...],
                    Field(strict=False, min_length=1)] = ("medical", "premium")


class Scenario(Part):
    """A scenario, checked. Build it with `load(path)` or `Scenario.from_dict(data)`."""
    title: Title = ""
    region: RegionId
    start: Start
    months: Annotated[int, Field(ge=1, le=1200)]
    rules_as_of: Day | None = None
    people: Annotated[tuple[Person, ...], Field(min_length=1, max_length=MOST_PEOPLE, strict=False)]
    aid: Annotated[tuple[AidLink, ...], Field(max_length=MOST_AID, strict=False)] = ()
    events: Annotated[tuple[Event, ...], Field(max_length=MOST_EVENTS, strict=False)] = ()
    rules: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    expect: Annotated[tuple[dict[str, Any], ...], Field(max_length=MOST_EXPECTED, strict=False)] = ()

    @property
    def end(self) -> int:
        """The month after the last."""
        return self.start + self.months

    @property
    def what_if(self) -> tuple[Entry, ...]:
        """The `[rules]` of the scenario as entries over the law."""
        return tuple(entry for name, given in self.rules.items() for entry in what_if_entries(name, given))

    @property
    def data(self) -> dict[str, Any]:
        """The scenario as it was given, for variations of it."""
        return self._data

    _data: dict[str, Any] = {}
    _check: Check | None = None

    @classmethod
    def from_dict(cls, data: dict[str, Any], file: str = "", text: str = "", changed: Changed | None = None) -> Self:
        """Check a dict of the file's shape. Raises InputError with every problem in it.

        `changed` are the paths that do not stand in the file, each with where it comes from: (file or `--set`, line).
        """
        if not isinstance(data, dict):
            raise InputError([Problem("", Text(f"场景应为表，现为 {quoted(data)}",
                                               f"a scenario should be a table, is {quoted(data)}"), file)])
        data = as_printed(data)
        check = _ScenarioCheck(data, file, text, changed or {}, _MODELS)
        scenario: Self = check.checked(cls)
        object.__setattr__(scenario, "_data", data)
        object.__setattr__(scenario, "_check", check)
        return scenario

    def varied(self, **changes: object) -> Scenario:
        """The same scenario with other top-level values."""
        return Scenario.from_dict({**self.data, **changes})

    def in_region(self, word: str) -> Scenario:
        """The same scenario in another region. Its expectations and plans, which were of the first, are dropped."""
        data = {**self.data, "region": region(word).id, "people": [dict(person) for person in self.data["people"]], "expect": []}
        drop_foreign_plans(data)
        return Scenario.from_dict(data)

    def with_rules(self, rules: Mapping[str, Any]) -> Scenario:
        """The same scenario with what-ifs: {param: value} from the start, or {param: [{from, value}]}."""
        if not isinstance(rules, Mapping):
            raise InputError([Problem("rules", Text(f"应为表 {{ … }}，现为 {quoted(rules)}",
                                                    f"should be a table {{ … }}, is {quoted(rules)}"))])
        dated = {name: given if isinstance(given, list) and given and isinstance(given[0], dict) and "from" in given[0]
                 else [{"from": months.first_day(self.start), "value": given}] for name, given in rules.items()}
        return self.varied(rules={**self.data.get("rules", {}), **dated}, expect=[])


def drop_foreign_plans(data: dict[str, Any]) -> None:
    """Drop the plans that the region of a scenario does not have; who has a region of his own keeps the plan of that."""
    id = _region_id(data.get("region"))
    for person in listed(data.get("people")) if id else ():
        if isinstance(person, dict) and person.get("plan") and not person.get("region") and person["plan"] not in region(id).all_plans():
            del person["plan"]


def placed(scenario: Scenario, problems: Iterable[Problem]) -> list[Problem]:
    """What is found wrong with a scenario only by its rules, where it stands in its file."""
    check = scenario._check
    return check.placed(problems) if check else list(problems)


def what_if_entries(name: str, given: list[dict[str, Any]]) -> list[Entry]:
    """`[rules]` entries as policy entries; Malformed if a value does not fit."""
    parameter = PARAMETERS[name]
    return [Entry(name, months.day(one["from"]), None, one["value"], parameter.kind.compile(one["value"]), WHAT_IF,
                  "assumed", region="scenario") for one in sorted(given, key=lambda one: months.day(one["from"]))]


# ── reading ────────────────────────────────────────────────────────────────────────────────────────

def load(path: str | Path, changes: str | Sequence[str] = ()) -> Scenario:
    """Read a scenario file. `changes` are `a.b=value` texts put over it, or one. InputError with all problems."""
    data, text = read_toml(path)
    changes = [changes] if isinstance(changes, str) else changes
    changed: Changed = {}

    def change(given: str) -> None:
        changed[_set(data, given)] = (_said(given), 0)
    found: Scenario = each([*(partial(change, one) for one in changes),
                            lambda: Scenario.from_dict(data, str(path), text, changed)])[-1]
    return found


def read(raw: bytes, file: str = "") -> Scenario:
    """The same for the bytes of a file that is not on this disk; `file` is its name in what is wrong with it."""
    data, text = parse_toml(raw, file)
    return Scenario.from_dict(data, file, text)


def _said(change: str) -> str:
    return f"--set {visible(change, LONGEST_NAME)}"


def _set(data: dict[str, Any], change: str) -> Keys:
    """One `--set people.0.wage=9000` over the data: the path it changed. The value is TOML, or else a plain text."""
    key, equals, given = change.partition("=")
    if not equals or not key.strip():
        raise InputError([_not_a_change(_said(change))])
    try:
        value = tomllib.loads(f"value = {given}", parse_float=number)["value"]
    except (ValueError, RecursionError):
        value = given.strip()
    return put(data, key.strip(), value, _said(change))


def _not_a_change(where: str) -> Problem:
    return Problem(where, Text("应为 键=值，如 people.0.wage=9000", "should be key=value, such as people.0.wage=9000"))


def put(data: dict[str, Any], key: str, value: Any, where: str) -> Keys:
    """Put a value at `people.0.wage`, `people.NAME.wage` or `rules.PARAMETER` of the data, and return the path of it.

    A rule that is not given by dates counts from the start. `where` the change stands is said where it cannot be.
    """
    parts = key.split(".")
    if parts[0] == "rules" and len(parts) > 1:              # a parameter has a dot in its own name
        parts = ["rules", ".".join(parts[1:]).strip('"')]    # quoted, as in a file, or not
        if not (isinstance(value, list) and value and isinstance(value[0], dict) and "from" in value[0]):
            start = _month_or_none(data.get("start")) or FIRST_YEAR * 12 + 11
            value = [{"from": months.first_day(start), "value": value}]
    if parts[0] == "people" and len(parts) > 2 and not parts[1].isdecimal():
        names = [one.get("name") if isinstance(one, dict) else None for one in listed(data.get("people"))]
        if parts[1] not in names:
            raise InputError([unknown(where, parts[1], filter(None, names), what=nobody(parts[1]))])
        parts[1] = str(names.index(parts[1]))
    place: Any = data
    path: Keys = ()
    try:
        for position, part in enumerate(parts):
            step = int(part) if isinstance(place, list) else part
            path += (step,)
            if isinstance(step, int) and step < 0:          # which would count from the end
                raise IndexError
            if position == len(parts) - 1:
                place[step] = value
            else:
                place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
    except IndexError:
        raise InputError([Problem(where, Text(f"没有 {dotted(path)}；共 {len(place)} 项",
                                          f"there is no {dotted(path)}; there are {len(place)}"))]) from None
    except (ValueError, TypeError, AttributeError):
        raise InputError([_not_a_change(where)]) from None
    return path


Whole = TypeVar("Whole", bound=BaseModel)

# What only one kind of file has: what that is, and the command for it.
KINDS = {"people": ("情景文件", "a scenario file", "run"), "groups": ("群体文件", "a population file", "population"),
         **dict.fromkeys(("grid", "cases"), ("扫描文件", "a sweep file", "batch"))}


def for_another_command(key: str) -> Text:
    """What is said of a file with a key of `KINDS` where another kind of file should be."""
    zh, en, command = KINDS[key]
    return Text(f"这是{zh}：用 simulator {command} 运行", f"{en}: run it with `simulator {command}`")


class Check:
    """Collects everything wrong with a file's data. `models` are those of its parts by name, the whole's under ""."""
    MOST: tuple[tuple[str, int], ...] = ()      # (list of the file, how long it may be)
    OWN = ""                                    # the key of `KINDS` that the file has to have

    def __init__(self, data: dict[str, Any], file: str, text: str, changed: Changed,
                 models: dict[str, type[Part]]) -> None:
        self.data, self.file, self.text, self.changed, self.models, self.found = data, file, text, changed, models, Problems()
        self.hints = 0

    def checked(self, model: type[Whole]) -> Whole:
        """The data as a `model`. InputError with everything that is wrong with it."""
        made = None
        with suppress(Enough):
            self._kind()
            self._counts()
            try:
                made = model.model_validate(self.data)
            except ValidationError as error:
                self.add_all(error.errors(include_url=False))
            self.look_across(made)
        if self.found or made is None:
            raise InputError(sorted(self.found, key=lambda problem: problem.line))
        return made

    def _kind(self) -> None:
        """An empty file or one for another command is not read: nothing in it would be where it should be."""
        if self.file and not self.data:
            self.wrong((), "文件是空的", "the file is empty")
            raise Enough
        if self.OWN not in self.data:
            for key in KINDS:
                if key in self.data:
                    self.add(Problem("", for_another_command(key)), (key,))
                    raise Enough

    def _counts(self) -> None:
        """A list that is too long is not read: each of its items against each other would take for ever."""
        for key, most in self.MOST:
            if len(listed(self.data.get(key))) > most:
                self.wrong((key,), f"至多 {most} 项", f"at most {most}")
        if self.found:
            raise Enough

    def look_across(self, made: Any) -> None:
        """What no single field can know; `made` is None where one of them is wrong."""

    @cached_property
    def lines(self) -> dict[Keys, int]:
        """Looked for only where something is wrong: it takes as long as to read the file."""
        return line_numbers(self.text) if self.text else {}

    def wrong(self, path: Keys, zh: str, en: str, allowed: Iterable[str] = (), close: str = "") -> None:
        self.add(Problem(dotted(path), Text(zh, en), allowed=tuple(allowed), nearest=close), path)

    def add(self, problem: Problem, path: Keys) -> None:
        path = tuple(path)
        changed = list(reversed(self.changed.items()))
        given = next((place for start, place in changed if path[:len(start)] == start), None)
        if given is None and changed and path not in self.lines:               # what is wrong is above what was changed
            given = next((place for start, place in changed if path and start[:len(path)] == path), None)
        file, line = given or (self.file, line_of(self.lines, path))
        self.found.append(replace(problem, file=file, line=line))

    def placed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems that the rules have with the data, each once, with file and line; those of a region file stand in that."""
        self.found = Problems()
        for problem in dict.fromkeys(problems):
            if problem.file:
                self.found.append(problem)
                continue
            topic, _, name = problem.key.partition(".")
            self.add(problem, (topic, name) if name else (topic,))
        return self.found

    def add_all(self, errors: list[ErrorDetails]) -> None:
        for error in errors:
            if error["type"] == "too_short" and error["input"]:
                continue                                    # its items are wrong, and that has been said
            path = error["loc"]
            if path[:1] == ("events",) and path[2:3] and path[2] in _EVENT_TYPES:
                path = path[:2] + path[3:]
            if error["type"] == "union_tag_invalid":        # what else is wrong with an event of the kind that was meant
                self._as_event(nearest(error["ctx"]["tag"], _EVENT_TYPES), error["input"], path)
                path += ("type",)
            elif error["type"] == "union_tag_not_found":
                self._as_event("", error["input"], path)
            problem = _translated(error, path, self.models)
            if callable(problem.nearest):                   # to compare with all names of China takes its time
                self.hints += 1
                problem = replace(problem, nearest=problem.nearest() if self.hints <= MOST_HINTS else "")
            self.add(problem, path)

    def _as_event(self, kind: str, data: dict[str, Any], path: Keys) -> None:
        """What is wrong with an event of a kind; without one, with what all events have."""
        try:
            if kind:
                _EVENT_TYPES[kind].model_validate({**data, "type": kind})
            else:
                for key in (key for key in data if key not in _KEYS_OF_EVENTS):
                    self.add(unknown(dotted((*path, key)), key, _KEYS_OF_EVENTS), (*path, key))
                _Event.model_validate({key: data[key] for key in _Event.model_fields if key in data})
        except ValidationError as error:
            self.add_all([{**one, "loc": (*path, *filter(None, [kind]), *one["loc"])} for one in error.errors(include_url=False)])

    def rules(self, rules: object, key: str = "rules") -> None:
        """What-ifs: {parameter: [{ from, value }]}."""
        if not isinstance(rules, dict):
            return
        if sum(len(listed(given)) for given in rules.values()) > MOST_RULES:
            self.wrong((key,), f"合计至多 {MOST_RULES} 项", f"at most {MOST_RULES} in all")
            return
        for name, given in rules.items():
            path = (key, name)
            if name in TOPICS and isinstance(given, dict):   # TOML takes the dot of an unquoted name for a table
                self.wrong(path, f"参数名须加引号：\"{name}.…\" = […]", f"a parameter's name needs quotes: \"{name}.…\" = […]")
                continue
            if name not in PARAMETERS:
                self.add(unknown(f"{key}.{name}", name, PARAMETERS,
                                 what=Text(f"没有这个参数：{name}", f"no such parameter: {name}")), path)
            days = []
            for position, one in enumerate(listed(given)):
                at = (*path, position)
                if not isinstance(one, dict) or set(one) != {"from", "value"}:
                    self.wrong(at, "应为 { from = 日期, value = 值 }", "should be { from = date, value = … }")
                elif name in PARAMETERS:
                    try:
                        days.append(months.day(one["from"]))
                        what_if_entries(name, [one])
                    except Malformed as error:
                        for problem, within in refused(error, (*at, "value")):
                            self.add(problem, within)
                    except ValueError:
                        self.wrong((*at, "from"), "应为 2025-07-01 这样的日期", "should be a date such as 2025-07-01")
                    except TypeError:                       # a list or a table for a word
                        self.wrong((*at, "value"), f"不能是 {quoted(one['value'])}", f"cannot be {quoted(one['value'])}")
                    if days and (day := days[-1]) in days[:-1]:
                        self.wrong((*at, "from"), f"{days.pop()} 写了两次", f"{day} is given twice")


class _ScenarioCheck(Check):
    OWN = "people"
    MOST = (("people", MOST_PEOPLE), ("events", MOST_EVENTS), ("aid", MOST_AID), ("expect", MOST_EXPECTED))

    def _counts(self) -> None:
        named = {str(one["region"]) for key in ("people", "events") for one in listed(self.data.get(key))
                 if isinstance(one, dict) and "region" in one}
        if len(named) > MOST_REGIONS:
            self.wrong(("events",), f"至多涉及 {MOST_REGIONS} 个地区", f"at most {MOST_REGIONS} regions")
        super()._counts()

    def look_across(self, made: Any) -> None:  # noqa: ARG002  # it looks at the data as they were given
        """What no single field can know: names, regions' plans, dates within the span, rules, expectations."""
        data = self.data if isinstance(self.data, dict) else {}
        people = [one for one in listed(data.get("people")) if isinstance(one, dict)]
        names = [one.get("name") for one in people]
        start = _month_or_none(data.get("start"))
        for position, one in enumerate(people):
            if one.get("name") is not None and one["name"] in names[:position]:
                self.wrong(("people", position, "name"), f"重名：{one['name']}", f"name used twice: {one['name']}")
            if one.get("career") == "cadre" and one.get("sex") == "male":
                self.wrong(("people", position, "career"), "career 只用于女性", "`career` is for women only")
            if start and (_month_or_none(one.get("birth")) or 0) > start:
                self.wrong(("people", position, "birth"), "模拟开始时尚未出生", "is not born yet at the start")
            if one.get("plan") and isinstance(one["plan"], str):
                self._plan(one["plan"], ("people", position, "plan"), one.get("region") or data.get("region"))
        first, last = self._span(data)
        for position, one in enumerate(event for event in listed(data.get("events"))):
            if not isinstance(one, dict):
                continue
            for key in ("who", "to"):
                self._somebody(one.get(key), names, ("events", position, key))
            if one.get("type") == "medical" and one.get("place") == "pharmacy" and one.get("kind") == "inpatient":
                self.wrong(("events", position, "place"), "药店不能住院", "nobody stays in hospital at a pharmacy", PLACES[1:])
            if one.get("type") == "withdraw" and one.get("to") and one.get("to") == one.get("who"):
                self.wrong(("events", position, "to"), "继承人应为他人", "an heir is somebody else")
            elif one.get("type") == "withdraw" and one.get("to") and one.get("reason", "death") != "death":
                self.wrong(("events", position, "to"), "只有死亡（death）才有继承人", "only who has died (`death`) has an heir")
            self._within(one.get("on"), first, last, ("events", position, "on"))
        for position, one in enumerate(listed(data.get("aid"))):
            if isinstance(one, dict):
                for key in ("from", "to"):
                    self._somebody(one.get(key), names, ("aid", position, key))
                if one.get("from") == one.get("to"):
                    self.wrong(("aid", position, "to"), "不能共济给本人", "aid is for somebody else")
                if "until" in one and self._is_over(one.get("since"), one["until"]):
                    self.wrong(("aid", position, "until"), "早于 since", "is before `since`")
        self.rules(data.get("rules"))
        for position, one in enumerate(listed(data.get("expect"))):
            self._expectation(one, names, first, last, ("expect", position))

    def _somebody(self, name: object, names: list[Any], path: Keys) -> None:
        if name is not None and name not in names:
            self.add(unknown(dotted(path), name, [known for known in names if known],
                             what=nobody(name)), path)

    def _plan(self, plan: str, path: Keys, word: object) -> None:
        id = _region_id(word)
        if id and plan not in (known := region(id).all_plans()):
            self.wrong(path, f"该地区没有参保档次 {plan}", f"the region has no plan {plan}", known, nearest(plan, known))

    @staticmethod
    def _is_over(since: object, until: object) -> bool:
        try:
            return _last_day(until) < _first_day(since)
        except ValueError:                                  # said where the value is read
            return False

    @staticmethod
    def _span(data: dict[str, Any]) -> tuple[date, date] | tuple[None, None]:
        start, length = _month_or_none(data.get("start")), data.get("months")
        if start is None or type(length) is not int or not 1 <= length <= 1200:
            return None, None
        return months.first_day(start), months.last_day(start + length - 1)

    def _within(self, day: Any, first: date | None, last: date | None, path: Keys) -> None:
        try:
            day = months.day(day)
        except ValueError:
            return
        if first and last and not first <= day <= last:
            self.wrong(path, f"{day} 不在模拟期间内", f"{day} is outside the simulated span", (f"{first} … {last}",))

    def _expectation(self, one: object, names: list[Any], first: date | None, last: date | None, path: Keys) -> None:
        if not isinstance(one, dict):
            return
        if "month" not in one:
            self.wrong(path, "缺少 month", "needs a `month`")
        else:
            try:
                self._within(months.first_day(months.month_number(one["month"])), first, last, (*path, "month"))
            except ValueError:
                self.wrong((*path, "month"), "应为 2025-07 这样的月份", "should be a month such as 2025-07")
        if "who" in one and one["who"] not in names:
            self._somebody(one["who"], names, (*path, "who"))
        for column, value in one.items():
            if column in ("month", "who"):
                continue
            if column not in COLUMNS:
                self.add(unknown(dotted((*path, column)), column, COLUMNS,
                                 what=Text(f"明细中没有这一列：{column}", f"the ledger has no column {column}")), (*path, column))
            elif column in MONEY_COLUMNS:
                try:
                    money.fen(value)
                except ValueError:
                    self.wrong((*path, column), f"应为精确到分的金额：{quoted(value)}", f"should be an amount: {quoted(value)}")
            elif column in TEXT_COLUMNS and not isinstance(value, str):
                self.wrong((*path, column), f"应为文字：{quoted(value)}", f"should be a text: {quoted(value)}")
            elif column not in TEXT_COLUMNS and type(value) is not int:
                self.wrong((*path, column), f"应为整数：{quoted(value)}", f"should be a whole number: {quoted(value)}")
        if not set(one) - {"month", "who"}:
            self.wrong(path, "没有写明期望的列", "names no column to check")


def as_printed(value: Any) -> Any:
    """Floats of a dict as the exact numbers they print as, whole numbers of numpy as int; all else as it is."""
    if isinstance(value, float):
        return Decimal(repr(float(value)))
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, dict):
        return {key: as_printed(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_printed(inner) for inner in value]
    return value


def quoted(value: object) -> str:
    """A value as the file has it: texts in quotes, numbers and dates bare."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {quoted(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(quoted, value))}]"
    return str(value) if isinstance(value, Decimal | date) else repr(value)


def _month_or_none(value: object) -> int | None:
    """The month's number; None for what is wrong, and said where the value is read."""
    try:
        return _month(value)
    except ValueError:
        return None


def listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else []


_MODELS: dict[str, type[Part]] = {"": Scenario, "people": Person, "opening": Opening, "medical": Medical, "aid": AidLink}


def _known_keys(place: Keys, models: dict[str, type[Part]]) -> tuple[str, ...]:
    """The keys that may stand at a place of pydantic's, to find the one that was meant."""
    above = [part for part in place[:-1] if isinstance(part, str)] or [""]
    fields = (models | _EVENT_TYPES if above[0] == "events" else models)[above[-1]].model_fields
    return tuple(field.alias or name for name, field in fields.items())


def _translated(error: ErrorDetails, path: Keys, models: dict[str, type[Part]]) -> Problem:
    """A pydantic error as a Problem in both languages."""
    kind, context, value = error["type"], error.get("ctx", {}), error.get("input")
    key = dotted(path)
    if kind == "simulator":
        return Problem(key, Text(context["zh"], context["en"]), allowed=context["allowed"], nearest=context["nearest"])
    if kind == "missing":
        return Problem(key, Text("必须填写", "is missing"))
    if kind == "extra_forbidden":
        what = Text("没有这一项", "unknown key")
        if path[0] == "events" and len(error["loc"]) == 4:
            what = Text(f"`{error['loc'][2]}` 没有这一项", f"not a field of `{error['loc'][2]}`")
        return unknown(key, path[-1], _known_keys(error["loc"], models), what=what)
    if kind in ("literal_error", "union_tag_invalid"):
        allowed = _words(context.get("expected") or context["expected_tags"])
        given = value if kind == "literal_error" else context["tag"]
        return unknown(key, given, allowed,
                       what=Text(f"不能是 {quoted(given)}", f"cannot be {quoted(given)}"))
    if kind == "union_tag_not_found":
        return Problem(f"{key}.type", Text("必须写明事件类型", "the kind of event is missing"), allowed=tuple(_EVENT_TYPES))
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        sign = "≥" if "ge" in context else "≤"
        return Problem(key, Text(f"应 {sign} {bound}，现为 {value}", f"should be {sign} {bound}, is {value}"))
    if kind in ("too_short", "string_too_short"):
        return Problem(key, Text("不能为空", "cannot be empty"))
    if kind == "too_long":
        return Problem(key, Text(f"至多 {context['max_length']} 项", f"at most {context['max_length']}"))
    if kind == "string_too_long":
        return Problem(key, Text(f"至多 {context['max_length']} 个字", f"at most {context['max_length']} characters"))
    wanted = {"date_type": Text(" 2025-07-01 这样的日期", "a date such as 2025-07-01"),
              "int_type": Text("整数", "a whole number"), "string_type": Text("文字", "a text"),
              "tuple_type": Text("列表 [[…]]", "a list [[…]]"), "list_type": Text("列表", "a list"),
              "dict_type": Text("表", "a table"), "model_type": Text("表 { … }", "a table { … }"),
              "model_attributes_type": Text("表 { … }", "a table { … }"),
              "string_unicode": Text("UTF-8 文字", "a text in UTF-8"), "invalid_key": Text("文字的键", "a text as key"),
              "bool_type": Text(" true 或 false", "true or false"), "finite_number": Text("有限的数", "a finite number"),
              }.get("date_type" if kind.startswith("date_") else kind)
    if wanted:
        return Problem(key, Text(f"应为{wanted.zh}，现为 {quoted(value)}", f"should be {wanted.en}, is {quoted(value)}"))
    return Problem(key, Text(f"不能是 {quoted(value)}", f"cannot be {quoted(value)}"))


def _words(expected: str) -> tuple[str, ...]:
    """pydantic's "'a', 'b' or 'c'" as words."""
    return tuple(word.strip().strip("'") for word in expected.replace(" or ", ",").split(","))
