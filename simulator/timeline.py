"""A scenario's people and events as whole numbers, month by month: what the law is given.

Where a person is insured may change on the way, so the rules' rows are looked up as the month comes.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from simulator import months
from simulator.law import account as law
from simulator.law.retirement import AS_CADRES, earliest_month, statutory_month
from simulator.parameters import NEVER, PLACES, REASONS, RELATIONS, STATUSES
from simulator.policy import RuleTable, region
from simulator.problems import InputError, each
from simulator.scenario import placed

if TYPE_CHECKING:
    from simulator.law.rules import Rules
    from simulator.scenario import AidLink, Event, MedicalEvent, Person, Scenario

_FAULTS = {"employer_arrears": law.BY_EMPLOYER, "job_loss": law.BY_ONESELF, "own_choice": law.BY_ONESELF}
_PREMIUMS = {"resident": law.RESIDENT_PREMIUM, "long_term_care": law.LONG_TERM_CARE_PREMIUM,
             "commercial": law.COMMERCIAL_PREMIUM}


class Timeline:
    """All that is given for a scenario.

    `areas` are the ids of the regions in use; an account's `area` is its place among them. `tables[area, plan]` is
    (RuleTable, number of its first row); `rows` are the rows of all tables, so that one number names the rules.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.people = scenario.people
        self.names = [person.name for person in scenario.people]
        self.events = [event for _, event in sorted(enumerate(scenario.events), key=lambda one: (one[1].on, one[0]))]
        homes = [person.region or scenario.region for person in scenario.people]
        self.areas = list(dict.fromkeys(homes + [event.region for event in self.events if event.type == "move"]))
        self.homes = [self.areas.index(home) for home in homes]
        self.cities = [place_number(area, 2, self.areas) for area in self.areas]
        self.provinces = [place_number(area, 1, self.areas) for area in self.areas]
        self.tables: dict[tuple[int, str], tuple[RuleTable, int]] = {}
        self.rows: list[Rules] = []
        lived = [*((home, person.plan, scenario.start) for person, home in zip(scenario.people, self.homes)),
                 *((self.areas.index(event.region), "", months.month_number(event.on)) for event in self.events if event.type == "move")]
        try:
            each(partial(self._add_table, area, plan, start) for area, plan, start in lived)
        except InputError as error:
            raise InputError(placed(scenario, error.problems)) from None
        self._days = {month: (day := months.first_day(month), day.toordinal(), months.first_day_number(month + 1) - 1,
                              months.calendar_month(month)) for month in range(scenario.start, scenario.end)}
        self._retires: dict[tuple[int, int], list[tuple[int, int]]] = {}    # (who, row): see `statutory`
        self._given = [self._of_person(person) for person in scenario.people]
        self.aids = [self._aid(link) for link in scenario.aid]

    def _add_table(self, area: int, plan: str, start: int) -> None:
        if (area, plan) not in self.tables:
            scenario = self.scenario
            table = RuleTable(region(self.areas[area]), start, scenario.end - start, plan, scenario.what_if,
                              scenario.rules_as_of)
            self.tables[area, plan] = (table, len(self.rows))
            self.rows.extend(table.rows)

    def table(self, who: int, area: int) -> tuple[RuleTable, int]:
        """The (RuleTable, first row) of a person in an area: of the person's plan in the first one, which offers it."""
        return self.tables[area, self.people[who].plan if area == self.homes[who] else ""]

    def row_on(self, who: int, area: int, day: date) -> int:
        """The number of the row of the rules for a person in an area on a day."""
        table, first_row = self.table(who, area)
        return first_row + table.row_number(day)

    def asked_by(self, number: int) -> int:
        """Whose rules answer an act; a negative number is an authorisation, answered by the giver's."""
        return self.aids[-1 - number].giver if number < 0 else self.names.index(self.events[number].who)

    def opening_accounts(self) -> list[law.Account]:
        """The accounts the people bring into the first month."""
        return [law.Account(law.Pockets(person.opening.current, person.opening.carried, person.opening.withdrawable),
                            STATUSES.index(person.insured), person.wage, person.contributed_months, home)
                for person, home in zip(self.people, self.homes)]

    def month(self, month: int, accounts: Sequence[law.Account]) -> list[law.Person]:
        """What the law is given for every person in a month: a list of `law.Person`."""
        return [self._person(who, month, account.area, account.is_dead) for who, account in enumerate(accounts)]

    def _person(self, who: int, month: int, area: int, is_dead: int) -> law.Person:
        person, given = self.people[who], self._given[who]
        first, day, last_day, calendar_month = self._days[month]
        table, first_row = self.table(who, area)
        place = table.row_number(first)
        row = first_row + place
        turns: tuple[int, ...] = ()
        if place + 1 < len(table.turns) and table.turns[place + 1].toordinal() <= last_day:
            turns = tuple(number for turn in table.turns[place + 1:] if (number := turn.toordinal()) <= last_day)
        bills = () if is_dead else self._bills(who, month, area, day, row)
        acts = given["acts"].get(month, ())
        if acts:
            acts = tuple(self._act(who, area, number, event) for number, event in acts)
        if is_dead:                                         # bills and wages are answered, too: whatever the act, it is refused
            acts += tuple(law.Act(number, law.STOP, event.on.toordinal(), row) for number, event in given["others"].get(month, ()))
        place_in_span, (statutory, flexible) = month - self.scenario.start, self.statutory(who, row)
        return law.Person(                                  # in the order of its fields: this is done for every month
            row, turns, place_in_span, day, last_day, calendar_month, months.age_in(month, person.birth), given["is_female"],
            given["wages"].get(month, 0), person.wage_growth if place_in_span else 0,
            self.pension(self.rows[row], who), statutory[0], flexible[0], statutory[1], flexible[1],
            self.cities[area], self.provinces[area], bills, acts)

    def _bills(self, who: int, month: int, area: int, day: int, row: int) -> tuple[law.Bill, ...]:
        """The regular bills of a month, on its first day, and those of its events."""
        given = self._given[who]
        bills = tuple([law.Bill(cost, place, 0, 0, day, row) for cost, place in given["regular"]])
        if month in given["bills"]:
            bills += tuple(law.Bill(event.amount, PLACES.index(event.place), int(event.kind == "inpatient"),
                                    int(event.prepaid), event.on.toordinal(), self.row_on(who, area, event.on))
                           for event in given["bills"][month])
        return bills

    def _of_person(self, person: Person) -> dict[str, Any]:
        own = [(number, event) for number, event in enumerate(self.events) if event.who == person.name]
        acts: dict[int, list[tuple[int, Event]]] = {}
        bills: dict[int, list[MedicalEvent]] = {}
        others: dict[int, list[tuple[int, Event]]] = {}
        for number, event in own:
            if event.type == "medical":
                bills.setdefault(months.month_number(event.on), []).append(event)
            if event.type == "medical" or event.type == "wage":
                others.setdefault(months.month_number(event.on), []).append((number, event))
            else:
                acts.setdefault(months.month_number(event.on), []).append((number, event))
        wages, first_wages = _wages([event for _, event in own])
        return {
            "wages": wages, "first_wages": first_wages,
            "bills": bills, "acts": acts, "others": others, "is_female": int(person.sex == "female"),
            "regular": [(getattr(person.medical, place), position) for position, place in enumerate(PLACES)
                        if getattr(person.medical, place)],
        }

    def statutory(self, who: int, row: int) -> list[tuple[int, int]]:
        """The statutory and the earliest month in which a person retires by a row of rules, as an employee and as a flexible worker."""
        if (who, row) not in self._retires:
            self._retires[who, row] = [self.statutory_by(self.rows[row], who, status) for status in (law.EMPLOYEE, law.FLEXIBLE)]
        return self._retires[who, row]

    def statutory_by(self, rules: Rules, who: int, status: int) -> tuple[int, int]:
        """The statutory and the earliest month in which a person of a status retires by some rules."""
        person, is_female = self.people[who], self.people[who].sex == "female"
        is_cadre = person.career == "cadre" or (
            is_female and status == law.FLEXIBLE and rules.retirement_flexible_women == AS_CADRES)
        month, delay = statutory_month(person.birth, is_female, is_cadre, rules)
        return month, earliest_month(month, delay, rules)

    def pension(self, rules: Rules, who: int) -> int:
        """A person's pension, the average one by some rules where it is not given, fen."""
        return self.people[who].pension or rules.retirement_average_pension_fen

    def _act(self, who: int, area: int, number: int, event: Any) -> law.Act:
        kind, what, amount, to, to_row = event.type, 0, 0, -1, 0
        if kind == "stop":
            what = _FAULTS[event.cause]
        elif kind == "resume":
            what = STATUSES.index(event.insured) if event.insured else -1
            amount = self._given[who]["first_wages"].get(event.on, event.wage) if event.wage else 0
        elif kind == "back_pay":
            amount = event.months or law.ALL
        elif kind == "retire":
            what = int(event.top_up)
        elif kind == "move":
            what = self.areas.index(event.region)
            to, to_row = self.cities[what], self.row_on(who, what, event.on)
        elif kind == "withdraw":
            what, amount = REASONS.index(event.reason), event.amount or law.ALL
            to = self.names.index(event.to) if event.to else -1
        elif kind == "premium":
            what, amount, to = _PREMIUMS[event.kind], event.amount, self.names.index(event.to)
        return law.Act(number, getattr(law, kind.upper()), event.on.toordinal(), self.row_on(who, area, event.on), what,
                       amount, to, to_row)

    def _aid(self, link: AidLink) -> law.Aid:
        return law.Aid(self.names.index(link.giver), self.names.index(link.to), RELATIONS.index(link.relation),
                       link.since.toordinal(), link.until.toordinal() if link.until else NEVER,
                       link.monthly_limit, link.yearly_limit, int("medical" in link.uses), int("premium" in link.uses))


def _wages(events: list[Event]) -> tuple[dict[int, int], dict[date, int]]:
    """The wages declared by the month from which they act, and those that take the place of a new employer's on its first day.

    Of a wage and a return with a wage the later one counts, in the order given.
    """
    wages: dict[int, int] = {}
    firsts: dict[date, int] = {}
    returns: set[date] = set()
    for event in events:
        if event.type == "resume" and event.wage:
            wages = {month: amount for month, amount in wages.items() if month < months.month_number(event.on)}
            firsts.pop(event.on, None)
            returns.add(event.on)
        elif event.type == "wage" and event.on in returns and event.on.day == 1:
            firsts[event.on] = event.amount
        elif event.type == "wage":
            wages[_acting_month(event.on)] = event.amount
    return wages, firsts


def place_number(area: str, depth: int, areas: list[str]) -> int:
    """A number for the first parts of a region's id, the same for regions that share them."""
    heads = ["/".join(one.split("/")[:depth]) for one in areas]
    return heads.index("/".join(area.split("/")[:depth]))


def _acting_month(day: date) -> int:
    """A wage agreed within a month is the wage of the next one."""
    return months.month_number(day) + (day.day > 1)
