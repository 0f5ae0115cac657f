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
    """A row of rules that remembers which of its fields the law read."""
    __slots__ = ("_read", "_rules")

    def __init__(self, rules, read):
        self._rules, self._read = rules, read

    def __getattr__(self, name):
        self._read.add(name)
        return getattr(self._rules, name)


def run(scenario):
    """Run a scenario: a path, a dict of the file's shape, or a `Scenario`.

    Returns a `Result`. Raises InputError with everything that is wrong with the scenario.
    """
    if isinstance(scenario, str | Path):
        scenario = load(scenario)
    elif isinstance(scenario, dict):
        scenario = Scenario.from_dict(scenario)
    timeline = Timeline(scenario)
    read = [set() for _ in timeline.rows]
    watched = [_Watched(rules, fields) for rules, fields in zip(timeline.rows, read)]
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
    used = [{_PARAMETER_OF_FIELD[field] for field in fields} for fields in read]
    return Result(scenario, timeline, flows, decisions, used)


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
