"""The law, function by function: hand-computed cases."""
from datetime import date

import pytest
from law_rules import credit_of, own_premium, rules

from simulator import months
from simulator.law import arrears, contribution, credit, interest, mutual_aid, pooling, spending, transfer, waiting, withdrawal
from simulator.law.account import (
    BY_EMPLOYER,
    BY_ONESELF,
    COMMERCIAL_PREMIUM,
    DEATH,
    EMIGRATION,
    EMPLOYEE,
    FLEXIBLE,
    FREE,
    LONG_TERM_CARE_PREMIUM,
    MEDICAL,
    NEW_POOL_YEAR,
    NEW_PRODUCTS,
    NONE,
    PHARMACY,
    PRIMARY,
    QUIT,
    REMOTE_RESIDENCE,
    RESIDENT,
    RESIDENT_PREMIUM,
    RETIREE,
    SECONDARY,
    SERIOUS_ILLNESS,
    TERTIARY,
    Account,
    Aid,
    AidGiven,
    Flows,
    Missed,
    Pockets,
    PoolYear,
    Products,
    broken,
)

EMPLOYEES, SENIOR_EMPLOYEES, RETIREES, SENIOR_RETIREES = range(4)


# ── contribution ──

@pytest.mark.parametrize("wage, base", [(300000, 400000), (399999, 400000), (400000, 400000), (800000, 800000),
                                        (2000000, 2000000), (2000001, 2000000)])
def test_the_base_is_the_wage_between_floor_and_ceiling(wage, base):
    assert contribution.contribution_base(wage, rules()) == base


def test_an_area_without_a_ceiling_counts_every_wage():
    assert contribution.contribution_base(99_000_000, rules(contribution_base_ceiling="none")) == 99_000_000


def test_where_the_base_counts_whole_yuan_it_is_rounded():
    whole = rules(contribution_base_rounding="yuan half up")
    assert contribution.contribution_base(800050, whole) == 800100
    assert contribution.contribution_base(800049, whole) == 800000


def test_an_employee_pays_a_rate_and_a_fixed_sum():                 # Wuhan 2023: 4,224 × 2 % + 7 = 91.48
    wuhan = rules(contribution_fixed_monthly="7.00", contribution_employer_rate="0.08")
    assert own_premium(EMPLOYEE, 422400, 3, wuhan) == 9148
    assert contribution.employer_premium(EMPLOYEE, 422400, wuhan) == 33792
    assert own_premium(EMPLOYEE, 2112000, 3, wuhan) == 42940


def test_a_fixed_sum_may_differ_by_month():                         # Tianjin: 260 a year
    tianjin = rules(contribution_fixed_monthly=[21, 22, 22] * 4, contribution_employee_rate=0)
    assert [own_premium(EMPLOYEE, 0, month, tianjin) for month in (1, 2, 4, 12)] == [2100, 2200, 2100, 2200]
    assert sum(own_premium(EMPLOYEE, 0, month, tianjin) for month in range(1, 13)) == 26000


def test_beijing_rounds_a_flexible_premium_up_to_the_fen():         # 11,297 × 70 % × 7 % = 553.553 → 553.56
    beijing = rules(contribution_flexible_base="7907.90", contribution_flexible_rate="0.07",
                    contribution_flexible_rounding="fen up")
    base = contribution.base(FLEXIBLE, 999999, beijing)
    assert base == 790790
    assert own_premium(FLEXIBLE, base, 1, beijing) == 55356


def test_a_flexible_worker_may_choose_between_floor_and_ceiling():
    assert contribution.base(FLEXIBLE, 500000, rules()) == 500000
    assert contribution.base(FLEXIBLE, 100000, rules()) == 400000


def test_nobody_else_has_a_base():
    assert [contribution.base(status, 800000, rules()) for status in (NONE, RETIREE, RESIDENT)] == [0, 0, 0]
    assert own_premium(RETIREE, 0, 1, rules(contribution_retiree_fixed_monthly=30)) == 3000


def test_a_new_wage_waits_for_the_base_year_or_not():
    waits, at_once = rules(), rules(contribution_wage_change="next month")
    assert contribution.declared_wage(800000, 800000, 900000, 0, 3, waits) == (900000, 800000)
    assert contribution.declared_wage(900000, 800000, 0, 0, 7, waits) == (900000, 900000)
    assert contribution.declared_wage(800000, 800000, 900000, 0, 3, at_once) == (900000, 900000)


def test_a_wage_grows_when_the_base_year_starts_unless_it_was_just_set():
    assert contribution.declared_wage(800000, 800000, 0, 30000, 7, rules()) == (824000, 824000)
    assert contribution.declared_wage(800000, 800000, 0, 30000, 6, rules()) == (800000, 800000)
    assert contribution.declared_wage(800000, 800000, 900000, 30000, 7, rules()) == (900000, 900000)


def test_fixed_sums_go_by_status_and_month():
    law = rules(contribution_fixed_monthly=[*range(1, 13)], contribution_flexible_fixed_monthly=[*range(21, 33)],
                contribution_retiree_fixed_monthly=[*range(41, 53)])
    for month in (1, 2, 12):
        assert [contribution.fixed_monthly(status, month, law) for status in (NONE, EMPLOYEE, FLEXIBLE, RETIREE, RESIDENT)] == [
            0, month * 100, (20 + month) * 100, (40 + month) * 100, 0]


# ── credit ──

BEIJING_BANDS = [{"below": 35, "rate": "0.008"}, {"below": 45, "rate": "0.01"}, {"rate": "0.02"}]


@pytest.mark.parametrize("age, fen", [(34, 28000), (35, 30000), (44, 30000), (45, 40000), (60, 40000)])
def test_before_the_reform_part_of_the_employers_share_is_credited_by_age(age, fen):
    assert credit.employee_credit(1_000_000, age, rules(credit_employee_age_bands=BEIJING_BANDS)) == fen


def test_whoever_is_older_than_the_last_band_is_in_it():
    bands = (35, "a"), (45, "b"), (55, "c"), (65, "d")
    assert [credit.age_band(bands, age)[1] for age in (34, 35, 45, 54, 55, 64, 65, 99)] == [*"abccdddd"]


def test_after_the_reform_the_own_premium_only():
    assert credit.employee_credit(1_000_000, 50, rules()) == 20000


def test_a_band_may_be_a_fixed_sum():                               # Shanghai until 2023-06: 2 % + 210 a year
    shanghai = rules(credit_employee_age_bands=[{"below": 35, "amount": "17.50"}, {"amount": "52.50"}])
    assert credit.employee_credit(731000, 30, shanghai) == 14620 + 1750
    assert credit.employee_credit(731000, 35, shanghai) == 14620 + 5250


def test_deductions_never_reach_the_account():                      # Suzhou: 4,879 × 2 % − 2 = 95.58
    suzhou = rules(credit_deductions=2)
    assert credit_of(EMPLOYEE, 487900, 40, 0, False, 1, suzhou) == 9558
    chengdu = rules(credit_deduction_rates=[{"below": 40, "rate": "0.001"}, {"rate": "0.002"}])
    assert credit_of(EMPLOYEE, 1_000_000, 39, 0, False, 1, chengdu) == 20000 - 1000
    assert credit_of(EMPLOYEE, 1_000_000, 40, 0, False, 1, chengdu) == 20000 - 2000


def test_a_deduction_takes_no_more_than_the_credit():
    assert credit_of(EMPLOYEE, 10000, 40, 0, False, 1, rules(credit_deductions=10)) == 0
    assert credit_of(FLEXIBLE, 400000, 40, 0, False, 1, rules(credit_flexible_rate=0, credit_deductions=10)) == 0


def test_a_retiree_gets_a_sum_by_age():                             # Beijing: 100 / 110 − 3
    beijing = rules(credit_retiree_monthly=[{"below": 70, "amount": 100}, {"amount": 110}],
                    credit_deductions={"retiree": 3})
    assert credit_of(RETIREE, 0, 69, 0, False, 5, beijing) == 9700
    assert credit_of(RETIREE, 0, 70, 0, False, 5, beijing) == 10700


def test_a_retiree_may_get_a_share_of_the_own_pension():            # Wuhan until 2023-01: 50,000 a year × 4.8 %
    wuhan = rules(credit_retiree_monthly=[{"below": 71, "pension_rate": "0.048"},
                                          {"below": 80, "pension_rate": "0.051", "minimum": "232.35"},
                                          {"pension_rate": "0.04", "amount": "10", "minimum": "80", "maximum": "220"}])
    assert sum(credit_of(RETIREE, 0, 65, 416667, False, month, wuhan) for month in range(1, 13)) == 240000
    assert credit_of(RETIREE, 0, 71, 500000, False, 1, wuhan) == 25500
    assert credit_of(RETIREE, 0, 71, 200000, False, 1, wuhan) == 23235
    assert [credit_of(RETIREE, 0, 80, pension_fen, False, 1, wuhan) for pension_fen in (199999, 200025, 549987, 549988, 600000)] == [
        9000, 9001, 22999, 23000, 23000]


def test_a_yearly_sum_comes_on_its_day_and_pro_rata_for_a_new_retiree():
    shanghai = rules(credit_retiree_monthly=[], credit_retiree_yearly=[{"below": 75, "amount": 1680}, {"amount": 1890}],
                     credit_retiree_yearly_paid=7)
    assert credit_of(RETIREE, 0, 70, 0, False, 7, shanghai) == 168000
    assert credit_of(RETIREE, 0, 75, 0, False, 7, shanghai) == 189000
    assert credit_of(RETIREE, 0, 70, 0, False, 8, shanghai) == 0
    assert credit_of(RETIREE, 0, 70, 0, True, 6, shanghai) == 14000         # one month left of the year
    assert credit_of(RETIREE, 0, 70, 0, True, 8, shanghai) == 154000        # eleven
    assert credit_of(RETIREE, 0, 70, 0, True, 7, shanghai) == 168000
    suzhou = shanghai._replace(credit_deductions_fen=(200, 200, 200))
    assert credit_of(RETIREE, 0, 70, 0, False, 7, suzhou) == 168000 - 12 * 200


def test_a_yearly_sum_takes_the_deductions_of_its_months_and_no_others():
    law = rules(credit_retiree_monthly=[{"amount": 100}], credit_retiree_yearly=[{"amount": 120}], credit_retiree_yearly_paid=7,
                credit_deductions=2)
    assert [credit_of(RETIREE, 0, 70, 0, False, month, law) for month in (6, 7, 8)] == [10_000, 10_000 + 12_000 - 12 * 200, 10_000]
    assert credit_of(EMPLOYEE, 1_000_000, 40, 0, False, 7, law) == 20_000 - 200


@pytest.mark.parametrize("status, changes, credited", [
    (EMPLOYEE, {}, True), (EMPLOYEE, {"credit_employee_rate_ppm": 0}, False), (RETIREE, {"credit_employee_rate_ppm": 0}, True),
    (EMPLOYEE, {"credit_employee_rate_ppm": 1}, True),
    (EMPLOYEE, {"credit_employee_rate_ppm": 0, "credit_employee_age_bands": ((35, 0, 0), (999, 1, 0))}, True),
    (EMPLOYEE, {"credit_employee_rate_ppm": 0, "credit_employee_age_bands": ((35, 0, 0), (999, 0, 1))}, True),
    (EMPLOYEE, {"credit_employee_rate_ppm": 0, "credit_employee_age_bands": ((35, 0, 0), (999, 0, 0))}, False),
    (FLEXIBLE, {"credit_flexible_rate_ppm": 0}, False), (FLEXIBLE, {"credit_flexible_rate_ppm": 1, "credit_employee_rate_ppm": 0}, True)])
def test_which_plans_have_an_account(status, changes, credited):
    assert credit.is_credited(status, rules()._replace(**changes)) == credited


def test_free_money_is_a_share_of_the_credit():
    assert credit.freely_withdrawable(10001, rules(withdrawal_free_share="0.7")) == 7001
    assert credit.freely_withdrawable(10001, rules()) == 0
    assert credit.freely_withdrawable(1_000_000, rules()._replace(withdrawal_free_share_ppm=1)) == 1


# ── interest ──

def test_a_new_account_year_carries_money_over():
    assert interest.carry_forward(Pockets(100, 200, 300)) == Pockets(0, 300, 300)


def test_current_money_earns_the_demand_rate_and_carried_money_the_deposit_rate():
    law = rules(interest_current_rate="0.0035", interest_carried_rate="0.011")
    products = NEW_PRODUCTS
    for _ in range(12):
        products = interest.accrue(products, Pockets(100_000, 200_000, 0), law)
    pockets, products, paid = interest.settle(products, Pockets(100_000, 200_000, 0), 12, 1, law)
    assert paid == 350 + 2200                                       # 1,000 × 0.35 % + 2,000 × 1.1 %
    assert pockets == Pockets(100_000, 202_550, 0) and products == NEW_PRODUCTS


def test_a_changed_rate_acts_from_its_month_on():
    products = NEW_PRODUCTS
    for rate in ("0.0279", "0.0198"):
        for _ in range(6):
            products = interest.accrue(products, Pockets(0, 100_000, 0), rules(interest_carried_rate=rate))
    assert interest.settle(products, Pockets(0, 100_000, 0), 12, 1, rules())[2] == 2385       # 13.95 + 9.90


def test_where_everything_earns_the_demand_rate():
    products = interest.accrue(NEW_PRODUCTS, Pockets(100, 200, 300), rules(interest_method="demand"))
    assert products == Products(100 * 3500, 200 * 3500, 300 * 3500)


def test_interest_of_free_money_stays_free():
    pockets, _, paid = interest.settle(Products(0, 0, 12 * 100_000_000), Pockets(0, 0, 100_000), 12, 1, rules())
    assert (paid, pockets) == (100, Pockets(0, 0, 100_100))


def test_some_areas_take_the_closing_balance_for_the_whole_year():  # Taizhou 2023: 3.5 ‰ of the year-end balance
    law = rules(interest_method="closing balance")
    assert interest.accrue(NEW_PRODUCTS, Pockets(1, 2, 3), law) == NEW_PRODUCTS
    assert interest.settle(NEW_PRODUCTS, Pockets(200_000, 800_000, 0), 12, 1, law)[2] == 3500
    pockets, _, paid = interest.settle(NEW_PRODUCTS, Pockets(200_000, 800_000, 400_000), 12, 1, law)      # and 14.00 on free money
    assert (paid, pockets) == (4900, Pockets(200_000, 803_500, 401_400))


# ── pooling ──

WUHAN = {"pooling_deductible": {"employee": 700, "retiree": 500},
             "pooling_rate": {"employee": {"pharmacy": "0.6", "primary": "0.8", "secondary": "0.6", "tertiary": "0.5"},
                           "retiree": {"pharmacy": "0.68", "primary": "0.84", "secondary": "0.68", "tertiary": "0.6"}},
             "pooling_ceiling": {"employee": 3500, "retiree": 4000}}


def test_wuhan_pays_above_the_deductible_up_to_the_ceiling():       # published: 5,000 at level 1 → 3,440
    paid, pool = pooling.outpatient_share(500_000, PRIMARY, EMPLOYEES, NEW_POOL_YEAR, rules(**WUHAN))
    assert paid == 344_000 and pool == PoolYear(70_000, 500_000, 344_000, 0)
    paid, pool = pooling.outpatient_share(10_000, PRIMARY, EMPLOYEES, pool, rules(**WUHAN))
    assert paid == 6_000                                            # 80 would pass the ceiling of 3,500
    assert pooling.outpatient_share(10_000, PRIMARY, EMPLOYEES, pool, rules(**WUHAN))[0] == 0


def test_the_deductible_is_used_up_over_the_year():
    law, pool = rules(**WUHAN), NEW_POOL_YEAR
    paid = []
    for _ in range(3):
        share, pool = pooling.outpatient_share(30_000, TERTIARY, EMPLOYEES, pool, law)
        paid.append(share)
    assert paid == [0, 0, 10_000] and pool.deductible == 70_000     # 900 − 700 = 200 at 50 %


def test_the_deductible_may_count_each_visit():
    law = rules(**{**WUHAN, "pooling_deductible": {"employee": 50, "retiree": 50}}, pooling_deductible_per="visit")
    _, pool = pooling.outpatient_share(10_000, TERTIARY, EMPLOYEES, NEW_POOL_YEAR, law)
    assert pooling.outpatient_share(10_000, TERTIARY, EMPLOYEES, pool, law)[0] == 2_500


def test_a_place_the_pool_does_not_pay_counts_nothing():
    law = rules(**{**WUHAN, "pooling_rate": {"employee": {"primary": "0.8"}, "retiree": {"primary": "0.8"}}})
    assert pooling.outpatient_share(90_000, PHARMACY, EMPLOYEES, NEW_POOL_YEAR, law) == (0, NEW_POOL_YEAR)


def test_beijing_pays_a_second_share_above_20000_paid():
    law = rules(pooling_rate={"employee": "0.7", "retiree": "0.85"}, pooling_upper_from={"employee": 20000, "retiree": 20000},
                pooling_upper_rate={"employee": "0.6", "retiree": "0.8"})
    paid, pool = pooling.outpatient_share(2_000_000, TERTIARY, EMPLOYEES, NEW_POOL_YEAR, law)
    assert paid == 1_400_000
    paid, pool = pooling.outpatient_share(1_857_143, TERTIARY, EMPLOYEES, pool, law)
    # 6,000 fills the first segment: 8,571.43 of cost at 70 %; the other 10,000.00 at 60 % is 6,000
    assert paid == 600_000 + 600_000
    assert pooling.outpatient_share(100_000, TERTIARY, EMPLOYEES, pool, law)[0] == 60_000


def test_the_second_share_begins_with_the_fen_after_the_first():
    law = rules(pooling_rate={"employee": "0.7", "retiree": "0.85"}, pooling_upper_from={"employee": 20000, "retiree": 20000},
                pooling_upper_rate={"employee": "0.5", "retiree": "0.8"})

    def paid(cost_fen, before_fen):
        return pooling.outpatient_share(cost_fen, TERTIARY, EMPLOYEES, PoolYear(0, 0, before_fen, 0), law)[0]
    assert paid(100, 2_000_000) == paid(100, 2_000_001) == 50          # all of it at 50 %
    assert paid(2, 1_999_999) == 1                          # 1.4 fen at 70 % just fill the first segment


def test_tianjin_counts_cost_to_its_turn_and_ceiling():
    law = rules(pooling_deductible={"employee": 800, "retiree": 700}, pooling_counts="cost",
                pooling_rate={"employee": {"tertiary": "0.55", "secondary": "0.65", "primary": "0.75"}, "retiree": "0.6"},
                pooling_upper_from={"employee": 5500, "retiree": 5500}, pooling_ceiling={"employee": 10000, "retiree": 10000},
                pooling_upper_rate={"employee": "0.5", "retiree": "0.5"})
    paid, pool = pooling.outpatient_share(600_000, PRIMARY, EMPLOYEES, NEW_POOL_YEAR, law)
    assert paid == (550_000 - 80_000) * 75 // 100 + 50_000 // 2     # 3,525 + 250
    paid, pool = pooling.outpatient_share(600_000, PRIMARY, EMPLOYEES, pool, law)
    assert paid == 200_000                                          # 6,000 to the ceiling of 10,000 at 50 %
    assert pooling.outpatient_share(1, PRIMARY, EMPLOYEES, pool, law)[0] == 0


@pytest.mark.parametrize("status, age, group", [
    (EMPLOYEE, 44, EMPLOYEES), (EMPLOYEE, 45, SENIOR_EMPLOYEES), (FLEXIBLE, 45, SENIOR_EMPLOYEES),
    (RETIREE, 69, RETIREES), (RETIREE, 70, SENIOR_RETIREES), (RESIDENT, 80, 4)])
def test_groups_of_patients(status, age, group):
    law = rules(pooling_senior_ages={"employee": 45, "flexible": 45, "retiree": 70})
    assert pooling.patient_group(status, age, law) == group


def test_inpatient_counts_each_stay_to_a_yearly_ceiling():
    law = rules(pooling_inpatient_deductible={"employee": 1500, "retiree": 700}, pooling_inpatient_rate="0.85",
                pooling_inpatient_ceiling={"employee": 10000, "retiree": 10000})
    paid, pool = pooling.inpatient_share(1_000_000, TERTIARY, EMPLOYEES, NEW_POOL_YEAR, law)
    assert paid == 722_500                                          # (10,000 − 1,500) × 85 %
    assert pooling.inpatient_share(1_000_000, TERTIARY, EMPLOYEES, pool, law)[0] == 277_500
    assert pooling.inpatient_share(100_000, TERTIARY, EMPLOYEES, NEW_POOL_YEAR, law)[0] == 0
    full = pooling.inpatient_share(1_000_000, TERTIARY, EMPLOYEES, pool, law)[1]
    assert full.inpatient_paid == 1_000_000 and pooling.inpatient_share(1_000_000, TERTIARY, EMPLOYEES, full, law) == (0, full)


# ── spending ──

def test_the_order_of_money():
    assert spending.pay(Pockets(100, 200, 300), 150, rules()) == (Pockets(0, 150, 300), 150)
    assert spending.pay(Pockets(100, 200, 300), 250, rules(spending_order="carried first")) == (Pockets(50, 0, 300), 250)
    assert spending.pay(Pockets(100, 200, 300), 700, rules()) == (Pockets(0, 0, 0), 600)


def test_where_this_years_money_goes_before_the_pool():
    first = rules(spending_before_pool="current money")
    assert spending.pay_before_pool(Pockets(100, 200, 0), 150, first) == (Pockets(0, 200, 0), 100)
    assert spending.pay_before_pool(Pockets(100, 200, 0), 150, rules()) == (Pockets(100, 200, 0), 0)
    assert SECONDARY == 2


@pytest.mark.parametrize("use, changes, fen", [
    (COMMERCIAL_PREMIUM, {}, -1), (COMMERCIAL_PREMIUM, {"spending_commercial": "carried money"}, 20_000),
    (COMMERCIAL_PREMIUM, {"spending_commercial": "carried money", "spending_commercial_keep": 150}, 5_000),
    (COMMERCIAL_PREMIUM, {"spending_commercial": "carried money", "spending_commercial_keep": 300}, 0),
    (COMMERCIAL_PREMIUM, {"spending_commercial": "all money", "spending_commercial_keep": 150}, 15_000),
    (LONG_TERM_CARE_PREMIUM, {}, -1), (LONG_TERM_CARE_PREMIUM, {"aid_uses": ["medical", "long-term-care premium"]}, 30_000),
    (RESIDENT_PREMIUM, {"aid_uses": ["resident premium", "long-term-care premium"]}, -1)])
def test_what_may_pay_an_own_premium(use, changes, fen):
    assert spending.available_for_premium(use, Pockets(10_000, 20_000, 40_000), rules(**changes)) == fen


# ── arrears ──

JANUARY, THE_10TH_OF_JULY = months.month_number("2025-01"), date(2025, 7, 10).toordinal()


def owing(*gaps):
    """Gaps of (place of the first month, length, fault), each month 200.00 and 800.00: (missed, last gap)."""
    missed, last = Missed(12), -1
    for number, (first, length, fault) in enumerate(gaps, 1):
        for place in range(first, first + length):
            missed.fault[place], missed.gap[place], missed.gap_place[place], missed.is_owed[place] = fault, number, place - first + 1, 1
            missed.own_fen[place], missed.employer_fen[place], missed.due_day[place] = 20_000, 80_000, 15
        missed.gap_length[first] = missed.gap_owed[first] = length
        missed.gap_owed_fen[first] = length * 100_000
        missed.gap_before[first], last = last, first
    return missed, last


def outstanding(*gaps, **changes):
    return arrears.outstanding(*owing(*gaps), JANUARY, THE_10TH_OF_JULY, rules(**changes))


def test_what_is_owed_is_that_of_all_gaps_and_each_month_once():
    assert outstanding((0, 2, BY_ONESELF), (5, 1, BY_ONESELF)) == (300_000, 0)
    # February since the 16th, 145 days: 72.50; May 56 days: 28.00; June 25 days: 12.50
    assert outstanding((1, 1, BY_EMPLOYER), (4, 2, BY_EMPLOYER)) == (300_000, 11_300)


def test_of_a_longer_gap_only_the_last_months_are_owed_where_only_they_may_be_paid():
    last_three = {"arrears_back_pay_beyond": "last months"}
    assert outstanding((1, 5, BY_ONESELF), **last_three) == (300_000, 0)
    # April since the 16th, 86 days: 43.00; May 28.00; June 12.50
    assert outstanding((1, 5, BY_ONESELF), arrears_fee_payer="defaulter", **last_three) == (300_000, 8_350)
    assert outstanding((1, 5, BY_ONESELF)) == (0, 0)


def test_a_fen_owed_for_three_years_bears_a_fee_of_a_fen():             # 1,000 days at 0.05 %: half a fen, rounded up
    first = date(2015, 1, 1).toordinal()
    assert arrears.late_fee(1, first, first + 999, rules()) == 1
    assert arrears.late_fee(1, first, first + 998, rules()) == 0


def test_a_waiver_counts_from_its_own_month():
    missed, _ = owing((3, 1, BY_EMPLOYER))
    missed.waiver_months[3] = 2                             # April, the employer's part from 16 June: 25 days; the own 86
    assert arrears.month_late_fee(missed, 3, JANUARY, THE_10TH_OF_JULY, rules()) == 860 + 1_000


def test_a_month_paid_before_it_is_late_has_no_days_of_arrears():
    first, last = months.days_in_arrears(JANUARY + 6, THE_10TH_OF_JULY, months.THIRTY_DAYS, 15)
    assert (first, last) == (THE_10TH_OF_JULY + 1, THE_10TH_OF_JULY)


# ── waiting ──

def test_up_to_the_free_length_a_gap_is_none_by_status():
    law = rules(waiting_free_gap_months={"employee": 2, "flexible": 3, "retiree": 0})
    assert [waiting.is_continuous(EMPLOYEE, gap, law) for gap in (2, 3)] == [True, False]
    assert [waiting.is_continuous(FLEXIBLE, gap, law) for gap in (3, 4)] == [True, False]


def test_a_gap_shorter_than_every_band_brings_no_wait():
    law = rules(waiting_months={"flexible": [{"over": 6, "months": 6}]})
    assert [waiting.wait_after_gap(FLEXIBLE, gap, 0, law) for gap in (4, 6, 7)] == [0, 0, 6]


def test_who_waits_at_the_first_enrolment():
    law = rules(waiting_first_enrolment_months={"employee": 1, "flexible": 6})
    assert [waiting.first_wait(status, law) for status in (NONE, EMPLOYEE, FLEXIBLE, RETIREE, RESIDENT)] == [0, 1, 6, 0, 0]


def test_a_wait_may_start_the_month_after_the_payment():
    later = rules(waiting_starts="month after payment")
    assert [waiting.from_this_month(wait, later) for wait in (0, 1, 6)] == [0, 2, 7]
    assert [waiting.from_this_month(wait, rules()) for wait in (0, 1, 6)] == [0, 1, 6]


@pytest.mark.parametrize("missed_months, repaid_years, wait", [(11, 0, 3), (13, 0, 3), (23, 0, 3), (24, 0, 5), (25, 0, 5), (36, 1, 5)])
def test_residents_wait_by_whole_years(missed_months, repaid_years, wait):
    law = rules(waiting_resident_months=3, waiting_resident_year_months=2)
    assert waiting.resident_wait(missed_months, repaid_years, law) == wait


# ── withdrawals and moves ──

def test_a_closing_reason_pays_all_and_in_transit_only_heirs_and_free_money():
    law, pockets = rules(withdrawal_reasons=["death", "quit", "free"], withdrawal_closing_reasons=["death", "quit"]), Pockets(1, 2, 3)
    assert withdrawal.decide(QUIT, 6, pockets, 0, False, law) == (withdrawal.PAID, 6)
    assert withdrawal.decide(QUIT, 5, pockets, 0, False, law) == (withdrawal.WHOLE_ONLY, 0)
    assert withdrawal.decide(QUIT, 6, pockets, 0, True, law) == (withdrawal.IN_TRANSIT, 0)
    assert withdrawal.decide(FREE, 2, pockets, 0, True, law) == (withdrawal.PAID, 2)
    assert withdrawal.decide(DEATH, 0, Pockets(0, 0, 0), 0, True, law) == (withdrawal.PAID, 0)


@pytest.mark.parametrize("reason, employees, residents", [
    (DEATH, True, True), (EMIGRATION, True, True), (QUIT, True, False), (REMOTE_RESIDENCE, False, False),
    (SERIOUS_ILLNESS, False, False), (FREE, False, False)])
def test_who_leaves_the_scheme_with_the_money(reason, employees, residents):
    assert [withdrawal.ends_insurance(reason, status) for status in (EMPLOYEE, RETIREE, RESIDENT)] == [employees, employees, residents]


def test_retirees_move_where_the_area_lets_them():
    moves = rules(transfer_retirees="yes")
    assert transfer.may_move(RETIREE, False, moves, rules()) == transfer.MOVED
    assert transfer.may_move(RETIREE, False, rules(), moves) == transfer.RETIREE_STAYS


# ── the account and its ledger ──

def test_an_account_as_it_begins():
    account = Account(Pockets(1, 2, 3), FLEXIBLE, 800_000, 120)
    assert (account.pockets, account.status, account.area, account.wage_fen, account.declared_fen) == (
        Pockets(1, 2, 3), FLEXIBLE, 0, 800_000, 800_000)
    assert account.status_left == NONE
    assert (account.contributed_months, account.continuous_months, account.local_months) == (120, 120, 120)
    assert (account.unpaid_by, account.last_gap) == (-1, -1)            # nobody's fault, no gap
    assert account.pool == account.pool_if_paid == NEW_POOL_YEAR and account.products == NEW_PRODUCTS


@pytest.mark.parametrize("identity, changes", [
    (1, {"closing": 1, "current": 1}), (1, {"credit": 1}), (2, {"credit": 1, "closing": 1}), (3, {"medical": 1}),
    (4, {"opening": 1, "spent": 1,
     "medical": 1}), (5, {"medical": 1, "cash_paid": 2, "reimbursed": -1}), (0, {"interest": -1, "opening": 0, "credit": 1})])
def test_the_first_identity_of_the_ledger_that_does_not_hold_is_numbered(identity, changes):
    assert broken(Flows(*[0] * len(Flows._fields))._replace(**changes), 0) == identity


# ── mutual aid ──

AID = Aid(0, 1, 1, 1000, 2000, 50_000, 300_000, 1, 1)       # to a parent, from day 1000 to day 2000


def may_give(day, area=True, province=True, **days):
    law = rules()._replace(aid_start_day=0)._replace(**days)
    return mutual_aid.may_give(AID, MEDICAL, day, 0, EMPLOYEE, RESIDENT, area, province, law)


def test_aid_begins_and_ends_with_its_days():
    assert [may_give(day) for day in (999, 1000, 2000, 2001)] == [
        mutual_aid.NOT_REGISTERED, mutual_aid.ALLOWED, mutual_aid.ALLOWED, mutual_aid.NOT_REGISTERED]
    assert [may_give(day, aid_start_day=1500) for day in (1499, 1500)] == [mutual_aid.NOT_STARTED, mutual_aid.ALLOWED]
    assert [may_give(day, False, aid_across_cities_day=1500) for day in (1499, 1500)] == [mutual_aid.NOT_ACROSS_CITIES, mutual_aid.ALLOWED]
    assert [may_give(day, False, False, aid_across_provinces_day=1500) for day in (1499, 1500)] == [
        mutual_aid.NOT_ACROSS_PROVINCES, mutual_aid.ALLOWED]


def test_what_was_given_counts_toward_each_limit():
    given, law = AidGiven(), rules()
    mutual_aid.note_given(given, 10_000)
    mutual_aid.note_day(given, 10_000, 1000)
    mutual_aid.note_given(given, 20_000)
    mutual_aid.note_day(given, 20_000, 1000)
    assert (given.month_fen, given.year_fen, given.day_fen) == (30_000, 30_000, 30_000)
    mutual_aid.note_given(given, 5_000)
    mutual_aid.note_day(given, 5_000, 1001)
    assert (given.month_fen, given.year_fen, given.day_fen) == (35_000, 35_000, 5_000)

    def limits(aid, due_fen, day=1001, same_province=True):
        return mutual_aid.within_limits(aid, given, due_fen, day, same_province, law)
    assert limits(AID, 15_000) == (15_000, mutual_aid.ALLOWED)         # just what is left of 500.00 a month
    assert limits(AID, 15_001) == (15_000, mutual_aid.LIMIT_REACHED)
    yearly = AID._replace(monthly_limit_fen=0, yearly_limit_fen=40_000)
    assert limits(yearly, 5_000) == (5_000, mutual_aid.ALLOWED)
    assert limits(yearly, 5_001) == (5_000, mutual_aid.LIMIT_REACHED)
    free = AID._replace(monthly_limit_fen=0, yearly_limit_fen=0)       # the wallet: 6,000 a day, 50.00 of it gone
    assert limits(free, 595_000, same_province=False) == (595_000, mutual_aid.ALLOWED)
    assert limits(free, 595_001, same_province=False) == (595_000, mutual_aid.WALLET_LIMIT)
    assert limits(free, 700_000) == (700_000, mutual_aid.ALLOWED)
    assert limits(AID._replace(yearly_limit_fen=40_000), 40_000, same_province=False) == (5_000, mutual_aid.LIMIT_REACHED)


def test_an_area_may_limit_what_one_relation_gives_in_a_month_and_a_year():
    given = AidGiven()
    mutual_aid.note_given(given, 30_000)
    free = AID._replace(monthly_limit_fen=0, yearly_limit_fen=0)

    def limits(limits, aid=free):
        return mutual_aid.within_limits(aid, given, 90_000, 1001, True, rules(aid_limits=limits))
    assert limits("none") == (90_000, mutual_aid.ALLOWED)
    assert limits({"month": 1200}) == (90_000, mutual_aid.ALLOWED) and limits({"month": 1199}) == (89_900, mutual_aid.AREA_LIMIT)
    assert limits({"year": 400}) == limits(400) == limits({"month": 500, "year": 400}) == (10_000, mutual_aid.AREA_LIMIT)
    assert limits(200) == (0, mutual_aid.AREA_LIMIT)                   # which came after more had been given
    assert limits(400, AID) == (10_000, mutual_aid.AREA_LIMIT) and limits(900, AID) == (20_000, mutual_aid.LIMIT_REACHED)
    quota = rules(aid_across_provinces_by="quota", aid_limits=400)
    assert mutual_aid.frozen_quota(AID, given, False, quota) == 10_000
    assert mutual_aid.frozen_quota(free, given, False, quota) == 0


def test_what_must_stay_is_not_given():
    assert mutual_aid.giveable(Pockets(0, 100, 50), rules(aid_keep=2)) == 0
    assert mutual_aid.giveable(Pockets(0, 300, 50), rules(aid_keep=2)) == 100


def test_a_quota_is_frozen_across_provinces_only_and_as_far_as_it_is_not_used():
    given, quota = AidGiven(), rules(aid_across_provinces_by="quota")
    assert mutual_aid.frozen_quota(AID, given, False, quota) == 50_000
    assert mutual_aid.frozen_quota(AID, given, True, quota) == 0
    assert mutual_aid.frozen_quota(AID, given, False, rules()) == 0
    mutual_aid.note_given(given, 20_000)
    mutual_aid.note_day(given, 20_000, 1000)
    assert mutual_aid.frozen_quota(AID, given, False, quota) == 30_000
    mutual_aid.note_given(given, 30_000)
    mutual_aid.note_day(given, 30_000, 1000)
    assert mutual_aid.frozen_quota(AID, given, False, quota) == 0
