"""The law twice: the product against the independent auditor in tests/auditor, which `make audit` runs on many more households."""
import ast
import copy
import tomllib
from collections import Counter
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from auditor import __main__ as audit
from auditor import compare, households, life
from auditor.money import fen

HERE = Path(__file__).parent
SCENARIOS = sorted(path for path in (HERE.parent / "scenarios").rglob("*.toml") if "population" not in path.parts)
BATCHES = 12
HOUSEHOLDS = 25        # a batch; `make audit` runs 20,000


@pytest.mark.parametrize("batch", range(BATCHES))
def test_product_and_auditor_agree_to_the_fen(batch):
    for number in range(batch * HOUSEHOLDS, (batch + 1) * HOUSEHOLDS):
        scenario = households.household("suite", number)
        found = compare.differences(scenario)
        assert not found, f"household {number}:\n" + "\n".join(map(str, found[:10])) + "\n\n" + compare.as_toml(scenario)


@pytest.mark.parametrize("commercial", ["no", "carried money", "all money"])
def test_they_agree_on_every_premium_out_of_an_account(commercial):
    """Random households seldom come by one that area, authorisation and balance allow."""
    both = {"birth": "1980-01", "sex": "male", "insured": "employee", "wage": 10000, "opening": {"current": 500, "carried": 800}}
    every = (["medical"], ["medical", "long-term-care premium", "commercial premium"], ["medical", "resident premium"])
    granted = 0
    for keep, uses, to, kind, amount in product((0, 300), every, "AB", ("commercial", "long_term_care", "resident"), (100, 600, 1450)):
        rules = {"spending.commercial": commercial, "spending.commercial_keep": keep, "aid.uses": uses, "aid.keep": 0}
        scenario = {
            "region": "beijing", "start": "2025-01", "months": 2, "people": [{"name": "A", **both}, {"name": "B", **both}],
            "aid": [{"from": "A", "to": "B", "relation": "spouse", "since": "2025-01"}],
            "events": [{"on": date(2025, 2, 10), "who": "A", "to": to, "type": "premium", "kind": kind, "amount": amount}],
            "rules": {name: [{"from": date(2025, 1, 1), "value": value}] for name, value in rules.items()}}
        assert not compare.differences(scenario), compare.as_toml(scenario)
        granted += any(row["premium_given"] for row in life.ledger(scenario))
    assert 10 < granted < 60


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_auditor_finds_what_was_worked_out_by_hand(path):
    scenario = tomllib.loads(path.read_text("utf-8"))
    rows = {(row["month"], row["person"]): row for row in life.ledger(scenario)}
    assert scenario.get("expect"), "nothing is expected there"
    for expected in scenario["expect"]:
        row = rows[expected.pop("month"), expected.pop("who", scenario["people"][0]["name"])]
        worked_out = {column: fen(value) if column in life.AMOUNTS else value for column, value in expected.items()}
        assert worked_out == {column: row[column] for column in expected}


def test_auditor_shares_no_code_with_the_product():
    for path in (HERE / "auditor").glob("*.py"):
        imported = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                imported.add(node.module.split(".")[0])
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("__import__", "importlib.import_module", "exec", "eval"):
                imported.add("by name")
        allowed = {"simulator"} if path.name == "compare.py" else set()
        assert imported & {"simulator", "numpy", "pandas", "tests", "by name"} == allowed, path.name


def test_a_wrong_figure_of_the_product_is_noticed():
    scenario = households.household("suite", 0)
    rows = compare.product(scenario)
    assert not compare.differences(scenario, rows)
    for column in compare.COLUMNS[2:]:
        wrong = copy.deepcopy(rows)
        key = list(wrong)[-1]
        wrong[key][column] = "?" if isinstance(wrong[key][column], str) else wrong[key][column] + 1
        found = compare.differences(scenario, wrong)
        assert [(one.month, one.person, one.column) for one in found] == [(*key, column)]


def test_a_wrong_rule_of_the_auditor_is_noticed_and_made_small(monkeypatch):
    from auditor import premium
    monkeypatch.setattr(premium, "employer_premium", lambda here, base: 0)
    made = ((number, households.household("suite", number)) for number in range(100))
    number = next(number for number, scenario in made if compare.differences(scenario))
    smallest = compare.shrunk(households.household("suite", number))
    assert compare.differences(smallest)[0].column == "arrears"
    assert [event["type"] for event in smallest["events"]] == ["stop"] and len(smallest["people"]) == 1
    assert tomllib.loads(compare.as_toml(smallest)) == {key: value for key, value in smallest.items() if value != []}


def test_an_audit_that_met_too_little_does_not_pass():
    assert audit.coverage(Counter(households=0) + Counter({("year", "2021"): 1}))[1]
    seen, found = audit.audit("suite", 0, 60)
    assert not found and 30 < seen["households"] <= 60
    lines, missing = audit.coverage(seen)
    assert lines and "credit" not in missing and "stop" not in missing


def test_random_households_reach_every_region_and_parameter():
    made = [households.household("suite", number) for number in range(4000)]
    assert made[7] == households.household("suite", 7)
    met = {person.get("region", scenario["region"]) for scenario in made for person in scenario["people"]}
    met |= {event["region"] for scenario in made for event in scenario["events"] if event["type"] == "move"}
    assert len(met) > 0.98 * len(households.everywhere())       # all of them in the 20,000 of `make audit`
    assert {name for scenario in made for name in scenario.get("rules", ())} == set(households.WHAT_IFS)
