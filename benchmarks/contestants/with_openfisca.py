"""The month of `paying.toml` as an OpenFisca country: variables by month, parameters by date. See `formulas.py`."""
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
GIVEN = np.load("given.npz")
START, MONTHS = int(GIVEN["start"]), len(GIVEN["floor_fen"])
BY_DATE = [name for name in GIVEN.files if GIVEN[name].ndim and name not in ("wage", "opening")]
Person = build_entity(key="person", plural="persons", label="", is_person=True)


def date(month):
    return f"{month // 12:04d}-{month % 12 + 1:02d}-01"


def share(amount, rate):
    return (2 * amount.astype(np.int64) * rate + PPM) // (2 * PPM)


def monthly(formula):
    """A variable of 32-bit whole numbers, the widest there are: fen, but no products of fen and millionths."""
    return type(formula.__name__, (Variable,), {
        "value_type": int, "entity": Person, "definition_period": DateUnit.MONTH, "label": "", "formula": formula})


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
def credit(person, period, parameters):
    return np.maximum(0, share(person("base", period), int(parameters(period).credit_ppm)) - int(parameters(period).deduction_fen))


@monthly
def current(person, period, parameters):
    if period.start.month == 1:
        return person("credit", period)
    return person("current", period.last_month) + person("credit", period)


@monthly
def carried_before_interest(person, period, parameters):
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
def closing(person, period, parameters):
    return person("current", period) + person("carried", period)


VARIABLES = (wage, base, premium_paid, credit, current, carried_before_interest, interest, carried, closing)


def country():
    system = TaxBenefitSystem([Person])
    system.parameters = ParameterNode(data={
        name: {"values": {date(START + place): {"value": int(value)} for place, value in enumerate(GIVEN[name])
                          if place == 0 or value != GIVEN[name][place - 1]}} for name in BY_DATE})
    for variable in VARIABLES:
        system.add_variable(variable)
    return system


def run(system):
    """A new simulation of everybody: {column: sums by month}."""
    many = len(GIVEN["wage"])
    populations = system.instantiate_entities()
    populations["person"].count = many
    populations["person"].ids = list(range(many))
    simulation = Simulation(system, populations)
    before = date(START - 1)[:7]
    simulation.set_input("wage", date(START)[:7], GIVEN["wage"].astype(np.int32))
    simulation.set_input("current", before, np.zeros(many, dtype=np.int32))
    simulation.set_input("carried", before, GIVEN["opening"].astype(np.int32))
    sums = {name: [] for name in ("base", "premium_paid", "credit", "interest", "current", "carried", "closing")}
    for place in range(MONTHS):
        for name, found in sums.items():
            found.append(int(simulation.calculate(name, date(START + place)[:7]).sum(dtype=np.int64)))
    return sums


if __name__ == "__main__":
    system = country()
    print(json.dumps({"versions": {"openfisca-core": importlib.metadata.version("openfisca-core"), "numpy": np.__version__}}), flush=True)
    while True:
        try:
            input()
        except EOFError:
            break
        wall, cpu = time.perf_counter(), time.process_time()
        sums = run(system)
        print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "sums": sums}), flush=True)
