"""How an answer changed over time, who may draw on whom, and in which rules regions differ."""
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from simulator import engine, labels, months, policy, questions, scenario
from simulator.comparison import rule_differences
from simulator.parameters import USES

SCENARIOS = sorted(path for path in (Path(__file__).parent.parent / "scenarios").rglob("*.toml") if path.parent.name != "population")


def test_how_beijing_closed_the_tap():
    (first, free), (then, old_money) = questions.withdrawal_history("beijing", "free")
    assert (first, then) == (date(2021, 1, 1), date(2022, 9, 1)) and free.allowed
    assert "2022-08-31" in old_money.reason.zh


@pytest.mark.parametrize("region, reason, day, is_known", [
    ("beijing", "free", date(2022, 8, 31), True),           # every credit up to then is free, so the whole balance is
    ("beijing", "free", date(2022, 9, 1), False),           # only those up to then, and a balance has no dates
    ("tianjin", "free", date(2021, 7, 1), False),           # 70 % of each credit
    ("beijing", "death", date(2026, 7, 1), True),
    ("shanghai", "free", date(2026, 7, 1), True),           # nothing
])
def test_no_more_is_promised_than_a_balance_tells(region, reason, day, is_known):
    answer = questions.can_withdraw(region, reason, day, 12345678)
    assert answer.at_most is not is_known and answer.amount_fen == (12345678 if answer.allowed else 0)
    assert ("每笔计入额中仅 0.7 可以自由支取" in answer.reason.zh) is (region == "tianjin")


@pytest.mark.parametrize("region", ["beijing", "shanghai", "sichuan/dazhou", "zhejiang/ningbo"])
def test_the_history_is_what_was_answered_on_each_day(region):
    for reason in labels.REASONS:
        history = questions.withdrawal_history(region, reason)
        assert history[0][0] == policy.region(region).covers
        for (_, before), (day, answer) in pairwise(history):
            assert questions.can_withdraw(region, reason, day) == answer
            assert questions.can_withdraw(region, reason, day - timedelta(1)) == before != answer


FAMILY = {
    "region": "beijing", "start": "2024-11", "months": 3,
    "people": [{"name": "哥", "birth": "1980-01", "sex": "male", "insured": "employee", "wage": 10000, "opening": {"carried": 5000}},
               {"name": "妹", "birth": "1985-01", "sex": "female", "insured": "resident", "medical": {"pharmacy": 100}}],
    "aid": [{"from": "哥", "to": "妹", "relation": "sibling", "since": "2024-11", "uses": ["medical"]}],
}


def test_a_sister_may_draw_once_the_rule_lets_her():
    result = engine.run(FAMILY)
    before, after = ({draw.use: draw for draw in questions.who_may_draw(result, day)} for day in (date(2024, 12, 9), date(2024, 12, 10)))
    assert not before["medical"].allowed and before["medical"].span.entry.param == "aid.relations"
    assert after["medical"].allowed and after["medical"].giveable_fen > 0
    assert not after["resident premium"].allowed            # the authorisation is for care only
    assert tuple(after) == USES


@pytest.mark.parametrize("path", [path for path in SCENARIOS if "[[aid]]" in path.read_text("utf-8")], ids=lambda path: path.stem)
def test_whoever_was_helped_might_draw(path):
    result = engine.run(path)
    for month in range(result.scenario.start, result.scenario.end):
        allowed = {draw.to for day in (months.first_day(month), months.last_day(month))
                   for draw in questions.who_may_draw(result, day) if draw.allowed and draw.use == "medical"}
        helped = {name for name in result.people if result.row(month, name).aid_received}
        assert helped <= allowed, months.month_text(month)


def test_regions_differ_where_their_values_do():
    beijing = scenario.load(SCENARIOS[0])
    both = [beijing, beijing.in_region("shanghai")]
    found = rule_differences(both, date(2026, 1, 1))
    assert [span.value for span in found["contribution.base_floor"]] == [
        policy.rules(id).on("2026-01-01")["contribution.base_floor"].value for id in ("beijing", "shanghai")]
    assert not rule_differences([beijing, beijing], date(2026, 1, 1))
    assert "contribution.employee_rate" not in found        # 2 % in both
    early = [one.varied(rules_as_of="2025-06-01") for one in both]
    assert {str(span.start) for span in rule_differences(early, date(2026, 1, 1))["contribution.base_floor"]} == {"2024-07-01"}
    supposed = [one.with_rules({"contribution.base_floor": 5000}) for one in both]
    assert "contribution.base_floor" not in rule_differences(supposed, date(2026, 1, 1))


def test_who_gives_nothing_is_not_said_to_give():
    """A resident, whatever is left in an old account, and who has closed the account, until a return opens it again."""
    resident = {**FAMILY, "start": "2025-01", "people": [{**FAMILY["people"][0], "insured": "resident"}, FAMILY["people"][1]]}
    assert not any(draw.allowed for draw in questions.who_may_draw(engine.run(resident), date(2025, 2, 1)))
    law = {name: [{"from": "2020-01-01", "value": ["remote_residence"]}] for name in ("withdrawal.reasons", "withdrawal.closing_reasons")}
    closed = engine.run({**FAMILY, "start": "2025-01", "rules": law, "events": [
        {"on": "2025-02-10", "who": "哥", "type": "withdraw", "reason": "remote_residence"},
        {"on": "2025-03-01", "who": "哥", "type": "resume"}]})
    allowed = [any(draw.allowed for draw in questions.who_may_draw(closed, date(2025, month, 1))) for month in (1, 2, 3)]
    assert allowed == [True, False, True]
