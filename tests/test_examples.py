"""Published worked examples, and published ones that are wrong: the program gives the right figure to the fen."""
from datetime import date
from decimal import Decimal

import pytest
from law_rules import credit_of, rules

import simulator
from simulator import money, policy
from simulator.law import contribution, interest, pooling
from simulator.law.account import EMPLOYEE, NEW_POOL_YEAR, NEW_PRODUCTS, PRIMARY, Pockets


def person(**changes):
    return {"name": "我", "birth": "1985-03", "sex": "male", "insured": "employee", "wage": 10000, "contributed_months": 200, **changes}


def run(region, start, length=1, events=(), **changes):
    return simulator.run({"region": region, "start": start, "months": length, "people": [person(**changes)], "events": list(events)})


def event(type_, on, **fields):
    return {"type": type_, "on": on, "who": "我", **fields}


@pytest.mark.parametrize("amount, rate, published", [
    ("3300", "0.028", "92.40"), ("4000", "0.028", "112.00"), ("3500", "0.02", "70.00"), ("3500", "0.025", "87.50"),   # retirees
    ("3675", "0.02", "73.50"), ("3450", "0.02", "69.00"),
    ("20300", "0.02", "406.00"), ("5500", "0.02", "110.00"), ("8700", "0.02", "174.00"),                          # employees
    ("10000", "0.10", "1000.00"), ("9000", "0.10", "900.00"), ("7546", "0.10", "754.60"),                         # Shanghai, flexible
    ("8073", "0.06", "484.38"), ("6795", "0.06", "407.70"), ("4986", "0.104", "518.54"), ("53400", "0.11", "5874.00"),
    ("61500", "0.05", "3075.00"), ("6015", "0.0875", "526.31"), ("6015", "0.0075", "45.11"),
    ("4968", "0.02", "99.36"),          # published as 99.39
    ("3179", "0.034", "108.09"),        # published as 108.50
    ("4090", "0.08", "327.20"),         # published as 818, with 0.8 %
])
def test_shares_of_a_base(amount, rate, published):
    assert money.share(money.fen(amount), money.ppm(rate), money.FEN_HALF_UP) == money.fen(published)


def test_floor_and_ceiling_are_60_and_300_percent_rounded_to_the_yuan():
    whole = money.ROUNDINGS["yuan half up"]
    for average, floor, ceiling in (("12116", 7270, 36348), ("12434", 7460, 37302), ("12577", 7546, 37731), ("5000", 3000, 15000)):
        assert money.share(money.fen(average), money.ppm("0.6"), whole) == floor * 100
        assert 3 * money.fen(average) == ceiling * 100
    values = policy.rules("beijing").on("2026-07-01")
    assert (values["contribution.base_floor"].value, values["contribution.base_ceiling"].value) == (7270, 36348)


@pytest.mark.parametrize("wage, average, base, fen", [
    (10000, 8000, 10000, 20000),        # published: base 8,000
    (12000, 10000, 12000, 24000),       # published: base 6,000
    (4000, 5000, 4000, 8000),           # published: base 3,000
])
def test_a_wage_between_floor_and_ceiling_is_its_own_base(wage, average, base, fen):
    law = rules(contribution_base_floor=average * 6 // 10, contribution_base_ceiling=average * 3)
    assert contribution.contribution_base(wage * 100, law) == base * 100
    assert credit_of(EMPLOYEE, base * 100, 40, 0, False, 1, law) == fen


def test_a_bill_of_3000_at_60_percent_above_150():                 # published as 1,785
    law = rules(pooling_deductible={"employee": 150, "retiree": 150}, pooling_rate={"employee": "0.6", "retiree": "0.6"})
    assert pooling.outpatient_share(300000, PRIMARY, 0, NEW_POOL_YEAR, law)[0] == 171000


def test_interest_on_300_a_month_at_one_and_a_half_percent():      # published as 54
    law, products = rules(interest_current_rate="0.015"), NEW_PRODUCTS
    for month in range(1, 13):
        products = interest.accrue(products, Pockets(30000 * month, 0, 0), law)
    assert interest.settle(products, Pockets(360000, 0, 0), 12, 1, law)[2] == 2925


def test_wuhan_credits_a_retiree_996_a_year():
    result = run("wuhan", "2024-01", 12, insured="retiree", birth="1955-01")
    assert sum(row.credit for row in result.flows["我"]) == 99600


def test_changsha_and_xian_and_chongqing_retirees():
    for region, month, fen in (("长沙", "2024-01", 7500), ("西安", "2024-01", 10000), ("重庆", "2025-01", 9475),
                               ("厦门", "2024-01", 10300)):
        assert run(region, month, insured="retiree", birth="1960-01").row(month).credit == fen, region


def benefits_from(region, stop, resume, insured="flexible", length=36, start="2025-01"):
    """The first month with benefits after a gap."""
    result = run(region, start, length, [event("stop", stop, cause="own_choice"), event("resume", resume)], insured=insured)
    return next(row["month"] for row in result.records() if row["month"] >= resume[:7] and row["eligible"])


def first_benefits(region, joins):
    result = run(region, "2022-01", 24, [event("resume", joins, insured="flexible")], insured="none", contributed_months=0)
    return next(row["month"] for row in result.records() if row["eligible"])


def test_first_enrolments():
    assert first_benefits("苏州", "2022-05-01") == "2022-09"       # waits June to August
    assert first_benefits("武汉", "2022-05-01") == "2022-11"       # benefits from the seventh month


def test_shanghai_waits_six_months_after_a_longer_gap():
    assert benefits_from("上海", "2026-02-01", "2026-07-01") == "2027-01"       # last cover 2026-01-31, joined 2026-07-01
    assert benefits_from("上海", "2026-06-01", "2026-08-01") == "2026-08"       # ended 2026-05-31, joined 2026-08-01: none


def test_shijiazhuang_pays_the_bills_of_six_months_but_not_of_seven():
    for months_, refunded in ((6, True), (7, False)):
        events = [event("stop", "2024-01-01", cause="own_choice"), event("medical", "2024-03-10", place="primary", amount=1000),
                  event("resume", f"2024-{1 + months_:02d}-01"), event("back_pay", f"2024-{1 + months_:02d}-20")]
        result = run("石家庄", "2024-01", 12, events, insured="flexible")
        assert (sum(row.refund for row in result.flows["我"]) > 0) == refunded


# ── single cities: what their sources give, and no more ──

def in_force(region, day, param):
    return policy.rules(region).on(date.fromisoformat(day))[param]


def credits(region, start, length=1, **changes):
    """A retiree's credits, fen."""
    result = run(region, start, length, insured="retiree", **{"birth": "1957-03", "pension": 3000, **changes})
    return [row.credit for row in result.flows["我"]]


def test_shenzhen_s_second_tier_paid_on_the_average_wage_by_the_old_law():
    """12,964 × 0.2 % = 25.928 and × 0.6 % = 77.784 whatever the wage; from 2023-10 on 20,000 × 0.5 %."""
    months = run("shenzhen", "2023-09", 2, wage=20000, plan="tier_two").flows["我"]
    assert [row.premium_paid for row in months] == [2593, 10000] and months[0].employer_premium == 7778
    assert run("shenzhen", "2023-06", wage=3000, plan="tier_two").row("2023-06").premium_paid == 2593
    assert in_force("shenzhen", "2023-09-30", "contribution.employer_rate").entry.other == Decimal("0.052")


def test_qiandongnan_s_last_yearly_credit_is_for_eight_months():
    """700 × 8 / 12 = 466.67 in January and 100 from September on: 866.67 in the year."""
    year = credits("qiandongnan", "2023-01", 12)
    assert (year[0], sum(year)) == (46667, 86667)


@pytest.mark.parametrize("region, fen", [("luoyang", 7200), ("xinxiang", 6500), ("zhengzhou", 9500)])
def test_henan_s_cities_pay_their_own_amount_from_the_assumed_reform_on(region, fen):
    assert set(credits(region, "2022-07", 13)) == {fen}
    assert in_force(region, "2022-07-01", "credit.retiree_monthly").grade == "assumed"
    assert in_force(region, "2023-07-01", "credit.retiree_monthly").grade == "reported"


@pytest.mark.parametrize("region", ["lianyungang", "nantong", "changzhou"])
def test_three_cities_of_jiangsu_credited_at_least_80_from_seventy_on(region):
    """4 % of 1,500 = 60.00."""
    assert [credits(region, "2022-06", birth=birth, pension=1500) for birth in ("1953-06", "1951-06")] == [[6000], [8000]]


def test_top_ups_of_a_month():
    """Dongguan: 7,945 × 2.8 % = 222.46 (published in two parts, 222.47) and × 4.3 % = 341.64; Hangzhou 586.90 of 590.90."""
    def month(region, day, plan=""):
        row = policy.rules(region, plan).on(date.fromisoformat(day))
        base, rate = (row[f"retirement.top_up_{one}"].compiled for one in ("base", "rate"))
        return money.share(base, rate, money.FEN_HALF_UP)

    assert [month("dongguan", "2025-06-01", plan) for plan in ("pool_only", "no_account", "")] == [22246, 34164, 34164]
    assert month("hangzhou", "2023-06-01") == 58690


@pytest.mark.parametrize("region", ["zhengzhou", "kunming", "nanjing", "tianjin"])
def test_years_actually_paid_are_not_taken_for_local_ones(region):
    assert all(in_force(region, day, "retirement.local_years").value == 0 for day in ("2022-01-01", "2024-06-01", "2026-06-01"))


@pytest.mark.parametrize("region, reason", [("dazhou", "serious_illness"), ("suzhou", "remote_residence"), ("kunshan", "remote_residence")])
def test_reasons_that_one_text_alone_names_are_disputed_and_off(region, reason):
    found = in_force(region, "2026-06-01", "withdrawal.reasons")
    assert found.grade == "disputed" and reason not in found.value and found.entry.other == [*found.value, reason]


@pytest.mark.parametrize("day", ["2021-01-01", "2026-06-01"])
def test_sichuan_s_aid_pays_supplementary_premiums_as_fuzhou_s(day):
    assert in_force("sichuan", day, "aid.uses").value == in_force("fuzhou", day, "aid.uses").value


def test_payment_takes_two_days_in_leshan_and_two_months_in_wuhan():
    assert [in_force(region, "2026-06-01", "withdrawal.working_days").value for region in ("leshan", "wuhan", "national")] == [2, 40, 10]
