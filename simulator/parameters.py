"""The parameters of the law: what each is called, what may stand in a region file, what the law reads.

A region file gives dated values as a person writes them (`0.02`, `"fen half up"`, `{ employee = 600.00 }`).
Each kind below turns one into integers: fen, millionths (ppm), codes, or fixed tables of them. The law
reads them as fields of one row, `rules.contribution_base_floor_fen`, `rules.pooling_rate_ppm[group][place]`.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, cast

from simulator import money
from simulator.language import Text

if TYPE_CHECKING:
    from simulator.problems import Keys

# What the law reads: a whole number, or a table of them. What stands in a region file is whatever TOML has.
Cell: TypeAlias = "int | tuple[Cell, ...]"
Part = TypeVar("Part")
Schema: TypeAlias = dict[str, Any]          # of JSON Schema

# The order of these names is the order of the codes and table columns in law/account.py.
STATUSES = ("none", "employee", "flexible", "retiree", "resident")
PLACES = ("pharmacy", "primary", "secondary", "tertiary")
GROUPS = ("employee", "employee_senior", "retiree", "retiree_senior", "resident")
PAYERS = ("employee", "flexible", "retiree")
CAUSES = ("employer", "own")                                # by whose fault a premium was missed
RELATIONS = ("spouse", "parent", "child", "sibling", "grandparent", "grandchild")
USES = ("medical", "resident premium", "long-term-care premium", "commercial premium")
REASONS = ("death", "emigration", "quit", "transfer_refused", "remote_residence", "lump_sum_pension", "enlisted",
           "serious_illness", "free")

NEVER = date(9999, 12, 31).toordinal()
FOREVER = 999          # an age nobody reaches: the last age band
BANDS = 4              # the most bands (by age, by length of gap) a value may have
RATES_KEPT = 4         # how many former values of a parameter the law may look back to


class Malformed(ValueError):
    """A value that its kind refuses; carries both languages and what is allowed.

    `within` is where in the value it is, `word` what stands there for one of `allowed`, `also` what else is wrong with it.
    """

    def __init__(self, zh: str, en: str, allowed: Sequence[str] = (), word: str = "") -> None:
        super().__init__(en)
        self.message, self.allowed, self.word = Text(zh, en), allowed, word
        self.within: Keys = ()
        self.also: tuple[Malformed, ...] = ()


def _exact(reader: Callable[[object], int], value: object, zh: str, en: str) -> int:
    try:
        amount = reader(value)
    except ValueError:
        if not money.is_number(value):
            raise Malformed(f"应为数字：{value!r}", f"should be a number: {value!r}") from None
        raise Malformed(zh.format(value), en.format(value)) from None
    if amount < 0:
        raise Malformed(f"不能是负数：{value}", f"cannot be negative: {value}")
    return amount


TABLE = Text("表中", "table")


class _Parts:
    """The parts of a value, read one after another to know all that is wrong with it."""

    def __init__(self) -> None:
        self.wrong: list[Malformed] = []

    def read(self, reader: Callable[[Any], Part], value: Any, *within: str | int) -> Part | None:
        """What a part comes to that stands there in the value; None if it is refused."""
        try:
            return reader(value)
        except Malformed as error:
            self.refuse(error, *within)
            return None

    def refuse(self, error: Malformed, *within: str | int) -> None:
        """What is wrong there."""
        for one in (error, *error.also):
            one.within = (*within, *one.within)
            self.wrong.append(one)

    def keys(self, value: dict[str, Any], known: Sequence[str], what: Text) -> None:
        """Refuse all keys but the known ones."""
        for key in value:
            if key not in known:
                self.refuse(Malformed(f"{what.zh}没有 {key}", f"{what.en} has no {key}", known, key), key)

    def whole(self, made: Iterable[Part | None]) -> tuple[Part, ...]:
        """What they come to together. Malformed with everything that is wrong."""
        if self.wrong:
            self.wrong[0].also = tuple(self.wrong[1:])
            raise self.wrong[0]
        return cast("tuple[Part, ...]", tuple(made))


def _table(value: Any, keys: Sequence[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(f"应为表 {{ {keys[0]} = … }}", f"should be a table {{ {keys[0]} = … }}", keys)
    return value


def _table_schema(columns: Schema, required: Sequence[str] = ()) -> Schema:
    return {"type": "object", "properties": columns, "required": list(required), "additionalProperties": False}


# Each kind says twice what it takes: `schema` so that editors can check a file, `compile` so that nothing else gets in.

@dataclass(frozen=True)
class Money:
    """Yuan, exact to the fen. `words` are words that may stand instead of an amount."""
    words: dict[str, int] = field(default_factory=dict)
    unit, suffix = "yuan", "_fen"

    @property
    def schema(self) -> Schema:
        amount = {"type": "number", "minimum": 0, "exclusiveMaximum": money.NO_LIMIT // 100}
        return {"anyOf": [amount, {"enum": list(self.words)}]} if self.words else amount

    def compile(self, value: Any) -> int:
        if value in tuple(self.words):
            return self.words[value]
        if isinstance(value, str):
            raise Malformed(f"应为金额：{value!r}", f"should be an amount: {value!r}", tuple(self.words))
        amount = _exact(money.fen, value, "金额须精确到分：{}", "an amount exact to the fen: {}")
        if amount >= money.NO_LIMIT:
            raise Malformed(f"金额过大：{value}", f"too large: {value}", tuple(self.words))
        return amount


@dataclass(frozen=True)
class Rate:
    """A share between 0 and 1, exact to a millionth."""
    unit, suffix = "share", "_ppm"

    @property
    def schema(self) -> Schema:
        return {"type": ["number", "string"], "minimum": 0, "maximum": 1, "pattern": "[0-9]"}

    def compile(self, value: Any) -> int:
        rate = _exact(money.ppm, value, "比例须精确到百万分之一：{}", "a rate exact to a millionth: {}")
        if rate > money.PPM:
            raise Malformed(f"比例应在 0 与 1 之间（8.5 % 写作 0.085）：{value}", f"a rate is between 0 and 1 (8.5 % is 0.085): {value}")
        return rate


@dataclass(frozen=True)
class Count:
    """A whole number of `unit` between two bounds."""
    unit: str
    low: int = 0
    high: int = 10_000

    @property
    def suffix(self) -> str:
        return f"_{self.unit}"

    @property
    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def compile(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not self.low <= value <= self.high:
            raise Malformed(f"应为 {self.low} 至 {self.high} 的整数：{value}",
                            f"a whole number from {self.low} to {self.high}: {value}")
        return value


@dataclass(frozen=True)
class Choice:
    """One word of a few; the law sees its position."""
    options: tuple[str, ...]
    unit, suffix = "choice", ""

    @property
    def schema(self) -> Schema:
        return {"enum": list(self.options)}

    def compile(self, value: Any) -> int:
        if not isinstance(value, str) or value not in self.options:
            raise Malformed(f"没有这个选项：{value!r}", f"no such choice: {value!r}", self.options)
        return self.options.index(value)


@dataclass(frozen=True)
class Rounding:
    """How a result is rounded, such as `fen half up`."""
    unit, suffix = "rounding", ""

    @property
    def schema(self) -> Schema:
        return {"enum": list(money.ROUNDINGS)}

    def compile(self, value: Any) -> int:
        if not isinstance(value, str) or value not in money.ROUNDINGS:
            raise Malformed(f"没有这种舍入：{value!r}", f"no such rounding: {value!r}", tuple(money.ROUNDINGS))
        return money.ROUNDINGS[value]


@dataclass(frozen=True)
class MonthlyMoney:
    """An amount for every month, or a list of twelve, January first."""
    unit, suffix = "yuan", "_fen"

    @property
    def schema(self) -> Schema:
        return {"anyOf": [Money().schema, {"type": "array", "items": Money().schema, "minItems": 12, "maxItems": 12}]}

    def compile(self, value: Any) -> tuple[int, ...]:
        if isinstance(value, list) and len(value) != 12:
            raise Malformed("应为一个金额或十二个月的金额", "one amount, or twelve from January on")
        if not isinstance(value, list):
            return (Money().compile(value),) * 12
        parts = _Parts()
        return parts.whole([parts.read(Money().compile, amount, place) for place, amount in enumerate(value)])


_DAY_OF_YEAR = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])|(0[13-9]|1[0-2])-30|(0[13578]|1[02])-31"       # with 29 February


@dataclass(frozen=True)
class SettlementDays:
    """Days of the year such as `12-31`; the law sees the months they fall in."""
    unit, suffix = "days of the year", "_in_month"

    @property
    def schema(self) -> Schema:
        day = {"type": "string", "pattern": f"^({_DAY_OF_YEAR})$"}
        return {"anyOf": [day, {"type": "array", "items": day}]}

    def compile(self, value: Any) -> tuple[int, ...]:
        parts = _Parts()
        months = parts.whole([parts.read(self._month, day, place) for place, day in enumerate(value)] if isinstance(value, list)
                             else [self._month(value)])
        return tuple(int(month in months) for month in range(1, 13))

    @staticmethod
    def _month(day: object) -> int:
        if not re.fullmatch(_DAY_OF_YEAR, str(day)):
            raise Malformed(f"应为 12-31 这样的日子：{day!r}", f"a day such as 12-31: {day!r}")
        return int(str(day)[:2])


@dataclass(frozen=True)
class Day:
    """A date; the law sees its number (as `date.toordinal`). `never` is a day far off, `none` one long ago.

    With most of them something starts; `is_last`: with this one it ends.
    """
    is_last: bool = False
    unit, suffix = "date", "_day"

    @property
    def schema(self) -> Schema:
        return {"anyOf": [{"type": "string", "format": "date", "pattern": "^[0-9-]{10}$"}, {"enum": ["never", "none"]}]}

    def compile(self, value: Any) -> int:
        if value in ("never", "none"):
            return NEVER if value == "never" else 0
        if type(value) is not date:
            raise Malformed(f"应为日期：{value}", f"should be a date: {value}", ("never", "none"))
        return value.toordinal()


@dataclass(frozen=True)
class Words:
    """A list of words out of a fixed set; the law sees one flag for each of the set."""
    known: tuple[str, ...]
    unit, suffix = "list", ""

    @property
    def schema(self) -> Schema:
        return {"type": "array", "uniqueItems": True, "items": {"enum": list(self.known)}}

    def compile(self, value: Any) -> tuple[int, ...]:
        if not isinstance(value, list):
            raise Malformed("应为列表", "should be a list", self.known)
        parts = _Parts()
        for place, word in enumerate(value):
            if word not in self.known:
                parts.refuse(Malformed(f"没有这一项：{word!r}", f"no such word: {word!r}", self.known, str(word)), place)
            elif word in value[:place]:
                parts.refuse(Malformed(f"{word} 写了两次", f"{word} is given twice"), place)
        return parts.whole(int(word in value) for word in self.known)


@dataclass(frozen=True)
class GapBands:
    """Months of waiting by the length of the gap: [{ over = 3, months = 6 }], shortest gap first.

    The law sees rows (over, months), the longest gap first.
    """
    unit, suffix = "months", "_months"

    @property
    def schema(self) -> Schema:
        months = Count("months", 0, FOREVER).schema
        return {"anyOf": [months, {"type": "array", "maxItems": BANDS, "items": _table_schema(
            {"over": months, "months": months}, ("over", "months"))}]}

    def compile(self, value: Any) -> tuple[tuple[int, int], ...]:
        if isinstance(value, int) and not isinstance(value, bool):
            return ((0, Count("months", 0, FOREVER).compile(value)), *((FOREVER, 0),) * (BANDS - 1))
        if not isinstance(value, list) or len(value) > BANDS:
            raise Malformed(f"应为至多 {BANDS} 段的列表", f"a list of at most {BANDS} bands")
        parts, rows = _Parts(), [(-1, 0)]
        for place, band in enumerate(value):
            rows.append(parts.read(partial(self._band, above=rows[-1][0]), band, place) or rows[-1])
        rows = list(parts.whole(rows[1:]))
        return tuple(reversed(rows)) + ((FOREVER, 0),) * (BANDS - len(rows))

    @staticmethod
    def _band(value: object, above: int) -> tuple[int, int]:
        parts, columns = _Parts(), ("over", "months")
        band = _table(value, columns)
        parts.keys(band, columns, Text("断缴分段中", "gap band"))
        over, wait = (parts.read(Count("months", 0, FOREVER).compile, band.get(name), name) for name in columns)
        if over is not None and over <= above:
            parts.refuse(Malformed("断缴月数须由少到多", "bands go up by months of gap"))
        return cast("tuple[int, int]", parts.whole((over, wait)))


@dataclass(frozen=True)
class AgeBands:
    """A list of bands by completed age, youngest first, the last one without `below`.

    `columns` names what a band holds: `rate`s and `amount`s; what is left out is 0, or the `missing` one. The law sees
    rows (below_age, *columns).
    """
    columns: dict[str, Kind]
    missing: dict[str, object] = field(default_factory=dict)
    unit, suffix = "by age", ""

    @property
    def schema(self) -> Schema:
        return {"type": "array", "maxItems": BANDS, "items": _table_schema(
            {"below": {"type": "integer", "minimum": 1}, **{name: kind.schema for name, kind in self.columns.items()}})}

    def compile(self, value: Any) -> tuple[tuple[Cell, ...], ...]:
        if not isinstance(value, list) or len(value) > BANDS:
            example = f"[{{ {next(iter(self.columns))} = … }}]"
            raise Malformed(f"应为至多 {BANDS} 段的列表，如 {example}", f"a list of at most {BANDS} bands, such as {example}")
        parts, rows, reached = _Parts(), [], 0
        for place, given in enumerate(value):
            row = parts.read(partial(self._band, reached=reached, is_last=place == len(value) - 1), given, place)
            rows.append(row)
            reached = row[0] if row else reached
        nothing = (FOREVER,) + (0,) * len(self.columns)
        return parts.whole(rows) + (nothing,) * (BANDS - len(rows))

    def _band(self, value: object, reached: int, is_last: bool) -> tuple[Any, ...]:
        parts, names = _Parts(), ("below", *self.columns)
        band = _table(value, names)
        parts.keys(band, names, Text("年龄分段中", "age band"))
        below = band.get("below", FOREVER)
        if (below == FOREVER) != is_last or not isinstance(below, int) or below <= reached:
            parts.refuse(Malformed("年龄段须由小到大，仅最后一段不写 below", "bands go up by age, and only the last has no `below`"))
        return parts.whole((below, *(parts.read(kind.compile, band.get(name, self.missing.get(name, 0)), name)
                                     for name, kind in self.columns.items())))


class Kind(Protocol):
    """A kind of value: how it is written, and what the law reads of it."""

    @property
    def unit(self) -> str: ...
    @property
    def suffix(self) -> str: ...
    @property
    def schema(self) -> Schema: ...
    def compile(self, value: Any) -> Cell: ...


class _OfEach:
    """A table of values of one kind: unit and suffix are that kind's."""
    each: Kind

    @property
    def unit(self) -> str:
        return self.each.unit

    @property
    def suffix(self) -> str:
        return self.each.suffix


@dataclass(frozen=True)
class ByPayer(_OfEach):
    """One value for all, or by employee, flexible, retiree (or other `keys`); who is left out gets `missing`."""
    each: Kind
    missing: object = 0
    keys: tuple[str, ...] = PAYERS

    @property
    def schema(self) -> Schema:
        return {"anyOf": [self.each.schema, _table_schema(dict.fromkeys(self.keys, self.each.schema))]}

    def compile(self, value: Any) -> tuple[Cell, ...]:
        if not isinstance(value, dict):
            return (self.each.compile(value),) * len(self.keys)
        parts = _Parts()
        parts.keys(value, self.keys, TABLE)
        return parts.whole([parts.read(self.each.compile, value.get(key, self.missing), key) for key in self.keys])


@dataclass(frozen=True)
class ByGroup(_OfEach):
    """A value by group of patients and, if `by_place`, by place of care.

    Groups left out: a `_senior` group is as the younger one, residents get `missing`.
    """
    each: Kind
    by_place: bool = True
    missing: object = 0

    @property
    def schema(self) -> Schema:
        amounts = self.each.schema
        if self.by_place:
            amounts = {"anyOf": [amounts, _table_schema(dict.fromkeys(PLACES, amounts))]}
        return {"anyOf": [self.each.schema, _table_schema(dict.fromkeys(GROUPS, amounts), ("employee", "retiree"))]}

    def compile(self, value: Any) -> tuple[Cell, ...]:
        parts, others = _Parts(), self._group(self.missing)
        if not isinstance(value, dict):
            return tuple(others if group == "resident" else self._group(value) for group in GROUPS)
        parts.keys(value, GROUPS, TABLE)
        for group in ("employee", "retiree"):
            if group not in value:
                parts.refuse(Malformed(f"缺少 {group}", f"{group} is missing", GROUPS))
        found = {group: parts.read(partial(self._group, group=group), value[group], group) for group in GROUPS if group in value}
        return parts.whole([found.get(group, found.get(group.removesuffix("_senior"), others)) for group in GROUPS])

    def _group(self, amounts: Any, group: str = "") -> Cell:
        if not self.by_place:
            return self.each.compile(amounts)
        if not isinstance(amounts, dict):
            return (self.each.compile(amounts),) * len(PLACES)
        parts = _Parts()
        parts.keys(amounts, PLACES, Text(f"{group} 中", group))
        return parts.whole([parts.read(self.each.compile, amounts.get(place, self.missing), place) for place in PLACES])


@dataclass(frozen=True)
class Parameter:
    """One name of the contract. `grows` marks amounts that are projected to grow with wages; of one that
    `looks_back` the law sees the former values too, as rows (first day, value), the newest first."""
    name: str
    kind: Kind
    label: Text
    grows: bool = False
    looks_back: bool = False

    @property
    def unit(self) -> str:
        return self.kind.unit

    @property
    def field(self) -> str:
        """The name under which the law reads it, its unit last."""
        name, unit = self.name.replace(".", "_"), self.kind.suffix
        return name if unit[1:] in name.split("_") else name + unit


_NONE_OR_MONEY = Money({"none": money.NO_LIMIT})


def _parameters() -> Iterator[Parameter]:
    def p(name: str, kind: Kind, zh: str, en: str, grows: bool = False, looks_back: bool = False) -> Parameter:
        return Parameter(name, kind, Text(zh, en), grows, looks_back)

    month_of_year = Count("month", 1, 12)
    yield p("contribution.base_floor", Money(), "缴费基数下限", "contribution base, floor", grows=True)
    yield p("contribution.base_ceiling", _NONE_OR_MONEY, "缴费基数上限", "contribution base, ceiling", grows=True)
    yield p("contribution.base_rounding", Rounding(), "缴费基数取整", "rounding of the base")
    yield p("contribution.base_year_start", month_of_year, "缴费基数年度起始月", "month in which the base year starts")
    yield p("contribution.wage_change", Choice(("next base year", "next month")), "工资变动何时影响基数",
            "when a new wage acts on the base")
    yield p("contribution.employee_rate", Rate(), "职工个人费率", "employee's rate")
    yield p("contribution.employer_rate", Rate(), "单位费率（含生育）", "employer's rate (with maternity)")
    yield p("contribution.rounding", Rounding(), "缴费额舍入", "rounding of premiums")
    yield p("contribution.fixed_monthly", MonthlyMoney(), "职工每月定额（大额互助等）",
            "employee's fixed monthly sum (large-expense fund)")
    yield p("contribution.flexible_base", Money({"own": 0}), "灵活就业缴费基数", "base of flexible workers", grows=True)
    yield p("contribution.flexible_rate", Rate(), "灵活就业费率", "rate of flexible workers")
    yield p("contribution.flexible_fixed_monthly", MonthlyMoney(), "灵活就业每月定额",
            "flexible worker's fixed monthly sum")
    yield p("contribution.flexible_rounding", Rounding(), "灵活就业缴费额舍入", "rounding of flexible premiums")
    yield p("contribution.retiree_fixed_monthly", MonthlyMoney(), "退休人员每月定额", "retiree's fixed monthly sum")

    yield p("credit.employee_rate", Rate(), "职工个人缴费计入比例", "employee's own part credited, of the base")
    yield p("credit.employee_age_bands", AgeBands({"rate": Rate(), "amount": Money()}),
            "单位缴费按年龄另计入", "employer's part credited on top, by age (monthly)")
    yield p("credit.flexible_rate", Rate(), "灵活就业计入比例", "flexible worker's credit, of the base")
    yield p("credit.retiree_monthly", AgeBands(
        {"amount": Money(), "pension_rate": Rate(), "minimum": Money(), "maximum": _NONE_OR_MONEY}, {"maximum": "none"}),
            "退休人员每月计入", "retiree's monthly credit: an amount, or a share of the own pension")
    yield p("credit.retiree_yearly", AgeBands({"amount": Money()}), "退休人员每年一次计入",
            "retiree's yearly credit in one sum")
    yield p("credit.retiree_yearly_paid", month_of_year, "年度计入月份", "month of the yearly credit")
    yield p("credit.deductions", ByPayer(Money()), "从计入额中每月扣除", "taken out of the credit each month")
    yield p("credit.deduction_rates", AgeBands({"rate": Rate()}), "从计入额中按基数扣除",
            "taken out of the credit, of the base, by age")
    yield p("credit.rounding", Rounding(), "计入额舍入", "rounding of credits")

    yield p("interest.current_rate", Rate(), "当年资金年利率（活期）", "yearly rate on current-year money (demand)")
    yield p("interest.carried_rate", Rate(), "历年资金年利率（三个月定期）",
            "yearly rate on carried-over money (3-month deposit)")
    yield p("interest.method", Choice(("split", "demand", "closing balance", "none")), "计息办法", "method of interest")
    yield p("interest.settlement", SettlementDays(), "结息日", "days on which interest is credited")
    yield p("interest.year_start", month_of_year, "账户年度起始月（当年转历年）",
            "month in which current-year money becomes carried-over")
    yield p("interest.rounding", Rounding(), "利息舍入", "rounding of interest")

    yield p("pooling.deductible", ByGroup(Money()), "门诊起付标准", "outpatient deductible")
    yield p("pooling.deductible_per", Choice(("year", "visit")), "起付标准计算", "deductible counted by")
    yield p("pooling.rate", ByGroup(Rate()), "门诊统筹支付比例", "share paid by the pool, outpatient")
    yield p("pooling.ceiling", ByGroup(_NONE_OR_MONEY, False), "门诊年度限额", "yearly outpatient ceiling")
    yield p("pooling.upper_from", ByGroup(_NONE_OR_MONEY, False), "第二段起点", "where the second rate begins")
    yield p("pooling.upper_rate", ByGroup(Rate()), "第二段支付比例", "share paid above that")
    yield p("pooling.counts", Choice(("paid", "cost")), "限额与分段按何计算",
            "ceiling and second rate count what the pool paid, or the cost")
    yield p("pooling.senior_ages", ByPayer(Count("years", 0, FOREVER), FOREVER), "年长组起始年龄", "age of the senior groups")
    yield p("pooling.year_start", month_of_year, "医保待遇年度起始月", "month in which the benefit year starts")
    yield p("pooling.inpatient_deductible", ByGroup(Money()), "住院起付标准（每次）", "inpatient deductible, a stay")
    yield p("pooling.inpatient_rate", ByGroup(Rate()), "住院统筹支付比例", "share paid by the pool, inpatient")
    yield p("pooling.inpatient_ceiling", ByGroup(_NONE_OR_MONEY, False), "住院年度限额", "yearly inpatient ceiling")
    yield p("pooling.prepaid_to", Choice(("the person", "the account")), "垫付费用报销去向", "where a prepaid bill is reimbursed to")
    yield p("pooling.prepaid_working_days", Count("days", 0, 100), "垫付费用报销工作日",
            "working days until a prepaid bill is reimbursed")
    yield p("pooling.rounding", Rounding(), "统筹支付舍入", "rounding of what the pool pays")

    yield p("spending.order", Choice(("current first", "carried first")), "账户资金使用顺序",
            "which money of the account pays first")
    yield p("spending.before_pool", Choice(("nothing", "current money")), "先于统筹支付的账户资金",
            "account money that pays before the pool")
    yield p("spending.commercial", Choice(("no", "carried money", "all money")), "账户购买商业健康险",
            "commercial health insurance from the account")
    yield p("spending.commercial_keep", Money(), "购买商业健康险须留余额", "carried money to be left when buying it")

    by_cause = {"keys": CAUSES}
    months_or_all = Count("months", 0, FOREVER)
    yield p("arrears.late_fee_daily_rate", Rate(), "滞纳金日率", "late fee a day", looks_back=True)
    yield p("arrears.day_count", Choice(("settlement", "legal", "thirty days")), "欠费天数的算法",
            "how days in arrears are counted")
    yield p("arrears.due_day", Count("day", 1, 31), "缴费截止日", "day of the month by which premiums are due")
    yield p("arrears.fee_payer", Choice(("employer", "defaulter")), "滞纳金由谁承担",
            "who owes late fees: employers only, or whoever did not pay")
    yield p("arrears.fee_cap", Choice(("none", "principal")), "滞纳金上限", "cap of the late fee")
    yield p("arrears.fee_rounding", Rounding(), "滞纳金舍入", "rounding of late fees")
    yield p("arrears.waiver_months", Count("months", 0, 24), "缓缴免滞纳金月数",
            "months for which premiums of this month may be deferred without fee")
    yield p("arrears.waiver_part", Choice(("both parts", "employer's part")), "缓缴范围", "what may be deferred")
    yield p("arrears.back_pay_months", ByPayer(months_or_all, FOREVER, **by_cause), "可补缴月数",
            "missed months that may be paid later")
    yield p("arrears.back_pay_beyond", Choice(("last months", "nothing")), "断缴更久时",
            "after a longer gap: the last months, or nothing, may be paid")
    yield p("arrears.retroactive_months", ByPayer(months_or_all, **by_cause), "补缴后追补报销的断缴月数上限",
            "longest gap whose bills are reimbursed once it is paid")
    yield p("arrears.account_usable", Choice(("yes", "no")), "断缴期间账户可用", "account usable during a gap")

    yield p("waiting.gap_count", Choice(("unpaid months", "month difference")), "断缴月数算法", "how a gap is counted")
    yield p("waiting.free_gap_months", ByPayer(Count("months", 0, FOREVER)), "不设等待期的断缴月数",
            "gap that brings no waiting")
    yield p("waiting.months", ByPayer(GapBands()), "待遇等待期", "months of waiting after a gap")
    yield p("waiting.starts", Choice(("month of payment", "month after payment")), "等待期起算", "first month of waiting")
    yield p("waiting.first_enrolment_months", ByPayer(Count("months", 0, 24)), "首次参保等待期",
            "waiting at the first enrolment")
    yield p("waiting.pool_share", Rate(), "等待期内统筹支付比例", "share of the pool's payment during the wait")
    yield p("waiting.resident_months", Count("months", 0, 12), "居民固定等待期", "residents: fixed wait")
    yield p("waiting.resident_year_months", Count("months", 0, 12), "居民每多断保一年加", "residents: more for each further year")
    yield p("waiting.resident_long_years", Count("years", 1, FOREVER), "居民长期断保年数", "residents: years of a long gap")
    yield p("waiting.resident_long_months", Count("months", 0, 24), "居民长期断保最短等待", "residents: least wait after it")

    yield p("aid.start", Day(), "家庭共济开始日", "family mutual aid starts")
    yield p("aid.relations", Words(RELATIONS), "可共济亲属", "relatives who may be helped")
    yield p("aid.uses", Words(USES), "共济用途", "what aid may pay")
    yield p("aid.money", Choice(("all money", "carried money")), "可共济资金", "which money may be given")
    yield p("aid.keep", Money(), "共济须留余额", "balance to be kept when giving")
    yield p("aid.limits", ByPayer(_NONE_OR_MONEY, "none", ("month", "year")), "每份授权的共济限额", "most given under one authorisation")
    yield p("aid.people", Count("people", 0, FOREVER), "共济人数上限", "most relatives helped by one person")
    yield p("aid.order", Choice(("registration", "random", "designated")), "多人共济的支付顺序",
            "which of several helpers pays first")
    yield p("aid.across_cities", Day(), "省内跨市共济开始日", "aid across cities of a province starts")
    yield p("aid.across_provinces", Day(), "跨省共济开始日", "aid across provinces starts")
    yield p("aid.across_provinces_by", Choice(("wallet", "quota")), "跨省共济方式", "how money crosses provinces")
    yield p("aid.wallet_transfer", Money(), "医保钱包单笔上限", "wallet: most in one transfer")
    yield p("aid.wallet_transfers", Count("a_day", 1, 100), "医保钱包每日笔数", "wallet: transfers a day")

    yield p("withdrawal.reasons", Words(REASONS), "可提取情形", "reasons for which money is paid out")
    yield p("withdrawal.closing_reasons", Words(REASONS), "提取后销户的情形", "reasons that close the account")
    yield p("withdrawal.free_share", Rate(), "计入额中可自由支取的比例", "share of each credit that may be taken out freely")
    yield p("withdrawal.free_balance_until", Day(is_last=True), "截至此日计入的资金可自由支取", "money credited up to this day is free")
    yield p("withdrawal.working_days", Count("days", 0, 100), "提取办理工作日", "working days until payment")
    yield p("transfer.working_days", Count("days", 0, 100), "转移接续工作日", "working days of a move")
    yield p("transfer.accepts_balance", Choice(("yes", "no")), "接收转入的账户资金", "takes the balance of who moves here")
    yield p("transfer.retirees", Choice(("no", "yes")), "退休人员可转移", "retirees may move their insurance")

    yield p("retirement.age_male", Count("years", 40, 80), "男职工原退休年龄", "men: age before the reform")
    yield p("retirement.age_female_worker", Count("years", 40, 80), "女工人原退休年龄", "women workers: age before the reform")
    yield p("retirement.age_female_cadre", Count("years", 40, 80), "女干部原退休年龄", "women cadres: age before the reform")
    yield p("retirement.delay_start", Day(), "延迟退休开始日", "later retirement starts")
    yield p("retirement.delay_step", Count("months", 1, 12), "每隔几个月延迟一个月（男、女干部）",
            "one month later every so many months (men, women cadres)")
    yield p("retirement.delay_step_worker", Count("months", 1, 12), "每隔几个月延迟一个月（女工人）",
            "the same for women workers")
    yield p("retirement.delay_most", Count("months", 0, 120), "最多延迟（男、女干部）", "most months later (men, women cadres)")
    yield p("retirement.delay_most_worker", Count("months", 0, 120), "最多延迟（女工人）", "the same for women workers")
    yield p("retirement.early_most", Count("months", 0, 240), "自愿提前退休最多月数", "most months earlier, by choice")
    yield p("retirement.flexible_women", Choice(("as workers", "as cadres")), "灵活就业女性退休年龄",
            "age of women in flexible work")
    yield p("retirement.years_male", Count("years", 0, 50), "男职工医保缴费年限", "years of contribution, men")
    yield p("retirement.years_female", Count("years", 0, 50), "女职工医保缴费年限", "years of contribution, women")
    yield p("retirement.local_years", Count("years", 0, 50), "其中本地实际缴费年限", "of them paid locally")
    yield p("retirement.top_up_rate", Rate(), "趸缴费率", "one-off payment of missing months, of the base")
    yield p("retirement.top_up_base", Money({"own": 0}), "趸缴基数", "base of the one-off payment", grows=True)
    yield p("retirement.average_pension", Money(), "平均基本养老金（未填养老金时用）",
            "average pension, where the person's own is not given")
    yield p("projection.wage_growth", Rate(), "推算：基数年增长率", "projection: yearly growth of the bases")


PARAMETERS = {parameter.name: parameter for parameter in _parameters()}
