"""The contestants of `benchmarks/population.py` do the engine's job: the same sums and balances, to the fen."""
import sys
from pathlib import Path

import numpy as np
import pytest

from simulator.populations.file import load
from simulator.populations.interpreter import Interpreter
from simulator.populations.lives import COUNTED
from simulator.populations.machine import Machine
from simulator.populations.world import Model

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
FIRST, MANY = 700, 3000
HAPPENS = ("back_credit", "late_fee_paid", "refund", "is_waiting", "is_retired", "withdrawn", "arrears")     # of `whole.toml`

sys.path.insert(0, str(BENCHMARKS))
from contestants import c_loop, formulas, numpy_chunks  # noqa: E402


def model_of(name):
    return Model(load(BENCHMARKS / "contestants" / name))


def lived(engine, numbers):
    return engine.live(0, engine.model.group_key(0, 1), numbers)


def assert_same(found, expected):
    for column in COUNTED:
        assert (found.column(column) == expected.column(column)).all(), column
    assert (found.sketch == expected.sketch).all()
    assert found.broken[0] == expected.broken[0] == 0


@pytest.mark.skipif(not c_loop.compiler(), reason="there is no gcc")
@pytest.mark.parametrize("name", ["whole.toml", "plain.toml"])
def test_the_c_loop_does_the_engines_job(name):
    model, numbers = model_of(name), np.arange(FIRST, FIRST + MANY)
    expected = lived(Machine(model), numbers)
    assert_same(lived(c_loop.CLoop(model), numbers), expected)
    if name == "whole.toml":
        assert all(expected.column(column).any() for column in HAPPENS)


@pytest.mark.parametrize("name", ["plain.toml", "paying.toml"])
def test_chunked_numpy_does_the_engines_job(name, monkeypatch):
    model, numbers = model_of(name), np.arange(FIRST, FIRST + MANY)
    monkeypatch.setattr(numpy_chunks, "CHUNK", 1024)        # so that there is more than one
    assert_same(lived(numpy_chunks.NumPy(model), numbers), lived(Machine(model), numbers))


def test_plain_python_does_the_engines_job():
    model, numbers = model_of("whole.toml"), np.arange(40)
    assert_same(lived(Interpreter(model), numbers), lived(Machine(model), numbers))


def test_the_c_loop_refuses_a_law_that_it_was_not_written_for():
    model = model_of("whole.toml")
    model.rows[-1] = model.rows[-1]._replace(interest_method=1)
    with pytest.raises(ValueError, match="interest_method"):
        c_loop.check(model)


def test_frameworks_are_given_what_the_engine_draws():
    model = model_of("paying.toml")
    given, found = formulas.given(model, 500), lived(Machine(model), np.arange(500))
    assert given["opening"].sum() == found.column("opening")[0, 0]
    assert np.clip(given["wage"], given["floor_fen"][0], given["ceiling_fen"][0]).sum() == found.column("base")[0, 0]
    assert given["contributed"].sum() + 500 == found.column("contributed_months")[0, 0]     # and the first month
    assert "outpatient_cost" not in given


def test_frameworks_are_given_the_bills_of_the_engine():
    model = model_of("plain.toml")
    given, found = formulas.given(model, 500), lived(Machine(model), np.arange(500))
    costs = given["outpatient_cost"], given["inpatient_cost"]
    assert (sum(costs).sum(axis=1) == found.column("medical")[0]).all() and all(cost.any() for cost in costs)
    assert {*given["outpatient_place"].flat} == {*given["inpatient_place"].flat} == {0, 1, 2, 3}
