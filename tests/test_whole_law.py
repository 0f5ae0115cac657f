"""Arrears, waiting, aid, withdrawal, moves and retirement: hand-computed cases, function by function and in households."""
from datetime import date, timedelta
from decimal import Decimal

import pytest
from law_rules import rules

import simulator
from simulator import money, months, questions
from simulator.explain import explain
from simulator.law import arrears, mutual_aid, retirement, transfer, waiting, withdrawal
from simulator.law import month as lawful
from simulator.law.account import (
    BY_EMPLOYER,
    BY_ONESELF,
    EMPLOYEE,
    FLEXIBLE,
    FREE,
    MEDICAL,
    NONE,
    QUIT,
    RESIDENT,
    RETIREE,
    Aid,
    AidGiven,
    Bill,
    Missed,
    Pockets,
    PoolYear,
)
from simulator.problems import InputError


def day(text):
    return date.fromisoformat(text).toordinal()


def gap_of(length):
    """A gap of so many months, nothing of it paid yet."""
    missed = Missed(length)
    missed.gap, missed.is_owed, missed.gap_place = [1] * length, [1] * length, list(range(1, length + 1))
    missed.gap_length[0] = missed.gap_owed[0] = length
    missed.gap_before[0] = -1
    return missed


# ── days ──

@pytest.mark.parametrize("text", ["0001-01-01", "1999-12-31", "2000-02-29", "2000-03-01", "2024-02-29", "2025-01-01", "2100-03-01"])
def test_day_numbers_are_those_of_the_calendar(text):
    wanted = date.fromisoformat(text)
    assert months.first_day_number(months.month_number(wanted)) == wanted.replace(day=1).toordinal()
    assert months.month_of_day_number(wanted.toordinal()) == months.month_number(wanted)


def test_every_month_of_two_centuries_begins_on_its_day():
    for month in range(1950 * 12, 2150 * 12):
        assert months.first_day_number(month) == months.first_day(month).toordinal()
        assert months.month_of_day_number(months.last_day(month).toordinal()) == month


def test_working_days_skip_weekends():
    friday = day("2025-07-04")
    assert months.working_day_after(friday, 1) == day("2025-07-07")
    assert months.working_day_after(friday, 15) == day("2025-07-25")
    assert months.working_day_after(friday, 0) == friday


@pytest.mark.parametrize("count, first, last", [
    (months.LEGAL, "2025-04-16", "2025-07-10"),             # due on the 15th: from the 16th to the day of payment
    (months.SETTLEMENT, "2025-06-01", "2025-07-09"),        # April, collected in May: from 1 June to the day before
    (months.THIRTY_DAYS, "2025-04-12", "2025-07-10"),       # three months: 90 days
])
def test_three_ways_to_count_days_in_arrears(count, first, last):
    found = months.days_in_arrears(months.month_number("2025-04"), day("2025-07-10"), count, 15)
    assert found == (day(first), day(last))


def test_a_due_day_beyond_the_month_is_its_last():
    assert months.days_in_arrears(months.month_number("2025-02"), day("2025-03-05"), months.LEGAL, 31)[0] == day("2025-03-01")


# ── late fee: the worked examples of the sources ──

@pytest.mark.parametrize("principal, first, last, fee", [
    ("10000", "2024-01-01", "2024-01-30", "150.00"),        # 30 days
    ("100000", "2024-01-01", "2024-01-10", "500.00"),       # 10 days
    ("3600", "2024-01-01", "2024-01-30", "54.00"),
    ("10000", "2024-01-01", "2024-01-01", "5.00"),          # one day
    ("1000", "2024-01-01", "2024-01-01", "0.50"),           # published as 10: wrong
    ("10000", "2011-06-01", "2011-07-30", "750.00"),        # 30 days at 2 ‰ + 30 days at 0.5 ‰
    ("10000", "2010-01-01", "2010-01-10", "200.00"),        # all at 2 ‰
    ("10000", "2011-07-01", "2011-07-10", "50.00"),
])
def test_late_fees(principal, first, last, fee):
    answer = questions.late_fee(money.fen(principal), date.fromisoformat(first), date.fromisoformat(last))
    assert answer.fee_fen == money.fen(fee)
    assert answer.days == (date.fromisoformat(last) - date.fromisoformat(first)).days + 1


@pytest.mark.parametrize("days, names_the_cap", [(1999, False), (2000, True), (3000, True)])       # 0.05 % × 2,000 = the principal
def test_a_late_fee_names_the_cap_where_it_would_matter(days, names_the_cap):
    first = date(2015, 1, 1)
    answer = questions.late_fee(100_000, first, first + timedelta(days - 1))
    assert answer.fee_fen == 50 * days
    assert [span.entry.param for span in answer.spans] == [
        "arrears.late_fee_daily_rate", "arrears.fee_rounding", *["arrears.fee_cap"] * names_the_cap]


def test_the_cap_at_the_principal_is_a_switch():
    capped = rules(arrears_fee_cap="principal")
    first = day("2015-01-01")
    assert arrears.late_fee(10000, first, first + 2999, rules()) == 15000
    assert arrears.late_fee(10000, first, first + 2999, capped) == 10000
    assert arrears.late_fee(10000, first, first - 1, rules()) == 0


def test_who_owes_a_late_fee():
    assert arrears.owes_late_fee(BY_EMPLOYER, rules()) and not arrears.owes_late_fee(BY_ONESELF, rules())
    assert arrears.owes_late_fee(BY_ONESELF, rules(arrears_fee_payer="defaulter"))


def test_a_waiver_puts_the_start_off_for_the_part_it_covers():
    missed = Missed(1)
    missed.own_fen[0], missed.employer_fen[0], missed.is_owed[0], missed.due_day[0] = 10000, 40000, 1, 15
    april, paid = months.month_number("2022-04"), day("2022-08-14")
    plain = arrears.month_late_fee(missed, 0, april, paid, rules())
    assert plain == 50000 * 5 * 121 // 10000                # 16 April to 14 August: 121 days
    missed.waiver_months[0] = 3                              # employer's part: from 16 July, 30 days
    assert arrears.month_late_fee(missed, 0, april, paid, rules()) == 10000 * 5 * 121 // 10000 + 40000 * 5 * 30 // 10000
    missed.waives_own[0] = 1
    assert arrears.month_late_fee(missed, 0, april, paid, rules()) == 50000 * 5 * 30 // 10000


@pytest.mark.parametrize("length, beyond, payable", [(3, "nothing", [1, 1, 1]), (4, "nothing", [0, 0, 0, 0]),
                                                       (4, "last months", [0, 1, 1, 1]), (1, "nothing", [1])])
def test_how_many_months_may_be_paid_later(length, beyond, payable):
    law = rules(arrears_back_pay_months={"employer": 999, "own": 3}, arrears_back_pay_beyond=beyond)
    missed = gap_of(length)
    missed.fault = [BY_ONESELF] * length
    assert [arrears.is_payable(missed, place, law) for place in range(length)] == list(map(bool, payable))
    missed.is_owed[-1] = 0                                  # what has been paid still counts as part of the gap
    assert [arrears.is_payable(missed, place, law) for place in range(length)] == list(map(bool, payable))
    missed.fault = [BY_EMPLOYER] * length
    assert all(arrears.is_payable(missed, place, law) for place in range(length))


# ── waiting ──

@pytest.mark.parametrize("gap, wait", [(1, 0), (3, 0), (4, 0), (6, 0), (7, 6), (24, 6)])
def test_wuhan_flexible_workers_wait_by_the_length_of_the_gap(gap, wait):
    law = rules(waiting_months={"flexible": [{"over": 3, "months": 0}, {"over": 6, "months": 6}]})
    assert waiting.wait_after_gap(FLEXIBLE, gap, 0, law) == wait
    assert waiting.wait_after_gap(EMPLOYEE, gap, 0, law) == 0


def test_a_gap_may_be_counted_by_the_difference_of_months():
    law = rules(waiting_gap_count="month difference")
    assert [waiting.counted_gap(unpaid, law) for unpaid in (0, 2)] == [1, 3]
    assert waiting.wait_after_gap(FLEXIBLE, 3, 0, law) == 6 and waiting.wait_after_gap(FLEXIBLE, 3, 0, rules()) == 0


@pytest.mark.parametrize("missed_months, repaid_years, wait", [
    (0, 0, 0), (1, 0, 3), (12, 0, 3), (24, 0, 4), (24, 1, 3), (36, 0, 5), (48, 0, 6), (48, 3, 6), (60, 0, 7), (60, 4, 6)])
def test_residents_wait_as_qingdao_counts(missed_months, repaid_years, wait):
    law = rules(waiting_resident_months=3, waiting_resident_year_months=1, waiting_resident_long_months=6)
    assert waiting.wait_after_gap(RESIDENT, missed_months, repaid_years, law) == wait


# ── aid ──

AID = Aid(0, 1, 1, day("2025-01-01"), day("2026-12-31"), 50000, 300000, 1, 1)       # to a parent
TODAY = day("2025-07-01")


def may(aid=AID, use=MEDICAL, on=TODAY, before=0, giver=EMPLOYEE, taker=RESIDENT, area=True, province=True, **changes):
    return mutual_aid.may_give(aid, use, on, before, giver, taker, area, province, rules(**changes))


def test_who_may_be_helped_and_who_may_not():
    assert may() == mutual_aid.ALLOWED
    assert may(aid_start=date(2025, 7, 2)) == mutual_aid.NOT_STARTED
    assert may(on=day("2024-12-31")) == may(on=day("2027-01-01")) == mutual_aid.NOT_REGISTERED
    assert may(aid_relations=["spouse"]) == mutual_aid.RELATION_NOT_ALLOWED
    assert may(AID._replace(relation=3), aid_relations=["spouse", "parent", "child"]) == mutual_aid.RELATION_NOT_ALLOWED
    assert may(use=1, aid_uses=["medical"]) == may(AID._replace(for_medical=0)) == mutual_aid.USE_NOT_ALLOWED
    assert may(giver=NONE) == mutual_aid.GIVER_NOT_INSURED and may(taker=NONE) == mutual_aid.TAKER_NOT_INSURED
    assert may(before=6, aid_people=6) == mutual_aid.TOO_MANY_PEOPLE
    assert may(area=False, aid_across_cities=date(2025, 8, 1)) == mutual_aid.NOT_ACROSS_CITIES
    assert may(area=False, aid_across_cities=date(2024, 8, 1)) == mutual_aid.ALLOWED
    assert may(area=False, province=False) == mutual_aid.NOT_ACROSS_PROVINCES
    assert may(area=False, province=False, on=day("2026-01-09")) == mutual_aid.ALLOWED


def test_limits_of_an_authorisation_and_of_the_wallet():
    given = AidGiven()
    law = rules()
    unlimited = AID._replace(monthly_limit_fen=0, yearly_limit_fen=0)
    assert mutual_aid.within_limits(AID, given, 60000, TODAY, True, law) == (50000, mutual_aid.LIMIT_REACHED)
    assert mutual_aid.within_limits(unlimited, given, 700000, TODAY, False, law) == (600000, mutual_aid.WALLET_LIMIT)
    mutual_aid.note_given(given, 500000)
    mutual_aid.note_day(given, 500000, TODAY)             # 3 × 2,000 a day: 1,000 are left
    assert mutual_aid.within_limits(unlimited, given, 250000, TODAY, False, law) == (100000, mutual_aid.WALLET_LIMIT)
    assert mutual_aid.within_limits(unlimited, given, 250000, TODAY + 1, False, law) == (250000, mutual_aid.ALLOWED)
    assert mutual_aid.within_limits(AID._replace(monthly_limit_fen=0, yearly_limit_fen=510000), given, 20000, TODAY, True,
                                    law) == (10000, mutual_aid.LIMIT_REACHED)


def test_an_area_limits_aid_by_month_and_by_calendar_year():
    """100.00 a month and 250.00 a year: bills of 300.00 a month in cash but for 100, 100, 50, 0 … and anew in January."""
    data = {"region": "beijing", "start": "2025-09", "months": 6, "people": [
        {"name": "A", "birth": "1980-01", "sex": "male", "insured": "employee", "wage": 9000, "opening": {"carried": 5000}},
        {"name": "B", "birth": "1950-01", "sex": "female", "insured": "resident", "medical": {"pharmacy": 300}}],
        "aid": [{"from": "A", "to": "B", "relation": "parent", "since": "2025-01"}],
        "rules": {"aid.limits": [{"from": "2025-01-01", "value": {"month": 100, "year": 250}}]}}
    result = simulator.run(data)
    assert [row.aid_given for row in result.flows["A"]] == [10_000, 10_000, 5_000, 0, 10_000, 10_000]
    assert any("aid.limits" in str(one) for one in result.decisions)


def test_which_money_may_be_given():
    assert mutual_aid.give(Pockets(100, 200, 300), 500, rules()) == (Pockets(0, 0, 300), 300)
    assert mutual_aid.give(Pockets(100, 200, 300), 500, rules(aid_money="carried money")) == (Pockets(100, 0, 300), 200)
    assert mutual_aid.give(Pockets(0, 250000, 0), 100000, rules(aid_keep=2000)) == (Pockets(0, 200000, 0), 50000)


# ── withdrawal, moves ──

def test_withdrawals_are_paid_or_refused():
    law, pockets = rules(withdrawal_reasons=["quit", "free", "remote_residence"]), Pockets(100, 200, 300)
    assert withdrawal.decide(QUIT, 0, pockets, 0, False, law) == (withdrawal.PAID, 600)
    assert withdrawal.decide(QUIT, 500, pockets, 0, False, law) == (withdrawal.WHOLE_ONLY, 0)
    assert withdrawal.decide(FREE, 0, pockets, 0, False, law) == (withdrawal.PAID, 300)
    assert withdrawal.decide(FREE, 301, pockets, 0, False, law) == (withdrawal.MORE_THAN_THERE, 0)
    assert withdrawal.decide(FREE, 0, Pockets(1, 1, 0), 0, False, law) == (withdrawal.NOTHING_THERE, 0)
    assert withdrawal.decide(4, 100, pockets, 0, False, law) == (withdrawal.PAID, 100)
    assert withdrawal.decide(0, 0, pockets, 0, False, law) == (withdrawal.REASON_NOT_ALLOWED, 0)
    assert withdrawal.decide(QUIT, 0, pockets, 1, False, law) == (withdrawal.ALREADY_CLOSED, 0)
    assert withdrawal.take(pockets, 450) == Pockets(100, 50, 0)


def test_who_may_move():
    law = rules()
    assert transfer.may_move(EMPLOYEE, False, law, law) == transfer.MOVED
    assert transfer.may_move(EMPLOYEE, True, law, law) == transfer.SAME_AREA
    assert transfer.may_move(RETIREE, False, law, law) == transfer.RETIREE_STAYS
    assert transfer.may_move(RESIDENT, False, law, law) == transfer.NOT_INSURED
    assert transfer.may_move(EMPLOYEE, False, law, rules(transfer_accepts_balance="no")) == transfer.BALANCE_NOT_TAKEN
    assert transfer.arrival_month(day("2025-07-04"), law) == months.month_number("2025-07")
    assert transfer.arrival_month(day("2025-07-14"), law) == months.month_number("2025-08")     # 15 working days: 4 August


# ── retirement: the cases of the sources ──

@pytest.mark.parametrize("birth, sex, career, month, age, delay", [
    ("1965-01", "male", "worker", "2025-02", "60y1m", 1), ("1965-12", "male", "worker", "2026-03", "60y3m", 3),
    ("1995-12", "female", "worker", "2050-12", "55y", 60), ("1995-12", "male", "worker", "2058-12", "63y", 36),
    ("2000-12", "female", "cadre", "2058-12", "58y", 36), ("2000-12", "male", "worker", "2063-12", "63y", 36),
    ("1963-12", "male", "worker", "2023-12", "60y", 0), ("1963-04", "female", "cadre", "2018-04", "55y", 0),
    ("1964-02", "male", "worker", "2024-02", "60y", 0), ("2009-01", "male", "worker", "2072-01", "63y", 36),
    ("2009-01", "female", "worker", "2064-01", "55y", 60), ("1974-10-08", "female", "cadre", "2031-01", "56y3m", 15),
    ("1983-02-25", "male", "worker", "2046-02", "63y", 36), ("1969-01-22", "female", "worker", "2019-01", "50y", 0),
    ("1981-01", "female", "cadre", "2038-11", "57y10m", 34),
    ("1964-12", "male", "worker", "2024-12", "60y", 0), ("1976-09", "male", "worker", "2039-09", "63y", 36),
    ("1976-08", "male", "worker", "2039-07", "62y11m", 35), ("1981-09", "female", "cadre", "2039-09", "58y", 36),
    ("1984-11", "female", "worker", "2039-11", "55y", 60), ("1975-01", "female", "worker", "2025-02", "50y1m", 1),
    ("1970-01", "female", "cadre", "2025-02", "55y1m", 1),
])
def test_statutory_retirement(birth, sex, career, month, age, delay):
    answer = questions.statutory_retirement(months.month_number(birth), sex, career)
    assert (months.month_text(answer.month), answer.age, answer.delay_months) == (month, age, delay)


def test_published_years_of_retirement_that_are_wrong():
    answer = questions.statutory_retirement(months.month_number("1981-06"), "female", "worker")
    assert months.month_text(answer.month) != "2036-06" and answer.month // 12 in (2034, 2035)


def test_years_and_what_is_missing():
    law = rules(retirement_years_male=25, retirement_years_female=20, retirement_local_years=10)
    assert retirement.missing_months(0, 300, 120, law) == retirement.missing_months(1, 240, 120, law) == 0
    assert retirement.missing_months(0, 290, 120, law) == 10
    assert retirement.missing_months(0, 300, 100, law) == 20


def test_topping_up():
    assert retirement.top_up(36, 500000, rules(retirement_top_up_rate="0.056")) == money.fen(10080)      # 5,000 × 5.6 % × 36
    assert retirement.top_up(1, 800000, rules(retirement_top_up_rate="0.08")) == money.fen(640)
    assert retirement.top_up(2, 1, rules(retirement_top_up_rate="0.05", retirement_top_up_base=8000)) == money.fen(800)


# ── households ──

ME = {"name": "我", "birth": "1985-03", "sex": "male", "insured": "employee", "wage": "10000", "contributed_months": 120,
      "opening": {"carried": 5000}}


def run(people=None, events=(), start="2025-01", length=12, region="national", **more):
    return simulator.run({"region": region, "start": start, "months": length, "people": people or [ME], "events": list(events),
                          "rules": {"contribution.base_ceiling": [{"from": "2020-01-01", "value": 30000}]}, **more})


def event(type_, on, who="我", **fields):
    return {"type": type_, "on": on, "who": who, **fields}


def test_an_employers_arrears_are_paid_with_late_fee_and_the_bills_come_back():
    bill = event("medical", "2025-03-10", place="tertiary", amount=1000)
    result = run(events=[event("stop", "2025-02-01", cause="employer_arrears"), bill, event("resume", "2025-06-01"),
                         event("back_pay", "2025-06-10")])
    gap = result.row("2025-03")
    assert (gap.credit, gap.eligible, gap.gap_months, gap.reimbursed, gap.spent) == (0, 0, 2, 0, 100000)
    assert gap.arrears == 2 * (20000 + 60000)               # both parts of two months
    # 31 March: February since the 16th, 44 days; March since the 16th, 16 days, each on 800.00 at 0.05 %
    assert gap.late_fee_accrued == 800 * 5 * 44 // 100 + 800 * 5 * 16 // 100
    paid = result.row("2025-06")
    # to 10 June: February 115 days, March 87, April 56, May 26
    assert paid.late_fee_paid == sum(80000 * 5 * days // 10000 for days in (115, 87, 56, 26))
    assert paid.back_credit == 4 * 20000 and paid.premium_paid == 5 * 20000 and paid.employer_premium == 5 * 60000
    assert paid.refund == 50000                             # the bill of March at 50 %
    assert (paid.arrears, paid.gap_months, paid.waiting_months, paid.eligible) == (0, 0, 0, 1)
    assert paid.contributed_months == 120 + 6
    assert [one.granted for one in result.decisions] == [True, True, True]


def test_deferred_premiums_of_2020_and_2022_bear_no_fee_for_their_months():
    pays_late = [event("stop", "2020-03-01", cause="employer_arrears"), event("resume", "2020-04-01")]
    in_time = run(events=[*pays_late, event("back_pay", "2020-09-15")], start="2020-01")       # six months after 15 March
    assert in_time.row("2020-09").late_fee_paid == 0 and in_time.row("2020-09").back_credit == 20000 + 18000
    late = run(events=[*pays_late, event("back_pay", "2020-09-25")], start="2020-01")
    assert late.row("2020-09").late_fee_paid == 80000 * 5 * 10 // 10000                        # 16 to 25 September
    employers = run(start="2022-07", events=[event("stop", "2022-07-01", cause="employer_arrears"),
                                             event("resume", "2022-08-01"), event("back_pay", "2022-10-20")])
    # own part 200.00 from 16 July: 97 days, 9.70; employer's 600.00 from 16 October: 5 days, 1.50
    assert employers.row("2022-10").late_fee_paid == 970 + 150


def test_own_gap_up_to_three_months_is_made_good():
    result = run(events=[event("stop", "2025-02-01", cause="job_loss"),
                         event("medical", "2025-03-10", place="tertiary", amount=1000),
                         event("resume", "2025-05-01"), event("back_pay", "2025-05-20")])
    paid = result.row("2025-05")
    assert paid.late_fee_paid == 0                          # the law charges employers
    assert paid.back_credit == 3 * 20000 and paid.refund == 50000
    assert paid.premium_paid == 20000 + 3 * 80000           # both shares of the gap, as a flexible worker: 8 %
    assert (paid.eligible, paid.contributed_months, paid.continuous_months) == (1, 125, 125)


def test_a_gap_paid_in_parts_ends_as_one_paid_at_once():
    gap = [event("stop", "2025-02-01", cause="job_loss"), event("medical", "2025-03-10", place="tertiary", amount=1000),
           event("resume", "2025-05-01")]
    at_once = run(events=[*gap, event("back_pay", "2025-06-20")])
    parts = run(events=[*gap, event("back_pay", "2025-06-02", months=1), event("back_pay", "2025-06-20")])
    assert parts.flows == at_once.flows and at_once.row("2025-06").refund == 50000


def test_a_gap_made_good_is_as_if_it_had_not_been():
    events = [event("stop", "2025-02-01", cause="employer_arrears"), event("resume", "2025-06-01", insured="flexible")]
    for on, restored in (("2025-06-10", "2025-06"), ("2025-08-10", "2025-08")):
        result = run(events=[*events, event("back_pay", on)])
        assert result.row(restored).continuous_months == 120 + int(restored[-2:])
        assert (result.row(restored).waiting_months, result.row(restored).eligible) == (0, 1)
    assert result.row("2025-07").eligible == 0              # paid in August only: until then the wait goes on


def test_back_pay_while_premiums_are_still_stopped_pays_the_months_before():
    bill = [event("medical", f"2025-{month:02d}-20", place="tertiary", amount=1000) for month in (1, 2, 3)]
    result = run(events=[event("stop", "2025-01-01", cause="employer_arrears"), *bill, event("back_pay", "2025-03-20"),
                         event("resume", "2025-04-01"), event("back_pay", "2025-04-20")])
    assert [result.row(month).refund for month in ("2025-03", "2025-04")] == [100000, 50000]
    assert [result.row(month).gap_months for month in ("2025-02", "2025-03", "2025-04")] == [2, 1, 0]
    assert result.row("2025-04").contributed_months == 124 and result.row("2025-04").continuous_months == 124


def test_who_retires_has_no_gap_and_no_wait():
    old = {**ME, "birth": "1960-01", "contributed_months": 400}
    result = run([old], [event("stop", "2025-01-01", cause="own_choice"), event("retire", "2025-03-10"),
                         event("stop", "2025-06-01", cause="own_choice")])
    assert [result.row(f"2025-{month:02d}").eligible for month in (3, 4, 7)] == [0, 1, 1]
    assert not result.decisions[-1].granted and result.decisions[-1].reason.zh


def test_refunds_come_back_each_in_its_month():
    bills = [event("medical", on, place="tertiary", amount=1000, prepaid=True) for on in ("2025-01-02", "2025-02-27")]
    law = {"pooling.prepaid_to": [{"from": "2020-01-01", "value": "the account"}],
           "pooling.prepaid_working_days": [{"from": "2020-01-01", "value": 45}]}
    result = run(events=bills, rules=law)
    assert [result.row(f"2025-{month:02d}").refund for month in (3, 4, 5)] == [50000, 0, 50000]


def test_two_gaps_are_two_gaps():
    result = run(events=[event("stop", "2025-02-01", cause="job_loss"), event("resume", "2025-04-01"),
                         event("stop", "2025-06-01", cause="job_loss"), event("resume", "2025-08-01"),
                         event("back_pay", "2025-08-20")], length=12)
    assert result.row("2025-08").back_credit == 4 * 20000


def test_no_withdrawal_while_the_balance_is_on_its_way():
    result = run(events=[event("move", "2025-03-20", region="beijing"), event("withdraw", "2025-03-25", reason="quit")])
    assert not result.decisions[1].granted and result.decisions[1].param == "transfer.working_days"
    assert result.row("2025-04").transfer_in == result.row("2025-03").transfer_out


def test_money_that_arrives_in_the_month_it_left_is_booked_then():
    row = run(events=[event("move", "2025-07-01", region="beijing")]).row("2025-07")
    assert row.transfer_in == row.transfer_out > 0 and row.closing == row.transfer_in


def test_a_rule_that_starts_within_a_month_acts_from_its_day():
    mother = {"name": "母亲", "birth": "1960-05", "sex": "female", "insured": "resident"}
    link = [{"from": "我", "to": "母亲", "relation": "parent", "since": "2024-01"}]
    for on, granted in (("2024-07-25", False), ("2024-07-26", True)):
        result = run([ME, mother], [event("premium", on, to="母亲", kind="resident", amount=400)], start="2024-07", aid=link)
        assert result.decisions[0].granted == granted


def test_a_longer_own_gap_cannot_be_paid_and_a_flexible_worker_waits():
    flexible = {**ME, "insured": "flexible"}
    result = run([flexible], [event("stop", "2025-02-01", cause="own_choice"), event("resume", "2025-06-01"),
                              event("back_pay", "2025-06-20")])
    refused = result.decisions[-1]
    assert not refused.granted and refused.param == "arrears.back_pay_months" and refused.span.source.title
    assert refused.reason.zh and refused.reason.en
    assert [result.row(f"2025-{month:02d}").waiting_months for month in range(5, 13)] == [0, 6, 5, 4, 3, 2, 1, 0]
    assert [result.row(f"2025-{month:02d}").eligible for month in (6, 11, 12)] == [0, 0, 1]
    assert result.row("2025-12").continuous_months == 7 and result.row("2025-12").contributed_months == 128
    assert result.row("2025-06").back_credit == 0


def test_the_account_pays_in_a_gap_unless_it_is_frozen():
    events = [event("stop", "2025-02-01", cause="job_loss"), event("medical", "2025-02-10", place="pharmacy", amount=100)]
    assert run(events=events).row("2025-02").spent == 10000
    frozen = run(events=events, rules={"arrears.account_usable": [{"from": "2020-01-01", "value": "no"}]})
    assert (frozen.row("2025-02").spent, frozen.row("2025-02").cash_paid) == (0, 10000)


def test_a_first_enrolment_waits():
    newcomer = {**ME, "insured": "none", "contributed_months": 0, "opening": {}}
    result = run([newcomer], [event("resume", "2025-03-01", insured="flexible", wage=5000)])
    assert [result.row(f"2025-{month:02d}").eligible for month in (2, 3, 8, 9)] == [0, 0, 0, 1]     # benefits in month seven
    assert result.row("2025-03").base == 500000


def test_residents_who_missed_years_wait():
    mother = {"name": "母亲", "birth": "1960-05", "sex": "female", "insured": "resident"}

    def benefits(*more):
        result = run([mother], [event("stop", "2025-01-01", "母亲", cause="own_choice"), event("resume", "2027-01-01", "母亲"), *more],
                     length=36)
        return next(row["month"] for row in result.records() if row["eligible"])
    assert benefits() == "2027-05"                          # Qingdao: 3 + 1
    assert benefits(event("back_pay", "2027-01-01", "母亲", months=12)) == "2027-04"


def test_aid_given_is_aid_received_in_order_of_registration():
    father = {"name": "父亲", "birth": "1955-01", "sex": "male", "insured": "retiree", "opening": {"carried": 100}}
    child = {**ME, "name": "孩子", "birth": "1990-01", "opening": {"carried": 80}, "wage": 0}
    result = run([ME, father, child], [event("medical", "2025-01-10", "父亲", place="pharmacy", amount=700)], length=2,
                 aid=[{"from": "孩子", "to": "父亲", "relation": "parent", "since": "2025-01"},
                      {"from": "我", "to": "父亲", "relation": "parent", "since": "2025-01", "monthly_limit": 250}])
    father_row, child_row, my_row = (result.row("2025-01", name) for name in ("父亲", "孩子", "我"))
    assert father_row.spent == 10000 + father_row.credit
    assert child_row.aid_given == 8000 + child_row.credit   # registered first: all it has
    assert my_row.aid_given == 25000                        # the limit
    assert father_row.aid_received == child_row.aid_given + my_row.aid_given
    assert father_row.cash_paid == 70000 - father_row.spent - father_row.aid_received
    assert any(one.type == "aid" and "限额" in one.reason.zh for one in result.decisions)


def test_a_receiver_with_enough_money_leaves_the_giver_alone():
    wife = {**ME, "name": "妻子", "sex": "female"}
    result = run([ME, wife], [event("medical", "2025-01-10", "妻子", place="pharmacy", amount=300)], length=1,
                 aid=[{"from": "我", "to": "妻子", "relation": "spouse", "since": "2025-01"}])
    assert result.row("2025-01", "我").aid_given == 0 and result.row("2025-01", "妻子").spent == 30000


def test_siblings_may_be_helped_only_since_every_province_has_it():
    brother = {"name": "弟弟", "birth": "1990-01", "sex": "male", "insured": "resident"}
    bills = [event("medical", on, "弟弟", place="pharmacy", amount=100) for on in ("2024-08-10", "2024-12-08", "2024-12-09")]
    result = run([ME, brother], bills, start="2024-08", length=5,
                 aid=[{"from": "我", "to": "弟弟", "relation": "sibling", "since": "2024-01"}])
    assert [result.row(month, "弟弟").aid_received for month in ("2024-08", "2024-12")] == [0, 10000]        # of the last bill
    assert result.decisions[0].param == "aid.relations"


def test_premiums_for_relatives_and_what_is_refused():
    mother = {"name": "母亲", "birth": "1960-05", "sex": "female", "insured": "resident"}
    link = [{"from": "我", "to": "母亲", "relation": "parent", "since": "2025-01", "uses": ["premium"]}]
    pays = event("premium", "2025-10-10", to="母亲", kind="resident", amount=400)
    assert run([ME, mother], [pays], aid=link).row("2025-10").premium_given == 40000
    for changed, param in (({"kind": "commercial"}, "aid.uses"), ({"amount": 99999}, "aid.money")):
        refused = run([ME, mother], [{**pays, **changed}], aid=link)
        assert refused.row("2025-10").premium_given == 0 and refused.decisions[0].param == param
    assert not run([ME, mother], [pays]).decisions[0].granted       # no authorisation
    own = event("premium", "2025-10-10", to="我", kind="commercial", amount=100)
    assert run(events=[own]).decisions[0].param == "spending.commercial"
    for kind, amount, region, reason, param in (
            ("resident", 100, "beijing", "an account pays no resident premium of its holder", None),
            ("long_term_care", 100, "kunshan", "the use is not allowed", "aid.uses"),
            ("long_term_care", 99999, "beijing", "not enough of the money that may pay it", None)):
        refused, = run(events=[{**own, "kind": kind, "amount": amount}], region=region).decisions
        assert (refused.granted, refused.reason.en, refused.param) == (False, reason, param)
    allowed = run(events=[own], rules={"spending.commercial": [{"from": "2020-01-01", "value": "carried money"}]})
    assert allowed.row("2025-10").premium_given == 10000


def test_a_quota_across_provinces_is_frozen_and_returns():
    mother = {"name": "母亲", "birth": "1960-05", "sex": "female", "insured": "resident", "region": "beijing"}
    rich = {**ME, "opening": {"carried": 1000}, "wage": 0}
    bill = event("medical", "2026-07-10", place="pharmacy", amount=1000)
    result = run([rich, mother], [bill], start="2026-07", length=2,
                 aid=[{"from": "我", "to": "母亲", "relation": "parent", "since": "2026-07", "monthly_limit": 600}])
    first = result.row("2026-07")
    assert first.spent == first.opening + first.credit - 60000          # 600.00 are out of reach of the own bill
    assert first.closing == 60000                                       # and still there at the end


def test_a_move_settles_interest_and_the_money_arrives_after_its_working_days():
    result = run(events=[event("move", "2025-03-20", region="beijing")])
    left, arrived = result.row("2025-03"), result.row("2025-04")
    assert left.transfer_out == left.opening + left.credit + left.interest and left.closing == 0
    # carried 5,000.00 for January and February at 1.1 %: 9.1667; current 200.00 and 400.00 at 0.35 %: 0.175 → 9.34
    assert left.interest == 934
    assert arrived.transfer_in == left.transfer_out and arrived.carried == left.transfer_out
    records = [record["region"] for record in result.records()]
    assert records[2:4] == ["national", "beijing"]
    assert arrived.premium_paid == 20300                                # Beijing's 3 yuan


def test_death_closes_the_account_and_heirs_take_all():
    cash = run(events=[event("withdraw", "2025-05-20", reason="death")])
    row, later = cash.row("2025-05"), cash.row("2025-06")
    assert row.withdrawn == row.opening + row.credit + row.interest and row.closing == 0
    assert cash.decisions[0].due == date(2025, 6, 3)                    # ten working days after 20 May
    assert (later.closing, later.credit, later.eligible) == (0, 0, 0)
    assert {record["status"] for record in list(cash.records())[5:]} == {"none"}
    son = {**ME, "name": "儿子", "birth": "2000-01", "opening": {}}
    moved = run([ME, son], [event("withdraw", "2025-05-20", reason="death", to="儿子")])
    assert moved.row("2025-05").transfer_out == moved.row("2025-05", "儿子").transfer_in == row.withdrawn
    assert moved.row("2025-05").withdrawn == 0


def test_the_dead_buy_no_medicine():
    ill = {**ME, "medical": {"pharmacy": 60.00}}
    result = run([ill], [event("withdraw", "2025-05-20", reason="death"), event("medical", "2025-07-01", place="pharmacy", amount=99)])
    assert result.row("2025-05").medical == 6000                        # the month of death is still lived
    assert all(row.medical == row.cash_paid == 0 for row in result.flows[ME["name"]][5:])


def test_who_lives_elsewhere_may_close_the_account_and_stay_insured():
    law = {name: [{"from": "2020-01-01", "value": ["remote_residence"]}]
           for name in ("withdrawal.reasons", "withdrawal.closing_reasons")}
    result = run(events=[event("withdraw", "2025-05-20", reason="remote_residence")], rules=law)
    later = result.row("2025-06")
    assert result.row("2025-05").closing == 0 and (later.credit, later.eligible, later.contributed_months) == (0, 1, 126)


@pytest.mark.parametrize("reason, month", [("remote_residence", "2025-05"), ("remote_residence", "2025-07"), ("quit", "2025-05")])
def test_who_has_no_account_any_more_dies_all_the_same(reason, month):
    law = {name: [{"from": "2020-01-01", "value": [reason, "death"]}]
           for name in ("withdrawal.reasons", "withdrawal.closing_reasons")}
    ill = {**ME, "medical": {"pharmacy": 60.00}}
    result = run([ill], [event("withdraw", "2025-05-20", reason=reason), event("withdraw", f"{month}-20", reason="death"),
                         event("resume", "2025-09-01")], rules=law)
    assert [decision.granted for decision in result.decisions] == [True, False, False]
    assert (result.row(month).medical, result.row(month).contributed_months) == (6000, 0)
    assert all(row.medical == row.premium_paid == row.eligible == row.status == 0
               for row in result.flows[ME["name"]][int(month[5:]):])


def test_a_refused_withdrawal_changes_nothing():
    plain = run()
    for reason in ("serious_illness", "free", "enlisted"):
        result = run(events=[event("withdraw", "2025-05-20", reason=reason)])
        assert result.flows == plain.flows
        assert not result.decisions[0].granted and result.decisions[0].span.source.title


def test_retirement_comes_with_age_and_years():
    young = run([{**ME, "contributed_months": 400}], [event("retire", "2025-03-10")])
    assert not young.decisions[0].granted and young.decisions[0].param == "retirement.early_most"
    old = {**ME, "birth": "1965-02", "contributed_months": 299}
    result = run([old], length=12)                          # 60 and one month in 2025-03
    assert [record["status"] for record in result.records()][:5] == ["employee"] * 3 + ["retiree"] * 2
    short = run([{**old, "contributed_months": 200}])
    assert {record["status"] for record in short.records()} == {"employee"}
    asked = run([{**old, "contributed_months": 264}], [event("retire", "2025-03-10")])
    assert not asked.decisions[0].granted and "33" in asked.decisions[0].reason.en
    topped = run([{**old, "contributed_months": 264}], [event("retire", "2025-03-10", top_up=True)])
    assert topped.row("2025-03").premium_paid == 20000 + 33 * 80000     # 10,000 × 8 % a month
    assert [record["status"] for record in topped.records()][2:4] == ["employee", "retiree"]


def test_a_prepaid_bill_comes_back_to_the_person_or_where_so_ruled_to_the_account():
    bill = event("medical", "2025-03-27", place="tertiary", amount=1000, prepaid=True)
    person = run(events=[bill]).row("2025-03")
    assert (person.reimbursed, person.cash_paid, person.spent) == (50000, 50000, 0)
    account = run(events=[bill], rules={"pooling.prepaid_to": [{"from": "2020-01-01", "value": "the account"}]})
    assert account.row("2025-03").cash_paid == 100000 and account.row("2025-04").refund == 50000


def test_nothing_more_is_done_for_the_dead():
    result = run(events=[event("stop", "2025-01-01", cause="employer_arrears"), event("withdraw", "2025-03-10", reason="death"),
                         event("resume", "2025-05-01", insured="employee"), event("back_pay", "2025-05-02"),
                         event("move", "2025-05-03", region="beijing")])
    for month in range(4, 13):
        row = result.row(f"2025-{month:02d}")
        assert (row.closing, row.credit, row.arrears, row.gap_months, row.contributed_months, row.eligible) == (0,) * 6
    assert [one.granted for one in result.decisions] == [True, True, False, False, False]


def test_who_is_a_resident_now_pays_the_arrears_of_before():
    result = run(events=[event("stop", "2025-01-01", cause="employer_arrears"), event("resume", "2025-02-10", insured="resident"),
                         event("back_pay", "2025-04-20")])
    assert result.row("2025-03").arrears == 80000 and result.row("2025-04").arrears == 0
    assert result.row("2025-04").back_credit == 20000


def test_days_and_registration_count_and_not_the_order_of_people():
    a = {"name": "甲", "birth": "1950-01", "sex": "male", "insured": "retiree", "opening": {"carried": 500}}
    b = {**a, "name": "乙", "opening": {}}
    data = {"aid": [{"from": "甲", "to": "乙", "relation": "spouse", "since": "2025-01"}], "length": 2, "events": [
        event("medical", "2025-01-20", "乙", place="pharmacy", amount=300),
        event("medical", "2025-01-05", "甲", place="pharmacy", amount=400),
        event("withdraw", "2025-02-20", "甲", reason="death", to="乙"), event("withdraw", "2025-02-05", "乙", reason="emigration")]}
    one, other = run([a, b], **data), run([b, a], **data)
    assert one.flows["甲"] == other.flows["甲"] and one.flows["乙"] == other.flows["乙"]
    assert one.row("2025-01", "甲").spent == 40000          # the own bill of the 5th comes before the other's of the 20th


def test_forty_years_of_arrears_are_no_matter_of_minutes():
    missed = gap_of(480)
    missed.own_fen, missed.due_day = [10000] * 480, [15] * 480
    principal, fee = arrears.outstanding(missed, 0, months.month_number("1990-01"), day("2029-12-31"), rules())
    assert principal == 480 * 10000 and fee > 0


def test_a_household_of_six_balances_in_every_month():
    people = [
        {**ME, "region": "beijing", "medical": {"pharmacy": 80, "tertiary": 300}},
        {**ME, "name": "妻子", "sex": "female", "birth": "1988-06", "region": "shanghai", "medical": {"primary": 150}},
        {"name": "父亲", "birth": "1963-04", "sex": "male", "insured": "employee", "wage": 9000, "contributed_months": 360,
         "region": "wuhan", "medical": {"secondary": 400}, "opening": {"current": 100, "carried": 9000}},
        {"name": "母亲", "birth": "1962-05", "sex": "female", "insured": "resident", "medical": {"pharmacy": 120}},
        {"name": "女儿", "birth": "2015-01", "sex": "female", "insured": "resident", "medical": {"primary": 60}},
        {"name": "岳母", "birth": "1960-02", "sex": "female", "insured": "retiree", "medical": {"primary": 900}},
    ]
    aid = [{"from": "我", "to": "母亲", "relation": "parent", "since": "2023-01", "monthly_limit": 100},
           {"from": "我", "to": "女儿", "relation": "child", "since": "2023-01"},
           {"from": "妻子", "to": "岳母", "relation": "parent", "since": "2024-01", "yearly_limit": 500},
           {"from": "父亲", "to": "母亲", "relation": "spouse", "since": "2023-06"}]
    events = [event("move", "2023-09-11", region="shanghai"), event("move", "2024-05-20", who="妻子", region="wuhan"),
              event("stop", "2024-02-01", cause="employer_arrears"), event("resume", "2024-06-01"),
              event("back_pay", "2024-06-15"), event("premium", "2024-10-20", to="女儿", kind="resident", amount=400),
              event("medical", "2024-03-05", place="tertiary", kind="inpatient", amount=20000),
              event("withdraw", "2025-11-11", who="父亲", reason="death", to="我")]
    result = simulator.run({"region": "beijing", "start": "2023-01", "months": 48, "people": people, "aid": aid,
                            "events": events})                       # every identity is held by the engine, every month
    assert result.row("2024-06").refund > 0 and result.row("2025-11").transfer_in > 0
    assert {record["status"] for record in result.records() if record["person"] == "父亲"} == {"employee", "retiree", "none"}
    assert sum(row.aid_given for rows in result.flows.values() for row in rows) > 0
    shuffled = simulator.run({"region": "beijing", "start": "2023-01", "months": 48, "people": people, "aid": aid,
                              "events": events[::-1]})
    assert shuffled.flows == result.flows
    others = simulator.run({"region": "beijing", "start": "2023-01", "months": 48, "people": people[::-1], "aid": aid, "events": events})

    def by_person(one):
        return sorted(one.records(), key=lambda record: (record["person"], record["month"]))
    assert by_person(others) == by_person(result)


# ── what the independent auditor found: each wrong until 2026-11-22 ─────────────────────────────────

def alone(region, start, months_, events=(), rules=None, **person):
    """The ledger, in yuan, of one person: an employee with a wage of 10,000 unless said otherwise."""
    events = [{"on": on, "who": "A", "type": type_, **given} for on, type_, given in events]
    return simulator.run({
        "title": "found", "region": region, "start": start, "months": months_, "events": events, "rules": rules or {},
        "people": [{"name": "A", "birth": "1985-03", "sex": "male", "insured": "employee", "wage": 10000, **person}]}).ledger


def test_months_missed_after_a_gap_was_made_good_are_a_gap_of_their_own():
    """Three months may be paid later: August to October are; so may November be, though it is the fourth since the stop."""
    ledger = alone("hebei/cangzhou", "2028-07", 7, insured="flexible", contributed_months=60, events=[
        ("2028-08-11", "stop", {"cause": "job_loss"}), ("2028-11-01", "back_pay", {}), ("2028-12-01", "resume", {}),
        ("2028-12-10", "back_pay", {})])
    assert ledger.arrears.tolist() == [0, 700, 1400, 2100, 700, 0, 0]
    assert ledger.gap_months.tolist() == [0, 1, 2, 3, 1, 0, 0] and ledger.contributed_months.iloc[-1] == 67


def test_an_earlier_gap_of_an_unbroken_stretch_no_longer_counts_once_it_is_paid():
    ledger = alone("jiangsu/suzhou", "2024-03", 5, insured="flexible", contributed_months=60, events=[
        ("2024-04-01", "stop", {"cause": "job_loss"}), ("2024-06-12", "stop", {"cause": "employer_arrears"}),
        ("2024-06-14", "back_pay", {})])
    assert ledger.gap_months.tolist() == [0, 1, 2, 1, 2]    # April and May are paid, June and July are not


@pytest.mark.parametrize("stop", [[], [("2023-10-01", "stop", {"cause": "own_choice"})]])
def test_a_first_enrolment_waits_with_a_gap_as_without(stop):
    ledger = alone("sichuan/chengdu", "2023-09", 7, insured="resident", events=[*stop, ("2024-02-01", "resume", {"insured": "flexible"})])
    assert ledger.waiting_months.tolist() == [0, 0, 0, 0, 0, 6, 5]


def test_a_resident_who_asks_for_account_money_stays_covered():
    ledger = alone("shandong/taian", "2029-04", 3, insured="resident", events=[("2029-05-01", "withdraw", {"reason": "transfer_refused"})])
    assert ledger.status.tolist() == ["resident"] * 3 and ledger.eligible.tolist() == [1, 1, 1]


def test_who_quit_resumes_as_before():
    ledger = alone("zhejiang/shaoxing", "2025-01", 4, events=[("2025-01-23", "withdraw", {"reason": "quit"}), ("2025-03-01", "resume", {})])
    assert ledger.status.tolist() == ["employee", "none", "employee", "employee"]
    assert ledger.closing.tolist() == [0, 0, 200, 400]      # January's 200 were paid out; from March on 10,000 × 2 %


def test_who_was_never_insured_has_to_say_as_what():
    result = simulator.run({"title": "never", "region": "beijing", "start": "2025-01", "months": 2,
                            "people": [{"name": "A", "birth": "1985-03", "sex": "male", "insured": "none"}],
                            "events": [{"on": "2025-02-01", "who": "A", "type": "resume"}]})
    assert [one.granted for one in result.decisions] == [False] and result.ledger.status.tolist() == ["none", "none"]


def test_a_wage_declared_on_resuming_does_not_grow_in_that_month():
    ledger = alone("guangdong/dongguan", "2029-10", 5, insured="flexible", wage_growth=0.03, events=[
        ("2029-11-01", "stop", {"cause": "own_choice"}), ("2030-01-09", "resume", {"wage": 24538})])
    assert ledger.base.tolist() == [10000, 10000, 10000, 24538, 24538]


def test_bills_after_a_gap_count_towards_its_refund():
    """Dalian: 200 a year are the patient's, then the pool pays 65 %. As if January had been paid, the year has one deductible:
    (501 − 200) × 65 % = 195.65 for January to March, of which March's own bill brings 167 × 65 % = 108.55."""
    ledger = alone("liaoning/dalian", "2026-01", 4, contributed_months=100, medical={"secondary": 167}, events=[
        ("2026-01-01", "stop", {"cause": "own_choice"}), ("2026-02-01", "resume", {}), ("2026-03-08", "back_pay", {})])
    assert ledger.reimbursed.tolist() == [0, 0, 108.55, 108.55] and ledger.refund.tolist() == [0, 0, 87.1, 0]


def test_a_deadline_that_is_past_stays():
    """The due day becomes the 25th in June: April's and May's premiums were due on the 15th. On 30 June April is 76 days late,
    May 46, June 5: 900.00 × 0.05 % × (76 + 46 + 5) = 34.20 + 20.70 + 2.25."""
    ledger = alone("xizang/changdu", "2025-03", 5, events=[("2025-04-01", "stop", {"cause": "employer_arrears"})],
                   rules={"arrears.due_day": [{"from": "2025-06-01", "value": 25}]})
    assert ledger.late_fee_accrued.tolist()[3] == 57.15


def test_a_what_if_moves_the_retirement_age_from_its_date_on():
    ledger = alone("ningxia", "2025-01", 6, birth="1965-10", contributed_months=320,
                   rules={"retirement.age_male": [{"from": "2025-03-01", "value": 58}]})
    assert ledger.status.tolist() == ["employee"] * 3 + ["retiree"] * 3


def test_a_what_if_on_the_growth_of_floors_acts():
    frozen = alone("ningxia", "2026-12", 2, wage=1000, rules={"projection.wage_growth": [{"from": "2026-05-01", "value": 0}]})
    assert frozen.base.tolist() == [5023, 5023] and alone("ningxia", "2026-12", 2, wage=1000).base.tolist() == [5023, 5174]


def test_nothing_is_frozen_for_a_relative_in_a_gap():
    """A quota across provinces is frozen for B while B pays; in B's gap all of A's money is A's own."""
    ledger = simulator.run({
        "title": "quota", "region": "liaoning/shenyang", "start": "2026-08", "months": 4,
        "people": [{"name": "A", "birth": "1985-03", "sex": "male", "insured": "employee", "wage": 10000, "opening": {"carried": 50},
                    "medical": {"pharmacy": 300}},
                   {"name": "B", "birth": "1955-03", "sex": "male", "insured": "resident", "region": "xinjiang/aletai"}],
        "aid": [{"from": "A", "to": "B", "relation": "parent", "since": "2026-08", "monthly_limit": 659}],
        "events": [{"on": "2026-10-01", "who": "B", "type": "stop", "cause": "own_choice"}]}).ledger
    spent = ledger[ledger.person == "A"].spent.tolist()
    assert spent[:2] == [0, 0] and spent[2] > 0


def test_no_money_is_no_amount_to_ask_for():
    with pytest.raises(InputError, match=r"zero|零"):
        alone("beijing", "2025-01", 2, events=[("2025-02-01", "withdraw", {"reason": "quit", "amount": 0})])


def test_a_what_if_leaves_the_projection_before_it_alone():
    """Dongguan's ceiling is projected to rise above 27,583.36; without a ceiling only from 2029-12 on, the base is what the wage is."""
    ledger = alone("guangdong/dongguan", "2027-07", 8, wage=26269.87, wage_growth=0.05,
                   rules={"contribution.base_ceiling": [{"from": "2029-12-07", "value": "none"}]})
    assert ledger.base.tolist() == [26269.87] * 6 + [27583.36] * 2


def test_the_newer_wage_counts():
    """A wage agreed on 31 August acts in September; the one of a new employer of 15 September is newer. 4,858 and 5,004 are floors."""
    ledger = alone("fujian/quanzhou", "2028-07", 13, events=[
        ("2028-08-01", "stop", {"cause": "own_choice"}), ("2028-08-31", "wage", {"amount": 10427.82}),
        ("2028-09-15", "resume", {"wage": 2000})])
    assert ledger.base.tolist()[2:] == [4858] * 10 + [5004]


def test_to_resume_and_stop_without_a_premium_between_is_one_gap():
    """Eight months missed in a row are more than the three that may be paid later: nothing is owed."""
    ledger = alone("shaanxi/xian", "2022-09", 10, insured="flexible", contributed_months=50, events=[
        ("2022-10-01", "stop", {"cause": "job_loss"}), ("2023-05-01", "resume", {}), ("2023-05-22", "stop", {"cause": "own_choice"})])
    assert ledger.gap_months.tolist()[7:] == [7, 8, 9] and ledger.arrears.tolist()[7:] == [0, 0, 0]


def test_what_is_missed_after_leaving_and_coming_back_is_another_gap():
    """Three months and three others, all without a premium: each gap is within the three that may be paid later, 900.00 a month."""
    ledger = alone("shaanxi/xian", "2022-09", 7, insured="flexible", contributed_months=50, events=[
        ("2022-10-01", "stop", {"cause": "job_loss"}), ("2022-12-20", "withdraw", {"reason": "quit"}),
        ("2023-01-05", "resume", {}), ("2023-01-20", "stop", {"cause": "job_loss"})])
    assert ledger.gap_months.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert ledger.arrears.tolist() == [900.0 * months for months in range(7)]


def test_bills_of_a_gap_are_refunded_as_they_were_paid_though_this_years_money_would_have_come_first():
    """Wenzhou: half of the bill of 1,000.00, of which this year's money would have paid 280.00 before the pool did."""
    ledger = alone("zhejiang/wenzhou", "2023-10", 9, wage=7000, contributed_months=140, opening={"current": 300, "carried": 5200}, events=[
        ("2024-03-05", "stop", {"cause": "job_loss"}), ("2024-04-20", "medical", {"place": "tertiary", "amount": 1000}),
        ("2024-05-06", "resume", {"wage": 8000}), ("2024-05-20", "back_pay", {})])
    assert ledger.refund.tolist() == [0] * 7 + [500, 0]


def test_a_gap_after_leaving_is_not_shortened_by_paying_what_was_owed_before():
    ledger = alone("yunnan/dali", "2021-10", 7, insured="flexible", contributed_months=50, events=[
        ("2021-11-01", "stop", {"cause": "employer_arrears"}), ("2021-12-07", "withdraw", {"reason": "quit"}),
        ("2022-03-09", "back_pay", {})])
    assert ledger.gap_months.tolist() == [0, 1, 2, 3, 4, 3, 4]


def test_a_refund_is_paid_out_where_the_plan_has_no_account():
    """Shenzhen's second tier. The pool's part of nine of twelve bills of 239.00."""
    row = alone("guangdong/shenzhen", "2024-02", 14, plan="tier_two", medical={"primary": 239}, events=[
        ("2024-03-13", "stop", {"cause": "employer_arrears"}), ("2025-03-15", "back_pay", {})]).iloc[13]
    assert row.refund == row.withdrawn > 0 and row.closing == 0


def test_what_is_due_on_the_last_day_knows_the_rates_of_the_month():
    """735.00 for September to November, the rate 0.02 % from 13 November on: 735.00 × (58 × 0.05 % + 18 × 0.02 %) = 23.96,
    × (28 × 0.05 % + 18 × 0.02 %) = 12.94, × 15 × 0.02 % = 2.21."""
    ledger = alone("guangdong/guangzhou", "2025-09", 3, events=[("2025-09-01", "stop", {"cause": "employer_arrears"})],
                   rules={"arrears.late_fee_daily_rate": [{"from": "2025-11-13", "value": 0.0002}]})
    assert ledger.late_fee_accrued.iloc[2] == 39.11


def test_the_months_of_a_gap_made_good_are_waited_off_as_if_they_had_been_paid():
    """One of six; seven of the six that the twenty-six before them, never made good, would have brought then."""
    ledger = alone("guangdong/dongguan", "2028-04", 26, insured="flexible", contributed_months=50, events=[
        ("2028-05-23", "stop", {"cause": "employer_arrears"}), ("2030-01-09", "resume", {}),
        ("2030-03-02", "stop", {"cause": "own_choice"}), ("2030-04-16", "back_pay", {})])
    assert ledger.waiting_months.tolist()[21:] == [6, 5, 5, 4, 4]
    ledger = alone("shaanxi/xian", "2021-11", 39, contributed_months=50, events=[
        ("2021-12-31", "stop", {"cause": "job_loss"}), ("2024-02-01", "stop", {"cause": "employer_arrears"}),
        ("2024-09-01", "resume", {"insured": "flexible"}), ("2024-12-14", "back_pay", {})])
    assert ledger.waiting_months.tolist()[34:] == [6, 5, 4, 0, 0] and ledger.arrears.iloc[-1] == 0


def test_who_went_over_to_the_resident_scheme_helps_nobody():
    ledger = simulator.run({
        "title": "over", "region": "guangxi", "start": "2023-07", "months": 3,
        "people": [{"name": "A", "birth": "1985-03", "sex": "male", "insured": "flexible", "wage": 10000, "opening": {"carried": 500}},
                   {"name": "B", "birth": "1955-03", "sex": "male", "insured": "flexible", "wage": 5000, "medical": {"pharmacy": 400}}],
        "aid": [{"from": "A", "to": "B", "relation": "parent", "since": "2023-07"}],
        "events": [{"on": "2023-08-01", "who": "A", "type": "resume", "insured": "resident"}]}).ledger
    assert ledger[ledger.person == "A"].aid_given.tolist()[0] > 0 and ledger[ledger.person == "A"].aid_given.tolist()[1:] == [0, 0]


def test_a_yearly_sum_takes_twelve_deductions_a_year():
    """Chongqing with a monthly and a yearly sum: 10.25 for long-term care is taken twelve times, in the month of the yearly sum."""
    ledger = alone("chongqing", "2025-01", 24, insured="retiree", birth="1955-03", rules={
        "credit.retiree_yearly": [{"from": "2025-01-01", "value": [{"amount": 1200}]}]})
    plain = alone("chongqing", "2025-01", 24, insured="retiree", birth="1955-03")
    assert round(ledger.credit.sum() - plain.credit.sum(), 2) == 2 * 1200


def two_helped(**more):
    """A (Urumqi, 1,000 in the account) helps B in Guangzhou by a quota of 300, and C in Urumqi; C's bill would take everything."""
    return simulator.run({
        "title": "two", "region": "xinjiang/urumqi", "start": "2030-12", "months": 2,
        "people": [{"name": "A", "birth": "1955-03", "sex": "male", "insured": "retiree", "opening": {"carried": 1000},
                    **more.pop("a", {})},
                   {"name": "B", "birth": "1985-03", "sex": "male", "insured": "resident", "region": "guangdong/guangzhou"},
                   {"name": "C", "birth": "1985-03", "sex": "male", "insured": "resident"}],
        "aid": [{"from": "A", "to": "B", "relation": "child", "since": more.pop("since", "2030-12"), "monthly_limit": 300},
                {"from": "A", "to": "C", "relation": "child", "since": "2030-12"}], **more}).ledger


def test_what_is_frozen_for_one_relative_is_not_given_to_another():
    ledger = two_helped(events=[{"on": "2030-12-17", "who": "C", "type": "medical", "place": "pharmacy", "amount": 19284}])
    row = ledger[ledger.person == "A"].iloc[0]
    assert row.opening + row.credit - row.aid_given == 300


def test_a_quota_is_frozen_from_the_first_whole_month_of_the_relation_on():
    ledger = two_helped(since="2030-12-07", a={"medical": {"pharmacy": 5000}})
    first, second = ledger[ledger.person == "A"].itertuples()
    assert first.spent == first.opening + first.credit      # nothing is kept back of A's own bill of the 1st
    assert second.spent == max(0, second.opening + second.credit - 300)


@pytest.mark.parametrize("region, start, free", [("beijing", "2022-06", False), ("henan", "2024-03", True)])
def test_a_back_credit_is_free_by_the_rules_of_the_day_it_is_credited(region, start, free):
    """Beijing freed credits until 2022-08; the what-if frees those of Henan from 2024-07-05 on."""
    rules = {} if region == "beijing" else {"withdrawal.free_share": [{"from": "2024-07-05", "value": 1}]}
    year = start[:4]
    stop, paid = ("07-01", "10-15") if region == "beijing" else ("04-01", "08-11")
    ledger = alone(region, start, 6, rules=rules, events=[
        (f"{year}-{stop}", "stop", {"cause": "employer_arrears"}), (f"{year}-{paid}", "back_pay", {})])
    row = ledger[ledger.back_credit > 0].iloc[0]
    assert bool(row.withdrawable >= row.back_credit) == free


def test_only_what_may_be_given_is_frozen():
    """Tianjin's free money is A's own cash and Shannan keeps 3,000 of every account from aid: there is nothing to freeze."""
    for region, opening in (("tianjin", {"withdrawable": 582.20}), ("xizang/shannan", {"carried": 430.35})):
        ledger = simulator.run({
            "title": "nothing to freeze", "region": region, "start": "2029-01", "months": 1,
            "people": [{"name": "A", "birth": "1955-03", "sex": "male", "insured": "flexible", "wage": 6000, "opening": opening,
                        "medical": {"pharmacy": 430}},
                       {"name": "B", "birth": "1985-03", "sex": "male", "insured": "resident", "region": "hunan/shaoyang"}],
            "aid": [{"from": "A", "to": "B", "relation": "child", "since": "2029-01", "monthly_limit": 69.23}]}).ledger
        assert ledger.cash_paid.iloc[0] == 0 and ledger.spent.iloc[0] + ledger.reimbursed.iloc[0] == 430


def test_who_retires_in_debt_pays_one_deductible_a_year():
    """Guiyang takes 150 a year: 579.00 in each month of 2027, of which the deductible takes its part in January only."""
    ledger = alone("guizhou/guiyang", "2026-01", 17, insured="flexible", birth="1962-04", sex="female", medical={"tertiary": 579}, events=[
        ("2026-02-15", "stop", {"cause": "employer_arrears"}), ("2026-08-01", "resume", {}), ("2026-08-01", "retire", {"top_up": True}),
        ("2027-05-19", "back_pay", {})])
    assert ledger.reimbursed.iloc[16] == ledger.reimbursed.iloc[15] > ledger.reimbursed.iloc[12] > 0


def test_a_prepaid_bill_may_come_back_within_its_month():
    """Paid on 1 January 2026, refunded after seven working days, on the 12th."""
    result = simulator.run({
        "title": "prepaid", "region": "heilongjiang/qitaihe", "start": "2026-01", "months": 2,
        "people": [{"name": "A", "birth": "1985-03", "sex": "male", "insured": "employee", "wage": 10000}],
        "rules": {"pooling.prepaid_to": [{"from": "2025-01-01", "value": "the account"}],
                  "pooling.prepaid_working_days": [{"from": "2025-01-01", "value": 7}]},
        "events": [{"on": "2026-01-01", "who": "A", "type": "medical", "place": "tertiary", "kind": "inpatient", "amount": 9000,
                    "prepaid": True}]})
    assert result.ledger.refund.iloc[0] > 0 and result.ledger.refund.iloc[1] == 0
    result.explain("2026-01")                               # adds up


@pytest.mark.parametrize("working_days", [1, 40])
def test_what_comes_back_later_does_not_open_a_closed_account(working_days):
    """Who closed the account and stayed insured is paid out what comes back for a prepaid bill, in its month or later."""
    rules = {"withdrawal.reasons": ["remote_residence"], "withdrawal.closing_reasons": ["remote_residence"],
             "pooling.prepaid_to": "the account", "pooling.prepaid_working_days": working_days}
    result = simulator.run({
        "title": "closed", "region": "beijing", "start": "2025-01", "months": 6,
        "rules": {name: [{"from": "2025-01-01", "value": value}] for name, value in rules.items()},
        "people": [{"name": "A", "birth": "1990-01", "sex": "male", "insured": "employee", "wage": 8000}],
        "events": [{"on": "2025-02-05", "who": "A", "type": "withdraw", "reason": "remote_residence"},
                   {"on": "2025-03-05", "who": "A", "type": "medical", "place": "tertiary", "kind": "inpatient", "amount": 50_000,
                    "prepaid": True}]})
    ledger = result.ledger
    assert ledger.refund.sum() > 0
    assert ledger.withdrawn.tolist()[2:] == ledger.refund.tolist()[2:] and ledger.closing.tolist()[1:] == [0] * 5
    for month in ("2025-03", "2025-04", "2025-05"):
        result.explain(month)                               # adds up


def test_of_two_causes_paid_back_at_once_both_are_taken_off_the_gap():
    ledger = alone("anhui", "2024-10", 8, insured="flexible", contributed_months=50, events=[
        ("2024-11-16", "stop", {"cause": "employer_arrears"}), ("2025-03-01", "stop", {"cause": "own_choice"}),
        ("2025-04-01", "back_pay", {})])
    assert ledger.gap_months.tolist() == [0, 1, 2, 3, 4, 5, 1, 2]


def test_a_gap_that_can_no_longer_be_paid_uses_up_no_deductible():
    """Liuzhou: primary 60 %, secondary 55 %, 100 of each year are the patient's at either. February's bills come first:
    142.72 × 60 % + 56 × 55 % = 116.43, March's 242.72 × 60 % + 156 × 55 % = 231.43; no cent for January's."""
    ledger = alone("guangxi/liuzhou", "2029-09", 9, contributed_months=50, medical={"primary": 242.72, "secondary": 156}, events=[
        ("2029-10-01", "stop", {"cause": "job_loss"}), ("2030-02-07", "stop", {"cause": "employer_arrears"}),
        ("2030-04-28", "back_pay", {})])
    assert ledger.refund.iloc[7] == 347.86


def test_a_retiree_who_comes_back_is_in_no_gap():
    ledger = alone("jilin/yanbian", "2024-03", 27, birth="1971-09", sex="female", contributed_months=238, events=[
        ("2025-03-31", "withdraw", {"reason": "lump_sum_pension"}), ("2026-03-31", "resume", {})])
    assert ledger.status.iloc[24:].tolist() == ["retiree"] * 3 and ledger.gap_months.iloc[23:].tolist() == [11, 0, 0, 0]


@pytest.mark.parametrize("is_inpatient", [0, 1])
def test_what_the_pool_leaves_in_a_wait_counts_to_no_ceiling(is_inpatient):
    """A wait pays half: of 1,000.01 for which the pool would pay, 500.01 are paid, and only these count."""
    before, bill = PoolYear(10, 20, 200_000, 300_000), Bill(0, 0, is_inpatient, 0, 0, 0)
    paid_fen, pool = lawful.in_part(100_001, before, bill, rules(waiting_pool_share=Decimal("0.5")))
    assert paid_fen == 50_001
    assert pool == (PoolYear(10, 20, 200_000, 250_000) if is_inpatient else PoolYear(10, 20, 150_000, 300_000))


def test_a_resident_may_pay_back_what_led_to_an_earlier_wait():
    """The employer's seven months of thirty-three are paid when A has gone over to the resident scheme."""
    ledger = alone("shaanxi/xian", "2021-11", 39, contributed_months=50, events=[
        ("2021-12-31", "stop", {"cause": "job_loss"}), ("2024-02-01", "stop", {"cause": "employer_arrears"}),
        ("2024-09-01", "resume", {"insured": "flexible"}), ("2024-11-01", "resume", {"insured": "resident"}),
        ("2024-12-14", "back_pay", {})])
    assert ledger.arrears.iloc[-1] == 0 and ledger.premium_paid.iloc[37] > 0


def test_age_and_years_are_looked_at_after_the_month_s_move():
    """Sixty in May 2021. Wuhan asks for years paid there, of which none are left when the month of the move ends."""
    stays, moves = (alone("hubei/wuhan", "2021-04", 4, birth="1961-05", contributed_months=400, events=events) for events in (
        [], [("2021-05-20", "move", {"region": "hubei/xiangyang"})]))
    assert stays.status.tolist() == ["employee", "employee", "retiree", "retiree"]
    assert moves.status.tolist() == ["employee", "employee", "employee", "retiree"]


def test_of_two_gaps_paid_at_once_the_bills_come_when_the_credits_are_there():
    """Guiyang credits flexible workers nothing: the refund for April to July is paid out only where no credit of March came with it."""
    row = alone("guizhou/guiyang", "2023-04", 20, insured="flexible", birth="1961-08", contributed_months=100, events=[
        ("2024-02-10", "stop", {"cause": "employer_arrears"}), ("2024-06-12", "back_pay", {"months": 3}),
        ("2024-04-01", "stop", {"cause": "own_choice"}), ("2024-07-04", "medical", {"place": "tertiary", "amount": 482}),
        ("2024-08-01", "resume", {}), ("2024-11-04", "back_pay", {})]).iloc[-1]
    assert (row.refund, row.withdrawn, row.closing) == (215.8, 0, round(row.back_credit + 215.8, 2))


def test_money_that_is_frozen_pays_neither_before_the_pool_nor_an_own_premium():
    """All of A's 95.00 are frozen for C, who takes nothing: the pool pays half of the bill, the rest is cash."""
    def frozen(region, rules, events=(), **a):
        return simulator.run({
            "title": "frozen", "region": region, "start": "2026-07", "months": 1, "rules": rules, "events": list(events),
            "people": [{"name": "A", "birth": "1985-03", "sex": "male", "insured": "employee", "wage": 4750, **a},
                       {"name": "C", "birth": "1991-05", "sex": "male", "insured": "employee", "region": "guangdong/dongguan"}],
            "aid": [{"from": "A", "to": "C", "relation": "parent", "since": "2026-06", "monthly_limit": 503}]})

    first = {"spending.before_pool": [{"from": "2024-12-21", "value": "current money"}]}
    row = frozen("yunnan/zhaotong", first, medical={"tertiary": 187.22}).ledger.iloc[0]
    assert row.spent == 0 and row.reimbursed + row.cash_paid == 187.22 and row.closing == row.credit > 0
    premium = {"on": "2026-07-09", "who": "A", "type": "premium", "to": "A", "kind": "commercial", "amount": 50}
    for carried, granted in ((553, True), (552, False)):    # of which, with July's credit, 503 are frozen
        result = frozen("yunnan/zhaotong", {"spending.commercial": [{"from": "2024-01-01", "value": "all money"}]}, [premium],
                        opening={"carried": carried - float(row.credit)})
        assert [one.granted for one in result.decisions] == [granted]


def test_nothing_is_frozen_for_whom_the_area_does_not_let_draw():
    """Xinjiang, if it knew spouse and child only: nothing is frozen for a grandparent, and D's own bill of 90.00 is paid."""
    ledger = simulator.run({
        "title": "kin", "region": "xinjiang/kezileisu", "start": "2032-10", "months": 1,
        "people": [{"name": "D", "birth": "1939-09", "sex": "male", "insured": "retiree", "region": "heilongjiang/haerbin",
                    "medical": {"pharmacy": 90}},
                   {"name": "C", "birth": "1967-06", "sex": "female", "insured": "flexible", "wage": 5000}],
        "rules": {"aid.relations": [{"from": "2028-09-01", "value": ["spouse", "child"]}]},
        "aid": [{"from": "D", "to": "C", "relation": "grandparent", "since": "2032-10", "monthly_limit": 280.65}]}).ledger
    assert ledger.iloc[0].spent == 90


def test_a_quota_may_be_drawn_on_in_the_month_in_which_the_relation_begins():
    """Nothing is frozen yet on the first, and up to the limit is given all the same."""
    bill = {"on": "2030-12-17", "who": "B", "type": "medical", "place": "pharmacy", "amount": 500}
    ledger = two_helped(since="2030-12-07", events=[bill])
    assert ledger[ledger.person == "A"].aid_given.tolist() == [300, 0]


def test_a_plan_is_one_of_the_first_area_whoever_else_is_in_it():
    """A leaves Urumqi's plan without an account for Dongguan, whose plan of the same name C has chosen."""
    def credits(*others):
        return simulator.run({
            "title": "plans", "region": "xinjiang/urumqi", "start": "2025-01", "months": 4, "events": [
                {"on": "2025-01-10", "who": "A", "type": "move", "region": "guangdong/dongguan"},
                {"on": "2025-03-10", "who": "A", "type": "move", "region": "xinjiang/urumqi"}],
            "people": [{"name": "A", "birth": "1985-03", "sex": "male", "insured": "flexible", "plan": "pool_only", "wage": 6000},
                       *others]}).ledger.query("person == 'A'").credit.tolist()

    other = {"name": "C", "birth": "1985-03", "sex": "male", "insured": "flexible", "plan": "pool_only", "region": "guangdong/dongguan"}
    alone_, together = credits(), credits(other)
    assert alone_ == together and [amount > 0 for amount in alone_] == [False, True, True, False]


def test_a_retiree_who_comes_back_waits_for_the_next_yearly_sum():
    """Qiannan pays 1,200 for the year in January; who left in July and is back in September has had it."""
    ledger = alone("guizhou/qiannan", "2025-12", 15, insured="retiree", birth="1939-10", events=[
        ("2026-07-23", "withdraw", {"reason": "quit"}), ("2026-09-01", "resume", {})])
    assert ledger.credit.tolist() == [0, 1200, *[0] * 11, 1200, 0]


def test_a_retired_member_of_a_plan_without_an_account_is_paid_in_cash():
    """Chongqing's first tier credits retirees nothing: the pool's part of the gap's bills is paid out."""
    row = alone("chongqing", "2028-06", 5, birth="1964-04", sex="female", plan="tier_one", contributed_months=265,
                medical={"secondary": 425.49}, events=[
                    ("2028-06-01", "stop", {"cause": "own_choice"}), ("2028-09-01", "resume", {}), ("2028-10-17", "back_pay", {})]).iloc[-1]
    assert row.status == "retiree" and row.withdrawn == row.refund > 0 and row.closing == 0


def test_a_frozen_account_pays_no_premium_either():
    premium = ("2025-03-25", "premium", {"to": "A", "kind": "commercial", "amount": 50})
    usable = {"spending.commercial": [{"from": "2025-01-01", "value": "all money"}]}
    frozen = {**usable, "arrears.account_usable": [{"from": "2025-01-01", "value": "no"}]}
    for law, stop, given in ((usable, True, 50), (frozen, True, 0), (frozen, False, 50)):
        ledger = alone("guangdong/jieyang", "2025-01", 5, rules=law, opening={"carried": 900}, events=[
            *([("2025-03-05", "stop", {"cause": "employer_arrears"})] if stop else []), premium])
        assert ledger.premium_given.sum() == given


def test_the_second_segment_of_a_bill_is_rounded_with_the_first():
    """Taizhou, if the pool paid 60 % up to 100.00 and 70 % beyond, in whole yuan: of 1,000.00, 166.67 fill the first segment;
    100.00 + 833.33 × 70 % = 683.33, that is 683.00."""
    rules = {"pooling.upper_from": 100, "pooling.rounding": "yuan half up", "pooling.counts": "paid", "pooling.deductible": 0,
             "pooling.rate": {"employee": 0.6, "retiree": 0.6}, "pooling.upper_rate": {"employee": 0.7, "retiree": 0.7}}
    row = alone("jiangsu/taizhou", "2025-09", 1, medical={"primary": 1000}, rules={
        name: [{"from": "2025-01-01", "value": value}] for name, value in rules.items()}).iloc[0]
    assert row.reimbursed == 683


def test_a_wait_does_not_outlast_what_led_to_it_but_an_earlier_one_goes_on():
    """Shantou: twelve months missed bring six of waiting, of which two are left; two months more, paid back at once, are they."""
    ledger = alone("guangdong/shantou", "2024-12", 37, insured="flexible", contributed_months=60, events=[
        ("2026-04-07", "stop", {"cause": "job_loss"}), ("2027-04-25", "resume", {}), ("2027-08-01", "stop", {"cause": "own_choice"}),
        ("2027-10-01", "resume", {"insured": "resident"}), ("2027-10-06", "back_pay", {})])
    assert ledger.waiting_months.tolist()[-9:] == [6, 5, 4, 3, 3, 3, 0, 0, 0]


def test_a_shorter_wait_does_not_replace_a_longer_one():
    """Six months of waiting after five missed, two of them waited off; three missed more would bring two: four are left, less one."""
    bands = [{"over": 2, "months": 2}, {"over": 4, "months": 6}]
    ledger = alone("beijing", "2025-01", 13, insured="flexible", contributed_months=60, rules={
        "waiting.months": [{"from": "2025-01-01", "value": {"employee": 0, "flexible": bands, "retiree": 0}}],
        "waiting.free_gap_months": [{"from": "2025-01-01", "value": 2}],
        "waiting.starts": [{"from": "2025-01-01", "value": "month of payment"}],
        "waiting.gap_count": [{"from": "2025-01-01", "value": "unpaid months"}]}, events=[
            ("2025-01-01", "stop", {"cause": "own_choice"}), ("2025-06-01", "resume", {}), ("2025-08-01", "stop", {"cause": "own_choice"}),
            ("2025-11-01", "resume", {})])
    assert ledger.waiting_months.tolist() == [0] * 5 + [6, 5, 5, 5, 5, 4, 3, 2]


def test_a_residents_wait_is_not_lifted_by_what_is_paid_back_later():
    """Pingdingshan: June missed, a resident from July on, who stops in August; back as a flexible worker in November, June is paid
    too late for the residents' wait of three months, of which November is the second that is paid."""
    ledger = alone("henan/pingdingshan", "2026-04", 8, events=[
        ("2026-06-01", "stop", {"cause": "employer_arrears"}), ("2026-07-28", "resume", {"insured": "resident"}),
        ("2026-08-22", "stop", {"cause": "employer_arrears"}), ("2026-11-01", "resume", {"insured": "flexible"}),
        ("2026-11-21", "back_pay", {})])
    assert ledger.waiting_months.tolist() == [0, 0, 0, 3, 3, 3, 3, 2]


@pytest.mark.parametrize("money, given", [("all money", 700), ("carried money", 600)])
def test_what_has_to_stay_may_be_this_years_money(money, given):
    """Of 600.00 carried over and 600.00 of this year, 500.00 stay: all that may be given at all is given."""
    ledger = simulator.run({
        "title": "keep", "region": "zhejiang/ningbo", "start": "2027-07", "months": 1,
        "rules": {"aid.keep": [{"from": "2025-01-01", "value": 500}], "aid.money": [{"from": "2025-01-01", "value": money}]},
        "people": [{"name": "A", "birth": "1990-04", "sex": "female", "insured": "resident"},
                   {"name": "B", "birth": "1966-04", "sex": "female", "insured": "retiree", "opening": {"carried": 600, "current": 600}},
                   ],
        "aid": [{"from": "B", "to": "A", "relation": "child", "since": "2027-07"}],
        "events": [{"on": "2027-07-05", "who": "A", "type": "medical", "place": "pharmacy", "amount": 5000}]}).ledger
    giver = ledger[ledger.person == "B"].iloc[0]
    assert giver.aid_given == given + (giver.credit if money == "all money" else 0)


def two_relatives(aid, bills, **changes):
    """A giver in Beijing with 20,000.00, two parents elsewhere or there, a month of 2026: (given, decisions)."""
    parents = [{"name": name, "birth": "1955-01", "sex": "male", "insured": "resident", **changes} for name in "TU"]
    giver = {"name": "G", "birth": "1980-01", "sex": "male", "insured": "employee", "wage": 10000, "opening": {"carried": 20000}}
    result = simulator.run({
        "region": "beijing", "start": "2026-02", "months": 1, "people": [giver, *parents], "rules": {
            "aid.people": [{"from": "2025-01-01", "value": 2}]},
        "aid": [{"from": "G", "to": to, "relation": "parent", "since": "2026-01", "uses": uses} for to, uses in aid],
        "events": [event("medical", "2026-02-10", who, place="pharmacy", amount=amount) for who, amount in bills]})
    return result.row("2026-02", "G").aid_given, [str(one.reason) for one in result.decisions]


BOTH = ["medical", "premium"]


def test_the_wallets_daily_limit_is_the_givers_for_all_relatives():
    given, refused = two_relatives([("T", BOTH), ("U", BOTH)], [("T", 3500), ("U", 8000)], region="hebei/shijiazhuang")
    assert given == 600000 and len(refused) == 1            # three transfers of 2,000.00 a day, whomever they help


def test_in_shaanxi_the_wallet_gives_2000_a_day_in_all():
    family = [{**ME, "opening": {"carried": 9000}}, {"name": "T", "birth": "1950-01", "sex": "female", "insured": "resident",
                                                     "region": "beijing"}]
    result = simulator.run({
        "region": "shaanxi/xian", "start": "2026-02", "months": 1, "people": family,
        "aid": [{"from": "我", "to": "T", "relation": "parent", "since": "2026-01"}],
        "events": [event("medical", "2026-02-10", "T", place="pharmacy", amount=3500)]})
    assert result.row("2026-02", "我").aid_given == 200000
    assert [(one.param, one.span.grade, one.span.entry.other) for one in result.decisions] == [("aid.wallet_transfers", "disputed", 3)]
    sources = dict(result.explain("2026-02", "我")["aid_given"].sources)
    assert {"aid.wallet_transfer", "aid.wallet_transfers"} < set(sources) and sources["aid.wallet_transfers"].value == 1


def test_a_relative_counts_once_however_many_authorisations_there_are():
    twice = [("T", ["medical"]), ("T", ["premium"]), ("U", BOTH)]
    for aid in (twice, [("T", BOTH), ("U", BOTH)], [("U", ["premium"]), *twice]):
        assert two_relatives(aid, [("U", 80)])[0] == 8000


def test_a_quota_freezes_no_more_than_the_year_has_left():
    family = [{**ME, "opening": {"carried": 600}}, {"name": "母", "birth": "1955-01", "sex": "female", "insured": "resident",
                                                    "region": "hebei/shijiazhuang"}]
    result = simulator.run({
        "region": "beijing", "start": "2026-07", "months": 2, "people": family,
        "aid": [{"from": "我", "to": "母", "relation": "parent", "since": "2026-06", "monthly_limit": 500, "yearly_limit": 500}],
        "events": [event("medical", "2026-07-10", "母", place="pharmacy", amount=500),
                   event("medical", "2026-08-10", place="pharmacy", amount=200)]})
    assert (result.row("2026-07", "我").aid_given, result.row("2026-08", "我").spent) == (50000, 20000)


@pytest.mark.parametrize("kind, rounding", [("outpatient", "yuan half up"), ("inpatient", "yuan half up"), ("outpatient", "jiao up"),
                                            ("inpatient", "yuan up")])
@pytest.mark.parametrize("counts", ["paid", "cost"])
def test_the_pool_never_pays_more_than_the_bill(kind, rounding, counts):
    law = {"pooling.rounding": rounding, "pooling.deductible": 0, "pooling.inpatient_deductible": 0, "pooling.counts": counts,
           "pooling.rate": 1, "pooling.inpatient_rate": 1}
    result = simulator.run({
        "region": "beijing", "start": "2026-02", "months": 1, "people": [ME],
        "rules": {name: [{"from": "2025-01-01", "value": value}] for name, value in law.items()},
        "events": [event("medical", "2026-02-10", place="primary", kind=kind, amount="0.61")]})
    row = result.row("2026-02")
    assert (row.medical, row.reimbursed, row.spent) == (61, 61, 0)
    assert "0.61" in result.explain("2026-02").text()


def test_who_has_just_been_granted_retirement_does_not_move():
    old = {**ME, "birth": "1965-01", "contributed_months": 332}
    asked = [event("retire", "2025-02-10"), event("move", "2025-02-20", region="guangdong/guangzhou")]
    granted = {one.type: one.granted for one in run([old], asked, region="fujian/xiamen").decisions}
    assert granted == {"retire": True, "move": False}


@pytest.mark.parametrize("events, bases", [
    ([event("wage", "2025-03-05", amount=16000), event("resume", "2025-03-20", wage=15000)], (15000, 15000)),
    ([event("resume", "2025-03-20", wage=15000), event("wage", "2025-03-25", amount=16000)], (15000, 16000)),
    ([event("wage", "2025-03-01", amount=16000), event("resume", "2025-03-01", wage=15000)], (15000, 15000)),
    ([event("resume", "2025-03-01", wage=15000), event("wage", "2025-03-01", amount=16000)], (16000, 16000)),
    ([event("resume", "2025-03-01", wage=15000), event("wage", "2025-03-01", amount=16000), event("resume", "2025-03-01", wage=17000)],
     (17000, 17000))])
def test_of_a_wage_and_a_new_job_the_later_one_counts(events, bases):
    law = {"contribution.wage_change": [{"from": "2020-01-01", "value": "next month"}]}
    result = run(events=events, region="beijing", rules=law)
    assert tuple(result.row(month).base // 100 for month in ("2025-03", "2025-04")) == bases


@pytest.mark.parametrize("months_paid, wait", [({}, 3), ({"months": 24}, 3), ({"months": 12}, 4), (None, 5)])
def test_a_resident_pays_all_missed_years_back_unless_told_how_many(months_paid, wait):
    back = [] if months_paid is None else [event("back_pay", "2028-01-10", **months_paid)]
    resident = {"name": "我", "birth": "1985-03", "sex": "male", "insured": "resident"}
    result = run([resident], [event("stop", "2025-01-01", cause="own_choice"), event("resume", "2028-01-01"), *back], length=38)
    assert result.row("2028-01").waiting_months == wait


def test_a_resident_who_pays_back_when_it_counts_for_nothing_is_told_so():
    resident = {"name": "我", "birth": "1985-03", "sex": "male", "insured": "resident"}
    events = [event("back_pay", "2025-01-10", months=24), event("stop", "2025-02-01", cause="own_choice"),
              event("back_pay", "2028-01-31", months=12), event("resume", "2028-02-01"), event("back_pay", "2028-02-10", months=6)]
    result = run([resident], events, length=38)
    assert [(one.granted, one.reason.en, one.param) for one in result.decisions if one.type == "back_pay"] == [
        (False, "no month is owed", None), (False, "residents pay missed years back in the month in which they come back", None),
        (False, "residents pay whole years back: less than one is asked for or left", "waiting.resident_year_months")]
    assert result.row("2028-02").waiting_months == 5            # three, and one for each further year


@pytest.mark.parametrize("on, interest", [("2025-01-10", 0), ("2025-03-10", 583), ("2025-12-10", 3208)])
def test_where_the_closing_balance_counts_an_account_that_closes_earns_for_the_months_that_are_over(on, interest):
    """10,000.00 at 0.35 % a year, no credits: of two months 5.83, of eleven 32.08."""
    law = {"interest.method": "closing balance", "credit.employee_rate": 0, "interest.current_rate": 0.0035,
           "withdrawal.reasons": ["quit"], "withdrawal.closing_reasons": ["quit"]}
    result = simulator.run({"region": "jiangsu/taizhou", "start": "2025-01", "months": 12, "people": [
        {**ME, "opening": {"carried": 10000}}], "events": [event("withdraw", on, reason="quit")], "rules": {
            name: [{"from": "2021-01-01", "value": value}] for name, value in law.items()}})
    assert sum(row.interest for row in result.flows["我"]) == interest


@pytest.mark.parametrize("days, interest", [("12-31", 3500), (["06-30", "12-31"], 1750 + 1753)])
def test_the_closing_balance_earns_for_the_months_since_the_last_settlement(days, interest):
    law = {"interest.method": "closing balance", "credit.employee_rate": 0, "interest.current_rate": 0.0035, "interest.settlement": days}
    result = simulator.run({"region": "jiangsu/taizhou", "start": "2025-01", "months": 12, "people": [
        {**ME, "opening": {"carried": 10000}}], "rules": {name: [{"from": "2021-01-01", "value": value}] for name, value in law.items()}})
    assert sum(row.interest for row in result.flows["我"]) == interest
    assert "上次结息以来的月数" in result.explain("2025-12").text() or days == "12-31"


def test_the_bills_of_a_wait_come_back_with_those_of_the_gap_and_the_worksheet_says_which():
    result = run([{**ME, "wage": 8000, "opening": {}}], [
        event("stop", "2025-02-01", cause="employer_arrears"), event("medical", "2025-03-05", place="secondary", amount=1500),
        event("resume", "2025-04-01"), event("medical", "2025-04-10", place="secondary", amount=1000),
        event("back_pay", "2025-05-20")], region="gansu/lanzhou", length=6)
    assert result.row("2025-05").refund == 90000            # 780.00 of March, and 120.00 of April: the deductible had been used up
    text = result.explain("2025-05").text()
    assert "780.00" in text and "2025-04，补缴之前" in text and "120.00" in text


def test_nothing_more_is_paid_to_the_heirs_of_who_has_died():
    law = {name: [{"from": "2020-01-01", "value": ["quit", "death"]}] for name in ("withdrawal.reasons", "withdrawal.closing_reasons")}
    asked = [event("withdraw", "2025-05-10", reason="death", amount=1), event("withdraw", "2025-05-10", reason="quit")]
    result = run(events=asked, rules=law)
    assert [one.granted for one in result.decisions] == [False, False] and "去世" in result.decisions[1].reason.zh
    assert result.row("2025-05").withdrawn == 0 < result.row("2025-05").closing


# ── a refund, a wait and the scheme left ──

def test_what_is_made_good_is_refunded_as_the_wait_of_then_says_and_is_waited_off():
    """Urumqi: the first six months wait, March among them, paid in May; Hainan pays half meanwhile: of 500.00 for March 150.00, no more
    for April. Chongqing: four months of the employer's cannot be made good, June can: the six of waiting began with it."""
    urumqi = alone("xinjiang/urumqi", "2024-01", 8, [
        ("2024-01-02", "resume", {"insured": "flexible"}), ("2024-03-01", "stop", {"cause": "own_choice"}), ("2024-04-01", "resume", {}),
        ("2024-05-02", "back_pay", {})], insured="none", wage=6500, medical={"primary": 150})
    assert urumqi.refund.sum() == 0 and urumqi.waiting_months.tolist() == [6, 5, 5, 4, 2, 1, 0, 0]
    hainan = alone("hainan", "2025-01", 7, [
        ("2025-01-06", "resume", {"insured": "flexible"}), ("2025-03-06", "stop", {"cause": "own_choice"}), ("2025-04-06", "resume", {}),
        ("2025-04-20", "back_pay", {})], insured="none", wage=5500, medical={"secondary": 500})
    assert hainan.refund.tolist() == [0, 0, 0, 150, 0, 0, 0] and hainan.waiting_months.tolist() == [6, 5, 5, 3, 2, 1, 0]
    chongqing = alone("chongqing", "2024-01", 12, [
        ("2024-02-02", "stop", {"cause": "employer_arrears"}), ("2024-06-02", "stop", {"cause": "own_choice"}),
        ("2024-07-02", "resume", {"insured": "flexible"}), ("2024-07-03", "back_pay", {})],
        wage=7000, contributed_months=90, medical={"secondary": 400})
    assert chongqing.refund.sum() == 0 and chongqing.waiting_months.tolist() == [0] * 6 + [5, 4, 3, 2, 1, 0]


def test_leaving_for_a_day_ends_no_gap_and_no_wait():
    """Qingyang: eleven months missed bring six of waiting, also when A gives the scheme up on their last day."""
    stop, back = ("2025-02-10", "stop", {"cause": "own_choice"}), ("2026-01-01", "resume", {})
    for events in ([stop, back], [stop, ("2025-12-31", "withdraw", {"reason": "quit"}), back]):
        ledger = alone("gansu/qingyang", "2025-01", 20, events, insured="flexible", contributed_months=60)
        assert ledger.waiting_months.tolist()[11:] == [0, 6, 5, 4, 3, 2, 1, 0, 0]
    ledger = alone("chongqing", "2024-01", 12, [
        ("2024-02-02", "stop", {"cause": "own_choice"}), ("2024-06-02", "resume", {}), ("2024-07-31", "withdraw", {"reason": "quit"}),
        ("2024-08-01", "resume", {})], insured="flexible", contributed_months=90)
    assert ledger.waiting_months.tolist()[5:] == [6, 5, 4, 3, 2, 1, 0]


def test_the_dead_ask_for_nothing_more_in_the_month():
    result = simulator.run({
        "region": "beijing", "start": "2025-01", "months": 1,
        "people": [{"name": "甲", "birth": "1965-01", "sex": "male", "insured": "employee", "wage": 8000}],
        "events": [{"on": f"2025-01-{day:02d}", "who": "甲", **event} for day, event in (
            (5, {"type": "withdraw", "reason": "death"}), (20, {"type": "retire"}), (21, {"type": "move", "region": "tianjin"}),
            (25, {"type": "withdraw", "reason": "quit"}))]})
    assert [one.granted for one in result.decisions] == [True, False, False, False]
    assert {str(one.reason) for one in result.decisions[1:]} == {str(result.decisions[-1].reason)}


def test_joining_the_army_ends_the_insurance_and_the_account():
    ledger = alone("guangdong/zhuhai", "2025-08", 4, [("2025-09-10", "withdraw", {"reason": "enlisted"})], opening={"carried": 880})
    assert ledger.status.tolist() == ["employee", "employee", "none", "none"]
    assert (ledger.credit.iloc[2], ledger.closing.iloc[1], ledger.gap_months.iloc[3]) == (0, 0, 2)


def test_whom_a_what_if_leaves_the_account_has_nothing_credited_after_leaving():
    rules_ = {"withdrawal.closing_reasons": [{"from": "2021-01-01", "value": ["death"]}]}
    ledger = alone("guangdong/zhuhai", "2024-10", 4, [
        ("2024-10-24", "stop", {"cause": "employer_arrears"}), ("2024-12-11", "withdraw", {"reason": "enlisted"}),
        ("2025-01-21", "back_pay", {})], rules_, opening={"carried": 50})
    assert ledger.back_credit.iloc[3] == 0 < ledger.premium_paid.iloc[3]


def test_no_bill_is_noted_of_a_gap_that_can_no_longer_be_made_good():
    """Suzhou takes three months back; of the fourth nothing is promised. Chongqing reimburses three of the employer's."""
    for region, cause, months_ in (("jiangsu/suzhou", "own_choice", ("2025-04", "2025-05")),
                                   ("chongqing", "employer_arrears", ("2025-04", "2025-05"))):
        result = simulator.run({
            "title": "late", "region": region, "start": "2025-01", "months": 6,
            "people": [{"name": "A", "birth": "1988-02", "sex": "female", "insured": "employee", "wage": 6000, "contributed_months": 60,
                        "medical": {"secondary": 1000}}],
            "events": [{"on": "2025-02-02", "who": "A", "type": "stop", "cause": cause}]})
        said = ["若补缴可追补报销" in explain(result, month).text() for month in months_]
        assert said == [True, False]


def test_a_bill_and_a_wage_of_the_dead_are_answered_too():
    result = simulator.run({
        "title": "after", "region": "gansu/qingyang", "start": "2025-01", "months": 4,
        "people": [{"name": "A", "birth": "1983-03", "sex": "male", "insured": "employee", "wage": 5000, "opening": {"carried": 500}}],
        "events": [{"on": "2025-01-20", "who": "A", "type": "withdraw", "reason": "death"},
                   {"on": "2025-01-25", "who": "A", "type": "medical", "place": "pharmacy", "amount": 50},
                   {"on": "2025-02-05", "who": "A", "type": "medical", "place": "pharmacy", "amount": 77},
                   {"on": "2025-03-05", "who": "A", "type": "wage", "amount": 7000}]})
    assert [(str(one.day), one.type, one.granted) for one in result.decisions] == [
        ("2025-01-20", "withdraw", True), ("2025-02-05", "medical", False), ("2025-03-05", "wage", False)]
    assert result.ledger.medical.tolist() == [50, 0, 0, 0] and "has died" in result.decisions[1].reason.en
    assert result.decisions[1].due is None


def test_only_the_dead_have_heirs():
    death, quits = ({"on": "2025-01-20", "who": "A", "type": "withdraw", "reason": reason, "to": "B"} for reason in ("death", "quit"))
    household = {"title": "heir", "region": "beijing", "start": "2025-01", "months": 1, "people": [
        {"name": name, "birth": "1983-03", "sex": "male", "insured": "employee", "wage": 5000} for name in "AB"]}
    simulator.run({**household, "events": [death]})
    with pytest.raises(InputError) as refused:
        simulator.run({**household, "events": [quits]})
    assert "events[0].to" in str(refused.value) and "`death`" in refused.value.problems[0].message.en


def test_where_nothing_is_paid_out_no_day_is_promised():
    result = simulator.run({
        "title": "empty", "region": "beijing", "start": "2025-01", "months": 1,
        "people": [{"name": "A", "birth": "1983-03", "sex": "male", "insured": "none"}],
        "events": [{"on": "2025-01-20", "who": "A", "type": "withdraw", "reason": "death"}]})
    assert [(one.granted, one.amount_fen, one.due) for one in result.decisions] == [(True, 0, None)]


def test_a_first_enrolment_that_is_missed_would_have_begun_its_wait():
    """Wuhan: enrolled in July, which is missed, and paid in October: the six months run from July on."""
    law = {"waiting.first_enrolment_months": [{"from": "2021-01-01", "value": 6}]}
    ledger = alone("hubei/wuhan", "2025-06", 9, [
        ("2025-07-02", "resume", {"insured": "flexible"}), ("2025-07-03", "stop", {"cause": "own_choice"}), ("2025-08-01", "resume", {}),
        ("2025-10-10", "back_pay", {})], law, insured="none", medical={"primary": 100})
    assert ledger.waiting_months.tolist() == [0, 0, 6, 5, 3, 2, 1, 0, 0] and ledger.refund.sum() == 0


def test_gaps_made_good_at_once_are_waited_off_of_the_earlier_wait_in_any_order():
    """Qujing: five months of waiting are left when four are missed, a month paid, and another missed: all five are paid in July."""
    ledger = alone("yunnan/qujing", "2024-01", 19, [
        ("2024-04-26", "stop", {"cause": "job_loss"}), ("2024-12-01", "resume", {}), ("2025-01-04", "stop", {"cause": "own_choice"}),
        ("2025-04-07", "stop", {"cause": "employer_arrears"}), ("2025-05-22", "resume", {}),
        ("2025-06-22", "stop", {"cause": "own_choice"}), ("2025-07-23", "back_pay", {})], insured="flexible", contributed_months=60)
    assert ledger.waiting_months.tolist()[11:] == [6, 6, 6, 6, 6, 6, 6, 0]


def test_what_is_refunded_after_leaving_is_explained():
    """Paid in the month of coming back, after the gap has ended with the scheme left: the sheet adds up, with the bills and no credit."""
    scenario = {
        "title": "after", "region": "gansu/qingyang", "start": "2025-01", "months": 6,
        "people": [{"name": "A", "birth": "1985-02", "sex": "male", "insured": "flexible", "wage": 6000, "contributed_months": 60,
                    "medical": {"secondary": 900}}],
        "events": [{"on": "2025-02-10", "who": "A", "type": "stop", "cause": "own_choice"},
                   {"on": "2025-03-31", "who": "A", "type": "withdraw", "reason": "quit"},
                   {"on": "2025-04-01", "who": "A", "type": "resume"}, {"on": "2025-04-20", "who": "A", "type": "back_pay"}]}
    result = simulator.run(scenario)
    sheet = explain(result, "2025-04")
    assert sheet["refund"].result == result.ledger_fen.refund.iloc[3] > 0
