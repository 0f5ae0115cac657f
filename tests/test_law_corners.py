"""The corners of the law that the everyday cases leave out, so that every line and branch of it has been seen to work."""
from datetime import date

import pytest
from law_rules import rules

import simulator
from simulator.law import arrears, credit, mutual_aid, retirement, spending, transfer, waiting
from simulator.law.account import (
    COMMERCIAL_PREMIUM,
    EMPLOYEE,
    FLEXIBLE,
    LONG_TERM_CARE_PREMIUM,
    RESIDENT,
    RESIDENT_PREMIUM,
    RETIREE,
    Account,
    AidGiven,
    Missed,
    Pockets,
    Tally,
    broken,
)
from simulator.law.month import (
    ages_with_other_dues,
    begin_years,
    begins_a_year,
    count_as_paid,
    count_paid_month,
    credit_months,
    ends_a_year,
    has_same_dues,
    household_month,
    is_ordinary,
    may_change_dues,
    pay_bills,
    quiet_months,
    renew_dues,
    settle_interest,
)

OF_A_MONTH = ("eligible", "interest", "spent", "medical", "reimbursed", "cash_paid")
ME = {"name": "我", "birth": "1985-03", "sex": "male", "insured": "employee", "wage": "10000", "contributed_months": 120,
      "opening": {"carried": 5000}}
PENSIONER = {**ME, "birth": "1950-03", "insured": "retiree", "wage": 0}
MOTHER = {"name": "母亲", "birth": "1960-05", "sex": "female", "insured": "resident"}


def run(*events, person=ME, others=(), region="national", length=12, what_if=(), **more):
    """A year from 2025-01 on under the law, with whatever else is ruled from then on."""
    law = {name: [{"from": "2020-01-01", "value": value}] for name, value in {"contribution.base_ceiling": 30000, **dict(what_if)}.items()}
    return simulator.run({"region": region, "start": "2025-01", "months": length, "people": [person, *others],
                          "events": list(events), "rules": law, **more})


def event(type_, on, who="我", **fields):
    return {"type": type_, "on": on, "who": who, **fields}


def day(text):
    return date.fromisoformat(text).toordinal()


# ── late fees ──

def test_a_fee_of_the_time_before_a_rate_changed_is_at_the_old_rate_alone():
    # 10,000.00 for the 30 days of June 2011 at 0.2 %: 600.00, though the law knows of a newer rate
    both = rules()._replace(arrears_late_fee_daily_rate_ppm=((day("2011-07-01"), 500), (day("1999-01-22"), 2000)) + ((0, 2000),) * 2)
    assert arrears.late_fee(1_000_000, day("2011-06-01"), day("2011-06-30"), both) == 60000
    # and with July, 31 days at 0.05 %: 155.00 more
    assert arrears.late_fee(1_000_000, day("2011-06-01"), day("2011-07-31"), both) == 60000 + 15500


def test_days_before_the_oldest_rate_that_the_law_looks_back_to_bear_no_fee():
    # four rates, 0.05 % from each New Year: of the 10 days around the oldest, five count: 10,000.00 × 0.05 % × 5 = 25.00
    four = tuple((day(f"{year}-01-01"), 500) for year in (2025, 2024, 2023, 2022))
    law = rules()._replace(arrears_late_fee_daily_rate_ppm=four)
    assert arrears.late_fee(1_000_000, day("2021-12-27"), day("2022-01-05"), law) == 2500


# ── stopping and resuming ──

def test_a_second_stop_for_the_same_reason_begins_no_second_gap():
    once = run(event("stop", "2025-03-01", cause="job_loss"), event("resume", "2025-06-01"))
    twice = run(event("stop", "2025-03-01", cause="job_loss"), event("stop", "2025-04-10", cause="job_loss"), event("resume", "2025-06-01"))
    assert twice.flows == once.flows and [one.granted for one in twice.decisions] == [True] * 3
    assert [twice.row(f"2025-0{month}").gap_months for month in (2, 3, 4, 5)] == [0, 1, 2, 3]


def test_a_retiree_has_nothing_to_stop_or_to_resume():
    plain = run(person=PENSIONER)
    asked = run(event("stop", "2025-03-01", cause="own_choice"), event("resume", "2025-05-01"), person=PENSIONER)
    assert asked.flows == plain.flows and [one.granted for one in asked.decisions] == [False, False]


def test_who_has_closed_the_account_pays_back_months_but_nothing_is_credited():
    closing = {name: ["remote_residence"] for name in ("withdrawal.reasons", "withdrawal.closing_reasons")}
    result = run(event("stop", "2025-02-01", cause="employer_arrears"), event("withdraw", "2025-03-20", reason="remote_residence"),
                 event("back_pay", "2025-04-10"), what_if=closing)
    paid = result.row("2025-04")
    # February and March, 200.00 each of one's own; on 800.00 with the employer's part 54 and 26 days at 0.05 %: 21.60 + 10.40
    assert (paid.premium_paid, paid.late_fee_paid, paid.back_credit, paid.closing) == (40000, 3200, 0, 0)
    assert paid.contributed_months == 120 + 3


def test_a_gap_paid_in_full_too_late_brings_no_bill_back():
    # the employer owes February to May; the area looks back three months, so the bill of 1,000.00 in March stays unpaid
    gap = [event("stop", "2025-02-01", cause="employer_arrears"), event("medical", "2025-03-10", place="tertiary", amount=1000),
           event("resume", "2025-06-01"), event("back_pay", "2025-06-10")]
    result = run(*gap, what_if={"arrears.retroactive_months": {"employer": 3, "own": 0}})
    paid = result.row("2025-06")
    assert (paid.refund, paid.back_credit, paid.arrears) == (0, 4 * 20000, 0)
    assert run(*gap, what_if={"arrears.retroactive_months": {"employer": 4, "own": 0}}).row("2025-06").refund == 50000


def test_of_a_gap_paid_in_part_the_rest_is_owed_with_its_fee():
    result = run(event("stop", "2025-02-01", cause="employer_arrears"), event("resume", "2025-05-01"),
                 event("back_pay", "2025-05-10", months=1))
    row = result.row("2025-05")
    # of February to April one month is paid, and 800.00 for each of the other two are owed: 1,600.00
    assert row.arrears == 160000 and 0 < row.late_fee_accrued < 160000


def test_a_resident_now_who_owes_months_as_an_employee_has_nothing_to_wait_for():
    gap = [event("stop", "2025-02-01", cause="own_choice"), event("resume", "2025-04-01", insured="resident")]
    bill = event("medical", "2025-05-10", place="tertiary", amount=1000)
    paid = run(*gap, bill, event("back_pay", "2025-06-10"))
    assert paid.row("2025-05").arrears == 2 * (20000 + 60000)       # both parts of two months
    assert paid.row("2025-06").refund == 0                          # the bill was a resident's, not of the gap


def test_a_month_of_a_gap_counts_once_and_only_when_paid():
    account, missed = Account(Pockets(0, 0, 0), EMPLOYEE, 1_000_000, 10), Missed(4)
    missed.gap[:4], missed.is_owed[:4], missed.is_counted[:4] = [1, 1, 1, 0], [0, 1, 0, 0], [0, 0, 1, 0]
    for _ in range(2):                                      # paid; still owed; counted before; not missed at all
        count_as_paid(account, missed, 0, 4)
        assert account.continuous_months == 10 + 1 and missed.is_counted[:4] == [1, 0, 1, 0]


def test_who_has_an_account_that_anything_is_credited_to():
    plain, nothing = rules(), rules(credit_employee_rate=0, credit_flexible_rate=0)
    by_age = rules(credit_employee_rate=0, credit_employee_age_bands=[{"below": 45, "rate": 0}, {"amount": 10}])
    assert [credit.is_credited(EMPLOYEE, law) for law in (plain, nothing, by_age)] == [True, False, True]
    assert [credit.is_credited(status, nothing) for status in (FLEXIBLE, RETIREE)] == [False, True]
    for monthly, yearly, credited in (((0, 0, 0), 0, False), ((1, 0, 0), 0, True), ((0, 1, 0), 0, True), ((0, 0, 1), 0, True),
                                      ((0, 0, 0), 1, True)):
        none_else = nothing._replace(credit_retiree_monthly=((70, 0, 0, 0), (999, *monthly)), credit_retiree_yearly=((999, yearly),))
        assert credit.is_credited(RETIREE, none_else) == credited
    assert credit.is_credited(FLEXIBLE, rules(credit_flexible_rate="0.02"))


# ── waiting ──

def test_a_wait_may_begin_in_the_month_after_payment():
    at_once, later = rules(waiting_starts="month of payment"), rules(waiting_starts="month after payment")
    assert [waiting.from_this_month(wait, law) for wait in (0, 3) for law in (at_once, later)] == [0, 0, 3, 4]


def test_a_gap_shorter_than_every_band_brings_no_wait():
    law = rules(waiting_months=[{"over": 6, "months": 3}, {"over": 12, "months": 6}], waiting_free_gap_months=3)
    assert [waiting.wait_after_gap(FLEXIBLE, gap, 0, law) for gap in (3, 4, 6, 7, 12, 13)] == [0, 0, 0, 3, 3, 6]


def test_only_who_pays_premiums_waits_at_the_first_enrolment():
    law = rules(waiting_first_enrolment_months={"employee": 1, "flexible": 6})
    assert [waiting.first_wait(status, law) for status in (EMPLOYEE, FLEXIBLE, RETIREE, RESIDENT)] == [1, 6, 0, 0]


def test_where_the_pool_pays_a_share_during_the_wait():
    # a stay of 10,000.00 in the first month after a gap of five: whatever the pool pays after the wait, half of it now
    gap = [event("stop", "2025-02-01", cause="own_choice"), event("resume", "2025-07-01")]
    stay = event("medical", "2025-07-10", place="tertiary", kind="inpatient", amount=10000)
    law = {"waiting.free_gap_months": 0, "waiting.months": 6, "waiting.pool_share": "0.5",
           "pooling.inpatient_deductible": 0, "pooling.inpatient_rate": "0.8"}
    result = run(*gap, stay, what_if={name: float(value) if isinstance(value, str) else value for name, value in law.items()})
    row = result.row("2025-07")
    assert row.waiting_months > 0 and row.eligible == 0
    assert row.reimbursed == 1_000_000 * 8 // 10 // 2


# ── premiums from the account ──

def test_which_money_may_pay_ones_own_premium():
    pockets = Pockets(10000, 70000, 5000)
    carried, everything = rules(spending_commercial="carried money", spending_commercial_keep=200), rules(spending_commercial="all money")
    assert spending.available_for_premium(COMMERCIAL_PREMIUM, pockets, rules(spending_commercial="no")) == -1
    assert spending.available_for_premium(COMMERCIAL_PREMIUM, pockets, carried) == 50000           # 700.00 less 200.00 to be left
    assert spending.available_for_premium(COMMERCIAL_PREMIUM, pockets, everything) == 80000
    cared_for = rules(aid_uses=["long-term-care premium"])
    assert spending.available_for_premium(LONG_TERM_CARE_PREMIUM, pockets, cared_for) == 80000
    assert spending.available_for_premium(LONG_TERM_CARE_PREMIUM, pockets, rules(aid_uses=["medical"])) == -1
    assert spending.available_for_premium(RESIDENT_PREMIUM, pockets, cared_for) == -1


def test_an_own_premium_is_paid_or_refused_for_want_of_money():
    buys = event("premium", "2025-03-10", to="我", kind="commercial", amount=4000)
    paid = run(buys, what_if={"spending.commercial": "carried money"})
    assert paid.row("2025-03").premium_given == 400000 and paid.row("2025-03").carried == 100000
    refused = run({**buys, "amount": 5000.01}, what_if={"spending.commercial": "carried money"})
    assert refused.row("2025-03").premium_given == 0 and refused.decisions[0].param == "spending.commercial"
    refused = run({**buys, "amount": 4900.01}, what_if={"spending.commercial": "carried money", "spending.commercial_keep": 100})
    assert refused.row("2025-03").premium_given == 0 and refused.decisions[0].param == "spending.commercial_keep"


def test_a_relatives_premium_over_the_limit_of_the_authorisation_is_refused():
    aid = [{"from": "我", "to": "母亲", "relation": "parent", "since": "2025-01", "monthly_limit": 300}]
    pays = event("premium", "2025-10-10", to="母亲", kind="resident", amount=300)
    assert run(pays, others=[MOTHER], aid=aid).row("2025-10").premium_given == 30000
    refused = run({**pays, "amount": 300.01}, others=[MOTHER], aid=aid)
    assert refused.row("2025-10").premium_given == 0 and not refused.decisions[0].granted


def test_what_is_given_on_one_day_adds_up_and_begins_anew_the_next():
    given = AidGiven()
    for amount_fen, on in ((20000, 100), (15000, 100), (1000, 101)):
        mutual_aid.note_given(given, amount_fen)
        mutual_aid.note_day(given, amount_fen, on)
    assert (given.month_fen, given.year_fen, given.day, given.day_fen) == (36000, 36000, 101, 1000)


# ── retiring, withdrawing, moving ──

def test_a_resident_does_not_retire_from_the_employee_scheme():
    result = run(event("retire", "2025-03-10"), person={**ME, "insured": "resident", "wage": 0})
    assert [one.granted for one in result.decisions] == [False]
    assert result.decisions[0].reason.en == "is not in the employee scheme" and retirement.NOT_INSURED == 5


def test_a_retiree_does_not_retire_again():
    result = run(event("retire", "2025-03-10"), person=PENSIONER)
    assert [one.granted for one in result.decisions] == [False] and result.decisions[0].reason.en == "is retired already"


def test_free_money_is_taken_in_part():
    result = run(event("withdraw", "2025-03-10", reason="free", amount=100), person={**ME, "opening": {"withdrawable": 300}},
                 what_if={"withdrawal.reasons": ["free"]})
    row = result.row("2025-03")
    assert (row.withdrawn, row.withdrawable) == (10000, 20000) and result.decisions[0].granted


def test_a_move_within_the_area_or_without_insurance_moves_nothing():
    stays = run(event("move", "2025-03-20", region="beijing"), person={**ME, "insured": "none", "wage": 0})
    assert stays.row("2025-04").transfer_in == 0 and not stays.decisions[0].granted
    same = run(event("move", "2025-03-20", region="beijing"), region="beijing")
    assert same.row("2025-03").transfer_out == 0 and same.decisions[0].reason.en == "the same pooling area: nothing moves"
    assert transfer.SAME_AREA == 3


def test_who_is_not_insured_any_more_leaves_an_account_behind():
    row = run(event("withdraw", "2025-03-10", reason="death"), person={**ME, "insured": "none", "wage": 0}).row("2025-03")
    assert row.withdrawn == row.opening + row.interest > 500000 and row.closing == 0


# ── the short way of ordinary months ──

@pytest.mark.parametrize("who", [{**ME, "wage_growth": 0.05}, PENSIONER])
def test_ordinary_months_go_the_short_way_to_the_same_end(who):
    """Two years with bills, over two turns of the account, the pool and the base, month by month."""
    result = run(person={**who, "medical": {"pharmacy": 60, "tertiary": 400}}, length=24)
    line, start = result.timeline, result.scenario.start
    account, missed, before, renewed = line.opening_accounts()[0], Missed(24), None, 0
    for month in range(start, start + 24):
        person, tally = line.month(month, [account])[0], Tally()
        law, row = line.rows[person.row], result.row(month)
        assert is_ordinary(account)
        if (before is None or before.age != person.age or not has_same_dues(line.rows[before.row], law)
                or may_change_dues(person.calendar_month, law)):
            renewed += 1
            assert renew_dues(account, person, law) == account.dues
        if begins_a_year(person.calendar_month, law):
            begin_years(account, person.calendar_month, law)
        quiet_months(1, account, law)
        credit_months(1, account)
        pay_bills(1, account, person, missed, line.rows, start, tally)
        if law.interest_settlement_in_month[person.calendar_month - 1]:
            assert ends_a_year(person.calendar_month, law)
            settle_interest(account, person.calendar_month, 1, tally, law)
        if row.contributed_months > account.contributed_months:
            count_paid_month(account)
        assert (account.dues.base_fen, account.dues.credit_fen, account.dues.own_fen) == (row.base, row.credit, row.premium_paid)
        assert [getattr(tally, name) for name in OF_A_MONTH] == [getattr(row, name) for name in OF_A_MONTH]
        assert (*account.pockets, account.contributed_months) == (row.current, row.carried, row.withdrawable, row.contributed_months)
        before = person
    assert 4 <= renewed < 10


@pytest.mark.parametrize("who, more", [(ME, {}), (PENSIONER, {}), (ME, {"what_if": {"withdrawal.free_share": "0.3"}}),
                                       (PENSIONER, {"what_if": {"interest.method": "closing balance"}})])
def test_quiet_months_are_months_of_the_law_one_after_the_other(who, more):
    """From February to June, when no year begins and no dues change: in one go, with bills in the third month."""
    result = run(event("medical", "2025-04-09", amount=900, place="tertiary", kind="outpatient"),
                 person={**who, "birth": who["birth"].replace("-03", "-01")}, length=6, **more)
    line = result.timeline
    one, tally, missed, start = line.opening_accounts()[0], Tally(), Missed(6), line.scenario.start
    for place in range(2):
        household_month([one], line.month(start + place, [one]), [missed], [], [], line.rows, start, [Tally()], [])
    rules_ = line.rows[line.month(start + 1, [one])[0].row]
    quiet_months(4, one, rules_)
    credit_months(2, one)
    pay_bills(3, one, line.month(start + 3, [one])[0], missed, line.rows, start, tally)
    row = result.row("2025-04")
    assert (tally.medical, tally.reimbursed, tally.spent, tally.cash_paid) == (90000, row.reimbursed, row.spent, row.cash_paid)
    assert row.spent > 0 and one.pockets == (row.current, row.carried, row.withdrawable)
    credit_months(2, one)
    if who == ME:
        count_paid_month(one, 4)
    law_account = line.opening_accounts()[0]
    for place in range(6):
        household_month([law_account], line.month(start + place, [law_account]), [Missed(6)], [], [], line.rows, start, [Tally()], [])
    assert [getattr(one, name) for name in Account.__slots__] == [getattr(law_account, name) for name in Account.__slots__]
    assert (one.pockets.withdrawable > 0) == ("withdrawal.free_share" in more.get("what_if", {}))
    assert {*map(type, one.pockets + one.products)} == {int}


def test_at_which_ages_a_birthday_changes_dues():
    bands = {"credit_employee_age_bands": (44, 10**6), "credit_retiree_monthly": (71, 10**6), "credit_retiree_yearly": (82, 10**6),
             "credit_deduction_rates": (46, 10**6)}
    law = rules()._replace(pooling_senior_ages_years=(47, 53, 77), **{name: tuple((age, 0, 0, 0) for age in ages)
                                                                      for name, ages in bands.items()})
    assert ages_with_other_dues(law) == {44, 46, 71, 82, 10**6}


# ── the identities ──

def test_a_month_that_does_not_add_up_is_found_out():
    good = run(event("medical", "2025-03-10", place="pharmacy", amount=100)).row("2025-03")
    before_fen = good.opening
    assert broken(good, before_fen) == 0
    assert broken(good._replace(closing=good.closing + 1), before_fen) == 1
    assert broken(good._replace(credit=good.credit + 1, closing=good.closing + 1), before_fen) == 2
    assert broken(good._replace(medical=good.medical + 1), before_fen) == 3
    assert broken(good, before_fen + 1) == 4
    assert broken(good._replace(arrears=-1), before_fen) == 5
