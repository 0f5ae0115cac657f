"""The page: a scenario in one or several regions, its key figures, balances and ledger, and the files of it."""
import io
import logging

import pandas as pd
import streamlit as st

from simulator import charts, engine, export, labels, money, policy
from simulator.dashboard.chart import balance_chart, spoken_summary
from simulator.dashboard.inputs import sidebar, start
from simulator.language import Text, language, say, use_language
from simulator.ledger import COUNT_COLUMNS, MONEY_COLUMNS
from simulator.months import month_text
from simulator.problems import InputError

FIGURES = {
    "closing": Text("期末余额", "Closing balance"),
    "credit": Text("计入合计", "Credited"),
    "interest": Text("利息合计", "Interest"),
    "spent": Text("个人账户支付", "Paid from the account"),
    "reimbursed": Text("统筹支付", "Paid by the pool"),
    "cash_paid": Text("现金自付", "Paid in cash"),
}
RUNS_KEPT = 200     # some 50 kB each


def show():
    """Draw the page. Whatever goes wrong is said on it in the user's language; a traceback only goes to the log."""
    start()
    title = say("医保个人账户模拟器", "Medical-insurance account simulator")
    st.set_page_config(title, page_icon="🏥", layout="wide", initial_sidebar_state=340, menu_items={"About": None})
    st.header(title, anchor=False)
    try:
        _page()
    except InputError as error:
        st.error(say("这样的输入不能计算：", "This input cannot be computed:"))
        st.text(str(error))                                 # as text: it quotes what was typed
    except Exception:
        logging.getLogger(__name__).exception("the page failed")
        st.error(say("页面出错了，输入没有丢失；请刷新或换一个情景。详情见终端。",
                     "This page failed; nothing you typed is lost. Reload it or choose another scenario. "
                     "Details are in the terminal."))


def _page():
    with st.sidebar:
        scenario, regions = sidebar()
    _what_is_shown(scenario)
    results = _results(scenario, regions)
    names = [str(policy.region(result.scenario.region)) for result in results]
    if not results:
        return
    _key_figures(results[0])
    st.altair_chart(balance_chart(results, names), alt=spoken_summary(results, names), theme="streamlit")
    st.caption(charts.footnote(results))
    if len(results) > 1:
        _differences(results, names)
    _ledger(results, names)


def _results(scenario, regions):
    """The scenario in each region. A region that cannot do it says why, and the others are shown."""
    results = []
    for id in regions:
        try:
            varied = scenario.in_region(id)
            results.append(_run(varied.model_dump_json(), varied))
        except InputError as error:
            why = " ".join(str(problem.message) for problem in error.problems)
            st.warning(say(f"{policy.region(id)}未能列入：{why}", f"Without {policy.region(id)}: {why}"))
    return results


@st.cache_data(max_entries=RUNS_KEPT, show_spinner=False)
def _run(key, _scenario):
    """A run, kept by the scenario's JSON, what-ifs included."""
    return engine.run(_scenario)


def _what_is_shown(scenario):
    span = f"{month_text(scenario.start)} – {month_text(scenario.end - 1)}"
    st.text(" · ".join(filter(None, (scenario.title, scenario.people[0].name, span))))


# ── key figures ────────────────────────────────────────────────────────────────────────────────────

def _yuan(fen):
    return f"¥{money.shown(fen)}"


def _key_figures(result):
    summary = result.summary()
    with st.grid(3, min_column_width=160, gap="xsmall"):   # narrower, and amounts would be cut
        for key, label in FIGURES.items():
            st.metric(str(label), _yuan(summary[key]), border=True)


def _differences(results, names):
    """The key figures of every region, and how much they differ from the first one's."""
    first, *others = (result.summary() for result in results)
    table = {names[0]: [_yuan(first[key]) for key in FIGURES]}
    for name, summary in zip(names[1:], others, strict=True):
        table[name] = [f"{_yuan(summary[key])} :small[:gray[{_signed(summary[key] - first[key])}]]" for key in FIGURES]
    st.table(pd.DataFrame(table, [str(label) for label in FIGURES.values()]), border="horizontal", width="content",
             alt=say("各地区的关键数字及与第一个地区之差", "Key figures by region, and what differs from the first"))


def _signed(fen):
    return f"{'+' if fen > 0 else '±' if fen == 0 else ''}{money.shown(fen)}"


# ── ledger ─────────────────────────────────────────────────────────────────────────────────────────

def _ledger(results, names):
    st.subheader(say("逐月明细", "Ledger by month"), anchor=False)
    by_region = dict(zip((result.scenario.region for result in results), zip(results, names, strict=True), strict=True))
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.session_state.get("ledger_region")
        if chosen not in by_region:
            chosen = st.session_state.ledger_region = next(iter(by_region))
        if len(results) > 1:
            chosen = st.segmented_control(say("地区", "Region"), by_region, format_func=lambda id: by_region[id][1],
                                          required=True, key="ledger_region", label_visibility="collapsed")
        everything = st.toggle(say("显示全部列", "All columns"), key="all_columns")
    result, name = by_region[chosen]
    st.dataframe(_shown(result, everything), hide_index=True, column_config=_columns(),
                 alt=say(f"{name}逐月明细", f"Ledger of {name} by month"))
    _downloads(result, results, names)
    st.caption(result.basis_text())
    region = policy.region(chosen)
    st.caption(say(f"{region}的规则核对至 {region.verified}。", f"Rules of {region} checked to {region.verified}. ")
               + str(region.note))


def _shown(result, everything):
    """The ledger in words of the language in use; unless `everything`, without the columns that say nothing."""
    frame = result.ledger.reset_index()
    frame["month"] = frame["month"].astype(str)
    frame["region"] = [str(policy.region(id)) for id in frame["region"]]
    frame["status"] = [str(labels.STATUSES[status]) for status in frame["status"]]
    if everything:
        return frame
    silent = [name for name in frame if ((frame[name] == 0).all() if name in (*MONEY_COLUMNS, *COUNT_COLUMNS)
                                         else name != "month" and frame[name].nunique() == 1)]
    return frame.drop(columns=silent)


def _columns():
    def column(name):
        head = str(labels.COLUMNS[name])
        if name in MONEY_COLUMNS:
            return st.column_config.NumberColumn(head, format="%,.2f")
        if name == "eligible":
            return st.column_config.CheckboxColumn(head)
        return st.column_config.Column(head, pinned=name == "month")
    return {name: column(name) for name in ("month", "person", "region", "status", *MONEY_COLUMNS, *COUNT_COLUMNS)}


def _downloads(result, results, names):
    """Files are only made when they are asked for, in a thread of their own, which has to be told the language."""
    spoken = language()
    stem = f"{result.scenario.region.replace('/', '-')}-{month_text(result.scenario.start)}"

    def figure():
        use_language(spoken)
        image = io.BytesIO()
        charts.balance_figure(results, names).savefig(image, format="png", bbox_inches="tight")
        return image.getvalue()

    with st.container(horizontal=True):
        for label, make, name, mime in (
            (say("明细 CSV", "Ledger CSV"), lambda: export.ledger_csv(result), f"{stem}.csv", "text/csv"),
            (say("明细 JSON", "Ledger JSON"), lambda: export.ledger_json(result), f"{stem}.json", "application/json"),
            (say("图 PNG", "Figure PNG"), figure, f"balance-{month_text(result.scenario.start)}.png", "image/png"),
        ):
            st.download_button(label, make, name, mime, key=mime, on_click="ignore", icon=":material/download:")


if __name__ == "__main__":      # where there is no app.py: an installation without a checkout
    show()
