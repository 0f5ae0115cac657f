"""Tables that several pages show: the ledger, and results side by side."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from simulator import labels, money, policy
from simulator.columns import COUNT_COLUMNS, MONEY_COLUMNS
from simulator.dashboard import fields
from simulator.dashboard.words import person, plain
from simulator.export import harmless
from simulator.language import language, say
from simulator.parameters import PARAMETERS

if TYPE_CHECKING:
    from simulator.language import Text
    from simulator.ledger import Result


def yuan(fen: int) -> str:
    return f"{'-' * (fen < 0)}¥{money.shown(abs(fen))}"


def signed(fen: int) -> str:
    return f"{'+' if fen > 0 else '±' if fen == 0 else ''}{money.shown(fen)}"


def ledger(result: Result) -> None:
    """The months of one person, without the columns that say nothing unless they are asked for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        who = result.holder
        if len(result.people) > 1:
            who = fields.pick_among("ledger.person", who, say("谁的明细", "Whose months"), result.people, width=200, format_func=person)
        everything = st.toggle(say("显示全部列", "All columns"), key="all_columns", persist_state="session")
    show(shown_ledger(result, who, everything), "ledger", say(f"{who}的逐月明细", f"Ledger of {person(who)} by month"), columns(),
         (result.scenario.region, who))


def show(frame: pd.DataFrame, key: str, alt: str, config: Mapping[Any, Any] | None = None, of: object = None) -> None:
    """A table to scroll in. In another language, or `of` something else, it is another one: the browser would keep the widths it had.

    It knows a table by its place, so that there are two places, taken in turns.
    """
    now = language(), of
    before, place = st.session_state.places.get(key, (now, 0))
    place = place if before == now else 1 - place
    st.session_state.places[key] = now, place
    with st.container():
        if place:
            st.empty()
        st.dataframe(frame, hide_index=True, column_config=config, key=f"{key}.{language()}", alt=alt, placeholder="–")


def shown_ledger(result: Result, who: str, everything: bool = False) -> pd.DataFrame:
    """The ledger of a person in words of the language in use, money in yuan."""
    records = [record for record in result.records() if record["person"] == who]
    frame = pd.DataFrame(records)
    for name in MONEY_COLUMNS:
        frame[name] = frame[name] / 100
    frame["person"] = harmless(person(who))                    # a table on the page can be downloaded too
    frame["region"] = [str(policy.region(id)) for id in frame["region"]]
    frame["status"] = [str(labels.STATUSES[status]) for status in frame["status"]]
    if everything:
        return frame
    silent = [name for name in frame if ((frame[name] == 0).all() if name in (*MONEY_COLUMNS, *COUNT_COLUMNS)
                                         else name != "month" and frame[name].nunique() == 1)]
    return frame.drop(columns=silent)


def columns() -> dict[str, Any]:
    def column(name: str) -> Any:
        head = str(labels.COLUMNS[name])
        if name in MONEY_COLUMNS:
            return st.column_config.NumberColumn(head, format="%,.2f")
        if name == "eligible":
            return st.column_config.CheckboxColumn(head)
        return st.column_config.Column(head, pinned=name == "month")
    return {name: column(name) for name in ("month", "person", "region", "status", *MONEY_COLUMNS, *COUNT_COLUMNS)}


def compared(results: Sequence[Result], names: Sequence[str], figures: Mapping[str, Text]) -> None:
    """Key figures of every result, and how much they differ from the first one's."""
    first, *others = (result.summary() for result in results)
    table = {plain(names[0]): [yuan(first[key]) for key in figures]}
    for name, summary in zip(names[1:], others, strict=True):
        table[plain(name)] = [f"{yuan(summary[key])} :small[:gray[{signed(summary[key] - first[key])}]]" for key in figures]
    st.table(pd.DataFrame(table, [str(label) for label in figures.values()]), border="horizontal", width="content",
             alt=say("各情景的关键数字及与第一个之差", "Key figures, and what differs from the first"))


def sources(spans: Iterable[policy.Span]) -> None:
    """The rules an answer rests on, each with its source, a link to it, and its grade."""
    st.markdown("\n".join(f"- {rule(span.entry.param, span)}" for span in spans))


def rule(param: str, span: policy.Span) -> str:
    """`缴费基数下限，《…》 文号，2025-01-01 起，官方原文`, as Markdown."""
    source = plain(str(span.source))
    named = f"[{source}]({span.source.url})" if span.source.url.startswith("http") else source
    parts = [plain(str(PARAMETERS[param].label)), named, say(f"{span.start} 起", f"from {span.start}"), str(labels.GRADES[span.grade])]
    return say("，", ", ").join(parts + ([say("推算", "projected")] if span.projected else []))
