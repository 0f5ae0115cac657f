"""What a gap costs, worked out by hand beside the sources' own examples (scenarios/sources/1.6, 1.7 and 1.9)."""
from datetime import date
from pathlib import Path

from simulator import gaps, months
from simulator.scenario import Scenario, load

SOURCES = Path(__file__).parent.parent / "scenarios" / "sources"
MAY_20 = date(2026, 5, 20)


def gap(name, first, count, cause, paid_on):
    return gaps.gap(load(SOURCES / name), months.month_number(first), count, cause, paid_on)


def test_paid_back():
    found = gap("1.6-dazhou-gap-3-months.toml", "2026-02", 3, "job_loss", MAY_20)
    assert found.refused is None and found.late_fee_fen == 6240
    assert found.premium_fen == 3 * (64000 - 16000)         # as a flexible worker, against the own share
    assert (found.lost_fen, found.credit_fen) == (0, 0)     # the bill of March is reimbursed later, the credit booked later
    assert found.worse_by_fen == 144000 + 6240
    assert (found.uncovered_months, found.waiting_months) == (3, 0)


def test_not_paid_back():
    found = gap("1.6-dazhou-gap-3-months.toml", "2026-02", 3, "job_loss", None)
    assert (found.late_fee_fen, found.premium_fen, found.credit_fen) == (0, -48000, 48000)
    assert found.lost_fen == 40000                          # (1,000 − 200) × 50 % of March
    # The account ends 480.00 short of credits and 400.00 for March; the premiums saved come off.
    assert found.worse_by_fen == 48000 + 40000 - 48000 and found.interest_fen == 0


def test_by_the_employer():
    found = gap("1.9-dazhou-employers-fault.toml", "2026-01", 4, "employer_arrears", MAY_20)
    assert found.late_fee_fen == 11520 and found.worse_by_fen == 0      # all of it is the employer's


def test_too_long_to_be_paid_back():
    found = gap("1.8-dazhou-gap-7-months.toml", "2026-01", 7, "job_loss", date(2026, 8, 20))
    assert "不予补缴" in str(found.refused) and found.late_fee_fen == 0


def test_the_own_gap_of_the_scenario_does_not_count():
    scenario = load(SOURCES / "1.6-dazhou-gap-3-months.toml")
    assert [one["type"] for one in gaps.without_gaps(scenario).data["events"]] == ["medical"]
    types = [one["type"] for one in gaps.with_gap(scenario, scenario.start, 1, "own_choice", MAY_20).data["events"]]
    assert types == ["medical", "stop", "resume", "back_pay"]


def test_interest_is_the_rest_of_what_a_gap_costs():
    """Over a settlement, what came later or not at all has earned less: the parts add up to the whole."""
    life = load(SOURCES / "1.6-dazhou-gap-3-months.toml").varied(months=24, expect=[])
    for paid_on in (MAY_20, None):
        found = gaps.gap(life, months.month_number("2026-02"), 3, "job_loss", paid_on)
        parts = found.late_fee_fen + found.lost_fen + found.credit_fen + found.premium_fen + found.interest_fen
        assert found.interest_fen > 0 and found.worse_by_fen == parts


def test_money_on_its_way_at_the_end_is_not_lost():
    life = {"region": "gansu/qingyang", "start": "2021-01", "people": [
                {"name": "A", "birth": "1976-06", "sex": "male", "insured": "employee", "wage": 8000}],
            "events": [{"on": date(2022, 12, 15), "who": "A", "type": "move", "region": "sichuan/neijiang"}]}
    on_its_way, arrived = (gaps.gap(Scenario.from_dict({**life, "months": length}), months.month_number("2022-02"), 2, "own_choice")
                           for length in (24, 27))
    assert on_its_way.result.row("2022-12").closing == 0 < arrived.result.row("2023-01").transfer_in
    for found in (on_its_way, arrived):
        assert found.worse_by_fen == found.premium_fen + found.lost_fen + found.credit_fen + found.interest_fen == 28969


def test_by_length_and_by_day():
    scenario = load(SOURCES / "1.6-dazhou-gap-3-months.toml").varied(months=24, expect=[])
    first = months.month_number("2026-02")
    longer = gaps.by_length(scenario, first, 5, "job_loss", 31)
    assert [one.months for one in longer] == [1, 2, 3, 4, 5]
    assert [str(one.paid_on) for one in longer[:2]] == ["2026-03-31", "2026-04-30"]     # the last day of a shorter month
    assert [one.late_fee_fen for one in longer] == sorted(one.late_fee_fen for one in longer)
    later = gaps.by_day(scenario, first, 3, "job_loss", 20, 3)
    assert later[0].paid_on == MAY_20
    # A day later costs 0.32 for each of the three months.
    assert [one.late_fee_fen - 6240 for one in later] == [96 * ((one.paid_on - MAY_20).days) for one in later]


def test_a_new_job_is_no_gap():
    """A wage of 20,000.00 from March on, and a gap of August and September: without it, and after it, the new wage counts."""
    life = Scenario.from_dict({
        "region": "beijing", "start": "2025-01", "months": 12,
        "people": [{"name": "我", "birth": "1985-03", "sex": "male", "insured": "employee", "wage": 10000, "contributed_months": 120}],
        "events": [{"on": "2025-03-01", "who": "我", "type": "resume", "wage": 20000}]})
    for first, before, after in (("2025-08", 2000000, 2000000), ("2025-02", 1000000, 2000000)):
        found = gaps.gap(life, months.month_number(first), 2, "job_loss")
        rows = found.result.flows["我"]
        assert found.refused is None and found.uncovered_months >= 2
        start = months.month_number(first) - months.month_number("2025-01")
        assert (rows[start - 1].base, rows[start + 2].base) == (before, after) and rows[start].premium_paid == 0
