"""A population file as whole numbers: the groups, how people live, the calendar and the rules of every area."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeVar

from simulator import money, months
from simulator.law.month import ages_with_other_dues, ends_a_year, has_same_dues, may_change_dues
from simulator.parameters import RELATIONS, STATUSES
from simulator.policy import RuleTable, region
from simulator.populations import draws
from simulator.populations.draws import ONE, UNIT
from simulator.populations.file import LARGEST_FEN, largest_fen, too_large
from simulator.populations.lives import AGES, GAPS, GEOMETRIC, NOT_COMING
from simulator.problems import InputError, Problem, each
from simulator.timeline import place_number

if TYPE_CHECKING:
    from pydantic import BaseModel

    from simulator.law.rules import Rules
    from simulator.policy import Entry
    from simulator.populations.file import ByAge, Group, Population, Yearly


BandT = TypeVar("BandT", bound="ByAge")
NO_AGE = 1000                                               # nobody becomes so old
MOST_PAID_MONTHS = 1200                                     # of a life, and of what is paid at once for missing years
_DUES = ("contribution_", "credit_", "retirement_")         # rules of what is paid and credited by the month


class Model:
    """Everything a run needs, as plain objects (dicts) of whole numbers in the shape that `lives` describes.

    `tables[kind][area]` are the `RuleTable`s, kind 0 by the law and 1 by the what-if; `rows` all their rows.
    `sketch_months` are the places of the span at whose end balances are kept: each quarter's last month, and the last.
    """

    def __init__(self, population: Population) -> None:
        self.population = population
        self.start, self.months = population.start, population.months
        self.areas = list(dict.fromkeys(group.region for group in population.groups))
        self.names = [group.name for group in population.groups]
        self._shapes: dict[int, int] = {}
        self.tables: list[list[RuleTable]] = []
        self.rows: list[Rules] = []
        rules_of: list[dict[str, Any]] = []
        for what_if in ((), population.entries) if population.what_if else ((),):
            self.tables.append(self._tables(what_if))
            for table in self.tables[-1]:
                rules_of += self._rules_of(table)
        self.sketch_months = [place for place in range(self.months)
                              if months.calendar_month(self.start + place) % 3 == 0 or place == self.months - 1]
        self.groups = [self._group(group) for group in population.groups]
        self.manners = self._manners()
        self.world = {
            "start_month": self.start, "months": self.months, "tables": len(self.tables), "sketches": len(self.sketch_months),
            "calendar": list(self._calendar()), "rules_of": rules_of, "areas": list(self._areas()),
            "next_dues_age": [age for rules in self.rows for age in _next_dues_age(rules)],
            "shapes": [number for table in (draws.exponential(), draws.geometric(), *map(_lognormal, self._shapes))
                       for number in table]}

    def _tables(self, what_if: Sequence[Entry]) -> list[RuleTable]:
        """The rules of all areas. InputError with all that is wrong with them, where it stands in the file."""
        try:
            found = each(partial(RuleTable, region(area), self.start, self.months, what_if=what_if) for area in self.areas)
            if (largest := self._largest_fen(found)) > LARGEST_FEN:
                raise InputError([Problem("what_if" if what_if else "months", too_large(largest))])
        except InputError as error:
            raise InputError(self.population.placed(error.problems)) from None
        return found

    def _largest_fen(self, tables: Iterable[RuleTable]) -> int:
        """No amount of a household is larger: a balance, with all that is credited at most, or late fees for every month.

        Twelve months' interest on a balance is counted before it is divided: at high rates that takes more room than a share of it.
        """
        years = self.months // 12 + 1
        amounts, dues, interest, late = [0], [0], [0], [0]
        rows = [rules for table in tables for rules in table.rows]
        for field, cells in zip(rows[0]._fields, zip(*rows)):
            numbers = [number for cell in set(cells) for number in _numbers(cell) if number != money.NO_LIMIT]
            if field == "arrears_late_fee_daily_rate_ppm":  # each row's own: nothing is owed from before the start
                late += [cell[0][1] for cell in set(cells)]
            elif field.startswith("interest_") and field.endswith("_ppm"):
                interest += numbers
            else:
                (dues if field.startswith(_DUES) else amounts).extend(numbers)
        if any(rules.contribution_base_ceiling_fen == money.NO_LIMIT for rules in rows):
            dues += [largest_fen(one.wage.median, one.wage.spread, one.wage.growth, years) for one in self.population.groups]
        opening = max(largest_fen(one.opening.median, one.opening.spread) for one in self.population.groups)
        monthly = 4 * max(dues)                             # by base, a fixed sum, a yearly one, and what the employer owes of it
        balance: int = (opening + MOST_PAID_MONTHS * monthly) * (money.PPM + max(interest)) ** years // money.PPM ** years
        fees = monthly * self.months * (2 * money.PPM + 31 * self.months * max(late)) // (2 * money.PPM)
        return max(*amounts, fees, balance, 6 * balance * max(interest) // money.PPM)

    def _rules_of(self, table: RuleTable) -> list[dict[str, Any]]:
        first_row = len(self.rows)
        found: list[dict[str, Any]] = []
        self.rows += table.rows
        for month in range(self.start, self.start + self.months):
            place, last = table.row_number(months.first_day(month)), months.last_day(month)
            turns = [turn.toordinal() for turn in table.turns[place + 1:] if turn <= last]
            found.append({"row": first_row + place, "turns": turns, "alike_until": self.months, "quiet_until": self.months})
        for place in range(self.months - 2, -1, -1):
            this, following, calendar_month = found[place], found[place + 1], months.calendar_month(self.start + place)
            rules, next_rules = self.rows[this["row"]], self.rows[following["row"]]
            is_same = rules is next_rules
            is_alike = (is_same or has_same_dues(rules, next_rules)) and not may_change_dues(calendar_month % 12 + 1, next_rules)
            is_quiet = is_same and not ends_a_year(calendar_month, rules)
            this["alike_until"] = following["alike_until"] if is_alike else place + 1
            this["quiet_until"] = following["quiet_until"] if is_quiet else place + 1
        return found

    def _calendar(self) -> Iterator[dict[str, int]]:
        growth = money.PPM + self.population.care.growth
        for place in range(self.months):
            month, years = self.start + place, (self.start % 12 + place) // 12
            yield {"first_day": months.first_day_number(month), "last_day": months.first_day_number(month + 1) - 1,
                   "calendar_month": months.calendar_month(month), "cost": UNIT * growth**years // money.PPM**years,
                   "sketch": self.sketch_months.index(place) if place in self.sketch_months else -1,
                   "next_sketch": next((one for one in self.sketch_months if one > place), NOT_COMING)}

    def _areas(self) -> Iterator[dict[str, int]]:
        people = [sum(group.people for group in self.population.groups if group.region == area) for area in self.areas]
        up_to = accumulate(people)
        for place, so_far in enumerate(up_to):
            yield {"city": place_number(self.areas[place], 2, self.areas), "province": place_number(self.areas[place], 1, self.areas),
                   "up_to_p": so_far * ONE // sum(people)}

    def _group(self, group: Group) -> dict[str, Any]:
        bands = _cumulated([one.share for one in group.age])
        return {
            "joins": (group.joins or self.start) - self.start, "area": self.areas.index(group.region),
            "status": STATUSES.index(group.insured),
            "female_p": _p(group.female), "cadre_p": _p(group.cadre),
            "age_bands": [{"youngest": one.low, "years": one.high - one.low + 1, "up_to_p": up_to}
                          for one, up_to in zip(group.age, bands)],
            "wage_fen": group.wage.median, "wage_shape": self._shape(group.wage.spread), "wage_growth_ppm": group.wage.growth,
            "opening_fen": group.opening.median, "opening_shape": self._shape(group.opening.spread),
            "empty_p": _p(group.opening.empty), "contributed_ppm": group.contributed}

    def _manners(self) -> dict[str, Any]:
        people, care, work = self.population, self.population.care, self.population.work
        aid, premium = people.aid, people.aid.premium if people.aid else None
        visits, stays = _by_age(care.outpatient), _by_age(care.inpatient)
        gaps, frailty = work.gaps or (), draws.expected(_lognormal(care.frailty))
        return {
            "visit_rate": [one.yearly * UNIT * UNIT // (12 * 1000 * frailty) if one else 0 for one in visits],
            "visit_fen": [one.median if one else 0 for one in visits],
            "visit_shape": [self._shape(one.spread if one else 0) for one in visits],
            "visit_places": _choices(care.outpatient_places, 4),
            "stay_p": [_p(one.yearly) if one else 0 for one in stays],
            "stay_fen": [one.median if one else 0 for one in stays],
            "stay_shape": [self._shape(one.spread if one else 0) for one in stays],
            "stay_places": _choices(care.inpatient_places, 4),
            "never_p": _p(care.never), "frailty_shape": self._shape(care.frailty),
            "stop_p": _yearly(work.stops), "causes": _choices(work.causes, 3),
            "gap_months": [gap.months or 0 for gap in gaps] + [0] * (GAPS - len(gaps)),
            "gaps": _filled(_cumulated([gap.share for gap in gaps]), GAPS),
            "back_pays_p": _p(work.back_pays), "flexible_p": _p(work.returns_flexible), "tops_up_p": _p(work.tops_up),
            "dies_female_p": _yearly(people.death.female), "dies_male_p": _yearly(people.death.male),
            "move_p": _yearly(people.moves.yearly), "aid_p": _p(aid.share) if aid else 0,
            "relations": _choices(aid.relations if aid else None, len(RELATIONS)),
            "premium_p": _p(premium.share) if premium else 0, "premium_fen": premium.amount if premium else 0,
            "premium_month": premium.month if premium else 1}

    def _shape(self, spread: int) -> int:
        """The place of the table of quantiles of a spread."""
        return self._shapes.setdefault(spread, len(self._shapes) + GEOMETRIC + 1)

    def accounts_of(self, accounts: int) -> list[int]:
        """How many accounts stand for each group: at least one, else in proportion, the largest remainders rounded up.

        Of fewer accounts than groups, the largest groups have one.
        """
        people = [group.people for group in self.population.groups]
        order = sorted(range(len(people)), key=lambda place: (people[place], -place))
        found, left, many = [0] * len(people), accounts, sum(people)
        while order and accounts >= len(people) and people[order[0]] * left < many:     # less than a whole account
            found[order[0]] = 1
            left, many = left - 1, many - people[order.pop(0)]
        for place in order:
            found[place] = people[place] * left // many
        first = sorted(order, key=lambda place: (-(people[place] * left % many), place))[:accounts - sum(found)]
        return [whole + (place in first) for place, whole in enumerate(found)]

    def group_key(self, place: int, seed: int) -> int:
        """The key of a group's draws: it depends on its name, not on its place in the file."""
        key = draws.draw(seed, 0, draws.GROUP)
        for letter in self.names[place].encode():
            key = draws.draw(key, letter, draws.GROUP)
        return key


@cache
def _lognormal(spread: int) -> tuple[int, ...]:
    return tuple(draws.lognormal(f"{spread}e-3"))


def _numbers(cell: Any) -> Iterator[int]:
    """All numbers of a cell of the rules."""
    if isinstance(cell, int):
        yield cell
    else:
        for inner in cell:
            yield from _numbers(inner)


def _next_dues_age(rules: Rules) -> list[int]:
    """For each age, the next one at which a birthday changes dues."""
    found, following = [NO_AGE] * AGES, NO_AGE
    ages = ages_with_other_dues(rules)
    for age in range(AGES - 1, -1, -1):
        found[age] = following
        if age in ages:
            following = age
    return found


def _p(ppm: int) -> int:
    """A share as a number of 31 bits."""
    return ppm * ONE // money.PPM


def _cumulated(shares: Iterable[int]) -> list[int]:
    return [_p(so_far) for so_far in accumulate(shares)]


def _filled(up_to: Sequence[int], length: int) -> list[int]:
    return [*up_to, *[ONE] * (length - len(up_to))]


def _choices(table: BaseModel | None, length: int) -> list[int]:
    return _filled(_cumulated(table.model_dump().values()) if table else [], length)


def _by_age(bands: Sequence[BandT]) -> list[BandT | None]:
    """The band of each completed year of age, or None."""
    return [next((band for band in bands if age < (band.below or AGES)), None) for age in range(AGES)]


def _yearly(bands: Sequence[Yearly]) -> list[int]:
    return [_p(band.yearly) if band else 0 for band in _by_age(bands)]
