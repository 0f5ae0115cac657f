"""为什么是这个数: every number of a month, with its formula, its rounding and the rules it rests on."""
from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import streamlit as st

from simulator import months
from simulator.dashboard import fields, state
from simulator.dashboard.tables import rule
from simulator.dashboard.words import person, plain
from simulator.explain import SECTIONS, TOTAL
from simulator.language import say
from simulator.parameters import STATUSES

if TYPE_CHECKING:
    from simulator.explain import Line
    from simulator.ledger import Result

PAYING = ("employee", "flexible")


@state.fragment("why")
def explained(result: Result) -> None:
    """A month to choose, and the worksheet of it."""
    scenario = result.scenario
    span = [months.month_text(month) for month in range(scenario.start, scenario.end)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        month = fields.pick_among("why.month", _telling(result), say("哪个月", "Which month"), span, width=140)
        who = result.holder
        if len(result.people) > 1:
            who = fields.pick_among("why.who", who, say("谁", "Who"), result.people, width=160, format_func=person)
    explanation = result.explain(month, who)
    for section, found in groupby(explanation.lines, key=lambda line: line.section):
        lines = list(found)
        rows = [_line(line, after is None or after.sources != line.sources) for line, after in zip(lines, [*lines[1:], None])]
        st.markdown("\n\n".join([f"**{SECTIONS[section - 1]}**", *rows]))


def _telling(result: Result) -> str:
    """The month to begin with: that of the first event of the account holder, or in which age changed something, or the first."""
    events = [months.month_number(event.on) for event in result.scenario.events if event.who == result.holder]
    events = events or [month for month, who, _, _ in of_age(result) if who == result.holder]
    return months.month_text(min(events, default=result.scenario.start))


def of_age(result: Result) -> list[tuple[int, str, bool, str]]:
    """What age alone changes, for there is no event to tell it: (month, who, whether a retiree from then on, in words)."""
    found = []
    for number, (who, rows) in enumerate(result.flows.items()):
        if any(one.who == who and one.type == "retire" and one.granted for one in result.decisions):
            continue
        goes_on = False
        for place in range(1, len(rows)):
            month, before, now = result.scenario.start + place, rows[place - 1], STATUSES[rows[place].status]
            if STATUSES[before.status] not in PAYING:
                continue
            text = months.month_text(month)
            if now == "retiree":
                found.append((month, who, True, say(
                    f"{text} 起，{who}为退休人员（达到法定退休年龄，缴费年限已满）",
                    f"{text}: {person(who)} – a retiree from here on (of statutory age, with the years paid)")))
            elif now in PAYING and not goes_on and not before.gap_months:
                row = result.timeline.row_on(number, before.area, months.first_day(month - 1))
                reached, _ = result.timeline.statutory(number, row)[PAYING.index(STATUSES[before.status])]
                if goes_on := reached < month:
                    found.append((month, who, False, say(
                        f"{text}，{who}已到法定退休年龄（{months.month_text(reached)}），缴费年限不足，继续缴费",
                        f"{text}: {person(who)} – of statutory age ({months.month_text(reached)}), but years are missing: premiums go on")))
    return found


def _line(line: Line, with_sources: bool) -> str:
    """`当月计入 **185.20**`, under it how it comes about, and the rules; those the next line repeats are said once."""
    unit = say("元", "yuan") if line.unit == "yuan" else ""     # months and yes or no are said with the number
    rows = [f"- {plain(str(line.label))} **{line.shown}** {unit}",
            f"  :gray[{plain(str(line.formula))}]" if str(line.formula) else "",
            f"  {plain(str(line.numbers))}" if str(line.numbers) else "",
            f"  :gray[{say('舍入：', 'rounded: ')}{plain(str(line.rounding))}]" if line.rounding else ""]
    if with_sources and line.formula is not TOTAL:
        rows += [f"  :small[:gray[{say('依据：', 'Source: ')}{rule(param, span)}]]" for param, span in line.sources]
    return "  \n".join(filter(None, rows))
