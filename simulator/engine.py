"""Runs one scenario: its timeline through the law, month by month, into a `Result`."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from simulator.decisions import decision
from simulator.law.account import EMPLOYEE, FLEXIBLE, RETIREE, AidGiven, Flows, Missed, Outcome, Person, Tally, flows
from simulator.law.month import household_month
from simulator.ledger import Result, check, check_household
from simulator.parameters import PARAMETERS
from simulator.scenario import Scenario, load
from simulator.timeline import Timeline

if TYPE_CHECKING:
    from simulator.decisions import Decision
    from simulator.law.rules import Rules
    from simulator.parameters import Cell

_PARAMETER_OF_FIELD = {parameter.field: parameter.name for parameter in PARAMETERS.values()}


class _Watched:
    """A row of rules that remembers which of its fields the law read: those that have become its own attributes."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def __getattr__(self, name: str) -> Cell:                            # only called for what has not been read before
        value: Cell = getattr(self._rules, name)
        setattr(self, name, value)
        return value

    def parameters_read(self) -> set[str]:
        return {_PARAMETER_OF_FIELD[field] for field in vars(self) if field != "_rules"}


def run(scenario: str | Path | dict[str, Any] | Scenario) -> Result:
    """Run a scenario: a path, a dict of the file's shape, or a `Scenario`.

    Returns a `Result`. Raises InputError with everything that is wrong with the scenario.
    """
    scenario = _as_scenario(scenario)
    timeline = Timeline(scenario)
    return Result(scenario, *_computed(timeline), timeline)


def _as_scenario(scenario: str | Path | dict[str, Any] | Scenario) -> Scenario:
    if isinstance(scenario, str | Path):
        return load(scenario)
    if isinstance(scenario, dict):
        return Scenario.from_dict(scenario)
    if not isinstance(scenario, Scenario):
        raise TypeError(f"a scenario is a path, a dict or a Scenario, not {type(scenario).__name__}")
    return scenario


def _computed(timeline: Timeline) -> tuple[dict[str, list[Flows]], list[Decision], list[set[str]]]:
    """What the law makes of a timeline: flows by person, decisions, and the parameters read in each row of rules."""
    watched = [_Watched(rules) for rules in timeline.rows]
    ledger: dict[str, list[Flows]] = {name: [] for name in timeline.names}
    decisions = []
    for month, rows, found in carry(timeline, cast("list[Rules]", watched)):
        for name, row in zip(timeline.names, rows):
            check(row, ledger[name][-1] if ledger[name] else None)
            ledger[name].append(row)
        for number, code, amount_fen, day in found:
            area = rows[timeline.asked_by(number)].area
            decisions.append(decision(timeline, month, number, code, amount_fen, day, area))
        check_household(rows)
    return ledger, decisions, [rules.parameters_read() for rules in watched]


def carry(timeline: Timeline, rows: list[Rules]) -> Iterator[tuple[int, list[Flows], list[Outcome]]]:
    """Month after month of a household: (month, its `Flows`, what became of its acts). `rows` are the rules."""
    scenario = timeline.scenario
    accounts = timeline.opening_accounts()
    missed = [Missed(scenario.months) for _ in accounts]
    given = [AidGiven() for _ in timeline.aids]
    for month in range(scenario.start, scenario.end):
        tallies = [Tally() for _ in accounts]
        outcomes: list[Outcome] = []
        people = timeline.month(month, accounts)
        household_month(accounts, people, missed, timeline.aids, given, rows, scenario.start, tallies, outcomes)
        for who, person in enumerate(people):
            _look_up(timeline, who, person, month, tallies[who].status, rows[person.row])
        yield month, [Flows._make(flows(tally)) for tally in tallies], outcomes


def _look_up(timeline: Timeline, who: int, person: Person, month: int, status: int, rules: Rules) -> None:
    """Read, where it decides, what the timeline and not the law looks up of the rules: age of retirement, average pension."""
    if status == RETIREE:
        if any(pension_rate for _, _, pension_rate, *_ in timeline.rows[person.row].credit_retiree_monthly):
            timeline.pension(rules, who)
    elif status in (EMPLOYEE, FLEXIBLE) and month >= min(person.earliest_month, person.flexible_earliest_month):
        timeline.statutory_by(rules, who, status)
