"""Runs one scenario: its timeline through the law, month by month, into a `Result`."""
from pathlib import Path

from simulator.law.month import person_month
from simulator.ledger import Result, check
from simulator.parameters import PARAMETERS
from simulator.scenario import Scenario, load
from simulator.timeline import opening_account, person_rows, rule_tables

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
    tables, _ = rule_tables(scenario)
    read = {key: set() for key in tables}
    watched = []
    for key, (table, _) in tables.items():
        watched += [_Watched(rules, read[key]) for rules in table.rows]
    flows = {}
    for person in scenario.people:
        table, first_row = tables[scenario.region, person.plan]
        account, before, found = opening_account(person), None, []
        for given in person_rows(person, scenario, table, first_row):
            account, row = person_month(account, given, watched)
            check(row, before)
            found.append(row)
            before = row
        flows[person.name] = found
    used = {key: {_PARAMETER_OF_FIELD[field] for field in fields} for key, fields in read.items()}
    return Result(scenario, tables, flows, used)
