"""Can I take it out: a reason and a region, the answer with its rule, how it changed, and what others say."""
from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from simulator import labels, policy, questions
from simulator.dashboard import fields, state, tables
from simulator.dashboard.words import plain
from simulator.language import say


def page() -> None:
    mine = policy.region_id(state.value(("region",), "")) or "beijing"
    with st.grid(4, min_column_width=200, vertical_alignment="bottom"):
        reason = fields.pick("take.reason", "free", say("因为什么", "For which reason"), labels.REASONS)
        region = fields.pick_region("take.region", mine, say("在哪里（可输拼音或代码）", "Where (name, pinyin or code)"))
        on = fields.pick_day("take.on", date.today(), say("哪天", "On which day"))
        balance = fields.pick_amount("take.balance", 5000.0, say("账户余额（元）", "Balance (yuan)"))
    _answer(questions.can_withdraw(region, reason, on, balance))
    st.subheader(say("这个答案怎么变过", "How the answer changed"), anchor=False)
    _history(region, reason)
    here, everywhere = state.tabs([say("这里的其他理由", "Other reasons here"), say("别处的同一理由", "The same reason elsewhere")],
                                  "take_tab")
    if here.open:
        with here:
            _reasons(region, on)
    if everywhere.open:
        with everywhere:
            _regions(reason, on)


def _answer(answer: questions.Withdrawal) -> None:
    """Yes or no first, in words and not by colour alone."""
    if answer.allowed:
        st.success(say(f"**可以** – {answer.reason}", f"**Yes** – {answer.reason}"), icon=":material/check_circle:")
    else:
        st.error(say(f"**不可以** – {answer.reason}", f"**No** – {answer.reason}"), icon=":material/cancel:")
    with st.grid(2, min_column_width=150, gap="xsmall"):
        amount = tables.yuan(answer.amount_fen or 0)        # of a balance of mixed origin nobody can tell the free part
        st.metric(say("能取金额", "Amount"), say(f"至多 {amount}", f"at most {amount}") if answer.at_most else amount, border=True)
        st.metric(say("办理时限", "Paid within"), say(f"{answer.working_days} 个工作日", f"{answer.working_days} working days")
                  if answer.allowed else "–", border=True)
    st.caption(say("所需材料：未收录，请问当地医保经办机构（电话 12393）。依据：",
                   "Papers needed: not recorded here; ask the local office (telephone 12393). It rests on:"))
    tables.sources(answer.spans)


def _history(region: str, reason: str) -> None:
    history = questions.withdrawal_history(region, reason)
    ends = [str(policy.day_before(day)) for day, _ in history[1:]] + [say("至今", "now")]
    st.markdown("\n".join(
        f"- **{day} – {end}** {_yes(answer)} – {answer.reason} :small[:gray[{plain(str(answer.spans[-1].source))}, {_grade(answer)}]]"
        for (day, answer), end in zip(history, ends)))


def _reasons(region: str, on: date) -> None:
    answers = [questions.can_withdraw(region, reason, on) for reason in labels.REASONS]
    _answers("reasons", [str(text) for text in labels.REASONS.values()], answers, say("理由", "Reason"), region)


def _regions(reason: str, on: date) -> None:
    level = st.segmented_control(say("范围", "Regions"), ("province", "city", "county"), required=True,
                                 format_func=lambda level: str(labels.LEVELS[level]), **fields.picked("take.level", "province"))
    found = [(str(one), questions.can_withdraw(one.id, reason, on)) for one in policy.regions(level) if on >= one.covers]
    _answers("regions", [name for name, _ in found], [answer for _, answer in found], say("地区", "Region"), (reason, level))


def _answers(key: str, names: list[str], answers: list[questions.Withdrawal], head: str, of: object) -> None:
    tables.show(pd.DataFrame({
        head: names,
        say("答案", "Answer"): [_yes(answer) for answer in answers],
        say("工作日", "Working days"): [str(answer.working_days or "") for answer in answers],
        say("说明", "Why"): [str(answer.reason) for answer in answers],
        say("等级", "Grade"): [_grade(answer) for answer in answers],
        say("出处", "Source"): [str(answer.spans[0].source) for answer in answers]}), f"take.{key}",
        say(f"各{head}的答案", f"The answer by {head.lower()}"), of=of)


def _yes(answer: questions.Withdrawal) -> str:
    return say("✓ 可以", "✓ yes") if answer.allowed else say("✗ 不可以", "✗ no")


def _grade(answer: questions.Withdrawal) -> str:
    """The worst grade of the rules it rests on."""
    return str(labels.GRADES[max((span.grade for span in answer.spans), key=policy.GRADES.index)])
