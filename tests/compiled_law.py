"""The month of the law, compiled, for people that a timeline gives: to hold it against the same month in plain Python."""
from functools import cache
from types import FunctionType

import numba
import numpy as np
from numba import njit, types

from simulator.engine import carry
from simulator.law import account as law
from simulator.law.month import household_month
from simulator.populations import compiler, machine, memory
from simulator.timeline import Timeline

KINDS = {"accounts": law.Account, "people": law.Person, "missed": law.Missed, "aids": law.Aid, "given": law.AidGiven}
ACCOUNT, PERSON, MISSED, AID, GIVEN = (memory.layout(kind) for kind in KINDS.values())
TALLY = memory.layout(law.Tally, machine.HINTS)
month = accounts_at = people_at = missed_at = aids_at = given_at = rows_at = tallies_at = nowhere = None
person_size = row_size = tally_size = missed_size = 0


def _span(accounts, people, missed, aids, given, rows, tallies, many, links, start_month, months):
    all_accounts, all_missed = accounts_at(accounts, many, 1), missed_at(missed, many, missed_size * (months + 6))
    all_aids, all_given = aids_at(aids, links, 1), given_at(given, links, 1)
    all_rows = rows_at(rows, rows.size // row_size, 1)
    for place in range(months):
        first = place * many
        month(all_accounts, people_at(people[first * person_size:], many, 1), all_missed, all_aids, all_given, all_rows,
              start_month, tallies_at(tallies[first * tally_size:], many, 1), nowhere())


@cache
def _compiled(rules):
    numba.config.CACHE_DIR = machine.cache_folder() or ""
    names = {"__name__": __name__, "month": compiler.Compiler(machine.INSTEAD).copy(household_month), "nowhere": machine._nowhere,
             "person_size": PERSON.size, "row_size": rules.size, "tally_size": TALLY.size, "missed_size": MISSED.size,
             **{f"{name}_at": memory.many_at(kind) for name, kind in (
                 ("accounts", ACCOUNT), ("people", PERSON), ("missed", MISSED), ("aids", AID), ("given", GIVEN), ("rows", rules),
                 ("tallies", TALLY))}}
    cells = types.Array(types.int64, 1, "C")
    return njit((*[cells] * 7, *[types.int64] * 4), cache=True, **compiler.OPTIONS)(FunctionType(_span.__code__, names, "_span"))


def both(scenario):
    """The flows of a household's months, in plain Python and compiled: two lists of rows, month by month, person by person."""
    timeline, people, plain = Timeline(scenario), [], []
    given = timeline.month

    def noted(month, accounts):
        people.extend(found := given(month, accounts))
        return found
    timeline.month = noted
    for _, rows, _ in carry(timeline, timeline.rows):
        plain += [tuple(row) for row in rows]
    cells, many, links, months = memory.Cells(), len(scenario.people), len(timeline.aids), scenario.months
    rules = memory.layout_of_row(timeline.rows[0])
    tallies = cells.things(TALLY, memory.Room(many * months))
    _compiled(rules)(
        cells.things(ACCOUNT, timeline.opening_accounts()), cells.things(PERSON, people),
        cells.things(MISSED, memory.Room(many, MISSED.size * (months + law.MONTHS_AHEAD))), cells.things(AID, timeline.aids),
        cells.things(GIVEN, memory.Room(max(1, links))),
        np.array([memory.flat(tuple(row)) for row in timeline.rows], dtype=np.int64).ravel(), tallies, many, links, scenario.start, months)
    columns = [TALLY.fields[name][0] for name in law.Flows._fields]
    return plain, [tuple(row) for row in tallies.reshape(-1, TALLY.size)[:, columns].tolist()]
