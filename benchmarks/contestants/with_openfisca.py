"""The month of `paying.toml` or `plain.toml` as an OpenFisca country: variables by month, parameters by date. See `formulas.py`.

Bills, where there are any, are given to it by month: what they cost, and at which place of care. What comes out is what the
engine's results have of these people: sums by month of every column that is neither zero nor the same for all of them, and the
balances of some months by bucket.
"""
import importlib.metadata
import json
import time

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import Simulation
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PPM = 1_000_000
GIVEN = dict(np.load("given.npz"))                          # read once: the archive would read each array again where it is asked for
START, MONTHS = int(GIVEN["start"]), len(GIVEN["floor_fen"])
BILLS = [name for name in GIVEN if name.startswith(("outpatient_", "inpatient_"))]
KEPT = set(GIVEN["sketch_months"].tolist())                 # months whose balances are counted by bucket
BY_DATE = [name for name in GIVEN if GIVEN[name].ndim and name not in ("wage", "opening", "contributed", "sketch_months", *BILLS)]
Person = build_entity(key="person", plural="persons", label="", is_person=True)


def date(month):
    return f"{month // 12:04d}-{month % 12 + 1:02d}-01"


def share(amount, rate):
    return (2 * amount.astype(np.int64) * rate + PPM) // (2 * PPM)


def monthly(formula):
    """A variable of 32-bit whole numbers, the widest there are: fen, but no products of fen and millionths."""
    return type(formula.__name__, (Variable,), {**SHAPE, "formula": formula})


SHAPE = {"value_type": int, "entity": Person, "definition_period": DateUnit.MONTH, "label": ""}


@monthly
def wage(person, period, parameters):
    before = person("wage", period.last_month)
    return share(before, PPM + int(GIVEN["growth_ppm"])) if period.start.month == 1 else before


@monthly
def base(person, period, parameters):
    return np.clip(person("wage", period), parameters(period).floor_fen, parameters(period).ceiling_fen)


@monthly
def premium_paid(person, period, parameters):
    return share(person("base", period), int(parameters(period).employee_ppm)) + int(parameters(period).fixed_fen)


@monthly
def employer_premium(person, period, parameters):
    return share(person("base", period), int(parameters(period).employer_ppm))


@monthly
def credit(person, period, parameters):
    return np.maximum(0, share(person("base", period), int(parameters(period).credit_ppm)) - int(parameters(period).deduction_fen))


@monthly
def current(person, period, parameters):
    if BILLS:
        return person("current_before_bills", period) - person("from_current", period)
    return this_years_money(person, period)


@monthly
def carried_before_interest(person, period, parameters):
    if BILLS:
        return person("carried_before_bills", period) - person("from_carried", period)
    return earlier_years_money(person, period)


def this_years_money(person, period):
    if period.start.month == 1:
        return person("credit", period)
    return person("current", period.last_month) + person("credit", period)


def earlier_years_money(person, period):
    before = person("carried", period.last_month)
    return before + person("current", period.last_month) if period.start.month == 1 else before


@monthly
def interest(person, period, parameters):
    if period.start.month != 12:
        return person.filled_array(0)
    product = np.zeros(person.count, dtype=np.int64)
    for back in range(12):
        month = period.offset(-back)
        product += person("current", month).astype(np.int64) * int(parameters(month).current_ppm)
        product += person("carried_before_interest", month).astype(np.int64) * int(parameters(month).carried_ppm)
    return (2 * product + 12 * PPM) // (24 * PPM)


@monthly
def carried(person, period, parameters):
    return person("carried_before_interest", period) + person("interest", period)


@monthly
def opening(person, period, parameters):
    return person("closing", period.last_month)


@monthly
def closing(person, period, parameters):
    return person("current", period) + person("carried", period)


@monthly
def is_empty(person, period, parameters):
    return person("closing", period) == 0


@monthly
def contributed_months(person, period, parameters):
    return person("contributed_months", period.last_month) + (person("premium_paid", period) > 0)


@monthly
def continuous_months(person, period, parameters):
    return person("continuous_months", period.last_month) + (person("premium_paid", period) > 0)


# ── bills ──

def by_place(person, period, parameters, name, kind):
    """A parameter of the pool at the place of care of each person's bill."""
    of_month = parameters(period)
    return np.array([of_month[f"pooling_{name}_{where}"] for where in range(4)], dtype=np.int64)[person(f"{kind}_place", period)]


def so_far(person, period, name):
    """What a variable had come to before this month, in this year."""
    return (person.filled_array(0) if period.start.month == 1 else person(name, period.last_month)).astype(np.int64)


@monthly
def current_before_bills(person, period, parameters):
    return this_years_money(person, period)


@monthly
def carried_before_bills(person, period, parameters):
    return earlier_years_money(person, period)


@monthly
def below_deductible(person, period, parameters):
    deductible = by_place(person, period, parameters, "deductible_fen", "outpatient")
    return np.minimum(person("outpatient_cost", period), np.maximum(0, deductible - so_far(person, period, "deductible")))


@monthly
def deductible(person, period, parameters):
    is_counted = by_place(person, period, parameters, "rate_ppm", "outpatient") > 0
    return so_far(person, period, "deductible") + np.where(is_counted, person("below_deductible", period), 0)


@monthly
def outpatient_reimbursed(person, period, parameters):
    rate, of_month = by_place(person, period, parameters, "rate_ppm", "outpatient"), parameters(period)
    covered, before = person("outpatient_cost", period) - person("below_deductible", period), so_far(person, period, "outpatient_paid")
    pays, room = share(covered, rate), np.maximum(0, int(of_month.pooling_upper_from_fen) - before)
    above = np.flatnonzero(pays > room)
    if above.size:
        used = (2 * room[above] * PPM + rate[above]) // (2 * rate[above])
        upper = by_place(person, period, parameters, "upper_rate_ppm", "outpatient")
        pays[above] = room[above] + share(covered[above] - used, upper[above])
    return np.where(rate > 0, np.minimum(pays, np.maximum(0, int(of_month.pooling_ceiling_fen) - before)), 0)


@monthly
def outpatient_paid(person, period, parameters):
    return so_far(person, period, "outpatient_paid") + person("outpatient_reimbursed", period)


@monthly
def inpatient_reimbursed(person, period, parameters):
    deductible = by_place(person, period, parameters, "inpatient_deductible_fen", "inpatient")
    covered = np.maximum(0, person("inpatient_cost", period) - deductible)
    pays = share(covered, by_place(person, period, parameters, "inpatient_rate_ppm", "inpatient"))
    room = int(parameters(period).pooling_inpatient_ceiling_fen) - so_far(person, period, "inpatient_paid")
    return np.minimum(pays, np.maximum(0, room))


@monthly
def inpatient_paid(person, period, parameters):
    return so_far(person, period, "inpatient_paid") + person("inpatient_reimbursed", period)


@monthly
def medical(person, period, parameters):
    return person("outpatient_cost", period) + person("inpatient_cost", period)


@monthly
def reimbursed(person, period, parameters):
    return person("outpatient_reimbursed", period) + person("inpatient_reimbursed", period)


@monthly
def from_current(person, period, parameters):
    return np.minimum(person("medical", period) - person("reimbursed", period), person("current_before_bills", period))


@monthly
def from_carried(person, period, parameters):
    left = person("medical", period) - person("reimbursed", period) - person("from_current", period)
    return np.minimum(left, person("carried_before_bills", period))


@monthly
def spent(person, period, parameters):
    return person("from_current", period) + person("from_carried", period)


@monthly
def cash_paid(person, period, parameters):
    return person("medical", period) - person("reimbursed", period) - person("spent", period)


@monthly
def is_treated(person, period, parameters):
    return person("medical", period) > 0


@monthly
def is_broken(person, period, parameters):
    """Whether an identity of the ledger does not hold."""
    columns = {name: person(name, period) for name in COLUMNS}
    closing, paid = columns["closing"], 0
    expected = columns["opening"] + columns["credit"] + columns["interest"]
    if BILLS:
        expected = expected - columns["spent"]
        paid = columns["reimbursed"] + columns["spent"] + columns["cash_paid"] - columns["medical"]
    is_negative = np.min([amounts for name, amounts in columns.items() if name != "interest"], axis=0) < 0
    return (closing != expected) | (closing != columns["current"] + columns["carried"]) | (paid != 0) | is_negative


COLUMNS = ("opening", "base", "premium_paid", "employer_premium", "credit", "interest", "current", "carried", "closing",
           *(("medical", "reimbursed", "spent", "cash_paid") if BILLS else ()))
OTHERS = ("is_empty", "contributed_months", "continuous_months", "is_broken", *(("is_treated",) if BILLS else ()))
VARIABLES = (wage, base, premium_paid, employer_premium, credit, current, carried_before_interest, interest, carried, opening, closing,
             is_empty, contributed_months, continuous_months, is_broken)
OF_BILLS = (current_before_bills, carried_before_bills, below_deductible, deductible, outpatient_reimbursed, outpatient_paid,
            inpatient_reimbursed, inpatient_paid, medical, reimbursed, from_current, from_carried, spent, cash_paid, is_treated,
            *(type(name, (Variable,), SHAPE) for name in BILLS))


def country():
    system = TaxBenefitSystem([Person])
    system.parameters = ParameterNode(data={
        name: {"values": {date(START + place): {"value": int(value)} for place, value in enumerate(GIVEN[name])
                          if place == 0 or value != GIVEN[name][place - 1]}} for name in BY_DATE})
    for variable in VARIABLES + (OF_BILLS if BILLS else ()):
        system.add_variable(variable)
    return system


def bucket(amount):
    """In which bucket of `simulator.populations.sketch` each amount is counted."""
    bits = int(GIVEN["sketch_bits"])
    shift = np.maximum(0, np.frexp(amount.astype(np.float64))[1] - bits - 1)
    return (shift << bits) + (amount >> shift)


def run(system, bills):
    """A new simulation of everybody: ({column: sums by month}, how many balances are in each bucket by month)."""
    many = len(GIVEN["wage"])
    populations = system.instantiate_entities()
    populations["person"].count = many
    populations["person"].ids = list(range(many))
    simulation = Simulation(system, populations)
    before = date(START - 1)[:7]
    simulation.set_input("wage", date(START)[:7], GIVEN["wage"].astype(np.int32))
    simulation.set_input("current", before, np.zeros(many, dtype=np.int32))
    simulation.set_input("carried", before, GIVEN["opening"].astype(np.int32))
    simulation.set_input("contributed_months", before, GIVEN["contributed"].astype(np.int32))
    simulation.set_input("continuous_months", before, GIVEN["contributed"].astype(np.int32))
    sums, sketch = {name: [] for name in (*COLUMNS, *OTHERS)}, []
    for place in range(MONTHS):
        month = date(START + place)[:7]
        for name, costs in bills.items():
            simulation.set_input(name, month, costs[place])
        for name, found in sums.items():
            found.append(int(simulation.calculate(name, month).sum(dtype=np.int64)))
        if place in KEPT:
            sketch.append(np.bincount(bucket(simulation.calculate("closing", month)), minlength=int(GIVEN["buckets"])))
    return sums, sketch


if __name__ == "__main__":
    system, given_bills = country(), {name: GIVEN[name] for name in BILLS}
    print(json.dumps({"versions": {"openfisca-core": importlib.metadata.version("openfisca-core"), "numpy": np.__version__}}), flush=True)
    while True:
        try:
            input()
        except EOFError:
            break
        wall, cpu = time.perf_counter(), time.process_time()
        sums, sketch = run(system, given_bills)
        print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu,
                          "sums": sums | {"sketch": np.array(sketch).tolist()}}), flush=True)
