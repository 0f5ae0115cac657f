"""From a scenario to its ledger."""
import pickle
import subprocess
import sys
from datetime import date

import pandas as pd
import pytest

import simulator
from simulator import ledger, money
from simulator.columns import COLUMNS, MONEY_COLUMNS
from simulator.law.account import Flows
from simulator.ledger import LedgerError
from simulator.problems import InputError


def scenario(**changes):
    person = {"name": "我", "birth": "1980-05", "sex": "male", "insured": "employee", "wage": "10000",
              "opening": {"current": 300, "carried": 5200}, **changes.pop("person", {})}
    return {"region": "beijing", "start": "2025-01", "months": 24, "people": [person], **changes}


def test_the_ledger_has_the_columns_of_the_contract_by_month():
    frame = simulator.run(scenario()).ledger
    assert ["month", *frame.columns] == list(COLUMNS)
    assert str(frame.index.dtype) == "period[M]" and len(frame) == 24
    assert frame.index[0].strftime("%Y-%m") == "2025-01"


def test_the_identities_hold_in_every_row_to_the_fen():
    result = simulator.run(scenario(person={"medical": {"pharmacy": "33.33", "tertiary": "999.99"}}))
    frame = result.ledger_fen
    assert (frame.closing == frame.opening + frame.credit + frame.interest - frame.spent).all()
    assert (frame.closing == frame.current + frame.carried + frame.withdrawable).all()
    assert (frame.medical == frame.reimbursed + frame.spent + frame.cash_paid).all()
    assert (frame.opening.iloc[1:].to_numpy() == frame.closing.iloc[:-1].to_numpy()).all()
    assert all(str(frame[name].dtype) == "int64" for name in MONEY_COLUMNS)


def test_a_broken_identity_stops_the_run():
    good = Flows(*[0] * len(Flows._fields))
    ledger.check(good)
    for wrong in (good._replace(closing=1), good._replace(credit=1), good._replace(current=1),
                  good._replace(medical=1), good._replace(current=-1, carried=1), good._replace(premium_paid=-1)):
        with pytest.raises(LedgerError):
            ledger.check(wrong)
    with pytest.raises(LedgerError):
        ledger.check(good, before=good._replace(closing=5, current=5))
    ledger.check(good._replace(interest=-1, opening=1))             # an overdraft may be charged


def test_one_month_by_hand():
    # Beijing 2025-01: base 10,000; credit 200.00; 300.00 of last year joins 5,200.00
    row = simulator.run(scenario()).row("2025-01")
    assert (row.base, row.credit, row.premium_paid) == (1_000_000, 20_000, 20_300)
    assert (row.current, row.carried, row.closing) == (20_000, 550_000, 570_000)
    assert row.employer_premium == 98_000                            # 9.8 %


def test_retirement_changes_the_credit_the_month_after():
    result = simulator.run(scenario(person={"contributed_months": 300, "birth": "1965-05"},
                                    events=[{"on": "2025-07-15", "who": "我", "type": "retire"}]))
    assert [result.row(month).credit for month in ("2025-07", "2025-08")] == [20_000, 9_700]
    assert [record["status"] for record in result.records()][6:8] == ["employee", "retiree"]
    assert result.row("2026-12").contributed_months == 307


def test_a_bill_goes_by_the_rules_of_its_own_day():
    # Wuhan dropped the deductible on 2023-04-10: a bill on the 9th meets it, one on the 10th does not
    def reimbursed(day):
        data = scenario(region="wuhan", start="2023-04", months=1, events=[
            {"on": day, "who": "我", "type": "medical", "place": "tertiary", "amount": 1000}])
        return simulator.run(data).row("2023-04").reimbursed
    assert reimbursed("2023-04-09") == 15_000                        # (1,000 − 700) × 50 %
    assert reimbursed("2023-04-10") == 55_000                        # 1,000 × 55 %


def test_people_do_not_touch_each_other():
    mother = {"name": "母亲", "birth": "1955-01", "sex": "female", "insured": "retiree"}
    alone = simulator.run(scenario())
    both = simulator.run({**scenario(), "people": [*scenario()["people"], mother]})
    assert both.flows["我"] == alone.flows["我"]
    assert both.row("2025-01", "母亲").credit == 10_700               # 70 already: 110 − 3


def test_a_span_in_two_halves_ends_as_in_one():
    whole = simulator.run(scenario(person={"medical": {"tertiary": 800}}))
    first = simulator.run(scenario(months=12, person={"medical": {"tertiary": 800}}))
    closing = first.flows["我"][-1]
    opening = {name: money.plain(getattr(closing, name)) for name in ("current", "carried", "withdrawable")}
    second = simulator.run(scenario(start="2026-01", months=12, person={"medical": {"tertiary": 800}, "opening": opening}))
    assert second.flows["我"][-1].closing == whole.flows["我"][-1].closing


def test_a_what_if_equal_to_the_law_changes_nothing():
    base = simulator.Scenario.from_dict(scenario())
    assert simulator.run(base.with_rules({"credit.employee_rate": 0.02})).flows == simulator.run(base).flows
    assert simulator.run(base.with_rules({"credit.employee_rate": 0.03})).row("2025-01").credit == 30_000
    with pytest.raises(InputError, match="rules – 应为表"):
        base.with_rules(None)


def test_frozen_rules_stay_as_they_were():
    frozen = simulator.run(scenario(months=120, rules_as_of="2025-01-01", person={"wage": 1}))
    assert {row.base for row in frozen.flows["我"]} == {682_100}
    assert frozen.projected_from is None


def test_frozen_rules_know_nothing_of_what_starts_later():
    born_in_1965 = {"birth": "1965-05", "contributed_months": 300}
    for as_of, retiree_from in (("2024-12-31", "2025-06"), ("2025-01-01", "2025-08")):     # at 60 years, and two months later
        found = simulator.run(scenario(region="chengdu", months=8, rules_as_of=as_of, person=born_in_1965))
        assert next(row["month"] for row in found.records() if row["status"] == "retiree") == retiree_from
    mother = {"name": "母", "birth": "1958-02", "sex": "female", "insured": "resident", "region": "chengdu", "medical": {"pharmacy": 100}}
    people = [scenario()["people"][0], mother]
    for as_of, aid_fen in (("2025-09-21", 0), ("2025-09-22", 10_000)):                      # Beijing's own day
        found = simulator.run(scenario(start="2026-02", months=1, rules_as_of=as_of, people=people, aid=[
            {"from": "我", "to": "母", "relation": "parent", "since": "2025-01"}]))
        assert found.row("2026-02", "母").aid_received == aid_fen
        assert [str(one.reason) for one in found.decisions] == ["跨省共济尚未开始"] * (aid_fen == 0)


def test_the_result_says_what_it_rests_on():
    result = simulator.run(scenario(months=60))
    assert result.lowest_grade == "assumed"
    assert result.projected_from.isoformat() == "2027-07-01"
    names = {name for name, _ in result.basis()}
    assert "contribution.base_floor" in names and "pooling.rate" not in names       # no bill, no pool


def test_the_result_names_what_is_assumed_and_what_is_disputed():
    result = simulator.run(scenario(region="tianjin", start="2021-06", months=2, person={"wage": 50000}))
    doubtful = result.doubtful()
    assert "contribution.base_ceiling" in dict(doubtful["disputed"])
    assert dict(doubtful["disputed"])["contribution.base_ceiling"].entry.other == 17613
    assert "interest.settlement" in result.ledger.attrs["assumed"]
    assert result.ledger.attrs["disputed"] == ["contribution.base_ceiling"]


def test_what_a_result_has_not_is_said_with_what_it_has():
    result = simulator.run(scenario())
    assert result.row("2025-07") == result.row(2025 * 12 + 6) == result.row("2025-07", "我")
    assert result.row(date(2025, 7, 31)) == result.row(result.ledger.index[6]) == result.row("2025-07")
    for month in (None, 2025.07, [], pd.Timestamp("2025-07-01 08:00"), pd.Period("2030-01", "M"), date(2030, 1, 1)):
        with pytest.raises(InputError, match="应为模拟期间内的月份"):
            result.row(month)
    assert result.row("2025-07") == result.row("2025-07-15")
    assert result.explain("2025-07") == result.explain(2025 * 12 + 6, "我") == result.explain("2025-07-15")
    with pytest.raises(InputError) as caught:
        result.row("July", "他")
    assert [problem.key for problem in caught.value.problems] == ["July", "who"]
    span = "2025-01 … 2026-12"
    for ask, key, said in (
            (lambda: result.row("2030-01"), "2030-01", span), (lambda: result.row(2), "2", span),
            (lambda: result.row("July"), "July", span), (lambda: result.row("2025-01", "他"), "who", "我"),
            (lambda: result.summary("他"), "who", "我"), (lambda: result.total("credit", "他"), "who", "我"),
            (lambda: result.total("credits"), "column", "credit"), (lambda: result.total("foo"), "column", "opening"),
            (lambda: result.total("area"), "column", "opening"), (lambda: result.total("eligible"), "column", "opening"),
            (lambda: result.explain("2030-01"), "2030-01", span), (lambda: result.explain("2025-07", "他"), "who", "我"),
            (lambda: result.plot(who="他"), "who", "我")):
        with pytest.raises(InputError) as caught:
            ask()
        problem, = caught.value.problems
        assert problem.key == key and said in (problem.nearest, *problem.allowed)


def test_a_notebook_shows_a_result_in_a_line():
    two = [{"name": name, "birth": "1980-05", "sex": "male", "insured": "employee"} for name in ("我", "他")]
    assert repr(simulator.run(scenario())) == "<Result: beijing, 2025-01 … 2026-12, 我>"
    assert repr(simulator.run(scenario(people=two, title="试"))) == "<Result: 试, beijing, 2025-01 … 2026-12, 我 + 1>"
    assert repr(simulator.rules("beijing")) == "<RuleBook: beijing>"


def test_nothing_to_compare_is_said():
    with pytest.raises(InputError, match="没有可比较的情景"):
        simulator.compare()


def test_compare_puts_results_side_by_side():
    base = simulator.Scenario.from_dict(scenario())
    table = simulator.compare(base, base.in_region("shanghai")).table()
    assert list(table.columns) == ["北京", "上海"] and table.loc["closing", "北京"] == simulator.run(base).summary()["closing"] / 100


def test_a_result_travels_between_processes():
    result = simulator.run(scenario(events=[{"on": "2025-02-10", "who": "我", "type": "withdraw", "reason": "serious_illness"}]))
    arrived = pickle.loads(pickle.dumps(result))            # noqa: S301  # our own
    assert (arrived.flows, arrived.decisions, arrived.used) == (result.flows, result.decisions, result.used) and result.decisions
    assert (arrived.lowest_grade, arrived.projected_from) == (result.lowest_grade, result.projected_from)
    assert list(arrived.records()) == list(result.records())
    with pytest.raises(InputError, match="2021-01") as wrong:
        simulator.run(scenario(start="2020-01"))
    assert pickle.loads(pickle.dumps(wrong.value)).problems == wrong.value.problems      # noqa: S301


def test_a_script_may_compare_many_without_a_guard(tmp_path):
    """No processes are started, which would read the script again."""
    base = simulator.Scenario.from_dict(scenario(months=1))
    (tmp_path / "script.py").write_text(
        "import multiprocessing\nmultiprocessing.set_start_method('spawn')\nimport simulator\n"
        f"print(len(simulator.compare(*[{base.data}] * 45).results))\n", "utf-8")
    done = subprocess.run([sys.executable, tmp_path / "script.py"], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("45\n", "")
