"""Runs one scenario: its timeline through the law, month by month, into a `Result`."""
from pathlib import Path

from simulator.decisions import decision
from simulator.law.account import AidGiven, Missed
from simulator.law.month import household_month
from simulator.ledger import Result, check, check_household
from simulator.parameters import PARAMETERS
from simulator.scenario import Scenario, load
from simulator.timeline import Timeline

_PARAMETER_OF_FIELD = {parameter.field: parameter.name for parameter in PARAMETERS.values()}


class _Watched:
    """A row of rules that remembers which of its fields the law read: those that have become its own attributes."""

    def __init__(self, rules):
        self._rules = rules

    def __getattr__(self, name):                            # only called for what has not been read before
        value = getattr(self._rules, name)
        setattr(self, name, value)
        return value

    def parameters_read(self):
        return {_PARAMETER_OF_FIELD[field] for field in vars(self) if field != "_rules"}


def run(scenario):
    """Run a scenario: a path, a dict of the file's shape, or a `Scenario`.

    Returns a `Result`. Raises InputError with everything that is wrong with the scenario.
    """
    if isinstance(scenario, str | Path):
        scenario = load(scenario)
    elif isinstance(scenario, dict):
        scenario = Scenario.from_dict(scenario)
    timeline = Timeline(scenario)
    watched = [_Watched(rules) for rules in timeline.rows]
    flows = {name: [] for name in timeline.names}
    decisions = []
    for month, rows, found in carry(timeline, watched):
        for name, row in zip(timeline.names, rows):
            check(row, flows[name][-1] if flows[name] else None)
            flows[name].append(row)
        for number, code, amount_fen in found:
            area = rows[timeline.asked_by(number)].area
            decisions.append(decision(timeline, month, number, code, amount_fen, area))
        check_household(rows)
    return Result(scenario, timeline, flows, decisions, [rules.parameters_read() for rules in watched])


def carry(timeline, rows):
    """Month after month of a household: (month, its `Flows`, what became of its acts). `rows` are the rules."""
    scenario = timeline.scenario
    accounts = timeline.opening_accounts()
    missed = [Missed(scenario.months) for _ in accounts]
    given = [AidGiven() for _ in timeline.aids]
    for month in range(scenario.start, scenario.end):
        outcomes = []
        people = timeline.month(month, accounts)
        yield month, household_month(accounts, people, missed, timeline.aids, given, rows, scenario.start, outcomes), outcomes
