"""The month of a household, function by function: hand-computed cases on plain accounts."""
from datetime import date

import pytest
from law_rules import rules

from simulator import months
from simulator.law import month as law
from simulator.law import mutual_aid, retirement, spending, transfer, withdrawal
from simulator.law.account import (
    ALL,
    BACK_PAY,
    BY_EMPLOYER,
    BY_ONESELF,
    COMMERCIAL_PREMIUM,
    DEATH,
    EMPLOYEE,
    ENLISTED,
    FLEXIBLE,
    FREE,
    LONG_TERM_CARE_PREMIUM,
    MEDICAL,
    MOVE,
    NONE,
    PHARMACY,
    PREMIUM,
    QUIT,
    REMOTE_RESIDENCE,
    RESIDENT,
    RESIDENT_PREMIUM,
    RESUME,
    RETIRE,
    RETIREE,
    STOP,
    TALLIED,
    TERTIARY,
    WITHDRAW,
    Account,
    Act,
    Aid,
    AidGiven,
    Bill,
    Missed,
    Person,
    Pockets,
    PoolYear,
    Tally,
    total,
)
from simulator.parameters import REASONS

JANUARY = months.month_number("2025-01")


def day(text):
    return date.fromisoformat(text).toordinal()


def account(status=EMPLOYEE, wage_fen=800_000, contributed=120, current=0, carried=0, withdrawable=0):
    return Account(Pockets(current, carried, withdrawable), status, wage_fen, contributed)


def person(month=0, **changes):
    """Forty years old, in a month of 2025, without bills or acts."""
    first = months.first_day_number(JANUARY + month)
    return Person(**{
        "row": 0, "turns": (), "month": month, "first_day": first, "last_day": months.first_day_number(JANUARY + month + 1) - 1,
        "calendar_month": month % 12 + 1, "age": 40, "is_female": 0, "new_wage_fen": 0, "wage_growth_ppm": 0, "pension_fen": 0,
        "statutory_month": JANUARY + 240, "flexible_statutory_month": JANUARY + 240, "earliest_month": JANUARY + 204,
        "flexible_earliest_month": JANUARY + 204, "city": 1, "province": 1, "bills": (), "acts": (), **changes})


def tally(**amounts):
    one = Tally()
    one.lives = 1
    for name, amount in amounts.items():
        setattr(one, name, amount)
    return one


# ── acts in their order ──

def test_acts_are_carried_out_in_the_order_of_their_numbers():
    people = [person(acts=(Act(2, 0, 0, 0), Act(5, 0, 0, 0))), person(), person(acts=(Act(0, 0, 0, 0), Act(4, 0, 0, 0)))]
    tallies = [tally(), tally(), tally()]
    assert law.first_act(people, tallies) == (2, 0)
    assert [law.next_act(number, people, tallies) for number in (0, 2, 4, 5)] == [(0, 0), (2, 1), (0, 1), (-1, -1)]
    tallies[2].lives = 0                                    # the dead do nothing
    assert law.first_act(people, tallies) == (0, 0) and law.next_act(2, people, tallies) == (0, 1)
    assert law.first_act(people[1:2], tallies[1:2]) == (-1, -1)


def opened(one, missed, month=0, acts=(), law_=None, **given):
    """A month of one person up to the premiums: (tally, outcomes)."""
    flows, outcomes = tally(), []
    law.open_month(one, person(month, acts=tuple(acts), **given), missed, [law_ or rules()], JANUARY, flows, outcomes)
    return flows, outcomes


def act(kind, on, number=0, **fields):
    return Act(number, kind, day(on), 0, **fields)


# ── bills by day ──

def bill(on, cost_fen=10_000, **changes):
    return Bill(**{"cost_fen": cost_fen, "place": PHARMACY, "is_inpatient": 0, "is_prepaid": 0, "day": day(on), "row": 0, **changes})


def test_bills_come_by_day_and_on_one_day_who_is_helped_comes_last():
    people = [person(bills=(bill("2025-01-20"), bill("2025-01-05"))), person(bills=(bill("2025-01-05"),)),
              person(bills=(bill("2025-01-05"), bill("2025-01-06"))), person()]
    aids = [Aid(3, 1, 0, 0, 10**6, 0, 0, 1, 1)]             # the second is helped
    order, on, who = [], *law.next_patient(0, 0, people, aids)
    while who >= 0:
        order.append((date.fromordinal(on).day, who))
        on, who = law.next_patient(on, law.helped_by(who, aids) * 4 + who + 1, people, aids)
    assert order == [(5, 0), (5, 2), (5, 1), (6, 2), (20, 0)] and who == -1
    assert [law.helped_by(who, aids) for who in range(4)] == [0, 1, 0, 0]


def household(accounts, people, aids=(), **changes):
    """A household through one month: (accounts, tallies, missed, outcomes)."""
    missed, given, tallies, outcomes = [Missed(12) for _ in accounts], [AidGiven() for _ in aids], [tally() for _ in accounts], []
    law.household_month(accounts, people, missed, aids, given, [rules(**changes)], JANUARY, tallies, outcomes)
    return tallies, missed, outcomes


def test_bills_of_one_day_are_all_paid():
    accounts = [account(NONE, 0, 0, carried=50_000) for _ in range(3)]
    people = [person(bills=(bill("2025-01-05"),)) for _ in range(3)]
    tallies, _, _ = household(accounts, people, [Aid(0, 2, 0, 0, 10**6, 0, 0, 1, 1)])
    assert [one.spent for one in tallies] == [10_000] * 3


def test_a_prepaid_bill_comes_back_to_the_account_of_who_may_be_helped_too():
    accounts = [account(), account()]
    people = [person(), person(bills=(bill("2025-01-05", 100_000, place=TERTIARY, is_prepaid=1),))]
    for days, in_month, later in ((20, 50_000, 0), (21, 0, 50_000)):    # on 31 January, or in February
        accounts = [account(), account()]
        tallies, missed, _ = household(accounts, people, [Aid(0, 1, 0, 0, 10**6, 0, 0, 1, 1)], pooling_prepaid_to="the account",
                                       pooling_prepaid_working_days=days, pooling_rate={"employee": "0.5", "retiree": "0.5"})
        assert missed[1].coming_back_fen[:3] == [0, later, 0] and accounts[1].refund_fen == later
        assert (tallies[1].refund, accounts[1].pockets.current) == (in_month, 16_000 + in_month)


# ── dues ──

LAW = {"contribution_fixed_monthly": [7] * 6 + [9] * 6,
           "credit_employee_age_bands": [{"below": 41, "rate": "0.01"}, {"rate": "0.02"}],
           "credit_retiree_monthly": [{"pension_rate": "0.05"}], "credit_retiree_yearly": [{"amount": 120}],
           "credit_retiree_yearly_paid": 7}


@pytest.mark.parametrize("status, changes, before, after", [        # base, own premium, employer's, credit
    (EMPLOYEE, {"declared": 900_000}, (800_000, 16_700, 64_000, 24_000), (900_000, 18_700, 72_000, 27_000)),
    (EMPLOYEE, {"age": 41}, (800_000, 16_700, 64_000, 24_000), (800_000, 16_700, 64_000, 32_000)),
    (EMPLOYEE, {"row": 1}, (800_000, 16_700, 64_000, 24_000), (800_000, 24_700, 64_000, 24_000)),
    (EMPLOYEE, {"status": FLEXIBLE}, (800_000, 16_700, 64_000, 24_000), (800_000, 64_000, 0, 16_000)),
    (EMPLOYEE, {"month": 6}, (800_000, 16_700, 64_000, 24_000), (800_000, 16_900, 64_000, 24_000)),
    (RETIREE, {"pension_fen": 500_000}, (0, 0, 0, 20_000), (0, 0, 0, 25_000)),
    (RETIREE, {"month": 6}, (0, 0, 0, 20_000), (0, 0, 0, 32_000)),
])
def test_what_a_month_comes_to_is_worked_out_anew_when_anything_it_rests_on_changes(status, changes, before, after):
    rows = rules(**LAW), rules(**LAW, contribution_employee_rate="0.03")
    one, given = account(status), {"month": 0, "pension_fen": 400_000}
    kept = law.dues_of_month(one, person(**given), False, rows[0])
    assert (kept.base_fen, kept.own_fen, kept.employer_fen, kept.credit_fen) == before
    assert law.dues_of_month(one, person(**given), False, rows[0]) is kept
    given |= changes
    one.status = given.pop("status", status)
    one.declared_fen = given.pop("declared", one.declared_fen)
    found = law.dues_of_month(one, person(**given), False, rows[given.get("row", 0)])
    assert (found.base_fen, found.own_fen, found.employer_fen, found.credit_fen) == after


def test_a_yearly_sum_comes_pro_rata_with_retirement():
    found = law.dues_of_month(account(RETIREE), person(4, pension_fen=400_000), True, rules(**LAW))
    assert found.credit_fen == 20_000 + 2_000               # May and June of a year from July to June: 2 × 10.00


# ── what people do about their insurance ──

def test_a_refund_that_has_come_is_not_to_come_again():
    one, missed = account(), Missed(12)
    one.refund_fen, missed.coming_back_fen[0] = 70_000, 50_000
    flows, _ = opened(one, missed)
    assert (flows.refund, one.refund_fen, one.pockets) == (50_000, 20_000, Pockets(50_000 + 16_000, 0, 0))


def test_who_retires_is_a_retiree_from_then_on_without_gap_and_wait():
    one = account()
    one.is_retiring, one.gap_months, one.waiting_months, one.unpaid_by = 1, 2, 3, BY_ONESELF
    flows, _ = opened(one, Missed(12))
    assert (one.status, one.is_retiring, one.unpaid_by, one.gap_months, one.waiting_months) == (RETIREE, 0, -1, 0, 0)
    assert (flows.status, flows.credit, flows.eligible) == (RETIREE, 10_000, 1)


def test_what_retirees_and_the_dead_ask_for_is_answered_and_changes_nothing():
    acts = [act(STOP, "2025-01-02", 3, what=BY_ONESELF), act(RESUME, "2025-01-03", 4, what=EMPLOYEE, amount=900_000),
            act(PREMIUM, "2025-01-04", 5)]
    one = account(RETIREE)
    _, outcomes = opened(one, Missed(12), acts=acts)
    assert outcomes == [(3, law.NOTHING_OWED, 0, day("2025-01-02")), (4, law.NOTHING_OWED, 0, day("2025-01-03"))]
    assert (one.status, one.wage_fen, one.unpaid_by, one.gap_number) == (RETIREE, 800_000, -1, 0)
    dead = account(NONE, 0, 0)
    dead.is_dead = 1
    flows, outcomes = opened(dead, Missed(12), acts=acts)
    assert outcomes == [(number, law.HAS_DIED, 0, day(f"2025-01-0{number - 1}")) for number in (3, 4, 5)]
    assert (flows.lives, flows.eligible, flows.gap_months) == (0, 0, 0)


def test_stopping_and_resuming():
    one, missed = account(), Missed(12)
    _, outcomes = opened(one, missed, 0, [act(STOP, "2025-01-02", what=BY_EMPLOYER)])
    assert outcomes == [(0, law.DONE, 0, day("2025-01-02"))] and (one.unpaid_by, one.gap_number) == (BY_EMPLOYER, 1)
    opened(one, missed, 1, [act(STOP, "2025-02-02", what=BY_EMPLOYER)])
    assert one.gap_number == 1                              # the same gap goes on
    one.is_closed = 1
    _, outcomes = opened(one, missed, 2, [act(RESUME, "2025-03-02", what=FLEXIBLE, amount=500_000)])
    assert outcomes == [(0, law.DONE, 0, day("2025-03-02"))]
    assert (one.unpaid_by, one.status, one.wage_fen, one.declared_fen, one.is_closed) == (-1, FLEXIBLE, 500_000, 500_000, 0)
    opened(one, missed, 3, [act(STOP, "2025-04-02", what=BY_ONESELF)])
    assert one.gap_number == 2
    opened(one, missed, 4, [act(RESUME, "2025-05-02", what=-1)])
    assert (one.unpaid_by, one.status, one.wage_fen) == (-1, FLEXIBLE, 500_000)
    opened(one, missed, 5, [act(RESUME, "2025-06-02", what=NONE)])
    assert one.status == NONE


def test_who_resumes_is_insured_as_before_unless_never_insured():
    one = account(NONE, 0, 0)
    _, outcomes = opened(one, Missed(12), acts=[act(RESUME, "2025-01-02", what=-1)])
    assert outcomes == [(0, law.NEVER_INSURED, 0, day("2025-01-02"))] and one.status == NONE
    _, outcomes = opened(one, Missed(12), acts=[act(RESUME, "2025-01-02", what=NONE)])
    assert outcomes == [(0, law.DONE, 0, day("2025-01-02"))] and one.status == NONE
    one.status_left = FLEXIBLE
    _, outcomes = opened(one, Missed(12), acts=[act(RESUME, "2025-01-02", what=-1)])
    assert outcomes == [(0, law.DONE, 0, day("2025-01-02"))] and one.status == FLEXIBLE
    one = account(RESIDENT, 0, 0)
    opened(one, Missed(12), acts=[act(RESUME, "2025-01-02", what=-1)])
    assert one.status == RESIDENT
    one = account(NONE, 0, 0)
    opened(one, Missed(12), acts=[act(RESUME, "2025-01-02", what=EMPLOYEE)])
    assert one.status == EMPLOYEE


def test_a_wage_that_was_just_declared_does_not_grow():
    for acts, wage_fen in (([act(RESUME, "2025-07-02", what=-1, amount=900_000)], 900_000), ([act(RESUME, "2025-07-02", what=-1)], 880_000),
                           ([], 880_000)):
        one = account()
        opened(one, Missed(12), 6, acts, wage_growth_ppm=100_000)
        assert (one.wage_fen, one.declared_fen) == (wage_fen, wage_fen)


def test_a_first_enrolment_waits_at_least_its_own_wait():
    law_ = rules(waiting_first_enrolment_months={"employee": 2, "flexible": 6})
    for status, gap_months, month, wait in ((EMPLOYEE, 0, 1, 2), (FLEXIBLE, 0, 1, 6), (EMPLOYEE, 0, 0, 2), (FLEXIBLE, 40, 1, 6),
                                            (EMPLOYEE, 40, 1, 2)):
        one = account(RESIDENT, 0, 0)
        one.gap_months, one.unpaid_by = gap_months, BY_ONESELF if gap_months else -1
        opened(one, Missed(12), month, [act(RESUME, "2025-02-02", what=status, amount=500_000)], law_)
        assert (one.waiting_months, one.contributed_months, one.is_new) == (wait, 1, 0)


def test_who_was_in_the_scheme_before_does_not_enrol_for_the_first_time():
    law_ = rules(waiting_first_enrolment_months={"employee": 2, "flexible": 6})
    for former, contributed, wait in ((RETIREE, 0, 0), (EMPLOYEE, 0, 0), (RESIDENT, 0, 6), (RESIDENT, 1, 0), (NONE, 0, 6)):
        one = account(former, 0, contributed)
        one.status = NONE
        opened(one, Missed(12), 3, [act(RESUME, "2025-04-02", what=FLEXIBLE)], law_)
        assert one.waiting_months == wait


def test_a_wait_goes_on_beside_that_of_a_shorter_gap_and_after_this_one_is_made_good():
    law_ = rules(waiting_free_gap_months=2, waiting_months=[{"over": 2, "months": 3}, {"over": 11, "months": 12}])
    for left, gap_months, waits, made_good, continuous in (
            (9, 3, 8, 5, 1), (4, 3, 3, 0, 121), (3, 3, 3, 0, 121), (0, 3, 3, 0, 121), (14, 12, 13, 1, 1), (13, 12, 12, 0, 121)):
        one, missed = account(), Missed(12)
        one.waiting_months, one.gap_months, one.gap_first = left, gap_months, 0
        opened(one, missed, 5, law_=law_)
        assert (one.waiting_months, one.continuous_months) == (waits, 1)
        law.shorten_gap(one, missed, 0, gap_months, law_)
        assert (one.waiting_months, one.continuous_months) == (made_good, continuous)
        opened(one, missed, 6, law_=law_)
        assert one.waiting_months == max(0, made_good - 1)


def test_a_month_paid_without_a_gap_before_it_loses_nothing():
    for gap_months, continuous in ((0, 121), (1, 1)):       # a gap of one month counts as two, none as none
        one = account()
        one.gap_months = gap_months
        opened(one, Missed(12), 5, law_=rules(waiting_gap_count="month difference", waiting_free_gap_months=0))
        assert (one.continuous_months, one.gap_months) == (continuous, 0)


@pytest.mark.parametrize("status, unpaid_by, months_late, retires", [
    (EMPLOYEE, -1, 0, 1), (EMPLOYEE, -1, -1, 0), (EMPLOYEE, BY_EMPLOYER, 0, 0), (EMPLOYEE, BY_ONESELF, 0, 0), (FLEXIBLE, -1, 0, 0),
    (FLEXIBLE, -1, 2, 1), (RESIDENT, -1, 5, 0)])
def test_premiums_end_at_statutory_age(status, unpaid_by, months_late, retires):
    one = account(status, contributed=400)
    one.unpaid_by = unpaid_by
    law.reach_statutory_age(one, person(5, statutory_month=JANUARY + 5 - months_late, flexible_statutory_month=JANUARY + 7 - months_late),
                            JANUARY, rules())
    assert one.is_retiring == retires


def test_money_on_its_way_arrives_in_its_month_and_no_sooner():
    one = account()
    one.arriving_fen, one.arriving_month = 700, JANUARY + 1
    assert (opened(one, Missed(12), 0)[0].transfer_in, one.arriving_fen) == (0, 700)
    assert (opened(one, Missed(12), 1)[0].transfer_in, one.arriving_fen) == (700, 0)
    missed = Missed(12)
    one.refund_fen, missed.coming_back_fen[2] = 1, 1
    assert (opened(one, missed, 2)[0].refund, one.refund_fen) == (1, 0)


def test_a_new_wage_acts_with_the_base_year():
    for month, declared_fen in ((3, 800_000), (6, 900_000)):
        one = account()
        flows, _ = opened(one, Missed(12), month, new_wage_fen=900_000)
        assert (one.wage_fen, one.declared_fen, flows.base) == (900_000, declared_fen, declared_fen)
    starts = account(wage_fen=0)
    opened(starts, Missed(12), 6, new_wage_fen=900_000)
    assert starts.declared_fen == 900_000


def test_a_new_retiree_gets_what_is_left_of_the_yearly_sum():
    one = account()
    one.is_retiring = 1
    law_ = rules(credit_retiree_monthly=[], credit_retiree_yearly=[{"amount": 120}], credit_retiree_yearly_paid=7)
    assert opened(one, Missed(12), 4, law_=law_)[0].credit == 2_000        # May and June
    assert opened(one, Missed(12), 5, law_=law_)[0].credit == 0


def test_the_months_that_lead_to_a_wait_are_kept():
    for status, gap_months, kept in ((FLEXIBLE, 5, (2, 7, 5, 120)), (FLEXIBLE, 3, (0, 0, 0, 0)), (RESIDENT, 24, (7, 7, 0, 0))):
        one = account(status)
        one.gap_months, one.gap_first, one.unpaid_by = gap_months, 2, BY_ONESELF
        opened(one, Missed(24), 7, [act(RESUME, "2025-08-02", what=-1)])
        assert (one.wait_gap_first, one.wait_gap_until, one.wait_gap_months, one.lost_months) == kept and one.gap_months == 0
        assert one.wait_status == (FLEXIBLE if kept[2] else NONE)


@pytest.mark.parametrize("waiting_months, gap, waits", [(0, (29, 29), 4), (5, (29, 29), 4), (6, (2, 5), 5)])
def test_nothing_paid_later_shortens_the_wait_of_a_resident(waiting_months, gap, waits):
    one = account(RESIDENT)
    one.gap_months, one.gap_first, one.unpaid_by, one.waiting_months = 24, 5, BY_ONESELF, waiting_months
    one.wait_gap_first, one.wait_gap_until = 2, 5           # of a wait as a worker, the longer one only the third time
    opened(one, Missed(36), 29, [act(RESUME, "2027-06-02", what=-1)])
    assert (one.wait_gap_first, one.wait_gap_until, one.waiting_months) == (*gap, waits)


def test_of_whom_has_retired_or_died_no_wait_is_left_nor_one_before_it_but_of_whom_has_left():
    one = account()
    waits = ("gap_months", "waiting_months", "waiting_if_paid", "earlier_wait_months")

    def left_after(ends, *given):
        for number, name in enumerate(waits, 2):
            setattr(one, name, number)
        ends(*given)
        return [getattr(one, name) for name in waits]
    one.is_retiring = 1
    assert left_after(opened, one, Missed(12), 4) == [0, 0, 0, 0] and one.status == RETIREE
    assert left_after(opened, one, Missed(12), 5) == [0, 0, 0, 0]     # nor of who comes back as one
    assert left_after(law.leave, one) == [2, 3, 4, 5] and one.gap_number == 1
    assert left_after(law.die, one, person(4), Missed(12)) == [0, 0, 0, 0]


def test_the_late_fee_of_the_last_day_goes_by_the_rules_of_that_day():
    one, missed = account(), Missed(12)
    opened(one, missed, 0, [act(STOP, "2025-01-02", what=BY_EMPLOYER)])
    rows = rules(), rules(arrears_fee_cap="principal")._replace(arrears_late_fee_daily_rate_ppm=((0, 1_000_000),) * 4)
    for turns, fee_fen in (((), 800 * 5 * 16 // 100), ((day("2025-01-31"),), 80_000), ((day("2025-01-31") + 1,), 800 * 5 * 16 // 100)):
        flows = tally()
        law.close_month(one, person(0, turns=turns), rows, JANUARY, missed, flows)
        assert (flows.arrears, flows.late_fee_accrued) == (80_000, fee_fen)            # 16 days since the 16th


def test_of_who_owes_nothing_any_more_nothing_is_counted():
    one, missed = account(), Missed(12)
    opened(one, missed, 0, [act(STOP, "2025-01-02", what=BY_ONESELF)])
    for missed_months, owed_fen in ((1, 64_000), (0, 0)):   # 0: has died
        one.missed_months, flows = missed_months, tally()
        law.close_month(one, person(0), [rules()], JANUARY, missed, flows)
        assert flows.arrears == owed_fen


@pytest.mark.parametrize("payments, wait", [((), 5), ((12,), 4), ((18,), 4), ((12, 12), 3)])
def test_residents_pay_whole_years_back(payments, wait):
    one = account(RESIDENT, 0, 0)
    one.gap_months, one.unpaid_by = 36, BY_ONESELF
    acts = [act(RESUME, "2025-01-02", 0, what=-1), *(act(BACK_PAY, "2025-01-03", number, amount=count)
                                                     for number, count in enumerate(payments, 1))]
    flows, outcomes = opened(one, Missed(12), acts=acts)
    assert (one.waiting_months, flows.waiting_months, flows.eligible) == (wait, wait, 0)
    assert outcomes[1:] == [(number, law.DONE, 0, day("2025-01-03")) for number in range(1, len(payments) + 1)]


@pytest.mark.parametrize("gap_months, unpaid_by, months_asked, answers", [
    (0, -1, [24], [law.NOTHING_OWED]), (0, BY_ONESELF, [ALL], [law.NOTHING_OWED]),      # a gap begins with its first month over
    (24, BY_ONESELF, [12], [law.NOT_ENROLLED]),
    (24, -1, [11], [law.NO_WHOLE_YEAR]), (11, -1, [ALL], [law.NO_WHOLE_YEAR]), (11, -1, [12], [law.NO_WHOLE_YEAR]),
    (25, -1, [36, 12], [law.DONE, law.NO_WHOLE_YEAR]),
    (24, -1, [12, 11, ALL, ALL], [law.DONE, law.NO_WHOLE_YEAR, law.DONE, law.NO_WHOLE_YEAR])])
def test_residents_pay_back_what_they_missed_and_only_on_enrolling(gap_months, unpaid_by, months_asked, answers):
    one = account(RESIDENT, 0, 0)
    one.gap_months, one.unpaid_by = gap_months, unpaid_by
    acts = [act(BACK_PAY, "2025-01-03", number, amount=count) for number, count in enumerate(months_asked)]
    _, outcomes = opened(one, Missed(12), acts=acts)
    assert outcomes == [(number, answer, 0, day("2025-01-03")) for number, answer in enumerate(answers)]


# ── missed months and their payment ──

ARREARS = {"contribution_fixed_monthly": 7, "contribution_flexible_base": 6000, "withdrawal_free_share": "0.5",
               "arrears_waiver_months": 3, "arrears_waiver_part": "both parts"}


def in_arrears():
    """January and February the employer does not pay, March nobody: (account, missed). The wage is 8,000."""
    one, missed, law_ = account(), Missed(12), rules(**ARREARS)
    one.lost_months = 9
    for month, acts in enumerate(([act(STOP, "2025-01-02", what=BY_EMPLOYER)], [], [act(STOP, "2025-03-02", what=BY_ONESELF)])):
        opened(one, missed, month, acts, law_)
    return one, missed, law_


def test_each_missed_month_is_noted_with_what_is_owed_and_what_it_would_credit():
    one, missed, _ = in_arrears()
    assert missed.is_owed[:4] == [1, 1, 1, 0] and missed.fault[:3] == [BY_EMPLOYER, BY_EMPLOYER, BY_ONESELF]
    assert missed.gap[:4] == [1, 1, 2, 0] and missed.gap_place[:4] == [1, 2, 1, 0]
    assert (missed.gap_before[0], missed.gap_before[2], one.last_gap) == (-1, 0, 2)
    assert missed.gap_length[:4] == missed.gap_owed[:4] == [2, 0, 1, 0]
    # 8,000 × 2 % + 7 and 8,000 × 8 %; by oneself as a flexible worker 6,000 × 8 %
    assert missed.own_fen[:4] == [16_700, 16_700, 48_000, 0] and missed.employer_fen[:4] == [64_000, 64_000, 0, 0]
    assert missed.gap_owed_fen[:4] == [2 * 80_700, 0, 48_000, 0]
    assert missed.credit_fen[:4] == [16_000, 16_000, 12_000, 0]
    assert missed.due_day[:4] == [15, 15, 15, 0]
    assert missed.waiver_months[:4] == [3, 3, 0, 0] and missed.waives_own[:4] == [1, 1, 1, 0]
    assert (one.missed_months, one.gap_months, one.lost_months, one.pockets) == (3, 3, 0, Pockets(0, 0, 0))


def pays(one, missed, law_, *amounts, month=3, on="2025-04-10"):
    acts = [act(RESUME, on, what=-1), *(act(BACK_PAY, on, number, amount=amount) for number, amount in enumerate(amounts, 1))]
    flows, outcomes = opened(one, missed, month, acts, law_)
    return flows, [(code, amount) for _, code, amount, _ in outcomes[1:]]


def test_months_are_paid_back_the_latest_first_and_as_many_as_asked_for():
    one, missed, law_ = in_arrears()
    flows, outcomes = pays(one, missed, law_, 2)
    assert outcomes == [(law.DONE, 48_000 + 80_700)]
    assert missed.is_owed[:3] == [1, 0, 0] and (one.missed_months, one.contributed_months, one.local_months) == (1, 123, 123)
    assert missed.gap_owed[:3] == [1, 0, 0] and missed.gap_owed_fen[:3] == [80_700, 0, 0]
    # April itself 167.00 and 640.00; its credit 160.00, of which half is free
    assert (flows.premium_paid, flows.employer_premium) == (16_700 + 48_000 + 16_700, 64_000 + 64_000)
    assert (flows.credit, flows.back_credit, one.pockets) == (16_000, 28_000, Pockets(22_000, 0, 22_000))
    assert flows.late_fee_paid == 0                         # deferred to mid-May


def test_one_payment_after_the_other_and_one_too_many():
    one, missed, law_ = in_arrears()
    _, outcomes = pays(one, missed, law_, 1, ALL, ALL)
    assert outcomes == [(law.DONE, 48_000), (law.DONE, 2 * 80_700), (law.NOTHING_OWED, 0)]
    assert missed.is_owed == [0] * len(missed.is_owed) and (one.missed_months, one.local_months) == (0, 124)
    assert missed.gap_owed_fen[:3] == [0, 0, 0]


def test_what_may_be_paid_is_though_a_later_gap_may_not():
    one, missed, law_ = account(), Missed(12), rules()
    opened(one, missed, 0, [act(STOP, "2025-01-02", what=BY_EMPLOYER)], law_)
    opened(one, missed, 1, [act(STOP, "2025-02-02", what=BY_ONESELF)], law_)
    for month in (2, 3, 4):
        opened(one, missed, month, (), law_)
    flows, outcomes = pays(one, missed, law_, ALL, ALL, month=5, on="2025-06-10")
    assert outcomes == [(law.DONE, 80_000), (law.TOO_LONG_AGO, 0)] and missed.is_owed[:5] == [0, 1, 1, 1, 1]
    assert flows.late_fee_paid == 800 * 5 * 146 // 100      # 16 January to 10 June: 146 days at 0.05 %


def test_one_month_owed_that_is_too_long_ago():
    one, missed, law_ = account(), Missed(12), rules(arrears_back_pay_months={"employer": 0, "own": 0})
    opened(one, missed, 0, [act(STOP, "2025-01-02", what=BY_EMPLOYER)], law_)
    assert pays(one, missed, law_, ALL, month=1, on="2025-02-10")[1] == [(law.TOO_LONG_AGO, 0)]


def test_a_closed_account_gets_no_credit_of_months_paid_back():
    one, missed, law_ = account(carried=100), Missed(12), rules(**ARREARS)
    opened(one, missed, 0, [act(STOP, "2025-01-02", what=BY_EMPLOYER)], law_)
    one.is_closed, one.unpaid_by = 1, -1
    flows, _ = opened(one, missed, 1, [act(BACK_PAY, "2025-02-10")], law_)
    assert (flows.premium_paid, flows.credit, flows.back_credit, one.pockets) == (2 * 16_700, 0, 0, Pockets(0, 100, 0))


@pytest.mark.parametrize("status, changes, money_fen, is_closed, to_account", [
    (EMPLOYEE, {"credit_flexible_rate_ppm": 0}, 0, 0, True), (EMPLOYEE, {}, 500, 1, False), (EMPLOYEE, {}, 0, 0, True),
    (FLEXIBLE, {"credit_flexible_rate_ppm": 0}, 0, 0, False), (FLEXIBLE, {"credit_flexible_rate_ppm": 1}, 0, 0, True),
    (FLEXIBLE, {"credit_flexible_rate_ppm": 0}, 1, 0, True), (FLEXIBLE, {}, 0, 0, True), (FLEXIBLE, {}, 500, 1, False)])
def test_the_bills_of_a_gap_made_good_come_back_into_the_account_or_in_cash(status, changes, money_fen, is_closed, to_account):
    one, missed, flows = account(status, current=money_fen, contributed=10), Missed(12), tally(refund=100, withdrawn=30)
    missed.gap[1], missed.gap[2], missed.gap_place[1], missed.gap_place[2], missed.gap_length[1] = 1, 1, 1, 2, 2
    missed.refund_fen[1:3] = 1_000, 500
    one.gap_number, one.is_closed, one.gap_months, one.waiting_months, one.lost_months = 1, is_closed, 2, 6, 50
    one.last_gap, one.pool_if_paid = 1, PoolYear(1, 2, 3, 4)
    law.make_good(one, person(3), missed, 2, flows, rules()._replace(**changes))
    assert one.pockets == Pockets(money_fen + 1_500 * to_account, 0, 0) and flows.withdrawn == 30 + 1_500 * (not to_account)
    assert flows.refund == 100 + 1_500 and missed.refund_fen[:4] == [0] * 4 and missed.is_counted[:4] == [0, 1, 1, 0]
    assert (one.continuous_months, one.gap_months, one.waiting_months, one.lost_months) == (10 + 2, 0, 4, 50)
    assert one.pool == PoolYear(1, 2, 3, 4)


def test_an_earlier_gap_made_good_leaves_the_present_one():
    one, missed, flows = account(contributed=10), Missed(12), tally()
    missed.gap[1], missed.gap_place[1], missed.gap_length[1], missed.refund_fen[1] = 1, 1, 1, 700
    one.gap_number, one.gap_first, one.gap_months, one.waiting_months, one.lost_months, one.last_gap = 2, 2, 2, 6, 50, 2
    law.make_good(one, person(4), missed, 1, flows, rules())
    assert (one.continuous_months, one.gap_months, one.waiting_months, one.lost_months) == (10, 2, 5, 50)
    assert flows.refund == 700 and one.pockets.current == 700


def made_good(gap_months, unpaid_by, gap_number, wait=(0, 0, 0), month=5, status=FLEXIBLE):
    """A gap of February and March, the first one, made good in a month: (account, tally)."""
    one, missed, flows = account(status, contributed=10), Missed(12), tally()
    for place in (1, 2):
        missed.gap[place], missed.gap_place[place] = 1, place
    missed.gap_length[1], missed.refund_fen, missed.is_counted[0] = 2, [10**place for place in range(12)], 0
    one.gap_number, one.gap_months, one.unpaid_by, one.pool_if_paid = gap_number, gap_months, unpaid_by, PoolYear(1, 2, 3, 4)
    one.gap_first = month - gap_months
    one.wait_gap_first, one.wait_gap_until, one.wait_gap_months = wait
    one.wait_status = FLEXIBLE
    one.waiting_months, one.lost_months, one.last_gap = 6, 50, 1 if gap_number == 1 else 4
    law.make_good(one, person(month), missed, 2, flows, rules())
    return one, flows


def test_the_bills_of_a_wait_after_the_latest_gap_come_back_too():
    one, flows = made_good(0, -1, 1)
    assert flows.refund == one.pockets.current == 111_110   # February to June
    assert (one.gap_number, one.pool) == (1, PoolYear(1, 2, 3, 4))
    one, _ = made_good(5, BY_EMPLOYER, 1)                   # what is missed from now on is another gap
    assert (one.gap_number, one.gap_months) == (2, 3)


@pytest.mark.parametrize("wait, continuous, waiting, months", [
    ((1, 3, 2), 62, 0, 0), ((1, 3, 5), 62, 0, 3), ((1, 3, 6), 10, 6, 4), ((0, 3, 2), 62, 0, 0), ((2, 4, 2), 10, 6, 2),
    ((0, 1, 1), 10, 4, 1), ((0, 2, 2), 61, 0, 0)])
def test_a_wait_is_lifted_when_what_is_left_of_the_months_that_led_to_it_is_no_gap(wait, continuous, waiting, months):
    one, _ = made_good(0, -1, 1, wait)
    assert (one.continuous_months, one.waiting_months, one.wait_gap_months) == (continuous, waiting, months)
    assert (one.lost_months, one.wait_gap_until) == ((0, wait[0]) if waiting == 0 else (50, wait[1]))


@pytest.mark.parametrize("status, waiting", [(RESIDENT, 0), (RETIREE, 0), (NONE, 0)])
def test_a_wait_that_goes_on_under_another_status_is_lifted_by_the_rules_it_began_under(status, waiting):
    one, _ = made_good(0, -1, 1, (1, 3, 5), status=status)
    assert one.waiting_months == waiting


def test_only_what_was_missed_and_has_been_paid_counts_and_only_once():
    one, missed = account(contributed=10), Missed(12)
    missed.gap[:6], missed.is_owed[:6], missed.is_counted[:6] = [0, 1, 1, 1, 2, 1], [0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0]
    law.count_as_paid(one, missed, 0, 5)
    assert missed.is_counted[:6] == [0, 1, 0, 1, 1, 0] and one.continuous_months == 12
    missed.is_counted[1] = 0
    law.count_as_paid(one, missed, 2, 5)                    # not what was before
    assert one.continuous_months == 12


@pytest.mark.parametrize("gap_months, left, continuous", [(5, 3, 12), (4, 2, 12), (3, 3, 10), (2, 2, 10)])
def test_an_earlier_gap_counts_no_more_in_one_that_went_on_by_another_fault(gap_months, left, continuous):
    one, flows = made_good(gap_months, BY_ONESELF, 2)
    assert (one.gap_months, flows.refund, one.gap_number, one.continuous_months) == (left, 110, 2, continuous)
    assert one.pool == PoolYear(0, 0, 0, 0)


def test_a_gap_begins_with_what_the_pool_had_counted_before_it():
    one, missed, stop = account(), Missed(12), [act(STOP, "2025-02-02", what=BY_EMPLOYER)]
    one.pool, one.pool_if_paid = PoolYear(1, 2, 3, 4), PoolYear(9, 9, 9, 9)
    opened(one, missed, 1, stop)
    assert one.pool_if_paid == PoolYear(1, 2, 3, 4)
    one.pool_if_paid = PoolYear(5, 6, 7, 8)                 # bills of the gap, in case it is made good
    opened(one, missed, 2)
    assert one.pool_if_paid == PoolYear(5, 6, 7, 8) and one.gap_months == 2
    one.pool_if_paid = PoolYear(5, 6, 7, 9)
    opened(one, missed, 3)
    assert one.pool_if_paid == PoolYear(5, 6, 7, 9)


# ── bills and who pays them ──

HALF = {"pooling_rate": {"employee": "0.5", "retiree": "0.5", "resident": "0.5"},
            "pooling_ceiling": {"employee": "none", "retiree": "none", "resident": "none"}}


def paid(one, *bills, flows=None, missed=None, month=0, law_=None):
    """A person without relatives pays bills: (tally, missed)."""
    flows, missed = flows or tally(eligible=1), missed or Missed(12)
    people = [person(month, bills=bills)]
    for place in range(len(bills)):
        law.pay_bill(0, place, [one], people, [missed], [], [], [law_ or rules(**HALF)], [flows], JANUARY, [])
    return flows, missed


def test_the_bills_of_a_month_add_up():
    one = account(carried=12_000)
    flows, _ = paid(one, bill("2025-01-05", 10_000), bill("2025-01-06", 20_000), bill("2025-01-07", 30_000),
                    bill("2025-01-08", 1_000, is_prepaid=1), bill("2025-01-09", 2_000, is_prepaid=1))
    assert (flows.medical, flows.reimbursed, flows.spent, flows.cash_paid) == (63_000, 31_500, 12_000, 18_000 + 1_500)


@pytest.mark.parametrize("waiting_months, gap_months, ppm, status, reimbursed", [
    (0, 0, 500_000, EMPLOYEE, 0), (1, 0, 500_000, EMPLOYEE, 2_500_000), (6, 0, 500_000, EMPLOYEE, 2_500_000),
    (6, 0, 0, EMPLOYEE, 0), (6, 0, 1, EMPLOYEE, 5), (6, 1, 500_000, EMPLOYEE, 0), (6, 2, 500_000, EMPLOYEE, 0),
    (0, 0, 500_000, NONE, 0), (6, 0, 500_000, NONE, 0)])
def test_while_one_waits_the_pool_may_pay_a_part(waiting_months, gap_months, ppm, status, reimbursed):
    one = account(status)                                   # Hainan: half of the usual share
    one.waiting_months, one.gap_months = waiting_months, gap_months
    law_ = rules(**HALF)._replace(waiting_pool_share_ppm=ppm)
    flows, _ = paid(one, bill("2025-01-05", 10_000_000), flows=tally(eligible=0), law_=law_)
    assert flows.reimbursed == reimbursed


@pytest.mark.parametrize("changes, spent, reimbursed, current", [
    ({}, 10_000, 0, 5_000), ({"cost_fen": 20_000}, 17_500, 2_500, 0), ({"is_inpatient": 1}, 5_000, 5_000, 10_000),
    ({"is_prepaid": 1}, 0, 5_000, 15_000)])
def test_this_years_money_goes_before_the_pool_but_not_for_stays_and_prepaid_bills(changes, spent, reimbursed, current):
    law_ = rules(**HALF, spending_before_pool="current money", pooling_inpatient_rate="0.5")
    one = account(current=15_000, carried=30_000)
    flows, _ = paid(one, bill("2025-01-05", **changes), law_=law_)
    assert (flows.spent, flows.reimbursed, one.pockets.current) == (spent, reimbursed, current)


@pytest.mark.parametrize("status, missed_months, owed, noted", [
    (EMPLOYEE, 1, 1, 15_000), (FLEXIBLE, 2, 2, 15_000), (EMPLOYEE, 0, 1, 0), (EMPLOYEE, 1, 0, 0), (NONE, 1, 1, 0),
    (RESIDENT, 1, 1, 0), (RETIREE, 1, 1, 15_000)])
def test_what_the_pool_would_have_paid_in_a_gap_is_noted(status, missed_months, owed, noted):
    one, missed = account(status), Missed(12)
    one.last_gap, one.missed_months, missed.gap_owed[1] = 1, missed_months, owed
    flows, _ = paid(one, bill("2025-03-05", 10_000), bill("2025-03-06", 20_000), month=2, flows=tally(eligible=0), missed=missed)
    assert missed.refund_fen[:4] == [0, 0, noted, 0] and flows.reimbursed == 0
    assert one.pool_if_paid.paid == noted and one.pool.paid == 0


def test_this_years_money_does_not_come_before_a_pool_that_pays_nothing():
    one, missed, law_ = account(current=4_000), Missed(12), rules(**HALF, spending_before_pool="current money")
    one.last_gap, one.missed_months, missed.gap_owed[1] = 1, 1, 1
    flows = tally(eligible=0)
    assert law.pool_pays(one, person(2), missed, bill("2025-03-05", 10_000), flows, law_) == (0, 0)
    assert one.pockets == Pockets(4_000, 0, 0) and missed.refund_fen[2] == 5_000       # 100.00 × 50 %


def test_what_the_pool_has_paid_in_a_wait_does_not_come_back_again():
    one, missed, law_ = account(), Missed(12), rules(**HALF)._replace(waiting_pool_share_ppm=400_000)
    one.last_gap, one.missed_months, missed.gap_owed[0], one.waiting_months = 0, 1, 1, 3
    flows, _ = paid(one, bill("2025-03-05", 10_000), month=2, flows=tally(eligible=0), missed=missed, law_=law_)
    assert (flows.reimbursed, missed.refund_fen[2]) == (2_000, 3_000)     # 40 % of 50.00 now, the rest if all is paid
    one.pool_if_paid = PoolYear(0, 0, 10**13, 0)                           # the ceiling would have been reached
    paid(one, bill("2025-03-06", 10_000), month=2, flows=flows, missed=missed, law_=law_)
    assert (flows.reimbursed, missed.refund_fen[2]) == (4_000, 3_000)


def test_what_is_frozen_for_others_pays_no_own_bill():
    for reserved, spent in ((0, 10_000), (1, 9_999), (4_000, 6_000), (20_000, 0)):
        one = account(carried=10_000)
        one.reserved_fen = reserved
        flows, _ = paid(one, bill("2025-01-05", 50_000), flows=tally(eligible=0))
        assert (flows.spent, flows.cash_paid) == (spent, 50_000 - spent)


def test_prepaid_bills_that_arrive_together_add_up():
    one, law_ = account(), rules(**HALF, pooling_prepaid_to="the account")
    flows, missed = paid(one, bill("2025-01-05", 10_000, is_prepaid=1), bill("2025-01-27", 20_000, is_prepaid=1),
                         bill("2025-01-28", 40_000, is_prepaid=1), bill("2025-01-06", 2_000, is_prepaid=1), law_=law_)
    assert missed.coming_back_fen[:3] == [0, 30_000, 0] and one.refund_fen == 30_000
    assert (flows.refund, one.pockets) == (6_000, Pockets(6_000, 0, 0))    # the first and the last come in January still


# ── relatives ──

WIDE = {"aid_start_day": 0, "aid_across_cities_day": 0, "aid_across_provinces_day": 0}
TENTH = day("2025-01-10")


def aid(giver=0, taker=1, **changes):
    return Aid(**{"giver": giver, "taker": taker, "relation": 0, "since_day": TENTH, "until_day": TENTH + 10, "monthly_limit_fen": 0,
                         "yearly_limit_fen": 0, "for_medical": 1, "for_premium": 1, **changes})


def answer(aids, number=0, on=TENTH, givers=(), takers=(), provinces=(1, 1, 1, 1), cities=(1, 1, 1, 1), **changes):
    accounts = [account(carried=100_000), account(RESIDENT), account(RESIDENT), account(RESIDENT)]
    for one, values in ((accounts[0], givers), (accounts[1], takers)):
        for name, value in dict(values).items():
            setattr(one, name, value)
    people = [person(city=city, province=province) for city, province in zip(cities, provinces)]
    return law.aid_answer(number, MEDICAL, on, accounts, people, aids, [rules()._replace(**WIDE)._replace(**changes)])


def test_no_more_people_are_helped_than_may_be():
    two = [aid(taker=1), aid(taker=2)]
    assert [answer(two, number, aid_people=1) for number in (0, 1)] == [mutual_aid.ALLOWED, mutual_aid.TOO_MANY_PEOPLE]
    assert answer(two, 1, aid_people=2) == mutual_aid.ALLOWED
    three = [*two, aid(taker=3)]
    assert [answer(three, 2, aid_people=count) for count in (2, 3)] == [mutual_aid.TOO_MANY_PEOPLE, mutual_aid.ALLOWED]
    assert answer([aid(taker=1), aid(taker=1)], 1, aid_people=1) == mutual_aid.ALLOWED      # one person, registered twice
    assert answer([aid(giver=2, taker=3), aid(taker=1)], 1, aid_people=1) == mutual_aid.ALLOWED     # somebody else's


@pytest.mark.parametrize("since, until, counts", [(0, 0, True), (-5, -1, False), (1, 5, False), (-5, 0, True), (0, 5, True)])
def test_who_is_helped_counts_from_first_to_last_day(since, until, counts):
    earlier = aid(taker=2, since_day=TENTH + since, until_day=TENTH + until)
    assert answer([earlier, aid()], 1, aid_people=1) == (mutual_aid.TOO_MANY_PEOPLE if counts else mutual_aid.ALLOWED)


def test_who_has_a_gap_or_no_account_neither_gives_nor_takes():
    for found in ({"is_closed": 1}, {"gap_months": 1}, {"gap_months": 2}, {"status": NONE}, {"status": RESIDENT}):
        assert answer([aid()], givers=found.items()) == mutual_aid.GIVER_NOT_INSURED
    for found in ({"gap_months": 1}, {"gap_months": 2}, {"status": NONE}):
        assert answer([aid()], takers=found.items()) == mutual_aid.TAKER_NOT_INSURED
    assert answer([aid()], takers={"is_closed": 1}.items()) == mutual_aid.ALLOWED


def test_the_rules_of_a_day_are_those_of_the_last_turn_before_it():
    one, rows = person(row=1, turns=(10, 20)), "abcd"
    assert [law.rules_on(on, one, rows) for on in (9, 10, 19, 20, 21)] == ["b", "c", "c", "d", "d"]


def drawn(due_fen, provinces=(1, 2), reserved=0, given=None, frozen=0, **changes):
    accounts, given, tallies = [account(carried=900_000), account(RESIDENT)], given or AidGiven(), [tally(), tally()]
    accounts[0].reserved_fen, given.frozen_fen = reserved, frozen
    people = [person(province=province, city=province) for province in provinces]
    found = law.draw_aid(0, due_fen, TENTH, accounts, people, [aid()], [given], [rules(**changes)._replace(**WIDE)], tallies)
    assert accounts[0].pockets.carried == 900_000 - found[0] and tallies[0].aid_given == tallies[1].aid_received == found[0]
    return *found, accounts[0].reserved_fen, given


def test_aid_across_provinces_goes_through_the_wallet_or_the_quota():
    fen, cut, _, given = drawn(700_000)
    assert (fen, cut) == (600_000, mutual_aid.WALLET_LIMIT) and (given.day, given.day_fen) == (TENTH, 600_000)
    assert drawn(100_000, given=given)[:2] == (0, mutual_aid.WALLET_LIMIT)
    assert drawn(700_000, provinces=(1, 1))[:2] == (700_000, mutual_aid.ALLOWED)
    quota = {"aid_across_provinces_by": "quota"}
    *found, given = drawn(30_000, reserved=60_000, frozen=50_000, **quota)      # 100.00 of it for another relative
    assert found == [30_000, mutual_aid.ALLOWED, 30_000] and given.frozen_fen == 20_000
    *found, given = drawn(70_000, reserved=50_000, frozen=50_000, **quota)
    assert found[2] == given.frozen_fen == 0 and given.month_fen == 70_000
    assert drawn(900_000, reserved=60_000, frozen=50_000, **quota)[0] == 890_000
    assert drawn(30_000, provinces=(1, 1), reserved=50_000, **quota)[2] == 50_000
    for wanted, reserved, fen in ((800_000, 100_000, 800_000), (800_001, 100_000, 800_000), (9, 900_001, 0), (900_000, 1, 899_999)):
        assert drawn(wanted, provinces=(1, 1), reserved=reserved, **quota)[:3:2] == (fen, reserved)


def test_what_cuts_aid_short_is_the_least_of_limit_and_money():
    assert drawn(700_000, reserved=300_001)[:2] == (599_999, mutual_aid.ALLOWED)     # the account is used up
    assert drawn(700_000, reserved=300_000)[:2] == (600_000, mutual_aid.WALLET_LIMIT)


def month_of_aid(month, aids, provinces=(1, 2, 2), given=None, who=0, state=(), **changes):
    accounts, given = [account(carried=100_000) for _ in provinces], given or [AidGiven() for _ in aids]
    accounts[0].reserved_fen = 77
    for name, value in dict(state).items():
        setattr(accounts[who], name, value)
    people = [person(month, province=province, city=province) for province in provinces]
    law.begin_aid_month(accounts, people, aids, given, [rules(aid_across_provinces_by="quota")._replace(**{**WIDE, **changes})])
    return [one.reserved_fen for one in accounts]


def test_limits_of_aid_count_anew_by_month_and_by_year():
    for month, year_fen in ((0, 0), (1, 500), (2, 500)):
        given = AidGiven()
        given.month_fen, given.year_fen = 300, 500
        month_of_aid(month, [aid()], given=[given])
        assert (given.month_fen, given.year_fen) == (0, year_fen)


def test_quotas_across_provinces_are_frozen_for_the_months_of_their_authorisations():
    limit = {"monthly_limit_fen": 60_000}
    assert month_of_aid(0, [aid(since_day=0, **limit), aid(taker=2, since_day=0, monthly_limit_fen=5_000)]) == [65_000, 0, 0]
    assert month_of_aid(0, [aid(since_day=0, **limit)], provinces=(1, 1)) == [0, 0]
    assert month_of_aid(0, [aid(since_day=0, **limit), aid(taker=2, since_day=0, **limit)]) == [100_000, 0, 0]     # there is no more
    given = [AidGiven(), AidGiven()]
    given[0].frozen_fen = 33
    month_of_aid(0, [aid(since_day=0, **limit), aid(taker=2, since_day=0, **limit)], given=given)
    assert [one.frozen_fen for one in given] == [60_000, 40_000]
    assert month_of_aid(0, [aid(since_day=0, monthly_limit_fen=1)])[0] == 1
    first, last = day("2025-02-01"), day("2025-02-28")
    for since, until, frozen in ((first, last, 60_000), (first + 1, last, 0), (first - 9, first, 60_000), (first - 9, first - 1, 0)):
        assert month_of_aid(1, [aid(since_day=since, until_day=until, **limit)])[0] == frozen
    around = aid(since_day=0, until_day=10**6, **limit)
    assert [month_of_aid(1, [around], aid_across_provinces_day=turn)[0] for turn in (first, first + 1)] == [60_000, 0]


def test_nothing_is_frozen_while_one_of_the_two_is_not_insured():
    for who, state, frozen in ((0, {"gap_months": 1}, 0), (0, {"is_closed": 1}, 0), (0, {"status": NONE}, 0), (1, {"gap_months": 1}, 0),
                               (1, {"status": NONE}, 0), (1, {"is_closed": 1}, 60_000)):
        assert month_of_aid(0, [aid(since_day=0, monthly_limit_fen=60_000)], who=who, state=state.items())[0] == frozen


def test_relatives_pay_to_the_last_fen_and_say_why_not():
    accounts = [account(carried=100), account(carried=300), account(RESIDENT, 0, 0)]
    people = [person(), person(), person(bills=(bill("2025-01-12", 301), bill("2025-01-13", 50)))]
    aids = [aid(0, 2, relation=5), aid(1, 2, monthly_limit_fen=200), aid(0, 2, since_day=TENTH + 9), aid(1, 2, monthly_limit_fen=99)]
    law_, outcomes, tallies = rules(aid_relations=["spouse"])._replace(**WIDE), [], [tally(), tally(), tally()]
    given, missed = [AidGiven() for _ in aids], [Missed(12) for _ in people]
    law.pay_bill(2, 0, accounts, people, missed, aids, given, [law_], tallies, JANUARY, outcomes)
    # not the grandchild's account; 2.00 under the first authorisation of the other, 0.99 under the second; 0.02 in cash
    assert outcomes == [(-1, mutual_aid.RELATION_NOT_ALLOWED, 301, TENTH + 2), (-2, mutual_aid.LIMIT_REACHED, 101, TENTH + 2),
                        (-4, mutual_aid.LIMIT_REACHED, 2, TENTH + 2)]
    assert [one.aid_given for one in tallies] == [0, 299, 0] and (tallies[2].aid_received, tallies[2].cash_paid) == (299, 2)


def test_who_is_asked_after_all_has_been_paid_says_nothing():
    accounts, people = [account(carried=100), account(RESIDENT, 0, 0)], [person(), person(bills=(bill("2025-01-12", 1),))]
    aids, outcomes, tallies = [aid(), aid(relation=5)], [], [tally(), tally()]
    law.pay_bill(1, 0, accounts, people, [Missed(12), Missed(12)], aids, [AidGiven(), AidGiven()],
                 [rules(aid_relations=["spouse"])._replace(**WIDE)], tallies, JANUARY, outcomes)
    assert outcomes == [] and (tallies[0].aid_given, tallies[1].cash_paid) == (1, 0)


# ── premiums out of accounts ──

def premium(whose, amount, who=0, aids=(), given=None, use=RESIDENT_PREMIUM, money=(40_000, 60_000), provinces=(1, 1, 1), **changes):
    """A premium out of an account: (answer, amount of the outcome, pockets of all, tallies, given)."""
    accounts = [account(current=money[0], carried=money[1]), account(carried=5_000), account(RESIDENT, 0, 0)]
    given, outcomes, tallies = given or [AidGiven() for _ in aids], [], [tally(premium_given=11) for _ in accounts]
    people = [person(province=province, city=province) for province in provinces]
    law.pay_premium(who, act(PREMIUM, "2025-01-12", 3, what=use, amount=amount, to=whose), accounts, people, aids, given,
                    [rules()._replace(**WIDE, **changes)], tallies, outcomes)
    (number, code, fen, on), = outcomes
    assert (number, on) == (3, TENTH + 2) and [one.premium_given for one in tallies] == [11 + fen * (who == one) for one in range(3)]
    return code, fen, [tuple(one.pockets) for one in accounts], given


def test_an_own_premium_comes_out_of_earlier_years_money_first():
    commercial = {"use": COMMERCIAL_PREMIUM, "spending_commercial": spending.ALL_MONEY}
    assert premium(0, 70_000, **commercial)[:3] == (law.DONE, 70_000, [(30_000, 0, 0), (0, 5_000, 0), (0, 0, 0)])
    assert premium(0, 50_000, **commercial)[2][0] == (40_000, 10_000, 0)
    assert premium(0, 100_000, **commercial)[:2] == (law.DONE, 100_000)
    assert premium(0, 100_001, **commercial)[:3] == (mutual_aid.OWN_MONEY_NOT_ENOUGH, 0, [(40_000, 60_000, 0), (0, 5_000, 0), (0, 0, 0)])
    assert premium(0, 1, money=(0, 0), **commercial)[:2] == (mutual_aid.OWN_MONEY_NOT_ENOUGH, 0)
    for use, answer in ((COMMERCIAL_PREMIUM, mutual_aid.OWN_USE_NOT_ALLOWED), (LONG_TERM_CARE_PREMIUM, mutual_aid.USE_NOT_ALLOWED),
                        (RESIDENT_PREMIUM, mutual_aid.OWN_RESIDENT_PREMIUM)):
        assert premium(0, 1, use=use)[:2] == (answer, 0)


def test_a_relatives_premium_needs_an_authorisation_of_these_two():
    assert premium(2, 40_000)[:2] == (mutual_aid.NOT_REGISTERED, 0)
    assert premium(2, 4_000, aids=[aid(1, 2), aid(0, 1)])[:3] == (
        mutual_aid.NOT_REGISTERED, 0, [(40_000, 60_000, 0), (0, 5_000, 0), (0, 0, 0)])
    found = premium(2, 45_000, aids=[aid(1, 2), aid(0, 2, for_premium=0), aid(0, 2), aid(0, 2)])
    assert found[:3] == (law.DONE, 45_000, [(0, 55_000, 0), (0, 5_000, 0), (0, 0, 0)])      # once, in the account's order of money
    assert [one.month_fen for one in found[3]] == [0, 0, 45_000, 0] and found[3][2].day == TENTH + 2


def test_a_relatives_premium_is_paid_within_the_limits_or_not_at_all():
    assert premium(2, 100_000, aids=[aid(0, 2)])[:2] == (law.DONE, 100_000)
    assert premium(2, 100_001, aids=[aid(0, 2)])[:2] == (mutual_aid.NOT_ENOUGH_MONEY, 0)
    limited, given = [aid(0, 2, monthly_limit_fen=30_000)], AidGiven()
    assert premium(2, 30_000, aids=limited)[:2] == (law.DONE, 30_000)
    mutual_aid.note_given(given, 1)
    mutual_aid.note_day(given, 1, TENTH)
    assert premium(2, 30_000, aids=limited, given=[given])[:2] == (mutual_aid.LIMIT_REACHED, 0)
    given = AidGiven()
    mutual_aid.note_given(given, 600_000)
    mutual_aid.note_day(given, 600_000, TENTH + 2)        # the wallet of the day is empty
    assert premium(2, 1, aids=[aid(0, 2)], given=[given], provinces=(1, 1, 2))[:2] == (mutual_aid.WALLET_LIMIT, 0)
    assert premium(2, 1, aids=[aid(0, 2)], given=[given])[:2] == (law.DONE, 1)


# ── retirement on one's own wish ──

RETIREMENT = {"retirement_years_male": 25, "retirement_years_female": 20, "retirement_local_years": 10}


def asks_to_retire(one, top_up=0, month=3, **given):
    flows, outcomes = tally(base=1_000_000, premium_paid=5), []
    law.ask_to_retire(one, person(month, **given), act(RETIRE, "2025-04-10", 6, what=top_up), rules(**RETIREMENT), JANUARY, flows, outcomes)
    (number, answer, amount, on), = outcomes
    assert (number, on) == (6, day("2025-04-10"))
    return answer, amount, flows.premium_paid - 5, one.is_retiring


def employed(contributed, local, status=EMPLOYEE, **changes):
    one = account(status, contributed=contributed)
    one.local_months = local
    for name, value in changes.items():
        setattr(one, name, value)
    return one


OF_AGE = {"earliest_month": JANUARY + 3, "flexible_earliest_month": JANUARY + 3}


@pytest.mark.parametrize("has, given, answer", [
    ({"contributed": 300, "local": 120}, {}, (retirement.RETIRES, 0, 0, 1)),
    ({"contributed": 240, "local": 120}, {"is_female": 1}, (retirement.RETIRES, 0, 0, 1)),
    ({"contributed": 240, "local": 120}, {}, (retirement.YEARS_SHORT, 60, 0, 0)),
    ({"contributed": 299, "local": 120}, {}, (retirement.YEARS_SHORT, 1, 0, 0)),
    ({"contributed": 300, "local": 100}, {}, (retirement.LOCAL_YEARS_SHORT, 20, 0, 0)),
    ({"contributed": 240, "local": 100}, {}, (retirement.YEARS_SHORT, 60, 0, 0)),
    ({"contributed": 240, "local": 120, "status": FLEXIBLE}, {"is_female": 1}, (retirement.RETIRES, 0, 0, 1)),
    ({"contributed": 300, "local": 120}, {"earliest_month": JANUARY + 4}, (retirement.TOO_YOUNG, 0, 0, 0)),
    ({"contributed": 300, "local": 120, "status": FLEXIBLE}, {"earliest_month": JANUARY + 4}, (retirement.RETIRES, 0, 0, 1)),
    ({"contributed": 300, "local": 120, "status": FLEXIBLE}, {"flexible_earliest_month": JANUARY + 4}, (retirement.TOO_YOUNG, 0, 0, 0)),
    ({"contributed": 300, "local": 120}, {"flexible_earliest_month": JANUARY + 4}, (retirement.RETIRES, 0, 0, 1)),
    ({"contributed": 300, "local": 120, "status": RETIREE}, {}, (retirement.ALREADY_RETIRED, 0, 0, 0)),
    ({"contributed": 300, "local": 120, "is_retiring": 1}, {}, (retirement.ALREADY_RETIRED, 0, 0, 1)),
    ({"contributed": 300, "local": 120, "status": RESIDENT}, {}, (retirement.NOT_INSURED, 0, 0, 0)),
    ({"contributed": 300, "local": 120, "status": NONE}, {}, (retirement.NOT_INSURED, 0, 0, 0)),
])
def test_who_may_retire(has, given, answer):
    assert asks_to_retire(employed(**has), **{**OF_AGE, **given}) == answer


def test_missing_months_are_topped_up_at_once():            # 10,000 × 8 % a month
    one = employed(299, 100)
    assert asks_to_retire(one, 1, **OF_AGE) == (retirement.RETIRES, 20 * 80_000, 20 * 80_000, 1)
    assert (one.contributed_months, one.local_months) == (319, 120)


# ── withdrawals and moves ──

def withdraws(one, reason, amount=0, to=-1, heir=None, month=2, **changes):
    """A request of March: (answer, amount, tally, the heir's tally, missed)."""
    accounts, tallies, outcomes = [one, heir or account()], [tally(withdrawn=1, transfer_in=2, transfer_out=3, refund=4) for _ in "ab"], []
    missed = [Missed(12), Missed(12)]
    missed[0].coming_back_fen = list(range(100, 118))
    missed[0].is_owed[:4] = 1, 1, 1, 0
    law_ = rules(withdrawal_reasons=["death", "quit", "remote_residence", "free"],
                 withdrawal_closing_reasons=["death", "quit", "remote_residence"])._replace(**changes)
    law.withdraw(0, act(WITHDRAW, "2025-03-10", 8, what=reason, amount=amount, to=to), accounts, person(month), missed, [law_],
                 tallies, outcomes)
    (number, answer, fen, on), = outcomes
    assert (number, on) == (8, day("2025-03-10"))
    return answer, fen, *tallies, missed[0]


def full(**changes):
    """700.00 and, on the way, 50.00 from elsewhere and 20.00 of a bill."""
    one = account(current=10_000, carried=40_000, withdrawable=20_000)
    for name, value in {"arriving_fen": 5_000, "refund_fen": 2_000, **changes}.items():
        setattr(one, name, value)
    return one


def test_death_pays_all_there_is_and_all_that_was_on_its_way():
    one = full(unpaid_by=BY_ONESELF, gap_months=2, waiting_months=3, missed_months=3, is_retiring=1)
    answer, fen, flows, _, missed = withdraws(one, DEATH)
    assert (answer, fen) == (law.DONE, 77_000)
    assert (flows.withdrawn, flows.transfer_in, flows.transfer_out, flows.refund) == (1 + 77_000, 2 + 5_000, 3, 4 + 2_000)
    assert (one.pockets, one.arriving_fen, one.refund_fen, one.is_closed, one.is_dead) == (Pockets(0, 0, 0), 0, 0, 1, 1)
    assert (one.status, one.status_left, one.unpaid_by) == (NONE, EMPLOYEE, -1)
    assert (one.is_retiring, one.gap_months, one.waiting_months) == (0, 0, 0)
    assert (one.contributed_months, one.continuous_months, one.missed_months) == (0, 0, 0)
    assert missed.coming_back_fen == [100, 101, 102, 0, 0, 0, 0, 0, 0, *range(109, 118)]        # six months ahead
    assert missed.is_owed[:4] == [0, 0, 0, 0]


@pytest.mark.parametrize("changes, amount, answer", [
    ({"is_closed": 1, "pockets": Pockets(0, 0, 0), "arriving_fen": 0, "refund_fen": 0}, 0, withdrawal.ALREADY_CLOSED),
    ({}, 1, withdrawal.WHOLE_ONLY)])
def test_the_dead_are_dead_where_their_heirs_are_refused(changes, amount, answer):
    one = full(unpaid_by=BY_ONESELF, gap_months=2, waiting_months=3, missed_months=3, is_retiring=1, **changes)
    pockets = one.pockets
    assert withdraws(one, DEATH, amount)[:2] == (answer, 0) and one.pockets == pockets
    assert (one.is_dead, one.status, one.status_left, one.unpaid_by, one.is_retiring) == (1, NONE, EMPLOYEE, -1, 0)
    assert (one.gap_months, one.waiting_months, one.contributed_months, one.missed_months) == (0, 0, 0, 0)


def test_death_ends_the_insurance_where_it_does_not_close_the_account():
    one = full(arriving_fen=0)
    answer, fen, flows, _, missed = withdraws(one, DEATH, withdrawal_closing_reasons=(0,) * len(REASONS))
    assert (answer, fen, flows.withdrawn) == (law.DONE, 70_000, 70_001)
    assert (one.is_closed, one.is_dead, one.status) == (0, 1, NONE) and not any(missed.is_owed[:4])


def test_who_closes_the_account_and_stays_insured_still_owes():
    one = full(arriving_fen=0, unpaid_by=BY_ONESELF, gap_months=2, missed_months=3)
    answer, fen, flows, _, missed = withdraws(one, REMOTE_RESIDENCE)
    assert (answer, fen, flows.withdrawn, flows.refund, flows.transfer_in) == (law.DONE, 72_000, 72_001, 2_004, 2)
    assert (one.status, one.unpaid_by, one.gap_months, one.is_closed, one.is_dead) == (EMPLOYEE, BY_ONESELF, 2, 1, 0)
    assert (one.contributed_months, one.missed_months) == (120, 3) and missed.is_owed[:4] == [1, 1, 1, 0]


def test_who_had_left_before_is_remembered_as_what_it_was():
    one = full(status=NONE, status_left=FLEXIBLE)
    withdraws(one, DEATH)
    assert (one.status, one.status_left) == (NONE, FLEXIBLE)
    one = full(status=RESIDENT, arriving_fen=0)
    assert withdraws(one, QUIT)[:2] == (law.DONE, 72_000) and (one.status, one.status_left) == (RESIDENT, NONE)


def test_free_money_is_taken_without_closing():
    one = full()
    answer, fen, flows, _, missed = withdraws(one, FREE, 15_000)
    assert (answer, fen, flows.withdrawn, one.is_closed) == (law.DONE, 15_000, 15_001, 0)
    assert (one.pockets, one.arriving_fen, one.refund_fen) == (Pockets(10_000, 40_000, 5_000), 5_000, 2_000)
    assert missed.coming_back_fen == list(range(100, 118)) and (flows.transfer_in, flows.refund) == (2, 4)


@pytest.mark.parametrize("changes, reason, amount, answer", [
    ({"is_closed": 1, "arriving_fen": 0}, QUIT, 0, withdrawal.ALREADY_CLOSED), ({"arriving_fen": 1}, QUIT, 0, withdrawal.IN_TRANSIT),
    ({"arriving_fen": 0}, QUIT, 1, withdrawal.WHOLE_ONLY), ({}, FREE, 20_001, withdrawal.MORE_THAN_THERE),
    ({}, ENLISTED, 0, withdrawal.REASON_NOT_ALLOWED)])
def test_a_request_that_is_refused_pays_nothing(changes, reason, amount, answer):
    one = full()
    for name, value in changes.items():
        setattr(one, name, value)
    found, fen, flows, _, _ = withdraws(one, reason, amount)
    assert (found, fen, flows.withdrawn, one.pockets) == (answer, 0, 1, Pockets(10_000, 40_000, 20_000))


@pytest.mark.parametrize("status, is_closed, takes", [(EMPLOYEE, 0, True), (FLEXIBLE, 0, True), (RETIREE, 0, True), (RESIDENT, 0, False),
                                                      (NONE, 0, False), (EMPLOYEE, 1, False)])
def test_an_heir_with_an_account_takes_the_money_over(status, is_closed, takes):
    heir = account(status, carried=300, current=5, withdrawable=6)
    heir.is_closed = is_closed
    answer, fen, flows, heirs, _ = withdraws(full(), DEATH, to=1, heir=heir)
    assert (answer, fen) == (law.DONE, 77_000) and heir.pockets == Pockets(5, 300 + 77_000 * takes, 6)
    assert (flows.transfer_out, flows.withdrawn, heirs.transfer_in) == (
        (77_003, 1, 77_002) if takes else (3, 77_001, 2))


def test_the_first_of_a_household_may_be_the_heir():
    accounts, tallies, outcomes = [account(), full()], [tally(), tally()], []
    request = act(WITHDRAW, "2025-03-10", what=DEATH, to=0)
    law.withdraw(1, request, accounts, person(2), [Missed(12), Missed(12)], [rules()], tallies, outcomes)
    assert accounts[0].pockets.carried == 77_000 and tallies[0].transfer_in == 77_000


def moves(one, on="2025-03-20", to=2, new=None, month=2, **changes):
    flows, outcomes = tally(transfer_in=2, transfer_out=3), []
    rows = [rules(**changes), new or rules()]
    law.move(one, person(month), act(MOVE, on, 4, what=7, to=to, to_row=1), rows, JANUARY, flows, outcomes)
    (number, answer, fen, day_), = outcomes
    assert (number, day_) == (4, day(on))
    return answer, fen, flows


def test_a_move_takes_all_but_the_free_money_and_what_is_already_on_its_way_too():
    one = full()
    answer, fen, flows = moves(one)
    assert (answer, fen, flows.transfer_out, flows.transfer_in) == (law.DONE, 50_000, 50_003, 2)
    assert (one.pockets, one.arriving_fen, one.arriving_month) == (Pockets(0, 0, 20_000), 55_000, JANUARY + 3)
    assert (one.area, one.local_months, one.contributed_months) == (7, 0, 120)


def test_what_arrives_in_the_month_of_the_move_is_booked_in_it():
    one = full()
    _, _, flows = moves(one, on="2025-03-03")               # fifteen working days: 24 March
    assert (flows.transfer_out, flows.transfer_in) == (50_003, 55_002)
    assert (one.pockets, one.arriving_fen) == (Pockets(0, 55_000, 20_000), 0)


@pytest.mark.parametrize("status, to, changes, new, answer", [
    (EMPLOYEE, 1, {}, {}, transfer.SAME_AREA), (RETIREE, 2, {}, {}, transfer.RETIREE_STAYS), (RESIDENT, 2, {}, {}, transfer.NOT_INSURED),
    (EMPLOYEE, 2, {}, {"transfer_accepts_balance": "no"}, transfer.BALANCE_NOT_TAKEN)])
def test_a_move_that_is_refused_takes_nothing_along(status, to, changes, new, answer):
    one = full()
    one.status = status
    found, fen, flows = moves(one, to=to, new=rules(**new), **changes)
    assert (found, fen, flows.transfer_out, one.area, one.local_months) == (answer, 0, 3, 0, 120)
    assert (one.pockets, one.arriving_fen) == (Pockets(10_000, 40_000, 20_000), 5_000)


def test_a_retiree_moves_by_the_rules_of_the_area_left():
    one = full()
    one.status = RETIREE
    assert moves(one, transfer_retirees="yes")[:2] == (law.DONE, 50_000)


# ── the short way of an ordinary month ──

ORDINARY = dict(contribution_fixed_monthly=[7] * 6 + [9] * 6, credit_employee_age_bands=[{"below": 41, "rate": "0.01"}, {"rate": "0.02"}],
                credit_retiree_monthly=[{"below": 72, "pension_rate": "0.05"}, {"amount": 300}], interest_settlement="12-31",
                credit_retiree_yearly=[{"amount": 120}], credit_retiree_yearly_paid=5, withdrawal_free_share="0.1", **HALF)


def state(one):
    """All that is kept of a person, but for what only tells whether the dues are to be worked out anew."""
    return {**{name: getattr(one, name) for name in Account.__slots__}, "dues": one.dues._replace(yearly_months=0)}


def go_the_short_way(one, given, missed, law_, flows, renews):
    """An ordinary month; what lasts is told by the account."""
    if renews:
        law.renew_dues(one, given, law_)
    flows.area, flows.status, flows.lives, flows.opening = one.area, one.status, 1, total(one.pockets)
    flows.base, flows.credit, flows.premium_paid = one.dues.base_fen, one.dues.credit_fen, one.dues.own_fen
    flows.employer_premium = one.dues.employer_fen
    if law.begins_a_year(given.calendar_month, law_):
        law.begin_years(one, given.calendar_month, law_)
    law.quiet_months(1, one, law_)
    law.credit_months(1, one)
    law.pay_bills(1, one, given, missed, [law_], JANUARY, flows)
    if law_.interest_settlement_in_month[given.calendar_month - 1]:
        law.settle_interest(one, given.calendar_month, 1, flows, law_)
    if one.missed_months > 0:
        flows.arrears, flows.late_fee_accrued = law.arrears.outstanding(missed, one.last_gap, JANUARY, given.last_day, law_)
    if one.status != RETIREE:
        law.count_paid_month(one)
    law.reach_statutory_age(one, given, JANUARY, law_)
    flows.closing, (flows.current, flows.carried, flows.withdrawable) = total(one.pockets), one.pockets
    flows.contributed_months, flows.continuous_months = one.contributed_months, one.continuous_months


def two_years(status, birth_month, changes, prepaid_month=-1, owes=False):
    """Two years the long way and, where a month is ordinary, the short way: both must be the same in every month."""
    law_, missed = rules(**{**ORDINARY, **changes}), (Missed(24), Missed(24))
    long_way, short_way = (account(status, current=20_000, carried=30_000, contributed=294) for _ in "ab")
    for one, months_missed in zip((long_way, short_way), missed) if owes else ():
        one.unpaid_by = BY_EMPLOYER
        law.miss(one, person(), months_missed, 800_000, law_)
        one.unpaid_by = -1
    for month in range(24):
        on = date(2025 + month // 12, month % 12 + 1, 9).isoformat()
        given = {"age": (40 if status != RETIREE else 71) + (month >= birth_month), "pension_fen": 400_000, "wage_growth_ppm": 50_000,
                     "statutory_month": JANUARY + 18, "flexible_statutory_month": JANUARY + 20,
                     "bills": (bill(on, 30_000 + 300_000 * (month % 5 == 2)), bill(on, 5_000, is_prepaid=int(month == prepaid_month)))}
        flows, is_ordinary = (tally(), tally()), law.is_ordinary(short_way)
        assert is_ordinary == (short_way.refund_fen == 0 and short_way.is_retiring == 0)
        law.household_month([long_way], [person(month, **given)], [missed[0]], [], [], [law_], JANUARY, [flows[0]], [])
        if is_ordinary:
            renews = month == 0 or month == birth_month or law.may_change_dues(month % 12 + 1, law_) or short_way.dues.yearly_months > 0
            go_the_short_way(short_way, person(month, **given), missed[1], law_, flows[1], renews)
        else:
            law.household_month([short_way], [person(month, **given)], [missed[1]], [], [], [law_], JANUARY, [flows[1]], [])
        assert [getattr(flows[0], name) for name in TALLIED] == [getattr(flows[1], name) for name in TALLIED]
        assert state(long_way) == state(short_way)


@pytest.mark.parametrize("status, birth_month, changes", [
    (EMPLOYEE, 3, {}), (FLEXIBLE, 11, {}), (RETIREE, 5, {}),
    (FLEXIBLE, 8, {"contribution_flexible_fixed_monthly": [*range(1, 13)]}),
    (RETIREE, 2, {"contribution_retiree_fixed_monthly": [1] * 7 + [2] * 5}), (RETIREE, 9, {"credit_retiree_yearly": [{"amount": 0}]}),
    (EMPLOYEE, 6, {"interest_settlement": "06-30", "pooling_year_start": 4}),
    (EMPLOYEE, 6, {"interest_year_start": 7, "contribution_base_year_start": 1, "spending_before_pool": "current money"})])
def test_an_ordinary_month_is_a_month_of_the_law(status, birth_month, changes):
    two_years(status, birth_month, changes)
    two_years(status, birth_month, changes, owes=True)


@pytest.mark.parametrize("prepaid_to", ["the person", "the account"])
def test_a_prepaid_bill_in_an_ordinary_month(prepaid_to):
    two_years(EMPLOYEE, 6, {"pooling_prepaid_to": prepaid_to}, prepaid_month=3)


@pytest.mark.parametrize("changes, is_ordinary", [
    ({}, True), ({"status": FLEXIBLE}, True), ({"status": RETIREE}, True), ({"status": NONE}, False), ({"status": RESIDENT}, False),
    *((dict([change]), False) for change in {"unpaid_by": 0, "arriving_fen": 1, "refund_fen": 1, "gap_months": 1,
                                             "waiting_months": 1, "is_retiring": 1,
                                                 "is_closed": 1, "is_dead": 1}.items()),
    ({"gap_months": 2, "waiting_months": 1}, False),
    ({"gap_months": 1, "waiting_months": 1, "is_retiring": 1, "is_closed": 1, "is_dead": 1}, False)])
def test_who_has_ordinary_months(changes, is_ordinary):
    one = account()
    for name, value in changes.items():
        setattr(one, name, value)
    assert law.is_ordinary(one) == is_ordinary


def test_the_months_with_other_dues():
    def renewing(**changes):
        law_ = rules(contribution_base_year_start=7, **changes)
        return [month for month in range(1, 13) if law.may_change_dues(month, law_)]
    assert renewing() == [7]
    assert renewing(contribution_fixed_monthly=[1] * 8 + [2] * 4) == [1, 7, 9]
    assert renewing(contribution_flexible_fixed_monthly=[1] * 8 + [2] * 4) == [1, 7, 9]
    assert renewing(contribution_retiree_fixed_monthly=[1] * 11 + [2]) == [1, 7, 12]
    assert renewing(credit_retiree_yearly=[{"amount": 120}], credit_retiree_yearly_paid=5) == [5, 6, 7]


class Reading:
    """Rules that say what is read of them."""

    def __init__(self, rules_, names):
        self.rules_, self.names = rules_, names

    def __getattr__(self, name):
        self.names.add(name)
        return getattr(self.rules_, name)


def test_the_rules_that_dues_rest_on():
    law_, names = rules(**ORDINARY), set()
    reading = Reading(law_, names)
    for status in (EMPLOYEE, FLEXIBLE, RETIREE):
        one = account(status)
        law.renew_dues(one, person(6, age=50, wage_growth_ppm=50_000, pension_fen=400_000), reading)
        law.reach_statutory_age(one, person(6, statutory_month=JANUARY, flexible_statutory_month=JANUARY), JANUARY, reading)
        retirement.earliest_month(*retirement.statutory_month(JANUARY - 600, 1, status == EMPLOYEE, reading), reading)
    others = {name for name in law_._fields if law.has_same_dues(law_, law_._replace(**{name: None}))}
    assert len(names) > 30 and not names & others
    assert {name for name in others if name.startswith("retirement_")} == {"retirement_top_up_rate_ppm", "retirement_top_up_base_fen"}
    assert {name.partition("_")[0] for name in others} == {
        "interest", "pooling", "spending", "arrears", "waiting", "aid", "withdrawal", "transfer", "retirement", "projection"}


def test_the_months_in_which_years_begin_and_end():
    law_ = rules(interest_year_start=2, pooling_year_start=4, interest_settlement=["06-30", "11-30"])
    assert [month for month in range(1, 13) if law.begins_a_year(month, law_)] == [2, 4]
    assert [month for month in range(1, 13) if law.ends_a_year(month, law_)] == [1, 3, 6, 11]
    assert [month for month in range(1, 13) if law.ends_a_year(month, rules(interest_year_start=1, pooling_year_start=1,
                                                                            interest_settlement="06-30"))] == [6, 12]


def test_the_sums_of_a_month():
    law_ = rules(contribution_fixed_monthly=[*range(1, 13)], contribution_flexible_fixed_monthly=[*range(21, 33)],
                 contribution_retiree_fixed_monthly=[*range(41, 53)], credit_retiree_yearly=[{"amount": 120}], credit_retiree_yearly_paid=5)
    assert [law.monthly_sums(month, law_) for month in (1, 5, 12)] == [(100, 2100, 4100, 0), (500, 2500, 4500, 12), (1200, 3200, 5200, 0)]
    assert law.monthly_sums(1, rules(credit_retiree_yearly_paid=1)) == (0, 0, 0, 0)


def test_a_credit_is_this_years_money_but_for_what_is_free():
    assert law.credited(Pockets(1, 2, 3), 100, 30) == Pockets(71, 2, 33)


# ── as if a gap had been paid ──

def test_a_gap_reckons_on_from_the_one_before_it_while_that_may_be_paid():
    """By place: the number of the gap and the fault. Own gaps may not be paid at all, an employer's without limit."""
    law_ = rules(arrears_back_pay_months={"employer": 999, "own": 0})
    for before, goes_on in (({}, False), ({2: (1, BY_EMPLOYER)}, True), ({2: (1, BY_ONESELF)}, False), ({1: (1, BY_EMPLOYER)}, False),
                            ({1: (1, BY_EMPLOYER), 2: (2, BY_ONESELF)}, False), ({1: (1, BY_ONESELF), 2: (2, BY_EMPLOYER)}, True)):
        one, missed = account(), Missed(12)
        for place, (number, fault) in before.items():
            missed.gap[place], missed.fault[place], missed.gap_place[place] = number, fault, 1
            missed.gap_length[place] = missed.gap_owed[place] = missed.is_owed[place] = 1
        one.gap_number, one.last_gap, one.unpaid_by = len(before), max(before, default=-1), BY_EMPLOYER
        one.gap_number += 1                                 # as after one that was made good: nothing of it goes on
        one.pool, one.pool_if_paid = PoolYear(1, 2, 3, 4), PoolYear(5, 6, 7, 8)
        law.miss(one, person(3), missed, 500_000, law_)
        assert (one.pool_if_paid == PoolYear(5, 6, 7, 8)) == goes_on


def test_a_gap_of_the_first_month_begins_a_reckoning_of_its_own():
    one, missed = account(), Missed(12)
    one.unpaid_by, one.pool, one.pool_if_paid = BY_EMPLOYER, PoolYear(1, 2, 3, 4), PoolYear(5, 6, 7, 8)
    missed.gap[-1] = 1                                      # the last month of the span is not the one before the first
    law.miss(one, person(0), missed, 500_000, rules())
    assert one.pool_if_paid == one.pool


def test_a_refund_waits_for_the_account_that_is_on_its_way():
    for arriving_fen, withdrawn in ((500, 0), (0, 300)):
        one, flows = account(FLEXIBLE), tally()
        one.arriving_fen = arriving_fen
        law.pay_refund(one, 300, flows, rules(credit_flexible_rate="0"))
        assert (flows.refund, flows.withdrawn, one.pockets.current) == (300, withdrawn, 300 - withdrawn)
