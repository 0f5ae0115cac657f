"""What a population comes to: the fan of its balances, key figures by year, distributions, and what a what-if changes."""
from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from simulator import charts, money, months
from simulator.dashboard import chart, fields, state, tables
from simulator.dashboard.words import plain
from simulator.language import Text, in_language, language, say, use_language
from simulator.parameters import PARAMETERS
from simulator.populations.result import BANDS, SHARES, STATE_LABELS
from simulator.wording import rule_text

if TYPE_CHECKING:
    from simulator.populations.result import Result

SHOWN = ("is_empty", "is_waiting", "is_in_gap", "is_owing")
DASHED = Text("虚线为假设。", "Dashed: the what-if.")


def answer(result: Result) -> None:
    """What was run, the fan, and the rest in tabs; of all people or of a group."""
    people = result.population
    first, last = (months.month_text(month) for month in (people.start, people.start + people.months - 1))
    title = plain(in_language(people.title))
    st.markdown(say(f"**{title}** {first} 至 {last}；{sum(result.accounts):,} 个账户代表 {people.people:,} 人，种子 {result.seed}。",
                    f"**{title}** {first} to {last}; {sum(result.accounts):,} accounts for {people.people:,} people, seed {result.seed}."))
    if people.what_if:
        rules = [f"{PARAMETERS[name].label} {rule_text(name, one['value'])}" + say(f"（{one['from']} 起）", f" from {one['from']}")
                 for name, given in people.what_if.items() for one in given]
        st.markdown(plain(say(f"假设：{'；'.join(rules)}。", f"What-if: {'; '.join(rules)}.")))
    groups = {"": say("全部", "all"), **{str(place): name for place, name in enumerate(result.groups) if result.accounts[place]}}
    if st.session_state.get("pick.population.group", "") not in groups:
        st.session_state["pick.population.group"] = ""
    picked = fields.pick("population.group", "", say("哪一组", "Which group"), groups)
    group = int(picked) if picked else None
    _fan(result, group, groups[picked])
    named = [say("逐年", "By year"), say("余额分布", "Balances"), say("零余额、等待、断缴、欠费", "Empty, waiting, gap, arrears")]
    if result.has_what_if:
        named.append(say("假设改变什么", "What the what-if changes"))
    years, spread, shares, *changes, files = state.tabs([*named, say("下载", "Download")], "population_tab")
    for tab, draw in ((years, _years), (spread, _spread), (shares, _shares), *((tab, _changes) for tab in changes), (files, _files)):
        if tab.open:
            with tab:
                draw(result, group, groups[picked])
    if group is not None:
        st.caption(say("以下说明是全部组合计的：", "What follows is of all groups together:"))
    for note in result.notes(with_table=False):
        st.caption(plain(note))


def _shown(fen: int) -> str:
    return f"¥{money.shown(int(fen))}" if fen >= 0 else chart.NOTHING



def _share_name(place: int) -> str:
    return f"{SHARES[place]:.0%}"


def _fan(result: Result, group: int | None, name: str) -> None:
    found, fen = result.quantiles_fen(group=group)
    other = result.quantiles_fen(group=group, what_if=True)[1] if result.has_what_if else None
    there = [place for place, row in enumerate(fen) if row[0] >= 0]
    frame = pd.DataFrame({"day": [months.last_day(found[place]) for place in there],
                          "month": [months.month_text(found[place]) for place in there]})
    told = {"month": say("月份", "Month")}
    for place in reversed(range(len(SHARES))):
        frame[f"q{place}"] = fen[there, place] / 100
        frame[f"told{place}"] = [_shown(amount) for amount in fen[there, place]]
        told[f"told{place}"] = say("中位数", "median") if SHARES[place] == 0.5 else _share_name(place)
    middle = SHARES.index(0.5)
    lines = {say("中位数", "median"): (f"q{middle}", False)}
    if other is not None:
        frame["other"] = [amount / 100 if amount >= 0 else None for amount in other[there, middle]]
        frame["told_other"] = [_shown(amount) for amount in other[there, middle]]
        told["told_other"] = say("中位数（假设）", "median, what-if")
        lines[told["told_other"]] = ("other", True)
    pairs = {f"{_share_name(low)} – {_share_name(high)}": (f"q{low}", f"q{high}") for low, high in BANDS}
    (first, *_), (*_, last) = frame["month"], frame["month"]
    low, median, high = (_shown(fen[there[-1], SHARES.index(share)]) for share in (0.1, 0.5, 0.9))
    alt = say(f"{name}：{first} 至 {last} 余额分布的扇形图。{last}：中位数 {median}，一成的人低于 {low}，一成的人高于 {high}。",
              f"Fan chart of the balances of {name} from {first} to {last}. In {last}: median {median}, a tenth below {low}, "
              f"a tenth above {high}.")
    if len(frame) == 1:                                     # a point is no fan: nothing would be seen
        st.table(frame[list(told)].rename(columns=told), hide_index=True, border="horizontal", width="content", alt=alt)
        st.caption(say("余额分布只有一个月末的，所以不画图。", "The balances are known at the end of one month only: no chart is drawn."))
        return
    chart.bands(frame, pairs, lines, say("余额（元）", "balance (yuan)"), told, alt, "population_fan")
    if result.has_what_if:
        st.caption(str(DASHED))


def _years(result: Result, group: int | None, name: str) -> None:
    heads, rows = result.table(group)
    frame = pd.DataFrame(rows, columns=heads)
    tables.show(frame, "population.years", say(f"{name}逐年的关键数字", f"Key figures by year: {name}"),
                {heads[0]: st.column_config.Column(pinned=True)}, (result.population.title, group))
    st.caption(result.table_note())


def _spread(result: Result, group: int | None, name: str) -> None:
    found, fen = result.quantiles_fen(group=group)
    there = {months.month_text(month): place for place, month in enumerate(found) if fen[place, 0] >= 0}
    key = "pick.population.month"
    if st.session_state.get(key) not in there:
        st.session_state[key] = list(there)[-1]
    month = st.selectbox(say("哪个月末", "End of which month"), list(there), key=key, placeholder=say("请选择", "choose"),
                         persist_state="session", width=200)
    number, kinds = found[there[month]], (False, True) if result.has_what_if else (False,)
    law = result.histogram(number, group)
    width = law[2][0]                                       # the third bar begins one width from nothing
    others = result.histogram(number, group, True, width) if result.has_what_if else law
    names = [say("现行规则", "the law"), say("假设", "the what-if")][:len(kinds)]
    comma, rows = say("；", "; "), []
    for (low, high, many), (_, _, other) in zip(law, others, strict=True):
        if (low, high) == (0, 1):
            text = say("余额为零", "nothing")
        elif high is None:
            text = say(f"{_shown(low)} 及以上", f"{_shown(low)} and more")
        else:
            text = f"{_shown(low)} – {_shown(high)}"
        counted = comma.join(f"{one} {count:,}" for one, count in zip(names, (many, other)))
        left, right = (-width, 0) if high == 1 else (low, low + width if high is None else high)
        rows.append((left / 100, right / 100, many, other, f"{text}: {counted}"))
    over = say("月末余额（元）", "closing balance (yuan)")
    chart.histogram(rows, names, say("账户数", "accounts"), over, say(
        f"{name} {month} 末余额的直方图，分位数见下表。",
        f"Histogram of the balances of {name} at the end of {month}; the quantiles stand in the table."), "population_histogram")
    if law[0][2] or others[0][2]:
        st.caption(say("零左边的一条是余额为零的账户。", "The bar left of zero is of accounts with nothing in them."))
    st.caption(say("最右一条是再多的全部账户。", "The last bar is of all that have more than that."))
    table = {say("不超过此数的人", "People with no more"): [_share_name(place) for place in range(len(SHARES))]}
    for what_if, head in zip(kinds, names):
        table[head] = [_shown(amount) for amount in result.quantiles_fen(group=group, what_if=what_if)[1][there[month]]]
    st.table(pd.DataFrame(table), hide_index=True, border="horizontal", width="content",
             alt=say(f"{name} {month} 末余额的分位数", f"Quantiles of the balances of {name} at the end of {month}"))


def _shares(result: Result, group: int | None, name: str) -> None:
    span = range(result.population.start, result.population.start + result.population.months)
    frame = pd.DataFrame({"day": [months.last_day(month) for month in span], "month": [months.month_text(month) for month in span]})
    lines, told = {}, {"month": say("月份", "Month")}
    for shown_state in SHOWN:
        for what_if in (False, True)[:1 + result.has_what_if]:
            column, label = f"{shown_state}{int(what_if)}", str(STATE_LABELS[shown_state]) + say("（假设）", ", what-if") * what_if
            frame[column] = result.shares(shown_state, group, what_if)
            frame[f"told_{column}"] = [chart.NOTHING if pd.isna(share) else f"{share:.2%}" for share in frame[column]]
            lines[label], told[f"told_{column}"] = (column, what_if), label
    ends = say("、", ", ").join(f"{label} {frame[f'told_{column}'].iloc[-1]}" for label, (column, _) in lines.items())
    alt = say(f"{name}各月末人数占比的折线图。最后一个月：{ends}。",
              f"Line chart of shares of the people of {name}, month by month. At the end: {ends}.")
    chart.shares(frame, lines, told, alt, "population_shares")
    if result.has_what_if:
        st.caption(str(DASHED))
    tables.show(frame[["month", *(f"told_{column}" for column, _ in lines.values())]], "population.shares",
                say(f"{name}各月末的人数占比", f"Shares of the people of {name} by month"),
                {field: st.column_config.Column(head, pinned=field == "month") for field, head in told.items()})


def _changes(result: Result, group: int | None, _: str) -> None:
    """Who is better and who is worse off, quarter by quarter, of all groups: the same people with the same luck."""
    if group is not None:
        st.caption(say("此表为全部组合计。", "This table is of all groups together."))
    found = [one for one in result.differences() if one.quantiles_fen]
    names = {"better": say("较多", "more"), "alike": say("相同", "the same"), "worse": say("较少", "less")}
    rows = []
    for one in found:
        month, many = months.month_text(one.month), one.better + one.alike + one.worse
        for place, (key, label) in enumerate(names.items()):
            count = getattr(one, key)
            rows.append((month, label, count, place, f"{month} · {label} {count:,} ({count / many:.1%})"))
    last = say("，", ", ").join(text.split(" · ")[1] for *_, text in rows[-len(names):])
    chart.stacked(pd.DataFrame(rows, columns=["day", "name", "many", "place", "told"]), list(names.values()),
                  say(f"假设之下余额较多、相同、较少的账户各占多少，逐季的堆积条形图。最后一季：{last}。",
                      f"Stacked bars by quarter: accounts with more, the same and less under the what-if. At the end: {last}."),
                  "population_changes")
    table = {say("月份", "Month"): [months.month_text(one.month) for one in found],
             **{label: [getattr(one, key) for one in found] for key, label in names.items()},
             **{_share_name(place): [one.quantiles_fen[place] / 100 for one in found] for place in range(len(SHARES))}}
    config = {head: st.column_config.NumberColumn(format="%+,.2f") for head in map(_share_name, range(len(SHARES)))}
    tables.show(pd.DataFrame(table), "population.changes",
                say("假设与现行规则之差：账户数与分位数（元）", "What-if less law: numbers of accounts, and quantiles in yuan"), config)
    st.caption(say("各分位列为假设余额减现行余额，元。",
                   "Quantiles are of the balance under the what-if less the one under the law, in yuan."))


def _files(result: Result, group: int | None, _: str) -> None:
    spoken = language()

    def figure(kind: str) -> bytes:
        use_language(spoken)
        image = io.BytesIO()
        with charts.styled():
            result.plot(group).savefig(image, format=kind, bbox_inches="tight")
        return image.getvalue()

    labelled = {"flows.csv": say("流量 CSV", "Flows CSV"), "balances.csv": say("余额 CSV", "Balances CSV"),
                "differences.csv": say("差异 CSV", "Differences CSV"), "panel.csv": say("样本明细 CSV", "Panel CSV")}
    with st.container(horizontal=True):
        for file, make in result.makers().items():
            if file in labelled:
                st.download_button(labelled[file], make, file, "text/csv", key=f"population.{file}", on_click="ignore",
                                   icon=":material/download:")
        for kind, mime in (("png", "image/png"), ("svg", "image/svg+xml")):
            st.download_button(say("图 ", "Figure ") + kind.upper(), partial(figure, kind), f"balances.{kind}", mime,
                               key=f"population.figure.{kind}", on_click="ignore", icon=":material/download:")
    st.caption(say("与命令行 `simulator population` 的文件相同；Excel 可直接打开 CSV。",
                   "The files are those of `simulator population` in the terminal; Excel opens the CSV as it is."))
