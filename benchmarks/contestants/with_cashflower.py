"""The month of `paying.toml` as a cashflower model: variables of t for one model point after the other. See `formulas.py`."""
import contextlib
import importlib.metadata
import io
import json
import sys
import time
import types

import numpy as np
import pandas as pd
from cashflower import ModelPointSet, run, variable

PPM = 1_000_000
GIVEN = {name: value.tolist() for name, value in np.load("given.npz").items()}
MONTHS = len(GIVEN["floor_fen"])
main = ModelPointSet(data=pd.DataFrame({"wage": GIVEN["wage"], "opening": GIVEN["opening"]}))


def share(amount, rate):
    """Whole numbers in 64-bit floats, the only numbers there are here: exact below 2^53."""
    return (2 * amount * rate + PPM) // (2 * PPM)


def calendar_month(t):
    return (GIVEN["start"] + t) % 12 + 1


@variable()
def wage(t):
    if t == 0:
        return main.get("wage")
    return share(wage(t - 1), PPM + GIVEN["growth_ppm"]) if calendar_month(t) == 1 else wage(t - 1)


@variable()
def base(t):
    return min(max(wage(t), GIVEN["floor_fen"][t]), GIVEN["ceiling_fen"][t])


@variable()
def premium_paid(t):
    return share(base(t), GIVEN["employee_ppm"][t]) + GIVEN["fixed_fen"][t]


@variable()
def credit(t):
    return max(0, share(base(t), GIVEN["credit_ppm"][t]) - GIVEN["deduction_fen"][t])


@variable()
def current(t):
    return credit(t) if t == 0 or calendar_month(t) == 1 else current(t - 1) + credit(t)


@variable()
def carried_before(t):
    if t == 0:
        return main.get("opening")
    return carried(t - 1) + current(t - 1) if calendar_month(t) == 1 else carried(t - 1)


@variable()
def product(t):
    earned = current(t) * GIVEN["current_ppm"][t] + carried_before(t) * GIVEN["carried_ppm"][t]
    return earned if t == 0 or calendar_month(t) == 1 else product(t - 1) + earned


@variable()
def interest(t):
    return (2 * product(t) + 12 * PPM) // (24 * PPM) if calendar_month(t) == 12 else 0


@variable()
def carried(t):
    return carried_before(t) + interest(t)


@variable()
def closing(t):
    return current(t) + carried(t)


COLUMNS = ["base", "premium_paid", "credit", "interest", "current", "carried", "closing"]
SETTINGS = {"SAVE_OUTPUT": False, "T_MAX_CALCULATION": MONTHS - 1, "T_MAX_OUTPUT": MONTHS - 1}

if __name__ == "__main__":
    sys.modules["model"] = sys.modules["__main__"]          # where cashflower looks for variables and model points
    sys.modules["input"] = types.ModuleType("input")
    sys.modules["input"].main = main
    print(json.dumps({"versions": {"cashflower": importlib.metadata.version("cashflower"), "numpy": np.__version__}}), flush=True)
    while True:
        try:
            input()
        except EOFError:
            break
        wall, cpu = time.perf_counter(), time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            output, *_ = run(settings=SETTINGS)
        sums = {name: [int(value) for value in output[name]] for name in COLUMNS}
        print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "sums": sums}), flush=True)
