"""Starts OpenFisca-Core or cashflower in an environment of their own, with the numbers of a model, and lets it run.

A worker is a process of another Python, as both pin versions of NumPy or pandas that the simulator does not run with. It
gets wages, opening balances, months of contribution, bills and the rules by month as arrays, runs once for every line that it
reads, and answers with its times and its sums by month, OpenFisca-Core with balances by bucket too.
"""
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from simulator.populations import draws, sketch
from simulator.populations.counts import Counts

from .numpy_chunks import NumPy, draw, high, low, months_contributed, months_old

FOLDER = Path(__file__).parent
SCRIPTS = {"openfisca": FOLDER / "with_openfisca.py", "cashflower": FOLDER / "with_cashflower.py"}


class Worker:
    """A contestant in its own process. `python` is that of an environment in which it is installed."""

    def __init__(self, python, name, model, accounts):
        self.folder = tempfile.TemporaryDirectory()
        np.savez(Path(self.folder.name, "given.npz"), **given(model, accounts))
        self.process = subprocess.Popen([python, str(SCRIPTS[name])], cwd=self.folder.name, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        first = self.process.stdout.readline()
        if not first:
            raise OSError(self.process.stderr.read().strip().rpartition("\n")[2])
        self.versions = json.loads(first)["versions"]

    def run(self):
        """(wall seconds, CPU seconds, {column: sums by month}) of one run."""
        print(file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        return answer["wall"], answer["cpu"], answer["sums"]

    def close(self):
        self.process.communicate()
        self.folder.cleanup()


def given(model, accounts):
    """Wages, opening balances and bills as the engine draws them, and the rules of each month."""
    group, bills = model.groups[0], []
    numpy = NumPy(model, bills)
    keys = draw(np.uint64(model.group_key(0, model.population.seed)), np.arange(accounts, dtype=np.uint64), draws.PERSON)
    drawn = draw(keys, 0, draws.OPENING)
    opening = np.where(low(drawn) >= group["empty_p"], numpy.amount_of(group["opening_fen"], group["opening_shape"], high(drawn)), 0)
    rules = [model.rows[rules["row"]] for rules in model.world["rules_of"]]
    calendar = [month["calendar_month"] for month in model.world["calendar"]]
    if any(model.manners["visit_rate"]):
        numpy.live_chunk(keys, group, Counts(model))
    return bills_by_month(bills, len(rules), accounts) | pool_of_employees(rules) | {
        "wage": numpy.amount_of(group["wage_fen"], group["wage_shape"], low(draw(keys, 0, draws.WAGE))), "opening": opening,
        "contributed": months_contributed(months_old(keys, group), group), "start": model.start, "growth_ppm": group["wage_growth_ppm"],
        "sketch_months": model.sketch_months, "sketch_bits": sketch.BITS, "buckets": sketch.BUCKETS,
        "floor_fen": [row.contribution_base_floor_fen for row in rules],
        "ceiling_fen": [row.contribution_base_ceiling_fen for row in rules],
        "employee_ppm": [row.contribution_employee_rate_ppm for row in rules],
        "employer_ppm": [row.contribution_employer_rate_ppm for row in rules],
        "fixed_fen": [row.contribution_fixed_monthly_fen[month - 1] for row, month in zip(rules, calendar)],
        "credit_ppm": [row.credit_employee_rate_ppm for row in rules], "deduction_fen": [row.credit_deductions_fen[0] for row in rules],
        "current_ppm": [row.interest_current_rate_ppm for row in rules], "carried_ppm": [row.interest_carried_rate_ppm for row in rules]}


def pool_of_employees(rules):
    """What the pool's formulas read, by month; at which place of care by its number."""
    found = {name: [getattr(row, name)[0] for row in rules] for name in
             ("pooling_ceiling_fen", "pooling_upper_from_fen", "pooling_inpatient_ceiling_fen")}
    for name in ("pooling_rate_ppm", "pooling_deductible_fen", "pooling_upper_rate_ppm", "pooling_inpatient_deductible_fen",
                 "pooling_inpatient_rate_ppm"):
        found |= {f"{name}_{where}": [getattr(row, name)[0][where] for row in rules] for where in range(4)}
    return found


def bills_by_month(bills, months, accounts):
    """{"outpatient_cost", "outpatient_place", "inpatient_cost", "inpatient_place": int32[months, accounts]}; nothing without bills."""
    found = {}
    for place, is_inpatient, who, cost, where in bills:
        for name, numbers in (("cost", cost), ("place", where)):
            key = f"{'inpatient' if is_inpatient else 'outpatient'}_{name}"
            found.setdefault(key, np.zeros((months, accounts), dtype=np.int32))[place, who] = numbers
    return found
