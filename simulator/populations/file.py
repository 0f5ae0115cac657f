"""The population file: who there is, and how they live. `load` checks it as strictly as a scenario.

Shares and yearly probabilities are exact to a millionth, amounts to the fen. By age, a list of bands, the youngest
first, the last one without `below`. What is left out does not happen.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, TypeAdapter

from simulator import money
from simulator.language import Text
from simulator.policy import region
from simulator.problems import Enough, InputError, Problem, dotted
from simulator.scenario import Check, Month, Name, Part, Rate, RegionId, Title, Yuan, as_printed, listed, quoted, refuse, what_if_entries
from simulator.toml_files import read_toml

if TYPE_CHECKING:
    from simulator.policy import Entry
    from simulator.problems import Keys

MOST_ACCOUNTS = 2_000_000_000
MOST_GROUPS = 2000
SEEDS = 2**62               # from 0 on
OLDEST = 119
MOST_MONTHS = 600
MOST_FEN = 10**11           # a billion yuan
LARGEST_FEN = 2**61 // money.PPM        # the law doubles a product with a rate, which is two at most: what is larger leaves 64 bits
TAIL = Decimal("3.49")      # of the logarithm, in spreads: `draws.lognormal` ends a little below
CAUSES = ("job_loss", "own_choice", "employer_arrears")


def in_range(name: str, value: int, low: int, high: int) -> int:
    """A whole number that a function is given. InputError if it is none between two bounds, both included."""
    if not isinstance(value, Integral) or isinstance(value, bool) or not low <= value <= high:
        raise InputError([Problem(name, Text(f"应为 {low} 至 {high} 的整数：{quoted(value)}",
                                             f"should be a whole number from {low} to {high}: {quoted(value)}"))])
    return int(value)


# ── single values ──────────────────────────────────────────────────────────────────────────────────

def _share(value: object) -> int:
    try:
        share = money.ppm(value)
    except ValueError:
        raise refuse(f"应为精确到百万分之一的比例：{quoted(value)}", f"should be a share exact to a millionth: {quoted(value)}") from None
    if not 0 <= share <= money.PPM:
        raise refuse(f"比例应在 0 与 1 之间：{value}", f"a share is between 0 and 1: {value}")
    return share


def _thousandths(most: int, zh: str, en: str) -> Callable[[object], int]:
    def read(value: object) -> int:
        try:
            number = money.exact(value, 1000)
        except ValueError:
            raise refuse(f"应为精确到千分之一的数：{quoted(value)}", f"should be a number exact to a thousandth: {quoted(value)}") from None
        if not 0 <= number <= most * 1000:
            raise refuse(f"{zh}应在 0 与 {most} 之间：{value}", f"{en} is between 0 and {most}: {value}")
        return number
    return read


def _amount(fen: int) -> int:
    if fen > MOST_FEN:
        raise refuse(f"金额超出范围：{money.shown(fen)}", f"amount out of range: {money.shown(fen)}")
    return fen


Amount = Annotated[Yuan, AfterValidator(_amount)]
Share = Annotated[int, BeforeValidator(_share)]                                     # ppm
Spread = Annotated[int, BeforeValidator(_thousandths(3, "离散程度", "a spread"))]     # thousandths
Times = Annotated[int, BeforeValidator(_thousandths(12, "每年次数", "times a year"))]
Age = Annotated[int, Field(ge=0, le=OLDEST)]


# ── what a population holds ────────────────────────────────────────────────────────────────────────

class AgeRange(Part):
    """A share of a group that is from so old to so old (both included) at the start; within it every month is alike."""
    low: Annotated[Age, Field(alias="from")]
    high: Annotated[Age, Field(alias="to")]
    share: Share


class Wage(Part):
    """A lognormal wage; `spread` is the standard deviation of its logarithm."""
    median: Amount
    spread: Spread = 0
    growth: Rate = 0


class Opening(Part):
    """Lognormal carried-over money at the start; `empty` is the share of accounts without any."""
    median: Amount = 0
    spread: Spread = 0
    empty: Share = 0


class Group(Part):
    """People who are alike in where and how they are insured. `people` is how many they stand for.

    They are there from the start, or from the month in which they `join`; ages are those of then.
    """
    name: Name
    region: RegionId
    people: Annotated[int, Field(ge=1, le=MOST_ACCOUNTS)]
    joins: Month | None = None
    insured: Literal["employee", "flexible", "retiree"]
    female: Share = money.PPM // 2
    cadre: Share = 0
    age: Annotated[tuple[AgeRange, ...], Field(strict=False, min_length=1, max_length=40)]
    wage: Wage = Wage.model_construct(median=0)
    opening: Opening = Opening()
    contributed: Share = money.PPM


class ByAge(Part):
    below: Annotated[int, Field(ge=1, le=OLDEST)] | None = None


class Yearly(ByAge):
    """A yearly probability."""
    yearly: Share


class Visits(ByAge):
    """Outpatient visits a year, at most one a month, and what one costs: lognormal, in-scope, before any payment."""
    yearly: Times
    median: Amount
    spread: Spread = 0


class Stays(ByAge):
    """Stays in hospital: the yearly probability of one, and what it costs."""
    yearly: Share
    median: Amount
    spread: Spread = 0


_BANDS = Field(strict=False, max_length=20)
YearlyBands = Annotated[tuple[Yearly, ...], _BANDS]
VisitBands = Annotated[tuple[Visits, ...], _BANDS]
StayBands = Annotated[tuple[Stays, ...], _BANDS]


class Places(Part):
    pharmacy: Share = 0
    primary: Share = 0
    secondary: Share = 0
    tertiary: Share = 0


class Care(Part):
    """Illness. `never`: who never sees a doctor as an outpatient; `frailty`: the spread of how much more often than the mean one does."""
    never: Share = 0
    frailty: Spread = 0
    growth: Rate = 0
    outpatient: VisitBands = ()
    outpatient_places: Places | None = None
    inpatient: StayBands = ()
    inpatient_places: Places | None = None


class Gap(Part):
    """A length of a gap; without `months` for ever."""
    months: Annotated[int, Field(ge=1, le=1200)] | None = None
    share: Share


class Causes(Part):
    job_loss: Share = 0
    own_choice: Share = 0
    employer_arrears: Share = 0


class Work(Part):
    """How premiums stop and start again, and whether missing years are topped up at the statutory age."""
    stops: YearlyBands = ()
    causes: Causes | None = None
    gaps: Annotated[tuple[Gap, ...], Field(strict=False, max_length=12)] = ()
    back_pays: Share = 0
    returns_flexible: Share = 0
    tops_up: Share = 0


class Death(Part):
    female: YearlyBands = ()
    male: YearlyBands = ()


class Moves(Part):
    """Moves to the area of another group, more often to where more people are."""
    yearly: YearlyBands = ()


class Relations(Part):
    spouse: Share = 0
    parent: Share = 0
    child: Share = 0
    sibling: Share = 0
    grandparent: Share = 0
    grandchild: Share = 0


class Premium(Part):
    """A relative's yearly premium, paid from the account in a month of the year by a share of the givers."""
    amount: Amount
    month: Annotated[int, Field(ge=1, le=12)]
    share: Share = money.PPM


class Aid(Part):
    """家庭共济: a share of accounts on which a relative, insured as a resident, may draw from the start."""
    share: Share
    relations: Relations
    premium: Premium | None = None


class Population(Part):
    """A population, checked. Build it with `load(path)` or `Population.from_dict(data)`."""
    title: Title = ""
    start: Month
    months: Annotated[int, Field(ge=1, le=MOST_MONTHS)]
    seed: Annotated[int, Field(ge=0, lt=SEEDS)] = 1
    accounts: Annotated[int, Field(ge=1, le=MOST_ACCOUNTS)] | None = None
    panel: Annotated[int, Field(ge=0, le=100_000)] = 0
    groups: Annotated[tuple[Group, ...], Field(min_length=1, max_length=MOST_GROUPS, strict=False)]
    care: Care = Care()
    work: Work = Work()
    death: Death = Death()
    moves: Moves = Moves()
    aid: Aid | None = None
    what_if: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    sources: dict[str, str] = Field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """The population as it was given."""
        return self._data

    _data: dict[str, Any] = PrivateAttr(default_factory=dict)
    _check: Check | None = PrivateAttr(default=None)

    def placed(self, problems: Iterable[Problem]) -> list[Problem]:
        """What was found wrong later, with the rules, where it stands in the file."""
        found = [replace(one, key=f"what_if{one.key.removeprefix('rules')}") if one.key.startswith("rules") else one for one in problems]
        if self._check is None:
            return found
        with suppress(Enough):
            self._check.placed(found)
        return self._check.found

    @property
    def people(self) -> int:
        """How many people the groups stand for."""
        return sum(group.people for group in self.groups)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The what-if as entries over the law."""
        return tuple(entry for name, given in self.what_if.items() for entry in what_if_entries(name, given))

    @classmethod
    def from_dict(cls, data: dict[str, Any], file: str = "", text: str = "") -> Self:
        """Check a dict of the file's shape. Raises InputError with every problem in it."""
        if not isinstance(data, dict):
            raise InputError([Problem("", Text(f"群体应为表，现为 {quoted(data)}",
                                               f"a population should be a table, is {quoted(data)}"), file)])
        data = as_printed(data)
        check = _PopulationCheck(data, file, text, {}, _MODELS)
        population: Self = check.checked(cls)
        object.__setattr__(population, "_data", data)
        object.__setattr__(population, "_check", check)
        return population


_MODELS: dict[str, type[Part]] = {
    "": Population, "groups": Group, "age": AgeRange, "wage": Wage, "opening": Opening, "care": Care, "work": Work,
    "death": Death, "moves": Moves, "aid": Aid, "outpatient": Visits, "inpatient": Stays, "outpatient_places": Places,
    "inpatient_places": Places, "causes": Causes, "gaps": Gap, "stops": Yearly, "female": Yearly, "male": Yearly,
    "yearly": Yearly, "relations": Relations, "premium": Premium}


def load(path: str | Path) -> Population:
    """Read a population file. InputError with all that is wrong with it."""
    data, text = read_toml(path)
    return Population.from_dict(data, str(path), text)


def largest_fen(median_fen: int, spread: int, growth_ppm: int = 0, years: int = 0) -> int:
    """No amount that is drawn for a median and a spread is larger after years of growth."""
    tail_ppm = int((TAIL * spread).scaleb(-3).exp() * money.PPM) + 1
    grown: int = median_fen * tail_ppm * (money.PPM + max(0, growth_ppm)) ** years // money.PPM ** (years + 1)
    return grown + 1


def too_large(fen: int) -> Text:
    """What is said of an amount that 64 bits cannot carry through the law."""
    said, most = money.shown(fen), money.shown(LARGEST_FEN)
    return Text(f"金额可达 {said} 元，而 64 位整数能精确计算的至多 {most} 元",
                f"amounts may reach {said} yuan; at most {most} can be computed exactly in 64 bits")


class _PopulationCheck(Check):
    OWN = "groups"
    MOST = (("groups", MOST_GROUPS),)

    def look_across(self, population: Population | None) -> None:
        """What no single field can know, in the data as they were given: names, bands in order, shares that make a whole."""
        data = self.data
        self.rules(data.get("what_if"), "what_if")
        start, length = _read(_MONTH, data.get("start")), data.get("months")
        length = length if type(length) is int and 1 <= length <= MOST_MONTHS else None
        years = (length or 0) // 12 + 1
        names: list[Any] = []
        for place, group in enumerate(map(_table, listed(data.get("groups")))):
            at, name = ("groups", place), group.get("name")
            if name is not None and name in names:
                self.wrong((*at, "name"), f"重名：{name}", f"name used twice: {name}")
            names.append(name)
            wage = group.get("wage")
            if group.get("insured") in ("employee", "flexible") and (wage is None or _read(_YUAN, _table(wage).get("median")) == 0):
                self.wrong((*at, "wage"), "在职与灵活就业须有工资", "who works needs a wage")
            for band, one in enumerate(map(_table, listed(group.get("age")))):
                low, high = one.get("from", one.get("low")), one.get("to", one.get("high"))
                if type(low) is int and type(high) is int and high < low:
                    self.wrong((*at, "age", band), "to 小于 from", "`to` is less than `from`")
            self._whole([_table(one).get("share") for one in listed(group.get("age"))] or [1], (*at, "age"))
            joins = _read(_MONTH, group.get("joins"))
            if None not in (start, length, joins) and not start <= joins < start + length:
                self.wrong((*at, "joins"), "不在模拟期间内", "is outside the simulated span")
            self._fits(wage, _table(wage).get("growth"), years, (*at, "wage"))
            self._fits(group.get("opening"), 0, 0, (*at, "opening"))
        for named in population.groups if population else ():
            region(named.region)
        care, work, death, moves, aid = (_table(data.get(key)) for key in ("care", "work", "death", "moves", "aid"))
        for path, bands in ((("care", "outpatient"), care), (("care", "inpatient"), care), (("work", "stops"), work),
                            (("death", "female"), death), (("death", "male"), death), (("moves", "yearly"), moves)):
            self._in_order(listed(bands.get(path[1])), path)
        for path, table, needed in ((("care", "outpatient_places"), care, "outpatient"), (("care", "inpatient_places"), care, "inpatient"),
                                    (("work", "causes"), work, "stops")):
            if listed(table.get(needed)) and table.get(path[1]) is None:
                self.wrong(path, "必须填写", "is missing")
            elif isinstance(table.get(path[1]), dict):
                self._whole(table[path[1]].values(), path)
        if listed(work.get("stops")):
            self._whole([_table(gap).get("share") for gap in listed(work.get("gaps"))], ("work", "gaps"))
        if isinstance(aid.get("relations"), dict):
            self._whole(aid["relations"].values(), ("aid", "relations"))
        self._fits({"median": "0.01"}, care.get("growth"), years, ("care", "growth"))
        for key in ("outpatient", "inpatient"):
            for place, band in enumerate(listed(care.get(key))):
                self._fits(band, care.get("growth"), years, ("care", key, place))

    def _whole(self, given: Iterable[object], path: Keys) -> None:
        """Shares that should add up; one that is none has been said."""
        shares = [_read(_SHARE, one) for one in given]
        if None not in shares and (whole := sum(filter(None, shares))) != money.PPM:
            said = Decimal(whole) / money.PPM
            self.wrong(path, f"各份之和应为 1，现为 {said}", f"the shares should add up to 1, they are {said}")

    def _in_order(self, bands: Sequence[Any], path: Keys) -> None:
        reached = 0
        for place, band in enumerate(bands):
            below = _table(band).get("below")
            if below is not None and type(below) is not int:
                return                                      # which has been said
            until = OLDEST + 1 if below is None else below
            if (below is None) != (place == len(bands) - 1) or 0 < until <= reached:    # below 0 has been refused
                self.wrong((*path, place), "年龄段须由小到大，仅最后一段不写 below", "bands go up by age, and only the last has no `below`")
            reached = until

    def _fits(self, given: object, growth: object, years: int, path: Keys) -> None:
        """Whether the largest of these amounts can be computed exactly."""
        table = _table(given)
        known = _read(_YUAN, table.get("median")), _read(_SPREAD, table.get("spread", 0)), _read(_RATE, growth or 0)
        if None not in known and (fen := largest_fen(*known, years)) > LARGEST_FEN:
            self.add(Problem(dotted(path), too_large(fen)), path)


_MONTH, _YUAN, _SHARE, _SPREAD, _RATE = (TypeAdapter(kind).validate_python for kind in (Month, Amount, Share, Spread, Rate))


def _read(kind: Callable[[object], int], value: object) -> Any:
    """A value of the file as a number; None for what is not given, or wrong, and said where the value is read."""
    try:
        return None if value is None else kind(value)
    except ValueError:
        return None


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
