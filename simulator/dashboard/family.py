"""Family: who may draw on whose account and for what, and what paid the household's care month by month."""
from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from simulator import labels, months, questions
from simulator.dashboard import chart, fields, household, items, state, tables, words
from simulator.export import harmless
from simulator.language import say

if TYPE_CHECKING:
    from simulator.ledger import Result

PAID_BY = ("reimbursed", "spent", "aid_received", "cash_paid")
FLOWS = ("medical", *PAID_BY, "aid_given", "premium_given", "closing")


def page() -> None:
    members, answer = st.columns([1, 2.3], gap="medium")
    with members:
        st.caption(say("本人在“我的账户”里改。家人和授权在这里加：",
                       "Your own data are changed in My account. Relatives and authorisations:"))
        items.listing("people")
        items.listing("aid")
        items.asked()
    with answer:
        household.what_if()
        result = state.result()
        if len(result.people) == 1:
            st.info(say("还没有家人。点“添加家人”，填 TA 的称呼、出生年月和参保身份，选“TA 是我的…”即登记家庭共济。",
                        "No relatives yet. Choose “Add a relative”, give name, birth and status, and say whose relative it is to "
                        "register mutual aid."), icon=":material/group_add:")
        else:
            _answer(result)


def _answer(result: Result) -> None:
    span = range(result.scenario.start, result.scenario.end)
    texts = [months.month_text(month) for month in span]
    month = fields.pick_among("family.month", texts[-1], say("哪个月", "Which month"), texts, width=160)
    _draws(questions.who_may_draw(result, months.last_day(months.month_number(month))))
    st.subheader(say("看病买药的钱从哪里来", "What paid for care"), anchor=False)
    chart.payments(result, PAID_BY, say("全家每月医疗费由谁支付的柱状图，数字见下表。",
                                        "Bars of what paid the household's care by month; the amounts stand in the table."), "payments")
    _flows(result)


def _draws(draws: list[questions.Draw]) -> None:
    """Every authorisation, and for each use whether it holds now."""
    if not draws:
        st.info(say("还没有共济授权：点“添加共济授权”。", "No authorisation yet: choose “Let somebody draw”."), icon=":material/add:")
        return
    pairs: dict[tuple[str, str, str], list[questions.Draw]] = {}
    for draw in draws:
        pairs.setdefault((draw.giver, draw.to, draw.relation), []).append(draw)
    heads = [*map(str, words.USES.values()), say("账户可共济的钱", "Money that may be given")]
    cells = {f"{words.plain(words.person(giver))} → {words.plain(words.person(to))} ({labels.RELATIONS[relation]})":
             [*map(_may, found), tables.yuan(found[0].giveable_fen)] for (giver, to, relation), found in pairs.items()}
    st.table(pd.DataFrame(cells, heads), border="horizontal", width="content",
             alt=say("谁能用谁的账户做什么", "Who may draw on whom for what"))
    refused = {(draw.span.entry.param, draw.span.entry.region, draw.span.start): draw.span for draw in draws if draw.span}
    if refused:
        st.caption(say("不可以的依据：", "What forbids it:"))
        tables.sources(refused.values())


def _may(draw: questions.Draw) -> str:
    return say("✓ 可以", "✓ yes") if draw.allowed else f"✗ {draw.reason}"


def _flows(result: Result) -> None:
    rows = [{"month": record["month"], "person": harmless(words.person(record["person"])),
             **{name: record[name] / 100 for name in FLOWS}} for record in result.records()]
    tables.show(pd.DataFrame(rows), "family.flows", say("全家逐月的支付与共济", "Payments and aid of the household by month"),
                tables.columns())
