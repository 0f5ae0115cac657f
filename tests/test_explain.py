"""The worksheet of a month: it adds up to the ledger, cites only what the law read, and says what a clerk would."""
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from any_life import any_life
from hypothesis import given, settings

import simulator
from simulator import engine, explain, months
from simulator.columns import COLUMNS, TEXT_COLUMNS
from simulator.language import LANGUAGES, use_language
from simulator.law import credit
from simulator.ledger import LedgerError
from simulator.problems import InputError

GALLERY = Path(__file__).parent.parent / "scenarios"
SCENARIOS = sorted(path for path in GALLERY.rglob("*.toml") if path.parent.name != "population")
NUMBERS = [name for name in COLUMNS if name not in TEXT_COLUMNS]
# What follows from other lines, or is given; everything else is the law's and has a source.
NO_LAW = ("opening", "closing", "medical", "cash_paid")


@pytest.fixture(autouse=True)
def chinese():
    use_language("zh")
    yield
    use_language("zh")


def explained(scenario, month, who=None):
    return explain.explain(simulator.run(scenario), month, who)


def steps(explanation, start):
    """What lines whose label starts so say: [`numbers`]."""
    return [str(line.numbers) for line in explanation.lines if str(line.label).startswith(start)]


def holds(result, month, who):
    """A month's worksheet adds up to the ledger, in both languages, with a source behind all that is law."""
    explanation, row = result.explain(month, who), result.row(month, who)
    for column in (*NUMBERS, "employer_premium"):
        lines = [line for line in explanation.lines if line.column == column]
        parts = [line.result for line in lines if line.part] or [line.result for line in lines]
        assert sum(parts) == getattr(row, column), column
        assert len([line for line in lines if not line.part]) == (1 if lines else 0), column
    for column in ("opening", "credit", "closing"):
        assert explanation[column].result == getattr(row, column)
    for line in explanation.lines:
        is_given = "可自由支取" in line.label.zh or line.label.zh == "工资"        # no rule says how these are rounded
        assert not line.rounding or is_given or any("rounding" in param for param, _ in line.sources), line
        assert line.sources or line.column in NO_LAW or not line.result, line
        assert line.label.zh and line.label.en and (line.numbers.zh or line.formula.zh), line
    for language in LANGUAGES:
        use_language(language)
        text, data = explanation.text(), explanation.data()
        assert all(explain._width(row) <= explain.WIDTH or len(row.split()) < 3 for row in text.splitlines())
        assert json.loads(json.dumps(data)) == data and len(data["lines"]) == len(explanation.lines)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_month_of_the_gallery_adds_up(path):
    result = simulator.run(path)
    for who in result.people:
        for month in range(result.scenario.start, result.scenario.end):
            holds(result, months.month_text(month), who)


# ── by hand, from the gallery ──

def test_quarterly_interest_is_the_sum_of_month_end_balances():
    line = explained(GALLERY / "beijing_employee.toml", "2025-03")["interest"]
    assert str(line.numbers) == "(5,700.00 + 5,900.00 + 6,100.00) × 0.35 % ÷ 12 = 5.1625 → 5.16"
    assert (line.exact, str(line.rounding), line.result) == ("5.1625", "分四舍五入", 516)
    assert [param for param, _ in line.sources][:1] == ["interest.current_rate"]


def test_yearly_interest_at_two_rates():
    line = explained(GALLERY / "kunshan.toml", "2022-12")["interest"]
    assert str(line.numbers).startswith("((300.00 + 600.00 + 900.00") and str(line.numbers).endswith(
        "+ 3,600.00) × 0.35 % + 5,500.00 × 12 × 1.1 %) ÷ 12 = 67.325 → 67.33")


def test_interest_on_the_closing_balance_after_a_move_from_where_it_was_counted_by_months():
    mover = {"name": "我", "birth": "1985-01", "sex": "male", "insured": "employee", "wage": 8000, "opening": {"carried": 12000}}
    line = explained({"region": "guangzhou", "start": "2024-01", "months": 13, "people": [mover], "events": [
        {"on": "2024-11-05", "who": "我", "type": "move", "region": "jiangsu/taizhou"}]}, "2024-12")["interest"]
    assert str(line.numbers) == "14,035.33 × 0.35 % = 49.123655 → 49.12"


def test_a_wage_below_the_floor_and_the_deduction_of_suzhou():
    sheet = explained(GALLERY / "kunshan_floor.toml", "2024-01")
    assert str(sheet["base"].numbers) == "4,000.00 < 4,879.00" and "低于下限" in str(sheet["base"].formula)
    assert steps(sheet, "当月计入") == ["4,879.00 × 2 % = 97.58", "2.00", "97.58 − 2.00 = 95.58"]
    assert str(sheet["premium_paid"].numbers) == "4,879.00 × 2 % + 5.00 = 102.58"


def test_the_example_of_wuhan():
    sheet = explained(GALLERY / "wuhan_w1_after.toml", "2023-02")
    assert steps(sheet, "统筹支付") == ["(5,000.00 − 700.00) × 80 % = 3,440.00"]
    assert steps(sheet, "当月计入") == ["4,083.33 × 2 % = 81.6666 → 81.67"]
    assert steps(sheet, "本人医疗支出") == ["当年资金 81.67 + 历年资金 898.33 = 980.00"]
    assert steps(sheet, "现金自付") == ["费用 5,000.00 − 统筹支付 3,440.00 − 本人医疗支出 980.00 = 580.00"]


def test_the_second_share_of_beijing():
    sheet = explained(GALLERY / "beijing_second_share.toml", "2024-02")
    assert steps(sheet, "用满第一段") == ["(20,000.00 − 12,740.00) ÷ 70 % = 10,371.428571… → 10,371.43"]
    assert steps(sheet, "统筹支付") == ["7,260.00 + (20,000.00 − 10,371.43) × 60 % = 13,037.142 → 13,037.14"]


def test_shanghai_uses_this_years_money_before_the_pool():
    sheet = explained(GALLERY / "shanghai_retiree.toml", "2024-08")
    assert steps(sheet, "本人医疗支出") == ["680.00", "历年资金 400.37", "680.00 + 400.37 = 1,080.37"]
    assert steps(sheet, "统筹支付") == ["(1,320.00 − 300.00) × 80 % = 816.00"]
    assert "按年一次" in str(sheet["credit"].formula)
    assert steps(explained(GALLERY / "shanghai_retiree.toml", "2024-07"), "当月计入") == ["1,680.00 × 12 ÷ 12 = 1,680.00"]


def test_a_retirees_share_of_the_pension():
    before, after = (explained(GALLERY / "wuhan_retiree.toml", month)["credit"] for month in ("2022-12", "2023-02"))
    assert str(before.numbers).startswith("max(5,000.00 × 4.8 %, ") and str(before.numbers).endswith(") = 240.00")
    assert str(after.numbers) == "83.00"


def test_before_the_reform_part_is_credited_by_age_and_part_is_free():
    sheet = explained(GALLERY / "tianjin_split_2021.toml", "2021-12")
    assert steps(sheet, "当月计入") == ["8,000.00 × (2 % + 0.8 %) = 224.00", "224.00 × 70 % = 156.80"]
    assert "不满 45 岁" in str(sheet["credit"].formula)
    assert str(sheet["withdrawable"].numbers) == "当月计入 156.80 + 利息 0.05 = 156.85"


def test_beijing_rounds_a_flexible_premium_up():
    line = explained(GALLERY / "beijing_flexible.toml", "2023-07")["premium_paid"]
    assert (line.exact, str(line.rounding), line.result) == ("553.553", "见厘进分", 55356)


# ── by hand, from households of their own ──

def rules(**changes):
    """Rules that hold whatever the region files come to say."""
    fixed = {"contribution_base_floor": 4000, "contribution_base_ceiling": 30000, "contribution_employee_rate": "0.02",
             "contribution_employer_rate": "0.08", "contribution_fixed_monthly": 0, "credit_employee_rate": "0.02",
             "credit_employee_age_bands": [], "credit_deductions": 0, "pooling_deductible": 0, "pooling_rate": "0.5",
             "pooling_ceiling": "none", "arrears_day_count": "legal", "arrears_due_day": 15}
    return {name.replace("_", ".", 1): [{"from": date(2021, 1, 1), "value": Decimal(value) if value in ("0.02", "0.08", "0.5") else value}]
            for name, value in {**fixed, **changes}.items()}


def household(*events, people=(), aid=(), start="2025-01", number=8, overlay=None, **person):
    person = {"name": "我", "birth": "1980-05", "sex": "male", "insured": "employee", "wage": 8000,
              "contributed_months": 100, "opening": {"carried": 5000}, **person}
    return {"region": "jiangsu", "start": start, "months": number, "people": [person, *people], "aid": list(aid),
            "events": [{"on": on, "who": "我", "type": kind, **given} for on, kind, given in events],
            "rules": rules(**(overlay or {}))}


FOUR_MONTHS = (("2025-02-01", "stop", {"cause": "employer_arrears"}), ("2025-06-20", "resume", {}), ("2025-06-20", "back_pay", {}))


def test_four_months_of_an_employers_arrears():
    scenario = household(*FOUR_MONTHS, medical={"primary": 300})
    sheet = explained(scenario, "2025-05")
    assert sheet["credit"].result == 0 and "未缴费" in str(sheet["credit"].formula)
    assert steps(sheet, "本月欠缴") == ["个人 160.00 + 单位 640.00 = 800.00"]
    assert steps(sheet, "欠费") == ["800.00 × 4 = 3,200.00"]
    assert str(sheet["gap_months"].numbers) == "月初 3 + 1 = 4" and not sheet["eligible"].result
    assert steps(sheet, "2025-05-01 基层医院门诊：若补缴") == ["300.00 × 50 % = 150.00"]

    sheet = explained(scenario, "2025-06")                  # 13 + 31 + 30 + 31 + 20 days for February
    assert steps(sheet, "已缴滞纳金") == [
        "800.00 × 0.05 % × 125 = 50.00", "800.00 × 0.05 % × 97 = 38.80", "800.00 × 0.05 % × 66 = 26.40",
        "800.00 × 0.05 % × 36 = 14.40", "50.00 + 38.80 + 26.40 + 14.40 = 129.60"]
    assert "2025-02-16 至 2025-06-20" in str(next(line for line in sheet.lines if line.column == "late_fee_paid").formula)
    assert steps(sheet, "补缴计入")[-1] == "160.00 × 4 = 640.00"
    assert steps(sheet, "追补报销退回")[-1] == "150.00 × 4 = 600.00"
    assert str(sheet["current"].numbers) == "当月计入 160.00 + 追补报销 600.00 + 补缴 640.00 − 本人医疗支出 150.00 = 1,250.00"
    assert str(sheet["contributed_months"].numbers) == "月初 101 + 补缴 4 + 本月 1 = 106"


def cited(explanation, start):
    """The rules that lines whose label starts so cite: {parameter: start of its value}."""
    return {param: str(span.start) for line in explanation.lines if str(line.label).startswith(start) for param, span in line.sources}


def missed_in_beijing(**more):
    """Age 47 and 10,000 yuan; July and August 2022 still by the rules before the reform, September by those since."""
    person = {"name": "我", "birth": "1975-02", "sex": "male", "insured": "employee", "wage": 10000, "contributed_months": 100}
    events = (("2022-07-01", "stop", {"cause": "employer_arrears"}), ("2022-10-01", "resume", {}), ("2022-10-10", "back_pay", {}))
    return {"region": "beijing", "start": "2022-06", "months": 6, "people": [person],
            "events": [{"on": on, "who": "我", "type": kind, **given} for on, kind, given in events], **more}


def test_what_is_paid_back_is_credited_by_the_rules_of_its_month():
    sheet = explained(missed_in_beijing(), "2022-10")
    assert steps(sheet, "补缴计入：") == ["10,000.00 × (2 % + 2 %) = 400.00"] * 2 + ["10,000.00 × 2 % = 200.00"]
    assert "45 岁起" in str(next(line for line in sheet.lines if line.column == "back_credit").formula)
    paid = cited(explained(missed_in_beijing(), "2022-06"), "当月计入")
    del paid["withdrawal.free_share"]                       # by the rules of the day of payment
    assert set(paid) == {"credit.employee_rate", "credit.employee_age_bands", "credit.rounding"}
    assert cited(sheet, "补缴计入：补缴 2022-07") == paid != cited(sheet, "补缴计入：补缴 2022-09")
    assert steps(sheet, "个人缴费：补缴") == ["10,000.00 × 2 % + 3.00 = 203.00"] * 3
    assert {"contribution.fixed_monthly", "arrears.back_pay_months"} < set(cited(sheet, "个人缴费：补缴"))


def test_a_what_if_or_a_move_after_the_missed_month_is_not_what_credits_it():
    later = [{"from": date(2022, 10, 1), "value": Decimal("0.01")}]
    sheet = explained(missed_in_beijing(rules={"credit.employee_rate": later}), "2022-10")
    assert steps(sheet, "补缴计入：")[0] == "10,000.00 × (2 % + 2 %) = 400.00"
    assert cited(sheet, "补缴计入：补缴 2022-07")["credit.employee_rate"] < "2022-10-01" == cited(sheet, "当月计入")["credit.employee_rate"]

    moved = missed_in_beijing()
    moved["events"][1:1] = [{"on": "2022-09-20", "who": "我", "type": "move", "region": "jiangsu/suzhou"}]
    line = next(line for line in explained(moved, "2022-10").lines if str(line.label) == "补缴计入：补缴 2022-07")
    assert [span.entry.region for param, span in line.sources if param.startswith("credit.employee")] == ["beijing"] * 2


def test_what_is_owed_for_a_missed_month_and_what_it_will_credit():
    overlay = {"contribution_flexible_base": 6015, "contribution_flexible_rate": Decimal("0.0875"), "credit_flexible_rate": "0.02",
               "contribution_flexible_fixed_monthly": Decimal("45.11"), "credit_deduction_rates": [{"rate": Decimal("0.001")}]}
    events = ("2025-02-10", "stop", {"cause": "job_loss"}), ("2025-04-01", "resume", {}), ("2025-04-30", "back_pay", {})
    sheet, later = (explained(household(*events, overlay=overlay), month) for month in ("2025-03", "2025-04"))
    assert steps(sheet, "欠缴的缴费基数") == ["6,015.00"] and sheet["base"].result == 8000_00
    assert steps(sheet, "欠缴的个人部分") == ["6,015.00 × 8.75 % + 45.11 = 571.4225 → 571.42"]
    assert steps(sheet, "补缴后计入") == ["6,015.00 × 2 % = 120.30", "6,015.00 × 0.1 % = 6.015 → 6.02"]
    assert steps(sheet, "本月欠缴") == ["个人 571.42"] and "计入账户 114.28" in sheet.text()
    assert {"contribution.flexible_base", "contribution.flexible_rate", "contribution.flexible_fixed_monthly",
            "contribution.flexible_rounding"} == set(cited(sheet, "欠缴的"))
    assert set(cited(sheet, "本月欠缴")) == {"arrears.due_day"} and "截止日 15 日" in sheet.text()
    assert {"credit.flexible_rate", "credit.deduction_rates", "credit.rounding"} == set(cited(sheet, "补缴后计入"))
    assert later["back_credit"].result == 2 * 114_28 and steps(later, "补缴计入：补缴 2025-03，扣除") == ["6,015.00 × 0.1 % = 6.015 → 6.02"]

    sheet = explained(household(*FOUR_MONTHS, overlay={"contribution_fixed_monthly": 5}), "2025-03")
    assert steps(sheet, "欠缴的") == ["8,000.00 × 2 % + 5.00 = 165.00", "8,000.00 × 8 % = 640.00"]
    assert {"contribution.employee_rate", "contribution.fixed_monthly", "contribution.employer_rate"} < set(cited(sheet, "欠缴的"))


def test_nothing_is_credited_to_a_closed_account():
    sheet = explained(household(("2025-02-01", "stop", {"cause": "employer_arrears"}), ("2025-04-10", "withdraw", {"reason": "emigration"}),
                                ("2025-05-01", "back_pay", {}), overlay={"withdrawal_reasons": ["emigration"],
                                                                         "withdrawal_closing_reasons": ["emigration"]}), "2025-05")
    assert sheet["premium_paid"].result == 3 * 160_00 and not steps(sheet, "补缴计入")


def test_a_late_fee_cites_the_due_day_where_days_are_counted_from_it():
    assert cited(explained(household(*FOUR_MONTHS), "2025-06"), "已缴滞纳金").get("arrears.due_day")
    assert cited(explained(household(*FOUR_MONTHS), "2025-05"), "应计滞纳金").get("arrears.due_day")
    by_month = household(*FOUR_MONTHS, overlay={"arrears_day_count": "thirty days"})
    assert not cited(explained(by_month, "2025-06"), "已缴滞纳金").get("arrears.due_day")


def test_sources_are_said_once_at_the_last_part_above_a_total():
    text = explained(household(*FOUR_MONTHS), "2025-06").text()
    parts = text.partition("  · 已缴滞纳金")[2].partition("已缴滞纳金合计")[0]
    assert parts.count("依据：") == 1 and parts.index("依据：") > parts.index("2025-05")


def test_a_late_fee_at_two_rates_and_under_a_cap():
    rate = [{"from": date(2021, 1, 1), "value": Decimal("0.001")}, {"from": date(2025, 3, 1), "value": Decimal("0.0005")}]
    scenario = household(*FOUR_MONTHS)
    scenario["rules"]["arrears.late_fee_daily_rate"] = rate
    line = next(line for line in explained(scenario, "2025-06").lines if line.column == "late_fee_paid")
    assert str(line.numbers) == "800.00 × (0.1 % × 13 + 0.05 % × 112) = 55.20"
    assert len([param for param, _ in line.sources if param == "arrears.late_fee_daily_rate"]) == 2
    rate[1]["value"] = Decimal("0.01")
    scenario["rules"].update(rules(arrears_fee_cap="principal"))
    line = next(line for line in explained(scenario, "2025-06").lines if line.column == "late_fee_paid")
    assert str(line.numbers) == "min(800.00 × (0.1 % × 13 + 1 % × 112), 800.00) = 800.00"


def test_mutual_aid_on_both_sheets():
    mother = {"name": "母亲", "birth": "1955-01", "sex": "female", "insured": "resident", "medical": {"pharmacy": 900}}
    link = {"from": "我", "to": "母亲", "relation": "parent", "since": "2025-01", "monthly_limit": 500}
    scenario = household(("2025-02-10", "premium", {"to": "母亲", "kind": "resident", "amount": 400}), people=[mother], aid=[link],
                         number=3)
    giver, taker = explained(scenario, "2025-02"), explained(scenario, "2025-02", "母亲")
    assert str(giver["aid_given"].numbers) == "min(900.00, 4,820.00, 500.00) = 500.00"      # 5,000 + 320 − January's 500
    assert str(taker["aid_received"].numbers) == "min(900.00, 4,820.00, 500.00) = 500.00"
    assert str(taker["cash_paid"].numbers) == "费用 900.00 − 受助共济 500.00 = 400.00"
    assert "第 1 项授权，父母" in str(taker["aid_received"].label)
    assert taker["credit"].result == 0 and "居民医保没有个人账户" in str(taker["credit"].formula)
    refused, = giver.decisions                              # the limit of the month is used up by the bill
    assert not refused.granted and str(refused.reason) in giver.text()


@pytest.mark.parametrize("money, keep, carried, expected", [
    ("all money", 0, 300, "160.00 + 300.00 = 460.00"), ("all money", 100, 300, "160.00 + 300.00 − 100.00 = 360.00"),
    ("carried money", 0, 300, "300.00"), ("carried money", 200, 300, "min(300.00, 160.00 + 300.00 − 200.00) = 260.00"),
    ("all money", 500, 300, "max(0, 160.00 + 300.00 − 500.00) = 0.00")])
def test_the_money_that_may_be_given_is_derived_even_where_it_is_none(money, keep, carried, expected):
    mother = {"name": "母亲", "birth": "1955-01", "sex": "female", "insured": "resident", "medical": {"pharmacy": 900}}
    scenario = household(people=[mother], aid=[{"from": "我", "to": "母亲", "relation": "parent", "since": "2025-01"}], number=1,
                         opening={"carried": carried}, overlay={"aid_money": money, "aid_keep": keep})
    there = expected.rpartition(" = ")[2]
    for who, column in (("我", "aid_given"), ("母亲", "aid_received")):
        sheet = explained(scenario, "2025-01", who)
        name = f"2025-01-01 {'母亲' if who == '我' else '我'}：可共济资金"
        assert steps(sheet, name) == [expected] and str(sheet[column].numbers) == f"min(900.00, {there}) = {there}"
        assert set(cited(sheet, name)) == {"aid.money", *["aid.keep"] * bool(keep)}
    assert str(sheet["cash_paid"].numbers).startswith("费用 900.00")


def test_what_is_frozen_for_another_authorisation_may_not_be_given_under_this_one():
    """5,160 less the 200 that are frozen for the month of whoever lives in another province."""
    parent = {"birth": "1955-01", "sex": "male", "insured": "resident"}
    people = [{"name": "远", "region": "guizhou/zunyi", **parent}, {"name": "近", "medical": {"pharmacy": 9000}, **parent}]
    link = {"from": "我", "relation": "parent", "since": "2026-01"}
    aid = [{"to": "远", "monthly_limit": 200, **link}, {"to": "近", **link}]
    sheet = explained(household(people=people, aid=aid, start="2026-07", number=1), "2026-07")
    assert steps(sheet, "2026-07-01 近：可共济资金") == ["160.00 + 5,000.00 − 200.00 = 4,960.00"] and sheet["aid_given"].result == 4960_00


def test_a_refused_withdrawal_is_a_decision_with_its_source():
    sheet = explained(household(("2025-02-10", "withdraw", {"reason": "serious_illness"}),
                                overlay={"withdrawal_reasons": ["death"]}), "2025-02")
    decision, = sheet.data()["decisions"]
    assert (decision["granted"], decision["amount"], decision["source"]["param"]) == (False, 0, "withdrawal.reasons")
    assert "当地规定不因此支付" in sheet.text() and not [line for line in sheet.lines if line.column == "withdrawn"]


def test_a_closed_account_pays_everything_or_leaves_it_to_an_heir():
    wife = {"name": "妻子", "birth": "1982-01", "sex": "female", "insured": "employee", "wage": 8000}
    event = ("2025-02-10", "withdraw", {"reason": "death", "to": "妻子"})
    overlay = {"withdrawal_reasons": ["death"], "withdrawal_closing_reasons": ["death"]}
    scenario = household(event, people=[wife], number=3, overlay=overlay)
    giver, heir = explained(scenario, "2025-02"), explained(scenario, "2025-02", "妻子")
    assert giver["transfer_out"].result == heir["transfer_in"].result == 5000_00 + 2 * 160_00 + giver["interest"].result
    assert giver["closing"].result == 0 and "转入" in str(heir["carried"].numbers)
    assert explained(household((*event[:2], {"reason": "death"}), overlay=overlay), "2025-02")["withdrawn"].result > 0


def test_a_move_settles_leaves_and_arrives():
    scenario = household(("2025-06-10", "move", {"region": "beijing"}), overlay={"transfer_working_days": 15})
    left, arrived = explained(scenario, "2025-06"), explained(scenario, "2025-07")
    assert left["transfer_out"].result == left["opening"].result + 160_00 + left["interest"].result
    assert left["closing"].result == 0
    assert arrived["transfer_in"].result == left["transfer_out"].result
    assert str(arrived["transfer_in"].formula) == "2025-06-10 起 15 个工作日后到账"
    assert arrived.region.zh == "北京" and left.region.zh == "江苏"


def test_money_on_its_way_is_paid_out_when_the_account_is_closed():
    sheet = explained(household(("2025-06-10", "move", {"region": "beijing"}), ("2025-06-20", "withdraw", {"reason": "death"}),
                                overlay={"withdrawal_reasons": ["death"], "withdrawal_closing_reasons": ["death"]}), "2025-06")
    assert sheet["withdrawn"].result == sheet["transfer_in"].result == sheet["transfer_out"].result > 5000_00
    assert "在途资金" in str(sheet["transfer_in"].formula)


def test_what_is_asked_for_the_dead_is_no_line():
    overlay = {"withdrawal_reasons": ["death"], "withdrawal_closing_reasons": ["death"]}
    sheet = explained(household(("2025-06-01", "withdraw", {"reason": "death"}),
                                ("2025-06-11", "withdraw", {"reason": "free", "amount": 50}), overlay=overlay), "2025-06")
    assert [decision.granted for decision in sheet.decisions] == [True, False]
    assert sum(line.result for line in sheet.lines if line.column == "withdrawn") == (
        sheet["opening"].result + sheet["credit"].result + sheet["interest"].result)


def test_a_ceiling_that_is_passed_already_leaves_nothing():
    scenario = {"region": "jiangsu/suzhou", "start": "2025-01", "months": 8, "people": [
        {"name": "A", "birth": "1985-01", "sex": "female", "insured": "employee", "wage": 10000,
         "medical": {"primary": 2000, "pharmacy": 1000}}],
        "events": [{"on": date(2025, 5, 10), "who": "A", "type": "move", "region": "sichuan/dazhou"}]}
    line = next(line for line in explained(scenario, "2025-06").lines if line.column == "reimbursed" and "基层" in str(line.label))
    assert str(line.numbers) == "min(2,000.00 × 60 %, max(0, 2,000.00 − 10,640.00)) = 0.00"


def test_a_wait_that_goes_on_cites_what_set_it():
    def sources(person, months_, month, rules=None):
        scenario = {"region": "sichuan/dazhou", "start": "2024-01", "months": 36, "people": [
            {"name": "A", "birth": "1985-01", "sex": "female", "wage": 6000, **person}],
            "events": [{"who": "A", "cause": "own_choice", "on": date(*months_[0], 1), "type": "stop"}] * (len(months_) > 1) + [
                {"who": "A", "on": date(*months_[-1], 1), "type": "resume", **({} if len(months_) > 1 else {"insured": "flexible"})}],
            "rules": {name: [{"from": date(2024, 1, 1), "value": value}] for name, value in (rules or {}).items()}}
        sheet = explained(scenario, month)
        return [[param for param, _ in sheet[column].sources] for column in ("waiting_months", "eligible")]
    assert sources({"insured": "resident"}, [(2024, 2), (2026, 3)], "2026-04") == [["waiting.resident_months"]] * 2
    first = {"waiting.first_enrolment_months": {"flexible": 3}}
    assert sources({"insured": "none"}, [(2024, 3)], "2024-04", first) == [["waiting.first_enrolment_months"]] * 2
    assert sources({"insured": "flexible"}, [(2024, 2), (2024, 8)], "2024-09") == [["waiting.months"]] * 2


def test_a_late_fee_names_who_owes_it_and_the_parts_that_are_deferred():
    own = household(("2025-02-01", "stop", {"cause": "own_choice"}), ("2025-04-01", "resume", {}), ("2025-04-20", "back_pay", {}),
                    overlay={"arrears_fee_payer": "defaulter"})
    assert "arrears.fee_payer" in [param for param, _ in explained(own, "2025-04")["late_fee_paid"].sources]
    events = [("2022-07-01", "stop", {"cause": "employer_arrears"}), ("2022-10-01", "resume", {}), ("2022-12-20", "back_pay", {})]
    scenario = {"region": "beijing", "start": "2022-01", "months": 12,
                "people": [{"name": "A", "birth": "1985-01", "sex": "female", "insured": "employee", "wage": 9000}],
                "events": [{"on": date.fromisoformat(day), "who": "A", "type": kind, **more} for day, kind, more in events]}
    sheet = explained(scenario, "2022-12")
    lines = [line for line in sheet.lines if line.column == "late_fee_paid" and line.part]
    assert [str(line.label)[-12:] for line in lines[:2]] == ["2022-07 个人部分", "2022-07 单位部分"]
    assert all({"arrears.waiver_months", "arrears.waiver_part"} <= {param for param, _ in line.sources} for line in lines)


def test_retirement_names_the_month_and_the_years():
    sheet = explained(household(birth="1965-04", contributed_months=400, number=6, overlay={"retirement_years_male": 25}), "2025-05")
    line = next(line for line in sheet.lines if "法定退休年龄" in str(line.label))
    assert (str(line.formula), line.result) == ("1965-04 出生，60 岁，延迟 1 个月：2025-05", 1)
    assert steps(sheet, "医保缴费年限尚差（下月起退休）") == ["max(0, 12 × 25 − 405) = 0"]
    after = explained(household(birth="1965-04", contributed_months=400, number=6), "2025-06")
    assert str(after.status) == "退休人员" and "本月起为退休人员" in after.text()


def test_local_years_that_are_short_are_named():
    scenario = household(("2025-05-20", "move", {"region": "henan"}), birth="1965-04", contributed_months=400,
                         overlay={"retirement_years_male": 25, "retirement_local_years": 10})
    sheet = explained(scenario, "2025-05")
    assert steps(sheet, "医保缴费年限尚差（继续缴费）") == ["max(0, 12 × 25 − 405, 12 × 10 − 0) = 120"]
    assert set(cited(sheet, "医保缴费年限尚差")) == {"retirement.years_male", "retirement.local_years"}


def test_a_request_to_retire_shows_age_years_and_what_is_paid_in_one_sum():
    """Born 1969-08: 60 in 2029-08, which is 56 months after 2024-12: 14 months later. 280 + June to October are 285 months."""
    overlay = {"retirement_years_male": 25, "retirement_local_years": 24, "retirement_top_up_rate": "0.08"}
    request = "2029-10-10", "retire", {"top_up": True}
    scenario = household(request, birth="1969-08", contributed_months=280, start="2029-06", overlay=overlay)
    sheet = explained(scenario, "2029-10")
    line = next(line for line in sheet.lines if str(line.label) == "2030-10 达到法定退休年龄，其中延迟")
    assert line.result == 14 and {"retirement.delay_step", "retirement.delay_most"} < {param for param, _ in line.sources}
    assert steps(sheet, "2029-08 起可自愿退休，提前") == ["min(14, 36) = 14"]
    assert steps(sheet, "医保缴费年限尚差（下月起退休）") == ["max(0, 12 × 25 − 285, 12 × 24 − 285) = 15"]
    assert steps(sheet, "个人缴费：趸缴") == ["15 × 640.00 = 9,600.00"]
    assert set(cited(sheet, "2029-08 起可自愿退休")) == {"retirement.early_most"}
    assert set(cited(sheet, "个人缴费：趸缴")) == {"retirement.top_up_base", "retirement.top_up_rate"}
    scenario["events"][0] |= {"on": "2029-07-10"}
    early = explained(scenario, "2029-07")
    assert steps(early, "2029-08 起可自愿退休") and not steps(early, "医保缴费年限尚差") and not early.decisions[0].granted


@pytest.mark.parametrize("career, is_cited", [("worker", True), ("cadre", False)])
def test_the_age_of_a_woman_in_flexible_work_rests_on_the_rule_for_her(career, is_cited):
    scenario = household(birth="1970-11", sex="female", insured="flexible", career=career, contributed_months=290, start="2025-11")
    sheet = explained(scenario, "2026-02")
    line = next(line for line in sheet.lines if "法定退休年龄" in str(line.label))
    assert str(line.formula) == "1970-11 出生，55 岁，延迟 3 个月：2026-02"
    assert ("retirement.flexible_women" in [param for param, _ in line.sources]) is is_cited
    assert ("retirement.flexible_women" in simulator.run(scenario).doubtful_names()["assumed"]) is is_cited


def test_a_pension_that_is_not_given_is_the_average_one():
    def line(**person):
        scenario = household(birth="1955-04", insured="retiree", contributed_months=400, **person, overlay={
            "retirement_average_pension": 4000, "credit_retiree_monthly": [{"pension_rate": Decimal("0.02")}], "credit_retiree_yearly": []})
        result = simulator.run(scenario)
        credit = result.explain("2025-03")["credit"]
        return str(credit.numbers), ["retirement.average_pension" in dict(rules) for rules in (credit.sources, result.basis())]
    assert line() == ("4,000.00 × 2 % = 80.00", [True, True])
    assert line(pension=5000) == ("5,000.00 × 2 % = 100.00", [False, False])


def test_waiting_after_a_gap():
    scenario = household(("2025-02-01", "stop", {"cause": "own_choice"}), ("2025-07-01", "resume", {"insured": "flexible"}),
                         overlay={"waiting_free_gap_months": 3, "waiting_months": {"flexible": [{"over": 3, "months": 6}]}})
    first, second = explained(scenario, "2025-07"), explained(scenario, "2025-08")
    assert str(first["waiting_months"].formula) == "断缴 5 个月后恢复缴费" and first["waiting_months"].result == 6
    assert str(second["waiting_months"].numbers) == "月初 6 − 1 = 5" and "等待期未满" in str(second["eligible"].formula)


def test_a_wait_falls_away_when_the_gap_is_paid_in_full():
    overlay = {"waiting_free_gap_months": 3, "waiting_months": {"flexible": [{"over": 3, "months": 6}]},
               "arrears_retroactive_months": {"employer": 12, "own": 0}}
    events = FOUR_MONTHS[0], ("2025-06-01", "resume", {"insured": "flexible"}), ("2025-07-10", "back_pay", {})
    line = explained(household(*events, overlay=overlay), "2025-07")["waiting_months"]
    assert str(line.numbers) == "月初 6 − 补缴 6 = 0"
    assert str(line.formula) == "断缴 4 个月已全部补缴，视同未断缴（补缴后追补报销的断缴月数上限：12 个月）"
    assert "arrears.retroactive_months" in [param for param, _ in line.sources]


def test_an_earlier_wait_goes_on_beside_a_shorter_one():
    overlay = {"waiting_free_gap_months": 1, "waiting_months": {"flexible": [{"over": 1, "months": 2}, {"over": 3, "months": 6}]}}
    scenario = household(("2025-01-01", "stop", {"cause": "own_choice"}), ("2025-05-01", "resume", {"insured": "flexible"}),
                         ("2025-06-01", "stop", {"cause": "own_choice"}), ("2025-08-01", "resume", {}), overlay=overlay)
    line = explained(scenario, "2025-08")["waiting_months"]         # two of six are over, two would begin
    assert str(line.numbers) == "月初 6 − 1 = 5" and "上月尚余" in str(line.formula)


def test_of_two_waits_that_begin_the_longer_is_explained():
    scenario = household(("2025-01-01", "stop", {"cause": "own_choice"}), ("2025-03-01", "resume", {"insured": "flexible"}),
                         insured="resident", contributed_months=0, overlay={
                             "waiting_free_gap_months": 1, "waiting_months": {"flexible": [{"over": 1, "months": 2}]},
                             "waiting_first_enrolment_months": {"flexible": 6}})
    line = explained(scenario, "2025-03")["waiting_months"]
    assert (str(line.formula), line.result) == ("首次参保", 6) and "等待 6" in str(line.numbers)


def residents_wait(gap_months, repaid_years=0, **overlay):
    events = [("2021-01-01", "stop", {"cause": "own_choice"})]
    back = months.month_text(months.month_number("2021-01") + gap_months)
    if repaid_years:
        events.append((f"{back}-01", "back_pay", {"months": 12 * repaid_years}))
    fixed = {"waiting_resident_months": 3, "waiting_resident_year_months": 1, "waiting_resident_long_years": 4,
             "waiting_resident_long_months": 6, "waiting_starts": "month of payment", **overlay}
    scenario = household(*events, (f"{back}-01", "resume", {}), insured="resident", start="2021-01", number=gap_months + 1, overlay=fixed)
    return explained(scenario, back)["waiting_months"]


def test_a_residents_wait_by_years():
    line = residents_wait(25)
    assert (str(line.numbers), line.result) == ("3 + (2 − 1) × 1 = 4", 4) and "断缴 25 个月的整年数" in str(line.formula)
    assert {"waiting.resident_months", "waiting.resident_year_months"} <= {param for param, _ in line.sources}
    assert str(residents_wait(25, 1).numbers) == "3 + (2 − 1 − 1) × 1 = 3"
    assert str(residents_wait(25, 2).numbers) == "3 + max(0, 2 − 1 − 2) × 1 = 3"
    assert str(residents_wait(5).numbers) == "3 + (1 − 1) × 1 = 3"
    assert str(residents_wait(48, 3).numbers) == "max(3 + (4 − 1 − 3) × 1, 6) = 6"
    later = residents_wait(25, waiting_starts="month after payment")
    assert (str(later.numbers), later.result) == ("3 + (2 − 1) × 1 + 1 = 5", 5)


def test_retirement_ends_a_wait():
    overlay = {"waiting_free_gap_months": 1, "waiting_months": {"flexible": [{"over": 1, "months": 6}]}}
    scenario = household(("2025-01-01", "stop", {"cause": "own_choice"}), ("2025-04-01", "resume", {"insured": "flexible"}),
                         birth="1965-04", contributed_months=400, overlay=overlay)
    line = explained(scenario, "2025-06")["waiting_months"]
    assert (str(line.numbers), str(line.formula)) == ("月初 5 − 5 = 0", "退休后不再等待")


def test_a_first_enrolment_waits():
    scenario = household(("2025-02-01", "resume", {"insured": "flexible"}), insured="none", contributed_months=0,
                         overlay={"waiting_first_enrolment_months": {"flexible": 6}})
    line = explained(scenario, "2025-02")["waiting_months"]
    assert (str(line.formula), line.result) == ("首次参保", 6)
    assert "waiting.first_enrolment_months" in [param for param, _ in line.sources]


def test_ceilings_and_the_cost_of_the_year():
    overlay = {"pooling_counts": "cost", "pooling_ceiling": 25000, "pooling_upper_from": 20000, "pooling_upper_rate": "0.02",
               "pooling_inpatient_ceiling": 1000, "pooling_deductible": 1800, "pooling_inpatient_deductible": 0}
    scenario = household(("2025-03-10", "medical", {"place": "tertiary", "amount": 30000}),
                         ("2025-03-20", "medical", {"place": "tertiary", "amount": 9000, "kind": "inpatient"}), overlay=overlay)
    first, second, _ = steps(explained(scenario, "2025-03"), "统筹支付")
    assert first == "(20,000.00 − 1,800.00) × 50 % + (25,000.00 − 20,000.00) × 2 % = 9,200.00"
    assert second.startswith("min(9,000.00 × ") and second.endswith(", 1,000.00) = 1,000.00")
    sheet = explained(household(("2025-03-10", "medical", {"place": "tertiary", "amount": 3000}), overlay={"pooling_ceiling": 1200}),
                      "2025-03")
    assert steps(sheet, "统筹支付") == ["min(3,000.00 × 50 %, 1,200.00) = 1,200.00"]


def test_a_prepaid_bill_comes_back_to_the_account():
    scenario = household(("2025-03-10", "medical", {"place": "tertiary", "amount": 3000, "prepaid": True}),
                         overlay={"pooling_prepaid_to": "the account", "pooling_prepaid_working_days": 20})
    assert explained(scenario, "2025-03")["cash_paid"].result == 3000_00
    line = explained(scenario, "2025-04")["refund"]
    assert line.result == 1500_00 and str(line.formula) == "2025-03-10 起 20 个工作日后到账"


# ── how it is made ──

def test_a_month_or_person_that_is_not_there_is_an_input_error():
    result = simulator.run(household())
    for month, who in (("2024-12", None), ("2025-09", None), ("July", None), ("2025-1", None), ("2025-02", "他")):
        with pytest.raises(InputError):
            explain.explain(result, month, who)


def test_a_rule_that_the_law_did_not_read_cannot_be_cited():
    sheet = explain._Sheet(simulator.run(household()), months.month_number("2025-02"), 0)
    with pytest.raises(LedgerError):
        sheet.rule(sheet.opened, "aid.start")


def test_a_ledger_that_the_law_does_not_give_is_an_error():
    result = simulator.run(household())
    result.flows["我"][1] = result.flows["我"][1]._replace(credit=1)
    with pytest.raises(LedgerError):
        explain.explain(result, "2025-02")


def test_watching_leaves_the_law_and_the_result_as_they_were():
    before, result = credit.credit, simulator.run(household(*FOUR_MONTHS))
    flows = {who: list(rows) for who, rows in result.flows.items()}
    explain.explain(result, "2025-06")
    assert credit.credit is before and result.flows == flows == engine.run(result.scenario).flows


def test_the_data_is_versioned_and_in_yuan():
    data = explained(GALLERY / "kunshan.toml", "2025-03").data()
    assert (data["version"], data["month"], data["who"], data["region"]) == (1, "2025-03", "我", "昆山")
    line = next(line for line in data["lines"] if line["column"] == "base")
    assert (line["result"], line["unit"], line["part"]) == (10123.78, "yuan", False)
    assert set(line["sources"][0]) >= {"param", "title", "number", "url", "grade", "projected", "region", "note"}
    assert next(line for line in data["lines"] if line["column"] == "contributed_months")["unit"] == "months"


def test_a_value_that_is_a_word_or_a_date_is_said_in_the_language_in_use():
    def values(language):
        use_language(language)
        data = explained(GALLERY / "shanghai_retiree.toml", "2024-08").data()
        return {one["param"]: one["value"] for line in data["lines"] for one in line["operands"]}
    chinese, english = values("zh"), values("en")
    assert [chinese[param] for param in ("pooling.rounding", "spending.order", "pooling.deductible_per")] == [
        "到分，四舍五入", "先用当年资金", "按年累计"]
    assert [english[param] for param in ("pooling.rounding", "spending.order", "pooling.deductible_per")] == [
        "fen half up", "current first", "year"]


def test_in_english():
    use_language("en")
    text = explained(GALLERY / "wuhan_w1_after.toml", "2023-02").text()
    assert "(5,000.00 − 700.00) × 80 % = 3,440.00 (half up to the fen)" in text
    assert "the declared wage, between floor and ceiling" in text


@settings(max_examples=25)
@given(life=any_life())
def test_any_life_adds_up(life):
    """People to whom everything happens, in no sensible order."""
    result = simulator.run(life)
    start, number = result.scenario.start, result.scenario.months
    for who in result.people:
        for month in range(start, start + number):
            holds(result, months.month_text(month), who)
