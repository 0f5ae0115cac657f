"""My account: the answer first, then the form it rests on, the months, and why each number is what it is.

The answer is drawn in two parts of their own: a changed value redraws them alone, and the form stays as it is.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from simulator import charts, labels
from simulator.columns import INFLOWS, OUTFLOWS
from simulator.dashboard import chart, household, state, tables, why, words
from simulator.dashboard.files import downloads, saving
from simulator.language import Text, in_language, say
from simulator.months import month_text
from simulator.policy import region
from simulator.problems import InputError
from simulator.wording import decision_lines

if TYPE_CHECKING:
    from simulator.ledger import Result

ALWAYS = {
    "closing": Text("期末余额", "Closing balance"),
    "credit": Text("计入合计", "Credited"),
    "interest": Text("利息合计", "Interest"),
    "spent": Text("账户付医疗费", "Paid from the account"),
    "reimbursed": Text("统筹支付", "Paid by the pool"),
    "cash_paid": Text("现金自付", "Paid in cash"),
}
OTHERS = [name for name in (*INFLOWS, *OUTFLOWS, "aid_received") if name not in ALWAYS]
ANSWERS = ("headline", "answer")        # the parts that a changed value redraws


def figures(summaries: Iterable[Mapping[str, int]]) -> dict[str, Text]:
    """{key: label} of the figures to show: six, and what else went in or out in any of them, so that they add up."""
    rows = list(summaries)
    return ALWAYS | {name: labels.COLUMNS[name] for name in OTHERS if any(row[name] for row in rows)}


def page() -> None:
    with state.said():
        household.load_wanted()
    household.what_if()
    st.session_state.redrawn = ANSWERS
    _headline()
    form, answer = st.columns([1, 2.3], gap="medium")
    with form:
        household.opening()
        household.short_form()
        household.folded()
    with answer:
        _answer()


@state.fragment("headline")
def _headline() -> None:
    """What a family asks first: a sentence, and a few figures."""
    result = state.result()
    scenario, summary = result.scenario, result.summary()
    first, last = month_text(scenario.start), month_text(scenario.end - 1)
    opening, closing = (tables.yuan(summary[key]) for key in ("opening", "closing"))
    insured = str(labels.STATUSES[scenario.people[0].insured])
    for month, who, is_retiree, _ in why.of_age(result):
        if is_retiree and who == result.holder:
            insured += say(f"（{month_text(month)} 起退休）", f" (a retiree from {month_text(month)} on)")
    st.markdown(say(f"{region(scenario.region)}，{insured}：{first} 初有 {opening}，到 {last} 末有 **{closing}**。",
                    f"{region(scenario.region)}, {insured}: {opening} at the start of {first}, **{closing}** at the end of {last}."))
    with st.grid(6, min_column_width=150, gap="xsmall"):
        for key, label in figures([summary]).items():
            st.metric(str(label), tables.yuan(summary[key]), border=True)


@state.fragment("answer")
def _answer() -> None:
    try:
        result = state.result()
    except InputError:                                      # has been said above
        return
    results, names = _compared(result)
    chart.balances(results, names)
    st.caption(charts.footnote(results))
    decisions = [replace(one, who=words.person(one.who)) for one in result.decisions]
    for line in [*decision_lines(decisions), *(text for *_, text in why.of_age(result))]:
        st.text(line)
    ledger, reasons, beside, files = state.tabs(
        [say("逐月明细", "By month"), say("为什么是这个数", "Why this number"), say("并排比较", "Side by side"),
         say("保存与下载", "Save and download")], "tab")
    if ledger.open:
        with ledger:
            tables.ledger(result)
            st.caption(result.basis_text())
    if reasons.open:
        with reasons:
            why.explained(result)
    if beside.open:
        with beside:
            _side_by_side(results, names)
    if files.open:
        with files:
            saving(result.scenario)
            downloads(results, names)


# ── side by side ───────────────────────────────────────────────────────────────────────────────────

def _compared(result: Result) -> tuple[list[Result], list[str]]:
    """The result and those that are kept beside it, each with a name of its own."""
    results = [result, *(state.result(data) for data in st.session_state.kept)]
    if len(results) == 1:
        return results, [in_language(result.scenario.title) or str(region(result.scenario.region))]
    return results, charts.line_names(results, say("（表单）", "(form) "))


def _side_by_side(results: list[Result], names: list[str]) -> None:
    """Scenarios that were kept, with the differences to the one that is edited."""
    st.button(say("留下当前情景，再改一改作比较", "Keep this scenario, then change it to compare"), on_click=_keep, key="keep",
              disabled=len(st.session_state.kept) >= state.MOST_KEPT, icon=":material/add:")
    if len(results) > 1:
        tables.compared(results, names, figures(result.summary() for result in results))
    for place, name in enumerate(names[1:]):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(name)
            if st.button(say("换回来改", "Edit this one"), key=f"kept.{place}.edit",
                         help=say(f"把“{name}”换到表单里", f"Put “{name}” into the form")):
                _swap(place)
                st.rerun()
            st.button(say("去掉", "Remove"), key=f"kept.{place}.remove", on_click=st.session_state.kept.pop, args=(place,),
                      help=say(f"不再比较“{name}”", f"No longer compare “{name}”"))


def _keep() -> None:
    st.session_state.kept.insert(0, st.session_state.draft)


def _swap(place: int) -> None:
    mine = st.session_state.draft
    state.take(st.session_state.kept[place])
    st.session_state.kept[place] = mine
