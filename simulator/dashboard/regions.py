"""Regions: the same household in several of them, side by side, and in which rules they differ."""
from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from simulator import charts, labels, months, policy
from simulator.comparison import rule_differences
from simulator.coverage import TOPIC_NAMES
from simulator.dashboard import account, chart, fields, household, state, tables
from simulator.dashboard.words import plain
from simulator.language import say
from simulator.parameters import PARAMETERS
from simulator.problems import InputError
from simulator.wording import rule_text

if TYPE_CHECKING:
    from simulator.ledger import Result
    from simulator.policy import Span
    from simulator.scenario import Scenario

MOST_REGIONS = 8                        # as many as there are colours to tell them apart
FIRST = ("beijing", "shanghai")         # beside one's own


def page() -> None:
    household.what_if()
    scenario = state.scenario()
    own = scenario.region
    first = [own, *(id for id in FIRST if id != own)]
    chosen = st.multiselect(
        say("哪些地区（可输拼音或代码）", "Which regions (name, pinyin or code)"), policy.region_ids()[1:], format_func=fields.region_label,
        max_selections=MOST_REGIONS, select_all=False, placeholder=fields.region_label(own), **fields.picked("regions.chosen", first),
        help=say("与第一个地区相比；人、工资、花费与“我的账户”相同。",
                 "Compared with the first; person, wage and bills are those of My account."))
    results = _results(scenario, chosen or [own])
    if not results:
        return
    names = [str(policy.region(result.scenario.region)) for result in results]
    _headline(results, names)
    chart.balances(results, names)
    st.caption(charts.footnote(results))
    if len(results) > 1:
        tables.compared(results, names, account.figures(result.summary() for result in results))
        st.subheader(say("规则哪里不同", "In which rules they differ"), anchor=False)
        _differences(results, names)
    st.subheader(say("全部地区", "All regions"), anchor=False)
    _all(scenario)


def _results(scenario: Scenario, regions: list[str]) -> list[Result]:
    """The scenario in each region. A region that cannot do it says why, and the others are shown."""
    results = []
    for id in regions:
        try:
            results.append(state.result(scenario.in_region(id)))
        except InputError as error:
            why = " ".join(str(problem.message) for problem in error.problems)
            st.warning(say(f"{policy.region(id)}未能列入：{plain(why)}", f"Without {policy.region(id)}: {plain(why)}"))
    return results


def _headline(results: list[Result], names: list[str]) -> None:
    ends = [(result.summary()["closing"], name) for result, name in zip(results, names)]
    (most, best), (least, worst) = max(ends), min(ends)
    if len(ends) > 1 and most == least:
        st.markdown(say(f"同一个人到期末，这些地区相同：**{tables.yuan(most)}**。",
                        f"The same person ends with the same in all of them: **{tables.yuan(most)}**."))
    elif len(ends) > 1:
        highest, lowest = tables.yuan(most), tables.yuan(least)
        st.markdown(say(f"同一个人到期末：{best}最多，**{highest}**；{worst}最少，**{lowest}**。",
                        f"The same person ends with most in {best}, **{highest}**, and with least in {worst}, **{lowest}**."))


def _differences(results: list[Result], names: list[str]) -> None:
    """The rules of a topic that are not the same everywhere, each with its first day and grade."""
    scenario = results[0].scenario
    day = min(max(date(2026, 1, 1), months.first_day(scenario.start)), months.last_day(scenario.end - 1), scenario.rules_as_of or date.max)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        topic = fields.pick("regions.topic", "", say("哪方面", "Topic"), {"": say("全部", "all"), **TOPIC_NAMES})
        on = fields.pick_day("regions.on", day, say("哪天的规则", "Rules of which day"))
        used_only = st.toggle(say("只看这次用到的", "Only those used here"), **fields.picked("regions.used", True))
    used = {name for result in results for name, _ in result.basis()}
    found = {name: spans for name, spans in rule_differences([result.scenario for result in results], on).items()
             if name.startswith(topic) and (name in used or not used_only)}
    if not found:
        st.caption(say("这方面没有不同。", "No difference there."))
        return
    cells = {plain(name): [_cell(spans[place]) for spans in found.values()] for place, name in enumerate(names)}
    st.table(pd.DataFrame(cells, [str(PARAMETERS[name].label) for name in found]), border="horizontal",
             alt=say("各地不同的规则", "Rules that differ between the regions"))


def _cell(span: Span | None) -> str:
    if span is None:
        return "–"
    value = plain(rule_text(span.entry.param, span.value))
    return f"{value} :small[:gray[{say(f'{span.start} 起', f'from {span.start}')}, {labels.GRADES[span.grade]}]]"


def _all(scenario: Scenario) -> None:
    """Every region there is, when asked for: some seconds, and kept until something changes."""
    key = scenario.model_dump_json()
    if st.button(say("算全部地区（几秒钟）", "Compute all regions (some seconds)"), key="all_regions"):
        known = policy.regions()
        bar, found = st.progress(0.0, say("正在计算", "computing")), []
        for place, one in enumerate(known):
            try:
                found.append((one, state.once(scenario.in_region(one.id))))
            except InputError:                              # its rules do not reach back as far
                continue
            finally:
                bar.progress((place + 1) / len(known), str(one))
        bar.empty()
        st.session_state.all_regions_of = key, found
    kept, found = st.session_state.get("all_regions_of", (None, ()))
    if kept == key:
        found = sorted(found, key=lambda row: -row[1][0]["closing"])
        figures = account.figures(summary for _, (summary, _) in found)
        table = {say("地区", "Region"): [str(one) for one, _ in found], "id": [one.id for one, _ in found]}
        table |= {str(label): [summary[name] / 100 for _, (summary, _) in found] for name, label in figures.items()}
        table[say("最低等级", "Lowest grade")] = [str(labels.GRADES[grade]) for _, (_, grade) in found]
        money = {str(label): st.column_config.NumberColumn(format="%,.2f") for label in figures.values()}
        tables.show(pd.DataFrame(table), "regions.all", say("全部地区的关键数字，期末余额高的在前",
                                                            "Key figures of all regions, the highest closing balance first"), money)
