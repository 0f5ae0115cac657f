"""Rules and sources: every number of a region's law, since when, from which source, how sure; and how it changed."""
from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from simulator import coverage, labels, policy
from simulator.dashboard import chart, fields, state, tables
from simulator.dashboard.words import plain
from simulator.language import say
from simulator.parameters import PARAMETERS
from simulator.wording import rule_records, rule_text

LONG = 20                               # characters of a value


def page() -> None:
    mine = policy.region_id(state.value(("region",), "")) or "beijing"
    with st.grid(3, min_column_width=200, vertical_alignment="bottom"):
        region = fields.pick_region("rules.region", mine, say("哪里（可输拼音或代码）", "Where (name, pinyin or code)"),
                                    policy.region_ids())
        on = fields.pick_day("rules.on", date.today(), say("哪天的规则", "Rules of which day"))
        topic = fields.pick("rules.topic", "contribution", say("哪方面", "Topic"), {"": say("全部", "all"), **coverage.TOPIC_NAMES})
    book = policy.rules(region)
    _freshness(book.region)
    names = [name for name in PARAMETERS if name.startswith(topic)]
    _in_force(book, topic, names, on)
    st.subheader(say("一项规则怎么变过", "How a rule changed"), anchor=False)
    _history(book, names, on)
    st.subheader(say("知道多少", "How well it is known"), anchor=False)
    _coverage(book.region)


def _freshness(region: policy.Region) -> None:
    """To when the rules were checked, and how many values are sure and how many are not."""
    counts = [f"{labels.GRADES[grade]} {count}" for grade, count in region.grades().items() if count]
    own = say("、", ", ").join(counts) or say("没有，全部沿用上级", "none, all are inherited")
    st.markdown(say(f"**{region}**的规则自 {region.covers} 起有记录，核对至 **{region.verified}**。本地写明的数值：{own}。",
                    f"The rules of **{region}** are known from {region.covers} on and were checked to **{region.verified}**. "
                    f"Values of its own: {own}."))
    if str(region.note):
        st.caption(plain(str(region.note)))


def _in_force(book: policy.RuleBook, topic: str, names: list[str], on: date) -> None:
    records = [record for name in names for record in rule_records(book, name, on)]
    if not records:
        st.warning(say(f"{on} 还没有记录。", f"Nothing is known of {on}."))
        return
    table = _table(records, with_names=True)
    tables.show(table, "rules.in_force", say("当日生效的规则", "The rules in force on the day"), _links(table), (book.region.id, topic, on))


def _history(book: policy.RuleBook, names: list[str], on: date) -> None:
    changed = {name: len(book.history(name)) for name in names}
    first = max(changed, key=changed.__getitem__)
    name = fields.pick_among("rules.param", first, say("哪一项", "Which one"), names,
                             format_func=lambda name: f"{PARAMETERS[name].label} · {name}")
    records = list(rule_records(book, name, on, history=True))
    rows = _steps(records, book.region.covers, on)
    if len(rows) > 2 and all(isinstance(number, int | Decimal) for _, number, _ in rows):
        label, unit = PARAMETERS[name].label, labels.UNITS.get(records[-1]["unit"], records[-1]["unit"])
        chart.steps(rows, str(label), str(unit),
                    say(f"{label}历次变化，数字见下表。", f"{label} over time; the values stand in the table."), "history")
    table = _table(records)
    tables.show(table, "rules.history", say("历次变化", "Change by change"), _links(table), (book.region.id, name))


def _steps(records: list[dict[str, Any]], covers: date, on: date) -> list[tuple[str, Any, str]]:
    """The values from the region's first day on, the last one drawn on to the day that is asked for."""
    first = str(covers)
    rows = [(max(first, record["from"]), record["value"], f"{record['from']}: {record['value']}") for record in records
            if record["until"] is None or record["until"] >= first]
    last, number, told = rows[-1]
    return [*rows, (max(last, str(on)), number, told)]


def _table(records: list[dict[str, Any]], with_names: bool = False) -> pd.DataFrame:
    names = [record["param"] for record in records]
    return pd.DataFrame({
        **({"label": [str(PARAMETERS[name].label) for name in names]} if with_names else {}),
        "value": [rule_text(record["param"], record["value"]) for record in records],
        "unit": [str(labels.UNITS.get(record["unit"], record["unit"])) for record in records],
        "from": [record["from"] for record in records],
        "until": [record["until"] or "" for record in records],
        "grade": [str(labels.GRADES[record["grade"]]) + say("，推算", ", projected") * record["projected"] for record in records],
        "other": ["" if record["other"] is None else rule_text(record["param"], record["other"]) for record in records],
        "region": [fields.region_name(record["region"]) for record in records],
        "source": [f"{record['source']['title']} {record['source']['number']}".strip() for record in records],
        "url": [record["source"]["url"] if record["source"]["url"].startswith("http") else "" for record in records],
        "note": [record["note"] for record in records],
        **({"param": names} if with_names else {}),
    })


def _links(table: pd.DataFrame) -> dict[str, Any]:
    """The heads. Long values are given room: a browser leaves out the few longest when it looks for the width."""
    is_long = bool((table["value"].str.len() > LONG).any())
    heads = {
        "label": say("参数", "Parameter"), "unit": say("单位", "Unit"), "from": say("起", "From"),
        "until": say("止", "Until"), "grade": say("等级", "Grade"), "other": say("另一来源", "Another source has"),
        "region": say("出自", "Stated by"), "source": say("出处", "Source"), "note": say("注", "Note"), "param": say("参数名", "Name"),
    }
    return {**heads, "value": st.column_config.Column(say("数值", "Value"), width="large" if is_long else None),
            "url": st.column_config.LinkColumn(say("网址", "Address"))}


def _coverage(region: policy.Region) -> None:
    found = coverage.coverage(region)
    st.table(pd.DataFrame({
        say("方面", "Topic"): [str(coverage.TOPIC_NAMES[topic]) for topic in found],
        say("知道多少", "Known"): [f"{coverage.MARKS[one['state']]} {coverage.STATES[one['state']]}" for one in found.values()],
        say("最低等级", "Lowest grade"): [str(labels.GRADES[one["worst_grade"]]) for one in found.values()],
        **{str(text): [one[key] for one in found.values()] for key, text in coverage.STATES.items()}}),
        hide_index=True, border="horizontal", alt=say("各方面的已知程度", "How well each topic is known"))
