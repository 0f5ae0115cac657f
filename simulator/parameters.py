"""The parameters of the law: what each is called, what may stand in a region file, what the law reads.

A region file gives dated values as a person writes them (`0.02`, `"fen half up"`, `{ employee = 600.00 }`).
Each kind below turns one into integers: fen, millionths (ppm), codes, or fixed tables of them. The law
reads them as fields of one row, `rules.contribution_base_floor_fen`, `rules.pooling_rate_ppm[group][place]`.
"""
import re
from dataclasses import dataclass, field

from simulator import money
from simulator.language import Text

# The order of these names is the order of the codes and table columns in law/account.py.
STATUSES = ("none", "employee", "flexible", "retiree", "resident")
PLACES = ("pharmacy", "primary", "secondary", "tertiary")
GROUPS = ("employee", "employee_senior", "retiree", "retiree_senior", "resident")
PAYERS = ("employee", "flexible", "retiree")

FOREVER = 999          # an age nobody reaches: the last age band
BANDS = 4              # the most age bands a value may have


class Malformed(ValueError):
    """A value that its kind refuses; carries both languages and what is allowed."""

    def __init__(self, zh, en, allowed=(), within=()):
        super().__init__(en)
        self.message, self.allowed, self.within = Text(zh, en), allowed, within


def _exact(reader, value, zh, en):
    try:
        amount = reader(value)
    except ValueError:
        raise Malformed(zh.format(value), en.format(value)) from None
    if amount < 0:
        raise Malformed(f"不能是负数：{value}", f"cannot be negative: {value}")
    return amount


def _table(value, keys, what, within=()):
    """A table with none but these keys; `within` is where it stands in the value."""
    if not isinstance(value, dict):
        raise Malformed(f"应为表 {{ {keys[0]} = … }}", f"should be a table {{ {keys[0]} = … }}", keys, within)
    for key in value:
        if key not in keys:
            raise Malformed(f"{what} 中没有 {key}", f"{what} has no {key}", keys, (*within, key))
    return value


@dataclass(frozen=True)
class Money:
    """Yuan, exact to the fen. `words` are words that may stand instead of an amount."""
    words: dict = field(default_factory=dict)
    unit, suffix = "yuan", "_fen"

    def compile(self, value):
        if value in tuple(self.words):
            return self.words[value]
        if isinstance(value, str):
            raise Malformed(f"应为金额：{value!r}", f"should be an amount: {value!r}", tuple(self.words))
        return _exact(money.fen, value, "金额须精确到分：{}", "an amount exact to the fen: {}")


@dataclass(frozen=True)
class Rate:
    """A share between 0 and 1, exact to a millionth."""
    unit, suffix = "share", "_ppm"

    def compile(self, value):
        rate = _exact(money.ppm, value, "比例须精确到百万分之一：{}", "a rate exact to a millionth: {}")
        if rate > money.PPM:
            raise Malformed(f"比例应在 0 与 1 之间：{value}", f"a rate is between 0 and 1: {value}")
        return rate


@dataclass(frozen=True)
class Count:
    """A whole number of `unit` between two bounds."""
    unit: str
    low: int = 0
    high: int = 10_000

    @property
    def suffix(self):
        return f"_{self.unit}"

    def compile(self, value):
        if not isinstance(value, int) or isinstance(value, bool) or not self.low <= value <= self.high:
            raise Malformed(f"应为 {self.low} 至 {self.high} 的整数：{value}",
                            f"a whole number from {self.low} to {self.high}: {value}")
        return value


@dataclass(frozen=True)
class Choice:
    """One word of a few; the law sees its position."""
    options: tuple
    unit, suffix = "choice", ""

    def compile(self, value):
        if value not in self.options:
            raise Malformed(f"没有这个选项：{value!r}", f"no such choice: {value!r}", self.options)
        return self.options.index(value)


@dataclass(frozen=True)
class Rounding:
    """How a result is rounded, such as `fen half up`."""
    unit, suffix = "rounding", ""

    def compile(self, value):
        if value not in money.ROUNDINGS:
            raise Malformed(f"没有这种舍入：{value!r}", f"no such rounding: {value!r}", tuple(money.ROUNDINGS))
        return money.ROUNDINGS[value]


@dataclass(frozen=True)
class MonthlyMoney:
    """An amount for every month, or a list of twelve, January first."""
    unit, suffix = "yuan", "_fen"

    def compile(self, value):
        amounts = value if isinstance(value, list) else [value] * 12
        if len(amounts) != 12:
            raise Malformed("应为一个金额或十二个月的金额", "one amount, or twelve from January on")
        return tuple(Money().compile(amount) for amount in amounts)


@dataclass(frozen=True)
class SettlementDays:
    """Days of the year such as `12-31`; the law sees the months they fall in."""
    unit, suffix = "days of the year", "_in_month"

    def compile(self, value):
        days = value if isinstance(value, list) else [value]
        for day in days:
            if not re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", str(day)):
                raise Malformed(f"应为 12-31 这样的日子：{day!r}", f"a day such as 12-31: {day!r}")
        months = {int(str(day)[:2]) for day in days}
        return tuple(int(month in months) for month in range(1, 13))


@dataclass(frozen=True)
class AgeBands:
    """A list of bands by completed age, youngest first, the last one without `below`.

    `columns` names what a band holds: `rate`s and `amount`s. The law sees rows (below_age, *columns).
    """
    columns: dict
    unit, suffix = "by age", ""

    def compile(self, value):
        if not isinstance(value, list) or len(value) > BANDS:
            raise Malformed(f"应为至多 {BANDS} 段的列表", f"a list of at most {BANDS} bands")
        rows, reached = [], 0
        for position, band in enumerate(value):
            _table(band, ("below", *self.columns), "age band", (position,))
            is_last = position == len(value) - 1
            below = band.get("below", FOREVER)
            if (below == FOREVER) != is_last or not isinstance(below, int) or below <= reached:
                raise Malformed("年龄段须由小到大，仅最后一段不写 below",
                                "bands go up by age, and only the last has no `below`", within=(position,))
            reached = below
            rows.append((below, *(kind.compile(band.get(name, 0)) for name, kind in self.columns.items())))
        nothing = (FOREVER,) + (0,) * len(self.columns)
        return tuple(rows) + (nothing,) * (BANDS - len(rows))


@dataclass(frozen=True)
class ByPayer:
    """One value for all, or by employee, flexible, retiree; a payer left out gets `missing`."""
    each: object
    missing: object = 0

    @property
    def unit(self):
        return self.each.unit

    @property
    def suffix(self):
        return self.each.suffix

    def compile(self, value):
        if not isinstance(value, dict):
            value = dict.fromkeys(PAYERS, value)
        _table(value, PAYERS, "table")
        return tuple(self.each.compile(value.get(payer, self.missing)) for payer in PAYERS)


@dataclass(frozen=True)
class ByGroup:
    """A value by group of patients and, if `by_place`, by place of care.

    Groups left out: a `_senior` group is as its elders are young, residents get `missing`.
    """
    each: object
    by_place: bool = True
    missing: object = 0

    @property
    def unit(self):
        return self.each.unit

    @property
    def suffix(self):
        return self.each.suffix

    def compile(self, value):
        if not isinstance(value, dict):
            value = dict.fromkeys(("employee", "retiree"), value)
        _table(value, GROUPS, "table")
        for group in ("employee", "retiree"):
            if group not in value:
                raise Malformed(f"缺少 {group}", f"{group} is missing", GROUPS)
        return tuple(self._group(value, group) for group in GROUPS)

    def _group(self, value, group):
        amounts = value.get(group, value.get(group.removesuffix("_senior"), self.missing))
        if not self.by_place:
            return self.each.compile(amounts)
        if not isinstance(amounts, dict):
            amounts = dict.fromkeys(PLACES, amounts)
        _table(amounts, PLACES, group, (group,))
        return tuple(self.each.compile(amounts.get(place, self.missing)) for place in PLACES)


@dataclass(frozen=True)
class Parameter:
    """One name of the contract. `grows` marks amounts that are projected to grow with wages."""
    name: str
    kind: object
    label: Text
    grows: bool = False

    @property
    def unit(self):
        return self.kind.unit

    @property
    def field(self):
        """The name under which the law reads it."""
        return self.name.replace(".", "_") + self.kind.suffix


_NONE_OR_MONEY = Money({"none": money.NO_LIMIT})


def _parameters():
    def p(name, kind, zh, en, grows=False):
        return Parameter(name, kind, Text(zh, en), grows)

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
    yield p("credit.retiree_monthly", AgeBands({"amount": Money(), "pension_rate": Rate(), "minimum": Money()}),
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
    yield p("pooling.senior_ages", ByPayer(Count("years", 0, FOREVER), FOREVER), "高龄组起始年龄", "age of the senior groups")
    yield p("pooling.year_start", month_of_year, "医保待遇年度起始月", "month in which the benefit year starts")
    yield p("pooling.inpatient_deductible", ByGroup(Money()), "住院起付标准（每次）", "inpatient deductible, a stay")
    yield p("pooling.inpatient_rate", ByGroup(Rate()), "住院统筹支付比例", "share paid by the pool, inpatient")
    yield p("pooling.inpatient_ceiling", ByGroup(_NONE_OR_MONEY, False), "住院年度限额", "yearly inpatient ceiling")
    yield p("pooling.rounding", Rounding(), "统筹支付舍入", "rounding of what the pool pays")

    yield p("spending.order", Choice(("current first", "carried first")), "账户资金使用顺序",
            "which money of the account pays first")
    yield p("spending.before_pool", Choice(("nothing", "current money")), "先于统筹支付的账户资金",
            "account money that pays before the pool")
    yield p("withdrawal.free_share", Rate(), "计入额中可自由支取的比例", "share of each credit that may be taken out freely")

    yield p("retirement.average_pension", Money(), "平均基本养老金（未填养老金时用）",
            "average pension, where the person's own is not given")
    yield p("projection.wage_growth", Rate(), "推算：基数年增长率", "projection: yearly growth of the bases")


PARAMETERS = {parameter.name: parameter for parameter in _parameters()}
