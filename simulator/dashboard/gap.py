"""Gap and late fee: what it costs to miss months, by how many and by when they are paid back; pay back or wait."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from simulator import gaps, labels, money, months, policy, questions
from simulator.dashboard import chart, fields, state, tables, words
from simulator.language import say
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from simulator.ledger import Result

LONGEST = 24                            # months of a gap that can be asked for
AFTER = 14                              # months to look at once it is over: a wait and more
DAYS_LATER = 12                         # months in which it might be paid back
WHO = "我"
PAYERS = {key: labels.STATUSES[key] for key in ("employee", "flexible")}


def page() -> None:
    form, answer = st.columns([1, 2.3], gap="medium")
    with form:
        asked = _form()
    with answer:
        _answer(*asked)


def _form() -> tuple[Scenario, int, int, str, date]:
    """Returns (scenario without the gap, first missed month, months, cause, day of payment or None)."""
    me = state.value(("people", 0), {})
    mine = policy.region_id(state.value(("region",), "")) or "beijing"
    region = fields.pick_region("gap.region", mine, say("参保地（可输拼音或代码）", "Region (name, pinyin or code)"))
    with fields.all_drawn(), st.grid(2, min_column_width=130, gap="xsmall", vertical_alignment="bottom"):
        first = me.get("insured") if me.get("insured") in PAYERS else "employee"
        insured = fields.pick("gap.insured", first, str(words.FIELDS["insured"]), PAYERS)
        wage = fields.pick_amount("gap.wage", float(me.get("wage") or 8000), str(words.FIELDS["wage"]))
        stopped = say("从哪个月起断缴", "First month missed")
        begin = fields.pick_month("gap.begin", "2026-01", stopped)
        count = int(st.number_input(say("断缴几个月", "Months missed"), 1, LONGEST, **fields.picked("gap.count", 3)))
        again = begin + count
        cause = fields.pick("gap.cause", "job_loss", say("原因", "Cause"), words.CAUSES)
        later = fields.pick_day("gap.paid", months.first_day(again).replace(day=20), say("哪天补缴", "Paid back on"))
        bills = fields.pick_amount("gap.bills", 300.0, say("每月医院花费（元）", "Hospital a month (yuan)"))
        stay = fields.pick_amount("gap.stay", 0.0, say("断缴中住院一次（元）", "One stay in the gap (yuan)"), 1000.0)
    st.caption(say("续缴从断缴结束的下个月开始；补缴可以更晚。",
                   "Paying begins again in the month after the gap; the missed months may be paid later."))
    covers = policy.region(region).covers
    if months.first_day(begin) < covers:
        month = months.month_text(begin)
        raise fields.wrong(stopped, f"该地规则自 {covers} 起有记录：{month}",
                           f"the rules of this region are known from {covers} on: {month}")
    if later < months.first_day(again):
        month = months.month_text(again)
        raise fields.wrong(say("哪天补缴", "Paid back on"), f"早于续缴的 {month}", f"is before paying begins again in {month}")
    start = begin - months.calendar_month(begin) + 1        # from January: deductibles are counted by the year
    data = {"region": region, "start": months.month_text(start), "months": begin + LONGEST + AFTER - start,
            "people": [{"name": WHO, "birth": str(me.get("birth", "1988-03")), "sex": me.get("sex", "female"), "insured": insured,
                        "wage": money.plain(wage), "contributed_months": me.get("contributed_months") or 60,
                        "opening": {"carried": money.plain(0)}, "medical": {"tertiary": money.plain(bills)}}]}
    if stay:
        day = months.first_day(begin).replace(day=15)
        data["events"] = [{"on": day, "who": WHO, "type": "medical", "place": "tertiary", "kind": "inpatient", "amount": money.plain(stay)}]
    return Scenario.from_dict(data), begin, count, cause, later


def _answer(scenario: Scenario, begin: int, count: int, cause: str, paid_on: date) -> None:
    back, wait = (gaps.gap(scenario, begin, count, cause, day) for day in (paid_on, None))
    names = [say("补缴", "paid back"), say("不补缴", "not paid back"), say("不断缴", "no gap")]
    _headline(back, wait, cause)
    _side_by_side(back, wait, cause)
    results = [back.result, wait.result, state.result(gaps.without_gaps(scenario))]
    first = int(back.refused is not None)                   # what is refused does not happen: nothing is shown of it
    by_length, by_day, by_month, fee = state.tabs(
        [say("断得越久", "By length"), say("补得越晚", "By day of payment"), say("逐月", "By month"), say("滞纳金计算", "Late fee")],
        "gap_tab")
    if by_length.open:
        with by_length:
            _lengths(scenario, begin, count, cause, paid_on.day, names)
    if by_day.open:
        with by_day:
            _days(scenario, begin, count, cause, paid_on.day)
    if by_month.open:
        with by_month:
            chart.balances(results[first:], names[first:])
            _months(results[first:], names[first:])
    if fee.open:
        with fee:
            _late_fee()


def _headline(back: gaps.Gap, wait: gaps.Gap, cause: str) -> None:
    if back.refused:
        st.warning(say(f"不能补缴：{back.refused}。", f"It cannot be paid back: {back.refused}."), icon=":material/warning:")
        waited = _less(wait.worse_by_fen)
        st.markdown(say(f"断缴 {back.months} 个月，不补缴，到期末共{waited}。",
                        f"A gap of {back.months} months, not paid back: {waited} in the end."))
        return
    fee = ""
    if back.late_fee_fen and cause != gaps.EMPLOYER:        # the employer's is nobody's loss here, and not in the total
        fee = say(f"（含滞纳金 {tables.yuan(back.late_fee_fen)}）", f" (late fee of {tables.yuan(back.late_fee_fen)} included)")
    paid, waited = (_less(gap.worse_by_fen) for gap in (back, wait))
    if back.worse_by_fen == back.interest_fen != 0:         # nothing else is there to explain it
        fee = say("，都是利息", ", all of it interest")
    st.markdown(say(f"断缴 {back.months} 个月：补缴，到期末共{paid}{fee}；不补缴，共{waited}。",
                    f"A gap of {back.months} months: paid back, {paid} in the end{fee}; not paid back, {waited}."))


def _less(fen: int) -> str:
    amount = f"**{tables.yuan(abs(fen))}**"
    return say(f"多 {amount}", f"{amount} more") if fen < 0 else say(f"少 {amount}", f"{amount} less")


def _heads(cause: str) -> dict[str, str]:
    payer = say("单位付，不计入", "by the employer, not counted") if cause == gaps.EMPLOYER else say("本人付", "by oneself")
    return {
        "late_fee_fen": say(f"滞纳金（{payer}）", f"late fee ({payer})"),
        "uncovered_months": say("没有统筹待遇的月数", "months without the pool"),
        "waiting_months": say("待遇等待月数", "months of waiting"),
        "lost_fen": say("少报销", "less reimbursed"),
        "credit_fen": say("账户少计入", "less credited"),
        "premium_fen": say("个人多缴（负数为少缴）", "premiums paid more (negative: less)"),
        "interest_fen": say("利息之差（负数为多得）", "less interest (negative: more)"),
        "worse_by_fen": say("到期末本人共少（负数为多）", "worse off at the end (negative: better)"),
    }


def _cell(gap: gaps.Gap, key: str) -> str:
    amount = getattr(gap, key)
    return tables.yuan(amount) if key.endswith("_fen") else say(f"{amount} 个月", f"{amount} months")


def _side_by_side(back: gaps.Gap, wait: gaps.Gap, cause: str) -> None:
    heads = _heads(cause)
    both = {say("补缴", "paid back"): back, say("不补缴", "not paid back"): wait}
    cells = {name: [_cell(gap, key) for key in heads] for name, gap in both.items() if not gap.refused}
    st.table(pd.DataFrame(cells, list(heads.values())),
             border="horizontal", width="content", alt=say("补缴与不补缴各项代价", "What paying back and not paying back cost"))
    if any(gap.interest_fen for gap in both.values()):
        st.caption(say("利息之差：计入晚到账户，少生息；补报销的钱进了账户，多生息。",
                       "Interest: credits that come later earn less, bills refunded into the account earn more."))


def _lengths(scenario: Scenario, begin: int, count: int, cause: str, day: int, names: list[str]) -> None:
    most = max(12, count)
    pairs = list(zip(gaps.by_length(scenario, begin, most, cause, day), gaps.by_length(scenario, begin, most, cause)))
    rows = [(gap.months, name, gap.worse_by_fen, f"{name} · {gap.months} · {tables.yuan(gap.worse_by_fen)}")
            for pair in pairs for name, gap in zip(names, pair) if not gap.refused]
    chart.curves(rows, names[:2], say("到期末本人共少（元）", "worse off at the end (yuan)"), say("断缴月数", "months missed"),
                 say("不同断缴月数的代价，数字见下表。", "What gaps of each length cost; the amounts stand in the table."), "lengths")
    heads = _heads(cause)
    table: dict[str, list[Any]] = {say("断缴月数", "months missed"): [pair[0].months for pair in pairs]}
    for place, name in enumerate(names[:2]):
        for key in ("late_fee_fen", "waiting_months", "lost_fen", "worse_by_fen"):
            if not (place and key == "late_fee_fen"):
                table[f"{name} · {heads[key]}"] = [_plain(pair[place], key) for pair in pairs]
    table[say("能否补缴", "may be paid back")] = [str(pair[0].refused or say("可以", "yes")) for pair in pairs]
    _table(table, "gap.lengths", say("按断缴月数的代价", "What a gap costs, by its length"))


def _days(scenario: Scenario, begin: int, count: int, cause: str, day: int) -> None:
    found = gaps.by_day(scenario, begin, count, cause, day, DAYS_LATER)
    heads, name = _heads(cause), say("滞纳金", "late fee")
    rows = [(later, name, gap.late_fee_fen, f"{gap.paid_on} · {tables.yuan(gap.late_fee_fen)}") for later, gap in enumerate(found)
            if not gap.refused]
    chart.curves(rows, [name], say("滞纳金（元）", "late fee (yuan)"), say("续缴后第几个月补缴", "months after paying began again"),
                 say("不同补缴日的滞纳金，数字见下表。", "The late fee by day of payment; the amounts stand in the table."), "days")
    table: dict[str, list[Any]] = {say("补缴日", "paid back on"): [str(gap.paid_on) for gap in found]}
    table |= {heads[key]: [_plain(gap, key) for gap in found] for key in ("late_fee_fen", "waiting_months", "lost_fen", "worse_by_fen")}
    table[say("能否补缴", "may be paid back")] = [str(gap.refused or say("可以", "yes")) for gap in found]
    _table(table, "gap.days", say("按补缴日的代价", "What a gap costs, by the day it is paid back"))


def _plain(gap: gaps.Gap, key: str) -> float | None:
    """What it costs; nothing of what was refused."""
    if gap.refused:
        return None
    amount: int = getattr(gap, key)
    return amount / 100 if key.endswith("_fen") else amount


def _table(table: dict[str, list[Any]], key: str, alt: str) -> None:
    config = {name: st.column_config.NumberColumn(format="%,.2f") for name, cells in table.items()
              if any(isinstance(cell, float) for cell in cells)}
    tables.show(pd.DataFrame(table), key, alt, config)


def _months(results: Sequence[Result], names: Sequence[str]) -> None:
    """The months of the gap and the year after it, of each of the three."""
    columns = ("eligible", "waiting_months", "arrears", "late_fee_accrued", "late_fee_paid", "premium_paid", "reimbursed",
               "cash_paid", "closing")
    if st.session_state.get("pick.gap.which", 0) >= len(names):
        del st.session_state["pick.gap.which"]
    chosen = st.segmented_control(say("哪一种", "Which"), range(len(names)), format_func=names.__getitem__, required=True,
                                  **fields.picked("gap.which", 0))
    frame = tables.shown_ledger(results[chosen], results[chosen].holder, True)
    tables.show(frame[["month", *columns]], "gap.months", say(f"{names[chosen]}的逐月明细", f"By month: {names[chosen]}"), tables.columns(),
                results[chosen].scenario.region)


def _late_fee() -> None:
    """The same answer as `simulator late-fee`."""
    with st.grid(4, min_column_width=150, vertical_alignment="bottom"):
        principal = fields.pick_amount("fee.principal", 1200.0, say("欠费本金（元）", "Principal (yuan)"))
        first = fields.pick_day("fee.first", date(2025, 1, 16), say("起始日", "First day"))
        until = say("截止日", "Last day")
        last = fields.pick_day("fee.last", date(2025, 3, 31), until)
        region = fields.pick_region("fee.region", policy.ROOT, say("地区", "Region"), policy.region_ids())
    if last < first:
        raise fields.wrong(until, f"{last} 早于起始日 {first}", f"{last} is before the first, {first}")
    answer = questions.late_fee(principal, first, last, region)
    with st.grid(2, min_column_width=150):
        st.metric(say("天数（首尾都算）", "Days (inclusive)"), f"{answer.days}", border=True)
        st.metric(say("滞纳金", "Late fee"), tables.yuan(answer.fee_fen), border=True)
    tables.sources(answer.spans)
